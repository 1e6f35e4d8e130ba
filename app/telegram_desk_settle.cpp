#include "api/telegram/desk_tools.hpp"
#include "app/telegram_desk.hpp"
#include "persistence/keys.hpp"
#include "persistence/places.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What the end of a delivery leaves behind.
namespace switchboard::app {

namespace telegram = channels::telegram;
namespace texts = channels::telegram::desk;
using telegram::answer_class;
using telegram::errand_kind;

namespace {

/// Several deliveries fail at once when an agent cannot be reached.
constexpr std::chrono::seconds unreachable_pause{60};

std::optional<persistence::shown> shown_by(errand_kind what) {
  using persistence::shown;
  switch (what) {
    case errand_kind::card:
    case errand_kind::reminder: return shown::card;
    case errand_kind::message:
    case errand_kind::message_edit: return shown::message;
    case errand_kind::all_passed:
    case errand_kind::connected:
    case errand_kind::notice: return shown::notice;
    case errand_kind::executor_card:
    case errand_kind::executor_done:
    case errand_kind::prompt:
    case errand_kind::reaction:
    case errand_kind::open_tickets: break;
  }
  return std::nullopt;
}

std::vector<telegram::sent_message>
read_all_sent(const telegram::api_answer& answer) {
  auto out = telegram::read_sent_group(answer.result);
  if (out.empty())
    if (auto one = telegram::read_sent(answer.result))
      out.push_back(std::move(*one));
  return out;
}

} // namespace

void telegram_desk::settled(bot_number, const persistence::delivery& d,
                            const telegram::api_answer& answer,
                            std::uint32_t shared_by, domain::timestamp now,
                            persistence::changes& settling) {
  const auto lane = telegram::parse_chat_lane(d.lane);
  const auto what = telegram::decode_errand(d.payload);
  if (!lane || !what)
    return;
  const ended e{d, *what, lane->chat, answer, shared_by, now, settling};
  if (answer.is_success()) {
    note_places(e);
    return;
  }
  switch (answer.meaning) {
    case answer_class::blocked:
    case answer_class::chat_gone:
      if (is_private(e.chat))
        tell_unreachable(e);
      else
        complain(e);
      break;
    case answer_class::message_gone:
      if (what->what == errand_kind::card)
        replace_card(e);
      break;
    case answer_class::file_refused: send_as_document(e); break;
    default: break;
  }
}

void telegram_desk::send_as_document(const ended& e) const {
  if (e.what.what != errand_kind::message || !e.what.ticket
      || e.what.part < texts::first_file_part || !e.what.text.empty())
    return;
  auto again = e.what;
  again.text = as_document;
  e.settling.deliveries.push_back(api::telegram::delivery_of(
    parts_.bot, e.chat, again,
    api::telegram::part_group(*again.ticket, again.message, again.part),
    e.now));
}

// -- where things are shown ---------------------------------------------------

void telegram_desk::note_places(const ended& e) const {
  const auto shown = shown_by(e.what.what);
  if (!shown || !e.what.ticket)
    return;
  const auto sent = read_all_sent(e.answer);
  for (const auto& one : sent) {
    const auto chat = one.chat.value_or(e.chat);
    persistence::placed at;
    at.at
      = {static_cast<std::int64_t>(parts_.bot), static_cast<std::int64_t>(chat),
         static_cast<std::int32_t>(one.id)};
    at.what.ticket = *e.what.ticket;
    at.what.what = *shown;
    at.what.message = e.what.message;
    at.what.part = e.what.part;
    at.what.shared = e.shared_by > 1;
    if (e.what.what == errand_kind::card) {
      const auto known = places_.card_of(e.what, chat);
      at.what.part = known ? known->what.part : 0;
    } else if (e.what.what == errand_kind::reminder) {
      at.what.part = reminder_part;
    }
    for (auto& row : persistence::show_rows(at))
      e.settling.rows.push_back(std::move(row));
  }
  if (e.what.what == errand_kind::message)
    note_files(e, sent);
  if (e.what.what == errand_kind::message_edit && sent.empty())
    forget_deleted_part(e);
  if (e.what.what == errand_kind::card && !e.what.about)
    refresh_copies(e);
}

void telegram_desk::note_files(
  const ended& e, const std::vector<telegram::sent_message>& sent) const {
  if (!parts_.remember_file_id || e.what.part < texts::first_file_part)
    return;
  const auto ticket = people_.tickets().load(*e.what.ticket);
  const domain::message_sequence before{
    static_cast<std::uint32_t>(e.what.message) - 1};
  const auto rows = people_.tickets().messages(*e.what.ticket, before, 1);
  if (!ticket || rows.empty())
    return;
  for (const auto& part : texts::parts_of(*ticket, rows.front().message)) {
    if (part.number != e.what.part)
      continue;
    // What could not be had was left out, and nobody knows where.
    if (part.files.size() != sent.size())
      return;
    for (std::size_t i = 0; i < part.files.size(); ++i)
      if (!sent[i].file_id.empty())
        e.settling.rows.push_back(parts_.remember_file_id(
          part.files[i].file.id, parts_.bot, sent[i].file_id));
  }
}

void telegram_desk::forget_deleted_part(const ended& e) const {
  const auto ticket = people_.tickets().load(*e.what.ticket);
  const auto place = places_.part(e.what, e.chat);
  const domain::message_sequence before{
    static_cast<std::uint32_t>(e.what.message) - 1};
  const auto rows = people_.tickets().messages(*e.what.ticket, before, 1);
  if (!ticket || !place || place->what.shared || rows.empty())
    return;
  const auto parts = texts::parts_of(*ticket, rows.front().message);
  const bool is_there
    = std::any_of(parts.begin(), parts.end(),
                  [&](const auto& part) { return part.number == e.what.part; });
  if (is_there)
    return;
  for (auto& row : persistence::unshow_rows(*place))
    e.settling.rows.push_back(std::move(row));
}

// -- cards --------------------------------------------------------------------

void telegram_desk::plan_card(const ended& e,
                              std::optional<telegram::message_id> about) const {
  telegram::errand what;
  what.what = errand_kind::card;
  what.ticket = e.what.ticket;
  what.about = about;
  e.settling.deliveries.push_back(api::telegram::delivery_of(
    parts_.bot, e.chat, what, api::telegram::card_group(*e.what.ticket),
    e.now));
}

void telegram_desk::refresh_copies(const ended& e) const {
  // The newest one has just been brought up to date.
  const auto all = places_.cards(*e.what.ticket, e.chat);
  for (std::size_t i = 1; i < all.size(); ++i)
    plan_card(e, telegram::message_id{all[i].at.message});
}

void telegram_desk::replace_card(const ended& e) const {
  const auto gone = places_.card_of(e.what, e.chat);
  if (!gone)
    return;
  for (auto& row : persistence::unshow_rows(*gone))
    e.settling.rows.push_back(std::move(row));
  const auto ticket = people_.tickets().load(*e.what.ticket);
  const auto others = places_.cards(*e.what.ticket, e.chat).size() - 1;
  // Somebody deleted it; as long as it waits it must be found.
  if (ticket && !e.what.about
      && (others > 0 || texts::is_up_for_claim(*ticket)))
    plan_card(e, std::nullopt);
}

// -- trouble ------------------------------------------------------------------

void telegram_desk::tell_unreachable(const ended& e) {
  if (!e.what.ticket || !group_.is_set())
    return;
  const auto agent
    = people_.find(telegram::user_id{static_cast<std::int64_t>(e.chat)});
  const auto ticket = people_.tickets().load(*e.what.ticket);
  if (!agent || !ticket)
    return;
  auto key = api::telegram::unreached_row(ticket->id, *agent);
  std::string known;
  if (parts_.journal.rows().get(persistence::family::meta, key, known)
      || !is_due(told_, key, unreachable_pause))
    return;
  telegram::errand notice;
  notice.what = errand_kind::notice;
  notice.ticket = ticket->id;
  notice.text = texts::unreachable_text(*agent, ticket->number);
  telegram::errand card;
  card.ticket = ticket->id;
  if (const auto at = places_.card_of(card, group_.now()))
    notice.about = telegram::message_id{at->at.message};
  e.settling.deliveries.push_back(api::telegram::delivery_of(
    parts_.bot, group_.now(), notice, "notice:" + key, e.now));
  const auto millis = e.now.time_since_epoch().count();
  e.settling.rows.push_back(
    {persistence::family::meta, std::move(key),
     persistence::keys::u64(static_cast<std::uint64_t>(millis))});
}

void telegram_desk::complain(const ended& e) const {
  if (!parts_.report_error || e.chat != group_.now())
    return;
  actors::error_note note;
  note.where = e.delivery.lane;
  note.code = "group_gone";
  note.message = "the support group cannot be reached: " + e.answer.description;
  note.ticket = e.what.ticket;
  note.at = e.now;
  parts_.report_error(std::move(note));
}

} // namespace switchboard::app
