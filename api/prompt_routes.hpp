#pragma once

#include "api/gate.hpp"
#include "domain/prompt.hpp"
#include "net/message.hpp"
#include "net/router.hpp"
#include "persistence/records.hpp"
#include "persistence/rows.hpp"
#include "persistence/ticket_views.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

namespace switchboard::api {

/// The questions that the executors' bot has asked: `GET /api/v1/prompts`.
/// Built once; thread-safe.
class prompt_routes {
public:
  /// One page costs at most this many looks at prompts.
  static constexpr std::size_t looks_max = 1'000;

  explicit prompt_routes(const persistence::row_reader& rows);

  void add_to(net::router& router, gate& door);

private:
  /// What is empty does not narrow the list.
  struct filter {
    std::optional<domain::prompt_state> state;
    std::optional<domain::user_id> user;
    std::optional<domain::ticket_id> ticket;
    std::optional<domain::prompt_id> before;
    std::size_t limit = 0;

    [[nodiscard]] bool admits(const domain::prompt& prompt) const;
  };

  net::response on_list(net::request& req) const;
  [[nodiscard]] std::variant<filter, net::response>
  parse(const net::request& req) const;

  persistence::record_views records_;
  persistence::ticket_views tickets_;
};

} // namespace switchboard::api
