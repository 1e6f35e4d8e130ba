#include "api/ticket_tools.hpp"

#include "api/errors.hpp"

#include <charconv>
#include <cstdint>

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

std::optional<domain::sequence> wanted_version(const net::request& req) {
  const auto value = req.header("if-match");
  if (value.empty() || value == "*")
    return std::nullopt;
  std::uint64_t version = 0;
  if (value.size() > 2 && value.front() == '"' && value.back() == '"')
    std::from_chars(value.data() + 1, value.data() + value.size() - 1, version);
  return domain::sequence{version};
}

std::optional<net::response>
refuse_agent(const persistence::record_views& records,
             std::optional<domain::user_id> id, std::string_view field) {
  if (!id || records.find(*id))
    return std::nullopt;
  const channels::json::field_problem problem{std::string{field},
                                              "is no user's id"};
  return invalid_response({&problem, 1});
}

std::string description_of(const persistence::ticket_views& tickets,
                           const domain::ticket& ticket) {
  if (!ticket.description.empty())
    return ticket.description;
  auto first = tickets.messages(ticket, domain::message_sequence{}, 1);
  return first.empty() ? std::string{} : std::move(first.front().message.body);
}

net::response refused_command(const domain::error& reason) {
  if (reason.code != domain::errc::already_assigned)
    return refused_response(reason);
  const channels::json::field_problem holder{"assignee", reason.detail};
  return error_response(conflict, "the ticket has an agent already",
                        {&holder, 1});
}

} // namespace switchboard::api
