#include "app/telegram_desk_render.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace switchboard::app {

namespace telegram = channels::telegram;
namespace texts = channels::telegram::desk;
using actors::not_now;
using actors::nothing_to_do;
using actors::outgoing;
using telegram::errand_kind;
using telegram::urgency;

namespace {

/// A file that is being fetched is soon there.
constexpr std::chrono::seconds file_pause{5};

actors::rendering call_of(telegram::method call, urgency how,
                          std::uint64_t merge_key = 0) {
  outgoing out;
  out.call = std::move(call);
  out.urgency = how;
  out.merge_key = merge_key;
  return out;
}

telegram::send_message text_to(telegram::chat_id chat,
                               const telegram::styled_text& text) {
  telegram::send_message out;
  out.to.chat = chat;
  out.text = clip_units(text, telegram::text_units_max);
  return out;
}

void answer(telegram::destination& to,
            const std::optional<persistence::placed>& what) {
  if (what)
    to.reply_to
      = telegram::reply_target{telegram::message_id{what->at.message}, {}};
}

/// Texts of one ticket may share a message.
std::uint64_t merge_key_of(const domain::ticket& ticket) {
  return static_cast<std::uint64_t>(std::hash<domain::ticket_id>{}(ticket.id))
         | 1U;
}

telegram::file_kind kind_for(const telegram::errand& what,
                             telegram::file_kind kind) {
  return what.text == as_document ? telegram::file_kind::document : kind;
}

std::vector<texts::listed_ticket> listed(std::vector<domain::ticket>&& all) {
  std::vector<texts::listed_ticket> out;
  out.reserve(all.size());
  for (auto& ticket : all) {
    auto words = ticket.subject;
    std::replace(words.begin(), words.end(), '\n', ' ');
    out.push_back({std::move(ticket), std::move(words)});
  }
  return out;
}

} // namespace

// -- places -------------------------------------------------------------------

bool telegram_desk_places::is_here(const persistence::placed& at,
                                   telegram::chat_id chat) const noexcept {
  return at.at.bot == static_cast<std::int64_t>(bot_)
         && at.at.chat == static_cast<std::int64_t>(chat);
}

std::vector<persistence::placed>
telegram_desk_places::cards(const domain::ticket_id& ticket,
                            telegram::chat_id chat) const {
  auto all = places_.of(ticket, persistence::shown::card);
  std::erase_if(all, [&](const auto& at) { return !is_here(at, chat); });
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.at.message > b.at.message;
  });
  return all;
}

std::optional<persistence::placed>
telegram_desk_places::card_of(const telegram::errand& what,
                              telegram::chat_id chat) const {
  if (!what.ticket)
    return std::nullopt;
  for (auto& one : cards(*what.ticket, chat))
    if (!what.about || telegram::message_id{one.at.message} == *what.about)
      return one;
  return std::nullopt;
}

std::optional<persistence::placed>
telegram_desk_places::part(const telegram::errand& what,
                           telegram::chat_id chat) const {
  std::optional<persistence::placed> out;
  if (!what.ticket)
    return out;
  for (auto& one :
       places_.of(*what.ticket, persistence::shown::message, what.message))
    if (is_here(one, chat) && one.what.part == what.part
        && (!out || out->at.message < one.at.message))
      out = one;
  return out;
}

// -- rendering ----------------------------------------------------------------

actors::rendering
telegram_desk_renderer::render(telegram::chat_id chat,
                               const telegram::errand& what) const {
  if (what.what == errand_kind::open_tickets)
    return open_tickets(chat);
  if (what.what == errand_kind::notice) {
    auto call = text_to(chat, what.text);
    if (what.about)
      call.to.reply_to = telegram::reply_target{*what.about, {}};
    return call_of(std::move(call), urgency::mirror);
  }
  if (what.what == errand_kind::reaction) {
    if (!what.about)
      return nothing_to_do{"no message is named"};
    return call_of(telegram::set_message_reaction{chat, *what.about, what.text},
                   urgency::cosmetic);
  }
  const auto ticket
    = what.ticket ? parts_.people.tickets().load(*what.ticket) : std::nullopt;
  if (!ticket)
    return nothing_to_do{"there is no such ticket"};
  return render_ticket({chat, what, *ticket});
}

