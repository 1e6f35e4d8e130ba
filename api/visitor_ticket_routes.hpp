#pragma once

#include "api/gate.hpp"
#include "api/session_hub.hpp"
#include "api/ticket_tools.hpp"
#include "api/visitor_door.hpp"

namespace switchboard::api {

/// What is done to a visitor's ticket under `/api/tickets/:ticket_id`: closing
/// it, by the visitor or by staff, and saying that an agent is typing. Built
/// once; thread-safe.
class visitor_ticket_routes {
public:
  visitor_ticket_routes(ticket_tools tools, session_hub& hub,
                        const visitor_door& visitors, gate& staff);

  void add_to(net::router& router);

private:
  using answer = boost::asio::awaitable<net::response>;

  answer on_close(net::request& req);
  answer close(net::request& req, std::string actor,
               std::optional<domain::session_id> whose);
  net::response on_typing(const net::request& req, const caller& who);

  ticket_tools tools_;
  session_hub& hub_;
  const visitor_door& visitors_;
  gate& staff_;
  persistence::ticket_views tickets_;
};

} // namespace switchboard::api
