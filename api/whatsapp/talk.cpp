#include "api/whatsapp/talk.hpp"

#include "api/conversation.hpp"
#include "api/whatsapp/files.hpp"
#include "domain/text.hpp"
#include "persistence/ticket_changes.hpp"
#include "persistence/ticket_views.hpp"

#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace switchboard::api::whatsapp {

namespace {

/// How often a ref is drawn anew that is taken: what the bot says names it, so
/// it must not change afterwards.
constexpr int ref_draws_max = 8;

} // namespace

boost::asio::awaitable<outcome> talk::on_said(wire::inbound_message& message) {
  const auto& said = std::get<wire::said>(message.what);
  if (said.text.empty() && said.files.empty())
    co_return outcome::ignored;
  auto entering = sessions_.enter(message);
  const auto entered = co_await std::move(entering);
  if (!entered)
    co_return outcome::not_durable;
  const auto& session = entered.value();
  file_owner owner;
  owner.session = session.id;
  auto keeping = keep_files(tools_, message, owner);
  auto files = co_await std::move(keeping);
  if (!files)
    co_return outcome::not_durable;
  utterance spoken{session,
                   draft_of(message, session, std::move(files.value()))};
  if (spoken.message.body.empty() && spoken.message.attachments.empty())
    co_return outcome::ignored;
  if (const auto quoted
      = marks_.find(message.via, message.account, message.reply_to)) {
    spoken.quoted_ticket = quoted->ticket;
    spoken.quoted = quoted->number;
  }
  spoken.opening = [this, &session](domain::create_ticket& ticket) {
    open(ticket, session);
  };
  const conversation_tools tools{tools_.parts.engine, tools_.parts.ids,
                                 tools_.rows()};
  auto speaking = speak(tools_.asker, tools, spoken);
  const auto reply = co_await std::move(speaking);
  if (!reply) {
    if (is_of_the_world(reply.error()))
      co_return outcome::not_durable;
    throw std::runtime_error{reply.error().detail};
  }
  const auto& taken = reply.value().reply.taken;
  // No free ref was found: nothing was said yet.
  if (taken && taken->scope != persistence::message_scope(spoken.message.via))
    co_return outcome::not_durable;
  if (session.mode == domain::session_mode::bot)
    co_await sessions_.hand_over(session.id);
  co_return taken ? outcome::repeated : outcome::done;
}

domain::message_draft
talk::draft_of(const wire::inbound_message& message,
               const domain::session& session,
               std::vector<domain::attachment_ref> files) const {
  const auto& said = std::get<wire::said>(message.what);
  domain::message_draft out;
  out.id = domain::message_id{tools_.parts.ids.next_uuid()};
  out.role = domain::sender_role::customer;
  out.sender_name = name_of(message.author);
  if (message.author.name.empty() && !session.is_group
      && !session.contact.name.empty())
    out.sender_name = session.contact.name;
  out.via = domain::channel::whatsapp;
  out.body = domain::clip(said.text, domain::body_length_max);
  out.external_id = wire::external_id(message.via, message.account, message.id);
  out.attachments = std::move(files);
  return out;
}

void talk::open(domain::create_ticket& ticket,
                const domain::session& session) const {
  ticket.urgency = tools_.options.urgency.of(ticket.first_message.body);
  if (!tools_.parts.acknowledgement)
    return;
  const persistence::ticket_views tickets{tools_.rows()};
  for (int draws = 0; draws < ref_draws_max && tickets.find_ref(ticket.ref);
       ++draws)
    ticket.ref = tools_.parts.ids.next_ref();
  auto words = tools_.parts.acknowledgement(session, ticket.number, ticket.ref);
  if (words.empty())
    return;
  ticket.notice.id = domain::message_id{tools_.parts.ids.next_uuid()};
  ticket.notice.role = domain::sender_role::bot;
  ticket.notice.via = domain::channel::whatsapp;
  ticket.notice.body = domain::clip(words, domain::body_length_max);
}

} // namespace switchboard::api::whatsapp
