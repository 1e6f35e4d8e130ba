#include "api/message_poster.hpp"

#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/follow_up.hpp"
#include "api/idempotency.hpp"
#include "api/pages.hpp"
#include "channels/rest/objects.hpp"

#include <string>
#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;

namespace {

constexpr std::size_t uuid_size = 16;

} // namespace

boost::asio::awaitable<net::response>
message_poster::post(net::request& req, const caller& who,
                     const domain::ticket& ticket,
                     domain::message_draft draft) const {
  domain::add_message add;
  add.message = draft;
  auto request = prepare(req, who, ticket.id, draft.id, std::move(add));
  if (auto* refusal = std::get_if<net::response>(&request))
    co_return std::move(*refusal);
  auto& first = std::get<actors::ticket_request>(request);
  auto reply = co_await command(req, tools_.engine, std::move(first));
  if (!reply && reply.error().code == domain::errc::conversation_over) {
    auto create = follow_up(tools_.ids, ticket, draft);
    const auto target = create.id;
    auto opening = prepare(req, who, target, draft.id, std::move(create));
    auto& next = std::get<actors::ticket_request>(opening);
    reply = co_await command(req, tools_.engine, std::move(next));
  }
  if (!reply)
    co_return refused_command(reply.error());
  const auto& done = reply.value();
  if (done.taken)
    co_return show_first(req, ticket, *done.taken);
  co_return show(done.id, done.last_message);
}

message_poster::prepared
message_poster::prepare(const net::request& req, const caller& who,
                        domain::ticket_id target, domain::message_id message,
                        domain::ticket_command what) const {
  actors::ticket_request request;
  request.target = target;
  request.command = std::move(what);
  std::string effect{target.value.view()};
  effect += message.value.view();
  auto claim = claim_idempotency(req, effect, tools_.now(), who.name);
  if (auto* refusal = std::get_if<net::response>(&claim))
    return std::move(*refusal);
  if (auto* once = std::get_if<persistence::unique_claim>(&claim))
    request.once = std::move(*once);
  return request;
}

net::response message_poster::show(domain::ticket_id ticket,
                                   domain::message_sequence number) const {
  const domain::message_sequence before{static_cast<std::uint32_t>(number) - 1};
  const auto rows = tickets_.messages(ticket, before, 1);
  std::string body;
  channels::json::writer out{body};
  const auto& row = rows.at(0);
  rest::write_message(out, number, row.at, row.message, row.edited_at,
                      tools_.links, row.marks);
  net::response added{201, std::move(body)};
  // A message on a ticket that is over opens another one.
  added.headers.emplace_back(
    "Location", "/api/v1/tickets/" + to_string(ticket.value) + "/messages");
  return added;
}

net::response
message_poster::show_first(const net::request& req,
                           const domain::ticket& ticket,
                           const persistence::conflict& taken) const {
  auto effect = taken.result;
  if (is_idempotency_conflict(taken)) {
    auto first = first_effect(req, taken.result);
    if (!first)
      return other_body();
    effect = std::move(*first);
  }
  effect.resize(2 * uuid_size);
  const std::string_view view{effect};
  const auto id = domain::uuid_from_bytes(view.substr(0, uuid_size));
  const auto wanted = domain::uuid_from_bytes(view.substr(uuid_size));
  const auto known = id ? tickets_.load(domain::ticket_id{*id}) : std::nullopt;
  // A message on a ticket that was over stands in the one that follows it.
  const bool is_here
    = known && (known->id == ticket.id || known->follows == ticket.id);
  domain::message_sequence after{};
  while (is_here && wanted) {
    const auto rows = tickets_.messages(*known, after, page_limit_max);
    for (const auto& row : rows)
      if (row.message.id.value == *wanted)
        return show(known->id, row.number);
    if (rows.size() < page_limit_max)
      break;
    after = rows.back().number;
  }
  const channels::json::field_problem problem{
    "external_id", "is the id of a message of another ticket"};
  return error_response(conflict, "this message is known already",
                        {&problem, 1});
}

} // namespace switchboard::api
