#include "api/visitor_messages.hpp"

#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/idempotency.hpp"
#include "persistence/claims.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_changes.hpp"

#include <utility>

namespace switchboard::api {

namespace web = channels::web;

namespace {

/// Each round means that somebody else was quicker: opened the ticket, or
/// closed it again.
constexpr int rounds_max = 8;

bool is_over(const domain::ticket& ticket) noexcept {
  return ticket.state == domain::status::closed;
}

} // namespace

visitor_sender::visitor_sender(const ticket_tools& tools,
                               const domain::session& session,
                               web::visitor_message&& message)
  : tools_{tools},
    session_{session},
    category_{std::move(message.category)},
    sessions_{tools.rows} {
  draft_.id = domain::message_id{tools.ids.next_uuid()};
  draft_.role = domain::sender_role::customer;
  draft_.sender_name = session.contact.name;
  draft_.via = session.via;
  draft_.body = std::move(message.body);
  if (!message.client_id.empty())
    draft_.external_id
      = domain::visitor_external_id(session.id, message.client_id);
}

void visitor_sender::greet(std::string words) {
  notice_.id = domain::message_id{tools_.ids.next_uuid()};
  notice_.role = domain::sender_role::system;
  notice_.via = session_.via;
  notice_.body = std::move(words);
}

std::optional<net::response>
visitor_sender::first_answer(const net::request& req) const {
  if (draft_.external_id.empty() || req.header_count("idempotency-key") > 0)
    return std::nullopt;
  const auto first = persistence::find_claim(
    tools_.rows, persistence::message_scope(draft_.via), draft_.external_id,
    tools_.now());
  return first ? std::optional{answer_first(*first)} : std::nullopt;
}

boost::asio::awaitable<net::response> visitor_sender::send(net::request& req) {
  for (int round = 0; round < rounds_max; ++round) {
    const auto last = sessions_.last_ticket(session_.id);
    if (last) {
      domain::add_message add;
      add.message = draft_;
      auto ready = prepare(req, last->id, std::move(add));
      if (auto* const refusal = std::get_if<net::response>(&ready))
        co_return std::move(*refusal);
      auto& request = std::get<actors::ticket_request>(ready);
      const auto reply
        = co_await command(req, tools_.engine, std::move(request));
      if (reply)
        co_return answer(req, reply.value());
      if (reply.error().code != domain::errc::conversation_over)
        co_return refused_response(reply.error());
    }
    auto create = opening(last);
    const auto target = create.id;
    auto ready = prepare(req, target, std::move(create));
    if (auto* const refusal = std::get_if<net::response>(&ready))
      co_return std::move(*refusal);
    auto& request = std::get<actors::ticket_request>(ready);
    const auto reply = co_await command(req, tools_.engine, std::move(request));
    if (!reply)
      co_return refused_response(reply.error());
    const auto& taken = reply.value().taken;
    if (taken && taken->scope == persistence::session_ticket_scope)
      continue;
    if (!taken)
      co_await catch_up_contact(req);
    co_return answer(req, reply.value());
  }
  co_return refused_response(
    {domain::errc::overloaded, "this session is too busy; try again"});
}

visitor_sender::prepared
visitor_sender::prepare(const net::request& req, domain::ticket_id target,
                        domain::ticket_command what) const {
  actors::ticket_request request;
  request.target = target;
  request.command = std::move(what);
  std::string effect{target.value.view()};
  effect += draft_.id.value.view();
  auto claim = claim_idempotency(req, effect, tools_.now(),
                                 to_string(session_.id.value));
  if (auto* const refusal = std::get_if<net::response>(&claim))
    return std::move(*refusal);
  if (auto* const once = std::get_if<persistence::unique_claim>(&claim))
    request.once = std::move(*once);
  return request;
}

domain::create_ticket
visitor_sender::opening(const std::optional<domain::ticket>& last) const {
  domain::create_ticket out;
  out.id = domain::ticket_id{tools_.ids.next_uuid()};
  out.number = tools_.ids.next_number();
  out.ref = tools_.ids.next_ref();
  out.from = session_.contact;
  // Who sends a file without a word means the file.
  const bool has_words = !draft_.body.empty() || draft_.attachments.empty();
  out.subject = domain::derived_subject(
    has_words ? draft_.body : draft_.attachments.front().name);
  out.via = session_.via;
  out.category = category_;
  out.first_message = draft_;
  out.notice = notice_;
  out.session = domain::session_place{session_.id, 1};
  if (last) {
    out.follows = last->id;
    out.session->number = last->session->number + 1;
  }
  return out;
}

net::response visitor_sender::answer(const net::request& req,
                                     const actors::ticket_reply& reply) const {
  if (!reply.taken)
    return {201, web::encode_sent(reply.number, draft_.id)};
  const auto& taken = *reply.taken;
  if (taken.scope == persistence::message_scope(draft_.via))
    return answer_first(taken.result);
  if (!is_idempotency_conflict(taken))
    return refused_response(
      {domain::errc::overloaded, "no free reference was found; try again"});
  const auto effect = first_effect(req, taken.result);
  return effect ? answer_first(*effect) : other_body();
}

net::response visitor_sender::answer_first(std::string_view effect) const {
  const auto id = domain::uuid_from_bytes(effect.substr(0, effect.size() / 2));
  const auto message
    = domain::uuid_from_bytes(effect.substr(effect.size() / 2));
  const auto ticket
    = id ? persistence::ticket_views{tools_.rows}.load(domain::ticket_id{*id})
         : std::nullopt;
  if (!ticket || !message)
    return other_body();
  return {201, web::encode_sent(ticket->number, domain::message_id{*message})};
}

boost::asio::awaitable<void>
visitor_sender::catch_up_contact(net::request& req) const {
  const auto now = persistence::record_views{tools_.rows}.find(session_.id);
  if (!now || now->value.contact == session_.contact)
    co_return;
  // The message is durable, so its answer does not depend on this one.
  auto telling = tell_contact(req, tools_, sessions_, now->value);
  co_await std::move(telling);
}

boost::asio::awaitable<std::optional<net::response>>
tell_contact(net::request& req, const ticket_tools& tools,
             const persistence::session_views& sessions,
             const domain::session& session) {
  const auto ticket = sessions.last_ticket(session.id);
  if (!ticket || is_over(*ticket) || ticket->from == session.contact)
    co_return std::nullopt;
  domain::update_ticket update;
  update.edits.from = session.contact;
  update.actor = "visitor";
  actors::ticket_request request;
  request.target = ticket->id;
  request.command = std::move(update);
  const auto reply = co_await command(req, tools.engine, std::move(request));
  if (!reply)
    co_return refused_response(reply.error());
  co_return std::nullopt;
}

} // namespace switchboard::api
