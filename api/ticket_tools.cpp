#include "api/ticket_tools.hpp"

#include "api/errors.hpp"

namespace switchboard::api {

std::variant<domain::ticket, net::response>
find_ticket(const persistence::ticket_views& tickets, const net::request& req) {
  const auto id = tickets.find_any_name(req.params.front());
  auto ticket = id ? tickets.load(*id) : std::nullopt;
  if (!ticket)
    return no_ticket();
  return std::move(*ticket);
}

net::response no_ticket() {
  return error_response(not_found, "there is no such ticket");
}

net::response refused_command(const domain::error& reason) {
  if (reason.code != domain::errc::already_assigned)
    return refused_response(reason);
  const channels::json::field_problem holder{"assignee", reason.detail};
  return error_response(conflict, "the ticket has an agent already",
                        {&holder, 1});
}

} // namespace switchboard::api
