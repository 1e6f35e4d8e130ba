#include "api/visitor_messages.hpp"

#include "api/commands.hpp"
#include "api/conversation.hpp"
#include "api/errors.hpp"
#include "persistence/claims.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_changes.hpp"

#include <utility>

namespace switchboard::api {

namespace web = channels::web;

namespace {

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
  // Whether the key is usable does not depend on what it is used for.
  auto checked = claim(req, {});
  if (auto* const refusal = std::get_if<net::response>(&checked))
    co_return std::move(*refusal);
  utterance said{session_, draft_};
  said.opening = [this](domain::create_ticket& ticket) {
    ticket.category = category_;
    ticket.notice = notice_;
  };
  said.once = [this, &req](const domain::ticket_id& target) {
    std::string effect{target.value.view()};
    effect += draft_.id.value.view();
    auto claimed = claim(req, effect);
    auto* const once = std::get_if<persistence::unique_claim>(&claimed);
    return once != nullptr ? std::optional{std::move(*once)} : std::nullopt;
  };
  const conversation_tools tools{tools_.engine, tools_.ids, tools_.rows};
  auto speaking = speak(req.actors(), tools, said);
  const auto spoken = co_await std::move(speaking);
  if (!spoken)
    co_return refused_response(spoken.error());
  if (spoken.value().is_opening)
    co_await catch_up_contact(req);
  co_return answer(req, spoken.value().reply);
}

idempotency_claim visitor_sender::claim(const net::request& req,
                                        std::string_view effect) const {
  return claim_idempotency(req, effect, tools_.now(),
                           to_string(session_.id.value));
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
