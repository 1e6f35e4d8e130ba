#include "api/ticket_routes.hpp"

#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/idempotency.hpp"
#include "api/pages.hpp"
#include "api/record_store.hpp"
#include "api/ticket_query.hpp"
#include "channels/rest/objects.hpp"
#include "channels/rest/ticket_forms.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;
using domain::scope;

ticket_routes::ticket_routes(ticket_tools tools)
  : tools_{std::move(tools)}, tickets_{tools_.rows}, records_{tools_.rows} {}

void ticket_routes::add_to(net::router& router, gate& door) {
  using self = ticket_routes;
  const auto add = [&](verb method, const char* path, auto handler) {
    const auto needed
      = method == verb::get ? scope::tickets_read : scope::tickets_write;
    door.add(router, {method, path, needed}, this, handler);
  };
  add(verb::post, "/api/v1/tickets", &self::on_create);
  add(verb::get, "/api/v1/tickets", &self::on_list);
  add(verb::get, "/api/v1/tickets/:ticket_id", &self::on_read);
  add(verb::put, "/api/v1/tickets/:ticket_id", &self::on_change);
  add(verb::post, "/api/v1/tickets/:ticket_id/close", &self::on_close);
  add(verb::post, "/api/v1/tickets/:ticket_id/reopen", &self::on_reopen);
  add(verb::post, "/api/v1/tickets/:ticket_id/claim", &self::on_claim);
  add(verb::post, "/api/v1/tickets/:ticket_id/assign", &self::on_assign);
}

// -- what the handlers share --------------------------------------------------

net::response ticket_routes::answer_with(unsigned status,
                                         domain::ticket_id id) const {
  const auto ticket = tickets_.load(id);
  if (!ticket)
    return no_ticket();
  std::string body;
  channels::json::writer out{body};
  rest::write_ticket(out, *ticket, description_of(tickets_, *ticket));
  net::response shown{status, std::move(body)};
  shown.headers.emplace_back("ETag", etag(ticket->last_event));
  return shown;
}

ticket_routes::answer ticket_routes::run(net::request& req,
                                         const domain::ticket& ticket,
                                         domain::ticket_command what) {
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = std::move(what);
  request.expected = wanted_version(req);
  const auto reply = co_await command(req, tools_.engine, std::move(request));
  if (!reply)
    co_return refused_command(reply.error());
  co_return answer_with(200, ticket.id);
}

// -- tickets ------------------------------------------------------------------

ticket_routes::answer ticket_routes::on_create(net::request& req,
                                               const caller& who) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  auto form = rest::decode_new_ticket(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  auto& wanted = *form.value;
  if (auto refusal = refuse_agent(records_, wanted.assignee, "assignee"))
    co_return std::move(*refusal);
  domain::create_ticket create;
  create.id = domain::ticket_id{tools_.ids.next_uuid()};
  create.number = tools_.ids.next_number();
  create.ref = tools_.ids.next_ref();
  create.from = std::move(wanted.from);
  create.subject = std::move(wanted.title);
  create.urgency = wanted.urgency;
  create.via = wanted.via;
  create.category = std::move(wanted.category);
  create.tags = std::move(wanted.tags);
  create.actor = who.name;
  if (wanted.assignee)
    create.assignee = to_string(*wanted.assignee);
  create.first_message.id = domain::message_id{tools_.ids.next_uuid()};
  create.first_message.sender_name = create.from.name;
  create.first_message.via = wanted.via;
  create.first_message.body = std::move(wanted.description);
  actors::ticket_request request;
  request.target = create.id;
  auto claim
    = claim_idempotency(req, create.id.value.view(), tools_.now(), who.name);
  if (auto* refusal = std::get_if<net::response>(&claim))
    co_return std::move(*refusal);
  if (auto* once = std::get_if<persistence::unique_claim>(&claim))
    request.once = std::move(*once);
  request.command = std::move(create);
  const auto reply = co_await command(req, tools_.engine, std::move(request));
  if (!reply)
    co_return refused_command(reply.error());
  auto id = reply.value().id;
  if (const auto& taken = reply.value().taken) {
    if (!is_idempotency_conflict(*taken))
      co_return refused_response(
        {domain::errc::overloaded, "no free reference was found; try again"});
    const auto effect = first_effect(req, taken->result);
    const auto first = effect ? domain::uuid_from_bytes(*effect) : std::nullopt;
    if (!first)
      co_return other_body();
    id = domain::ticket_id{*first};
  }
  auto created = answer_with(201, id);
  created.headers.emplace_back("Location",
                               "/api/v1/tickets/" + to_string(id.value));
  co_return created;
}

