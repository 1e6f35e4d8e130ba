#pragma once

#include "api/gate.hpp"
#include "api/message_poster.hpp"
#include "api/ticket_query.hpp"
#include "api/ticket_tools.hpp"
#include "domain/permissions.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_lists.hpp"

#include <functional>
#include <optional>
#include <variant>

namespace switchboard::api {

/// The agents' queue, `/api/tickets/…`: what waits, who takes it, and what its
/// agent does with it then. Who may do what stands in `domain/permissions`;
/// `/api/v1` goes by scopes alone. Built once; thread-safe.
class queue_routes {
public:
  explicit queue_routes(ticket_tools tools);
  queue_routes(const queue_routes&) = delete;
  queue_routes& operator=(const queue_routes&) = delete;

  void add_to(net::router& router, gate& door);

private:
  using answer = boost::asio::awaitable<net::response>;

  net::response on_queue(net::request& req, const caller& who) const;
  net::response on_own(net::request& req, const caller& who) const;
  net::response on_all(net::request& req, const caller& who) const;
  answer on_claim(net::request& req, const caller& who);
  answer on_assign(net::request& req, const caller& who);
  answer on_status(net::request& req, const caller& who);
  answer on_message(net::request& req, const caller& who);

  /// What to do with the ticket as it is, or the answer to send.
  using decision = std::variant<domain::ticket_command, net::response>;
  using decider = std::function<decision(const domain::ticket&)>;

  /// Asks `decide` and carries out what it says, provided that the ticket is
  /// still as it was when it was asked; else it is asked again. Answers with
  /// the ticket. `If-Match` holds.
  answer run(net::request& req, domain::ticket ticket, decider decide);

  [[nodiscard]] net::response show(domain::ticket_id id) const;
  [[nodiscard]] net::response show(const std::vector<domain::ticket>& tickets,
                                   std::string_view next_cursor) const;
  [[nodiscard]] net::response show(const persistence::ticket_page& page) const;
  /// 409 with who has it.
  [[nodiscard]] net::response taken(const domain::error& reason) const;

  ticket_tools tools_;
  persistence::ticket_views tickets_;
  persistence::record_views records_;
  message_poster poster_; ///< works with `tools_`
};

} // namespace switchboard::api
