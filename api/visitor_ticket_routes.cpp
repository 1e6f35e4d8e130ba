#include "api/visitor_ticket_routes.hpp"

#include "api/access.hpp"
#include "api/commands.hpp"
#include "api/errors.hpp"
#include "channels/rest/ticket_forms.hpp"

#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;

namespace {

net::response done() {
  return {200, R"({"ok":true})"};
}

} // namespace

visitor_ticket_routes::visitor_ticket_routes(ticket_tools tools,
                                             session_hub& hub,
                                             const visitor_door& visitors,
                                             gate& staff)
  : tools_{std::move(tools)},
    hub_{hub},
    visitors_{visitors},
    staff_{staff},
    tickets_{tools_.rows} {}

void visitor_ticket_routes::add_to(net::router& router) {
  router.post("/api/tickets/:ticket_id/close",
              net::async_handler{[this](auto& req) { return on_close(req); }});
  for (const auto* const path :
       {"/api/tickets/:ticket_id/typing", "/api/v1/tickets/:ticket_id/typing"})
    staff_.add(router, {verb::post, path, domain::scope::messages_write},
               gate::sync_handler{[this](auto& req, const auto& who) {
                 return on_typing(req, who);
               }});
}

visitor_ticket_routes::answer
visitor_ticket_routes::on_close(net::request& req) {
  if (const auto claims = visitors_.claims_of(req)) {
    auto closing = close(req, "visitor", claims->session);
    co_return co_await std::move(closing);
  }
  gate::header_list headers;
  auto who = staff_.admit(req, domain::scope::tickets_write, headers);
  net::response out;
  if (auto* const refusal = std::get_if<net::response>(&who)) {
    out = std::move(*refusal);
  } else {
    auto closing = close(req, std::get<caller>(who).name, std::nullopt);
    out = co_await std::move(closing);
  }
  for (auto& header : headers)
    out.headers.push_back(std::move(header));
  co_return out;
}

visitor_ticket_routes::answer
visitor_ticket_routes::close(net::request& req, std::string actor,
                             std::optional<domain::session_id> whose) {
  if (auto refusal = require_json_if_any(req))
    co_return std::move(*refusal);
  auto reason = rest::decode_reason(req.body);
  if (!reason.value)
    co_return invalid_response(reason.problems);
  auto found = find_ticket(tickets_, req);
  if (auto* const refusal = std::get_if<net::response>(&found))
    co_return std::move(*refusal);
  const auto& ticket = std::get<domain::ticket>(found);
  if (whose && (!ticket.session || ticket.session->session != *whose))
    co_return error_response(forbidden, "this ticket is another session's");
  // Asking twice is no mistake of the visitor's.
  if (ticket.state == domain::status::closed)
    co_return done();
  domain::change_status change;
  change.to = domain::status::closed;
  change.reason = std::move(*reason.value);
  change.actor = std::move(actor);
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = std::move(change);
  const auto reply = co_await command(req, tools_.engine, std::move(request));
  if (reply)
    co_return done();
  // Somebody else was quicker.
  if (const auto now = tickets_.load(ticket.id);
      now && now->state == domain::status::closed)
    co_return done();
  co_return refused_command(reply.error());
}

net::response visitor_ticket_routes::on_typing(const net::request& req,
                                               const caller& who) {
  auto found = find_ticket(tickets_, req);
  if (auto* const refusal = std::get_if<net::response>(&found))
    return std::move(*refusal);
  const auto& ticket = std::get<domain::ticket>(found);
  if (ticket.session)
    hub_.tell_typing(
      ticket.session->session,
      {domain::sender_role::agent, who.user ? who.user->name : std::string{}});
  return done();
}

} // namespace switchboard::api