net::response ticket_routes::on_list(net::request& req) const {
  auto query = parse_ticket_query(req.query);
  if (!query.page.problems.empty())
    return invalid_response(query.page.problems);
  const auto page = persistence::list_tickets(tools_.rows, query.filter,
                                              query.before, query.page.limit);
  return page_response(
    page.tickets,
    [this](auto& out, const auto& ticket) {
      rest::write_ticket(out, ticket, description_of(tickets_, ticket));
    },
    page.next ? to_string(page.next->value) : std::string{});
}

net::response ticket_routes::on_read(net::request& req) const {
  auto found = find_ticket(tickets_, req);
  if (auto* refusal = std::get_if<net::response>(&found))
    return std::move(*refusal);
  return answer_with(200, std::get<domain::ticket>(found).id);
}

ticket_routes::answer ticket_routes::on_change(net::request& req,
                                               const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_ticket_change);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::ticket_change>>(call);
  if (auto refusal = refuse_agent(records_, wanted.assignee, "assignee"))
    co_return std::move(*refusal);
  domain::update_ticket update;
  update.edits = std::move(wanted.edits);
  if (wanted.from) {
    auto from = ticket.from;
    from.name = wanted.from->name.value_or(from.name);
    from.phone = wanted.from->phone.value_or(from.phone);
    from.email = wanted.from->email.value_or(from.email);
    update.edits.from = std::move(from);
  }
  update.urgency = wanted.urgency;
  // One that is worked on is `open` as well as one that waits.
  if (wanted.state
      && !(wanted.is_coarse
           && domain::rest_state(*wanted.state)
                == domain::rest_state(ticket.state)))
    update.state = wanted.state;
  if (wanted.takes_away)
    update.assignee = "";
  if (wanted.assignee)
    update.assignee = to_string(*wanted.assignee);
  update.reason = std::move(wanted.reason);
  update.actor = who.name;
  auto running = run(req, ticket, std::move(update));
  co_return co_await std::move(running);
}

ticket_routes::answer ticket_routes::change_status(net::request& req,
                                                   const caller& who,
                                                   domain::status to) {
  auto call = read_ticket_call(tickets_, req, rest::decode_reason, false);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<std::string>>(call);
  domain::change_status change;
  change.to = to;
  change.reason = std::move(wanted);
  change.actor = who.name;
  auto running = run(req, ticket, std::move(change));
  co_return co_await std::move(running);
}

ticket_routes::answer ticket_routes::on_close(net::request& req,
                                              const caller& who) {
  return change_status(req, who, domain::status::closed);
}

ticket_routes::answer ticket_routes::on_reopen(net::request& req,
                                               const caller& who) {
  return change_status(req, who, domain::status::pending);
}

ticket_routes::answer ticket_routes::on_claim(net::request& req,
                                              const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_claim, false);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::assignment>>(call);
  auto agent = wanted.agent;
  if (who.user) {
    if (agent && *agent != who.user->id)
      co_return error_response(forbidden,
                               "this key claims for its owner only; assign "
                               "the ticket to give it to somebody else");
    agent = who.user->id;
  }
  if (!agent) {
    const channels::json::field_problem problem{
      "agent_id", "is required, since this key belongs to nobody"};
    co_return invalid_response({&problem, 1});
  }
  if (auto refusal = refuse_agent(records_, agent, "agent_id"))
    co_return std::move(*refusal);
  domain::claim_ticket claim;
  claim.agent = to_string(*agent);
  auto running = run(req, ticket, std::move(claim));
  co_return co_await std::move(running);
}

ticket_routes::answer ticket_routes::on_assign(net::request& req,
                                               const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_assignment);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::assignment>>(call);
  if (auto refusal = refuse_agent(records_, wanted.agent, "agent_id"))
    co_return std::move(*refusal);
  domain::assign_ticket assign;
  assign.agent = to_string(*wanted.agent);
  assign.reason = std::move(wanted.reason);
  assign.actor = who.name;
  auto running = run(req, ticket, std::move(assign));
  co_return co_await std::move(running);
}

} // namespace switchboard::api
