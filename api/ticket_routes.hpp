#pragma once

#include "api/gate.hpp"
#include "api/ticket_tools.hpp"
#include "persistence/records.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api {

/// Tickets: opened, listed, read, changed, passed on: `/api/v1/tickets…`. Built
/// once; thread-safe.
class ticket_routes {
public:
  explicit ticket_routes(ticket_tools tools);

  void add_to(net::router& router, gate& door);

private:
  using answer = boost::asio::awaitable<net::response>;

  answer on_create(net::request& req, const caller& who);
  net::response on_list(net::request& req) const;
  net::response on_read(net::request& req) const;
  answer on_change(net::request& req, const caller& who);
  answer on_close(net::request& req, const caller& who);
  answer on_reopen(net::request& req, const caller& who);
  answer on_claim(net::request& req, const caller& who);
  answer on_assign(net::request& req, const caller& who);

  /// Carries out a command and answers with the ticket; `If-Match` holds.
  answer run(net::request& req, const domain::ticket& ticket,
             domain::ticket_command what);
  answer change_status(net::request& req, const caller& who, domain::status to);
  [[nodiscard]] net::response answer_with(unsigned status,
                                          domain::ticket_id id) const;

  ticket_tools tools_;
  persistence::ticket_views tickets_;
  persistence::record_views records_;
};

} // namespace switchboard::api