actors::rendering telegram_desk_renderer::render_ticket(const job& j) const {
  switch (j.what.what) {
    case errand_kind::card: return card(j);
    case errand_kind::reminder: return reminder(j);
    case errand_kind::all_passed: {
      if (!texts::is_up_for_claim(j.ticket))
        return nothing_to_do{"somebody has claimed it"};
      auto call = text_to(j.chat, texts::all_passed_text(j.ticket.number));
      answer(call.to, parts_.places.card_of(j.what, j.chat));
      return call_of(std::move(call), urgency::mirror);
    }
    case errand_kind::connected: return connected(j);
    case errand_kind::message: return message(j);
    case errand_kind::message_edit: return message_edit(j);
    case errand_kind::notice:
    case errand_kind::executor_card:
    case errand_kind::executor_done:
    case errand_kind::prompt:
    case errand_kind::reaction:
    case errand_kind::open_tickets: break;
  }
  return nothing_to_do{"this is no errand of the desk"};
}

actors::rendering telegram_desk_renderer::card(const job& j) const {
  const auto place = parts_.places.card_of(j.what, j.chat);
  if (!place && j.what.about)
    return nothing_to_do{"this copy of the card is gone"};
  auto keyboard
    = texts::card_keyboard(j.ticket, parts_.people.holder_of(j.ticket));
  if (place && place->what.part == reminder_part) {
    telegram::edit_message_reply_markup edit;
    edit.chat = j.chat;
    edit.message = telegram::message_id{place->at.message};
    edit.keyboard = std::move(keyboard);
    return call_of(std::move(edit), urgency::cosmetic);
  }
  const auto first = row_of(j, domain::message_sequence{1});
  auto text = texts::card_text(j.ticket, first ? &first->message : nullptr);
  if (!place) {
    auto call = text_to(j.chat, std::move(text));
    call.markup = std::move(keyboard);
    return call_of(std::move(call), urgency::mirror);
  }
  telegram::edit_message_text edit;
  edit.chat = j.chat;
  edit.message = telegram::message_id{place->at.message};
  edit.text = std::move(text);
  edit.keyboard = std::move(keyboard);
  return call_of(std::move(edit), urgency::cosmetic);
}

actors::rendering telegram_desk_renderer::reminder(const job& j) const {
  if (!texts::is_up_for_claim(j.ticket))
    return nothing_to_do{"somebody has claimed it"};
  auto call = text_to(j.chat, texts::reminder_text(j.ticket, parts_.now()));
  call.markup = texts::card_keyboard(j.ticket, std::nullopt);
  const auto cards = parts_.places.cards(j.ticket.id, j.chat);
  if (!cards.empty())
    answer(call.to, cards.back());
  return call_of(std::move(call), urgency::mirror);
}

bool telegram_desk_renderer::is_holders(const job& j) const {
  const auto holder = parts_.people.holder_of(j.ticket);
  return holder && api::telegram::chat_of(*holder) == j.chat;
}

actors::rendering telegram_desk_renderer::connected(const job& j) const {
  if (!is_holders(j))
    return nothing_to_do{"somebody else has it now"};
  auto call
    = text_to(j.chat, texts::connected_text(j.ticket.number, j.what.message));
  return call_of(std::move(call), urgency::mirror);
}

// -- messages -----------------------------------------------------------------

std::optional<persistence::message_row>
telegram_desk_renderer::row_of(const job& j,
                               domain::message_sequence number) const {
  const domain::message_sequence before{static_cast<std::uint32_t>(number) - 1};
  auto rows = parts_.people.tickets().messages(j.ticket.id, before, 1);
  if (rows.empty() || rows.front().number != number)
    return std::nullopt;
  return std::move(rows.front());
}

std::optional<texts::part> telegram_desk_renderer::part_of(const job& j) const {
  const auto row = row_of(j, j.what.message);
  if (!row)
    return std::nullopt;
  if (row->marks.deleted_at) {
    if (j.what.part != 0)
      return std::nullopt;
    texts::part out;
    out.text.add(texts::deleted_text(j.ticket, row->message));
    out.is_deletion = true;
    return out;
  }
  for (auto& part : texts::parts_of(j.ticket, row->message))
    if (part.number == j.what.part)
      return std::move(part);
  return std::nullopt;
}

actors::rendering telegram_desk_renderer::message(const job& j) const {
  if (!is_holders(j))
    return nothing_to_do{"somebody else has it now"};
  const auto part = part_of(j);
  if (!part)
    return nothing_to_do{"the message has no such part any more"};
  if (part->files.empty())
    return call_of(text_to(j.chat, part->text), urgency::mirror,
                   merge_key_of(j.ticket));
  return part->files.size() == 1 ? file(j, *part) : album(j, *part);
}

