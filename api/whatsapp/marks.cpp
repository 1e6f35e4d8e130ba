#include "api/whatsapp/marks.hpp"

#include "channels/whatsapp/outgoing.hpp"
#include "channels/whatsapp/texts.hpp"
#include "domain/text.hpp"
#include "persistence/claims.hpp"
#include "persistence/ticket_changes.hpp"

#include <utility>
#include <variant>

namespace switchboard::api::whatsapp {

namespace {

/// What names the effect. Some providers give an edit or a reaction the id of
/// the message that it is about, so the id alone does not tell two apart.
std::string effect_name(const wire::inbound_message& from,
                        std::string_view what, const std::string& words) {
  std::string out{what};
  out += ':';
  out += wire::external_id(from.via, from.account, from.id);
  out += ':';
  out += std::to_string(from.sent_at.time_since_epoch().count());
  out += ':';
  return out + hash_of(words);
}

std::string via_of(wire::provider p) {
  std::string out = "whatsapp:";
  out += to_string(p);
  return out;
}

std::string reason_of(std::string_view told, bool window_closed) {
  if (window_closed)
    return std::string{window_closed_reason};
  return std::string{domain::clip(told, domain::reason_length_max)};
}

/// The one who wrote it, as far as the message tells.
bool is_author(const doer& who, const persistence::message_row& row) {
  const auto& message = row.message;
  if (!who.is_staff)
    return message.role == domain::sender_role::customer;
  return domain::is_staff(message.role)
         && message.via == domain::channel::whatsapp
         && message.sender_name == who.name;
}

/// What undoes each other, in one message.
std::string name_of_kind(std::string_view kind,
                         const persistence::external_message& at,
                         std::string_view by) {
  std::string out{kind};
  out += ':' + to_string(at.ticket.value) + ':'
         + std::to_string(static_cast<std::uint32_t>(at.number)) + ':';
  return out += by;
}

bool had_effect(outcome result) {
  return result == outcome::done || result == outcome::repeated;
}

domain::message_sequence before(domain::message_sequence number) {
  return domain::message_sequence{static_cast<std::uint32_t>(number) - 1};
}

} // namespace

std::optional<persistence::external_message>
marks::find(wire::provider via, std::string_view account,
            std::string_view id) const {
  if (id.empty())
    return std::nullopt;
  for (const auto& name : names_of(tools_.options, via, account, id))
    if (auto found = views_.find_external(name))
      return found;
  return std::nullopt;
}

std::optional<domain::ticket_id> marks::ticket_of(wire::provider via,
                                                  std::string_view account,
                                                  std::string_view id) const {
  if (id.empty())
    return std::nullopt;
  for (const auto& name : names_of(tools_.options, via, account, id))
    if (const auto shown = persistence::find_claim(tools_.rows(), shown_scope,
                                                   name, tools_.parts.now()))
      if (const auto ticket = domain::uuid_from_bytes(*shown))
        return domain::ticket_id{*ticket};
  const auto found = find(via, account, id);
  return found ? std::optional{found->ticket} : std::nullopt;
}

outcome marks::find_target(const wire::inbound_message& from,
                           std::string_view id, const doer& who,
                           std::optional<target>& out) const {
  const auto at = find(from.via, from.account, id);
  if (!at)
    return outcome::unknown_target;
  auto ticket = tickets_.load(at->ticket);
  if (!ticket)
    return outcome::unknown_target;
  // A name that two chats have is a provider's mistake, or somebody's trick.
  if (!who.is_staff
      && (!ticket->session || ticket->session->session != who.session))
    return outcome::ignored;
  auto rows = tickets_.messages(*ticket, before(at->number), 1);
  if (rows.empty() || rows.front().number != at->number)
    return outcome::unknown_target;
  out.emplace(target{*at, std::move(*ticket), std::move(rows.front())});
  return outcome::done;
}

marks::answer marks::on_reaction(const wire::inbound_message& from, doer who) {
  const auto& what = std::get<wire::reacted>(from.what);
  std::optional<target> at;
  const auto found = find_target(from, what.target, who, at);
  if (found != outcome::done)
    co_return found;
  if (what.emoji.size() > domain::emoji_size_max || who.id.empty())
    co_return outcome::ignored;
  const auto kind = name_of_kind("reaction", at->at, who.id);
  if (newest_.is_late(kind, from.sent_at))
    co_return outcome::ignored;
  domain::react_to_message react;
  react.number = at->at.number;
  react.by = std::move(who.id);
  react.by_name = std::move(who.name);
  react.emoji = what.emoji;
  auto once = update_claim(
    from.via, effect_name(from, "reaction", what.target + what.emoji),
    tools_.parts.now());
  auto telling
    = tell_ticket(tools_, at->at.ticket, std::move(react), std::move(once));
  const auto result = co_await std::move(telling);
  if (had_effect(result))
    newest_.note(kind, from.sent_at);
  co_return result;
}

std::string_view marks::said_words(std::string_view text,
                                   domain::ticket_id ticket) const {
  const auto front = wire::ticket_in_front(text);
  return front && tickets_.find_any_name(front->name) == ticket ? front->words
                                                                : text;
}

marks::answer marks::on_edit(const wire::inbound_message& from, doer who) {
  const auto& what = std::get<wire::edited>(from.what);
  std::optional<target> at;
  const auto found = find_target(from, what.target, who, at);
  if (found != outcome::done)
    co_return found;
  const auto& row = at->row;
  const auto text = who.is_staff ? said_words(what.text, at->at.ticket)
                                 : std::string_view{what.text};
  const bool has_words = !text.empty() || !row.message.attachments.empty();
  if (at->at.is_ours || !is_author(who, row) || row.marks.deleted_at
      || !has_words)
    co_return outcome::ignored;
  const auto kind = name_of_kind("edit", at->at, {});
  if (newest_.is_late(kind, from.sent_at))
    co_return outcome::ignored;
  if (row.message.body == text) {
    newest_.note(kind, from.sent_at);
    co_return outcome::ignored;
  }
  domain::edit_message edit;
  edit.number = row.number;
  edit.added_at = row.at;
  edit.message = row.message;
  edit.message.body = domain::clip(text, domain::body_length_max);
  auto once
    = update_claim(from.via, effect_name(from, "edit", what.target + what.text),
                   tools_.parts.now());
  auto telling
    = tell_ticket(tools_, at->at.ticket, std::move(edit), std::move(once));
  const auto result = co_await std::move(telling);
  if (had_effect(result))
    newest_.note(kind, from.sent_at);
  co_return result;
}

marks::answer marks::on_revoke(const wire::inbound_message& from, doer who) {
  const auto& what = std::get<wire::revoked>(from.what);
  std::optional<target> at;
  const auto found = find_target(from, what.target, who, at);
  if (found != outcome::done)
    co_return found;
  if (at->at.is_ours || !is_author(who, at->row) || at->row.marks.deleted_at)
    co_return outcome::ignored;
  domain::delete_message remove;
  remove.number = at->at.number;
  remove.actor = std::move(who.name);
  auto once = update_claim(from.via, effect_name(from, "revoke", what.target),
                           tools_.parts.now());
  auto telling
    = tell_ticket(tools_, at->at.ticket, std::move(remove), std::move(once));
  co_return co_await std::move(telling);
}

bool marks::is_notification(const wire::status_report& status) const {
  for (const auto& name :
       names_of(tools_.options, status.via, status.account, status.id))
    if (persistence::find_claim(tools_.rows(), shown_scope, name,
                                tools_.parts.now()))
      return true;
  return false;
}

marks::answer marks::on_status(const wire::status_report& status) {
  // That it was sent is what made it known.
  if (status.state == domain::delivery_state::queued)
    co_return outcome::ignored;
  const auto at = find(status.via, status.account, status.id);
  if (!at)
    co_return is_notification(status) ? outcome::ignored
                                      : outcome::unknown_target;
  if (!at->is_ours || status.state == domain::delivery_state::sent)
    co_return outcome::ignored;
  // The copy is known by its name already.
  domain::report_delivery report;
  report.number = at->number;
  report.part = at->part;
  report.to = status.state;
  report.via = via_of(status.via);
  if (status.state == domain::delivery_state::failed) {
    const auto told = status.reason.empty()
                        ? wire::explain(status.via, status.code)
                        : std::string_view{status.reason};
    report.reason = reason_of(told, status.window_closed);
  }
  auto name = wire::external_id(status.via, status.account, status.id);
  name += ':';
  name += to_string(status.state);
  auto once = update_claim(status.via, std::move(name), tools_.parts.now());
  auto telling
    = tell_ticket(tools_, at->ticket, std::move(report), std::move(once));
  co_return co_await std::move(telling);
}

marks::answer marks::on_sent(const sent_report& report) {
  const auto now = tools_.parts.now();
  if (report.to_staff || report.message == domain::message_sequence{}) {
    if (report.external_id.empty())
      co_return outcome::ignored;
    persistence::changes what;
    what.claims.push_back({std::string{shown_scope}, report.external_id,
                           std::string{report.ticket.value.view()},
                           now + persistence::message_claim_life});
    auto settling = settle(tools_, std::move(what));
    co_return co_await std::move(settling);
  }
  domain::report_delivery told;
  told.number = report.message;
  told.part = report.part;
  told.to = report.state;
  told.via = via_of(report.via);
  told.external_id = report.external_id;
  if (report.state == domain::delivery_state::failed)
    told.reason = reason_of(report.reason, report.window_closed);
  // A message may go out more than once (by another provider, as a template),
  // and each copy has a name of its own.
  std::string name{to_string(report.state)};
  name += ':' + to_string(report.ticket.value) + ':'
          + std::to_string(static_cast<std::uint32_t>(report.message)) + ':'
          + std::to_string(report.part) + ':' + report.external_id;
  auto once = update_claim(report.via, std::move(name), now);
  auto telling
    = tell_ticket(tools_, report.ticket, std::move(told), std::move(once));
  co_return co_await std::move(telling);
}

} // namespace switchboard::api::whatsapp