actors::rendering telegram_desk_renderer::message_edit(const job& j) const {
  if (!is_holders(j))
    return nothing_to_do{"somebody else has it now"};
  const auto part = part_of(j);
  const auto place = parts_.places.part(j.what, j.chat);
  if (!part || !part->files.empty()) {
    // The message has become shorter.
    if (!place || place->what.shared)
      return nothing_to_do{"there is nothing to edit"};
    telegram::delete_message gone;
    gone.chat = j.chat;
    gone.message = telegram::message_id{place->at.message};
    return call_of(std::move(gone), urgency::mirror);
  }
  if (place && !place->what.shared) {
    telegram::edit_message_text edit;
    edit.chat = j.chat;
    edit.message = telegram::message_id{place->at.message};
    edit.text = part->text;
    return call_of(std::move(edit), urgency::mirror);
  }
  // It stands among others, or it is longer than it was.
  auto call = text_to(
    j.chat, part->is_deletion ? part->text : texts::edited_text(part->text));
  if (place) {
    answer(call.to, place);
  } else {
    auto first = j.what;
    first.part = 0;
    answer(call.to, parts_.places.part(first, j.chat));
  }
  return call_of(std::move(call), urgency::mirror);
}

// -- files --------------------------------------------------------------------

std::optional<std::string>
telegram_desk_renderer::source_of(const domain::attachment_ref& file) const {
  const auto record = records_.find(file.id);
  auto known = parts_.known_file_id ? parts_.known_file_id(file.id, parts_.bot)
                                    : std::nullopt;
  // What somebody sent goes again by its id only in the way in which it came,
  // which is not known here.
  const bool is_theirs
    = record && record->value.source && known == record->value.source->file_id;
  if (known && !is_theirs)
    return known;
  if (!record || record->value.state != domain::attachment_state::ready)
    return std::nullopt;
  return std::string{actors::upload_prefix} + to_string(file.id.value);
}

bool telegram_desk_renderer::is_being_fetched(
  const domain::attachment_ref& file) const {
  const auto record = records_.find(file.id);
  return record && record->value.state == domain::attachment_state::pending;
}

actors::rendering telegram_desk_renderer::file(const job& j,
                                               const texts::part& part) const {
  const auto& shown = part.files.front();
  auto source = source_of(shown.file);
  if (!source) {
    if (is_being_fetched(shown.file))
      return not_now{"the file is still being fetched", file_pause};
    auto text = part.text;
    text.add(": " + shown.file.name + " (this file cannot be had)");
    return call_of(text_to(j.chat, text), urgency::mirror);
  }
  telegram::send_file call;
  call.to.chat = j.chat;
  call.kind = kind_for(j.what, shown.kind);
  call.source = std::move(*source);
  call.caption = clip_units(part.text, telegram::caption_units_max);
  return call_of(std::move(call), urgency::mirror);
}

actors::rendering telegram_desk_renderer::album(const job& j,
                                                const texts::part& part) const {
  telegram::send_media_group call;
  call.to.chat = j.chat;
  auto caption = part.text;
  for (const auto& shown : part.files) {
    auto source = source_of(shown.file);
    if (source) {
      call.items.push_back(
        {kind_for(j.what, shown.kind), std::move(*source), {}});
      continue;
    }
    if (is_being_fetched(shown.file))
      return not_now{"a file is still being fetched", file_pause};
    caption.add("\n" + shown.file.name + " (this file cannot be had)");
  }
  caption = clip_units(caption, telegram::caption_units_max);
  if (call.items.empty())
    return call_of(text_to(j.chat, caption), urgency::mirror);
  if (call.items.size() < telegram::album_items_min) {
    telegram::send_file single;
    single.to.chat = j.chat;
    single.kind = call.items.front().kind;
    single.source = std::move(call.items.front().source);
    single.caption = std::move(caption);
    return call_of(std::move(single), urgency::mirror);
  }
  call.items.front().caption = std::move(caption);
  return call_of(std::move(call), urgency::mirror);
}

// -- lists --------------------------------------------------------------------

actors::rendering
telegram_desk_renderer::open_tickets(telegram::chat_id chat) const {
  const auto now = parts_.now();
  if (!is_private(chat)) {
    auto found = parts_.people.waiting_tickets(texts::listed_max);
    const auto all = listed(std::move(found.tickets));
    auto call = text_to(chat, texts::waiting_list_text(all, found.more, now));
    if (!all.empty())
      call.markup = texts::waiting_list_keyboard(all);
    return call_of(std::move(call), urgency::mirror);
  }
  const auto who
    = parts_.people.find(telegram::user_id{static_cast<std::int64_t>(chat)});
  if (!who)
    return nothing_to_do{"they are no agent any more"};
  auto found = parts_.people.open_tickets(*who, texts::listed_max);
  const auto all = listed(std::move(found.tickets));
  auto call = text_to(chat, texts::own_list_text(all, found.more, now));
  if (!all.empty())
    call.markup = texts::own_list_keyboard(all);
  return call_of(std::move(call), urgency::mirror);
}

} // namespace switchboard::app
