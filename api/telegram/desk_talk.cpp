#include "api/telegram/desk_talk.hpp"

#include "api/commands.hpp"
#include "api/commits.hpp"
#include "channels/telegram/desk_texts.hpp"
#include "domain/match.hpp"
#include "domain/media_type.hpp"
#include "domain/text.hpp"
#include "persistence/claims.hpp"
#include "persistence/places.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_changes.hpp"

#include <utility>

namespace switchboard::api::telegram {

namespace asio = boost::asio;
namespace texts = wire::desk;

namespace {

/// What a bot may fetch.
constexpr std::uint64_t file_size_max = std::uint64_t{20} << 20U;
constexpr std::string_view too_large_text
  = "This file is too large: a bot may fetch 20 MB at most. It was not sent.";

std::string words_of(const wire::location& place) {
  return "https://maps.google.com/?q=" + std::to_string(place.latitude) + ','
         + std::to_string(place.longitude);
}

void add_line(std::string& to, std::string_view line) {
  if (line.empty())
    return;
  if (!to.empty())
    to += '\n';
  to += line;
}

/// The message in words; empty when it has none.
std::string words_of(const wire::message& message) {
  auto out = message.text.text;
  domain::match(
    message.shows,
    [&](const wire::location& what) { add_line(out, words_of(what)); },
    [&](const wire::venue& what) {
      add_line(out, what.title);
      add_line(out, what.address);
      add_line(out, words_of(what.place));
    },
    [&](const wire::contact& what) {
      add_line(out, what.first_name + ' ' + what.last_name);
      add_line(out, what.phone_number);
    },
    [](const auto&) {});
  return std::string{domain::trim(out)};
}

std::string name_of(const wire::file& file) {
  if (!file.name.empty())
    return domain::clean_file_name(file.name);
  std::string out{to_string(file.kind)};
  switch (file.kind) {
    case wire::file_kind::photo: return out + ".jpg";
    case wire::file_kind::video:
    case wire::file_kind::video_note:
    case wire::file_kind::animation: return out + ".mp4";
    case wire::file_kind::voice: return out + ".ogg";
    case wire::file_kind::audio: return out + ".mp3";
    case wire::file_kind::sticker: return out + ".webp";
    case wire::file_kind::document: break;
  }
  return out;
}

std::string type_of(const wire::file& file) {
  if (auto type = domain::media_type_of(file.mime_type);
      !type.empty() && type.size() <= domain::mime_type_size_max)
    return type;
  switch (file.kind) {
    case wire::file_kind::photo: return "image/jpeg";
    case wire::file_kind::video:
    case wire::file_kind::video_note:
    case wire::file_kind::animation: return "video/mp4";
    case wire::file_kind::voice: return "audio/ogg";
    case wire::file_kind::audio: return "audio/mpeg";
    case wire::file_kind::sticker: return "image/webp";
    case wire::file_kind::document: break;
  }
  return std::string{domain::unknown_media_type};
}

domain::attachment
record_of(const wire::file& file, wire::bot_number bot, const domain::uuid& id,
          const domain::ticket_id& ticket, domain::timestamp now) {
  domain::attachment out;
  out.id = domain::attachment_id{id};
  out.state = domain::attachment_state::pending;
  out.name = name_of(file);
  out.mime_type = type_of(file);
  out.size = file.size;
  out.ticket = ticket;
  out.source
    = domain::telegram_file{static_cast<std::int64_t>(bot), file.file_id};
  out.created_at = now;
  out.updated_at = now;
  return out;
}

texts::origin origin_of(wire::bot_number bot, const wire::message& message) {
  return {bot, message.chat.id, message.id};
}

struct written_message {
  domain::ticket_id ticket;
  domain::uuid message;
};

/// Which message an agent's own message at Telegram has become.
std::optional<written_message> find_written(const persistence::row_reader& rows,
                                            const texts::origin& from,
                                            domain::timestamp now) {
  const auto effect = persistence::find_claim(
    rows, persistence::message_scope(domain::channel::telegram),
    texts::external_id(from), now);
  if (!effect)
    return std::nullopt;
  const std::string_view bytes{*effect};
  const auto ticket
    = domain::uuid_from_bytes(bytes.substr(0, bytes.size() / 2));
  const auto message = domain::uuid_from_bytes(bytes.substr(bytes.size() / 2));
  if (!ticket || !message)
    return std::nullopt;
  return written_message{domain::ticket_id{*ticket}, *message};
}

} // namespace

// -- which ticket -------------------------------------------------------------

std::optional<domain::ticket_id>
desk_talk::quoted_ticket(const wire::message& message) const {
  if (!message.reply_to || message.reply_to->is_external)
    return std::nullopt;
  const auto& rows = tools_.journal.rows();
  const persistence::place at{static_cast<std::int64_t>(tools_.bot),
                              static_cast<std::int64_t>(message.chat.id),
                              static_cast<std::int32_t>(message.reply_to->id)};
  if (const auto shown = persistence::place_views{rows}.find(at))
    return shown->ticket;
  // Perhaps it is one of their own.
  const texts::origin own{tools_.bot, message.chat.id, message.reply_to->id};
  if (const auto written = find_written(rows, own, tools_.now()))
    return written->ticket;
  // Or one of the bot that has just arrived, and is not noted yet.
  const auto& author = message.reply_to->author;
  if (!author || !author->is_bot)
    return std::nullopt;
  const auto number = texts::ticket_in_text(message.reply_to->excerpt);
  return number ? people_.tickets().find_number(*number) : std::nullopt;
}

std::optional<domain::ticket>
desk_talk::target_of(const wire::message& message,
                     const domain::user& who) const {
  if (const auto id = quoted_ticket(message))
    if (auto ticket = people_.tickets().load(*id))
      return ticket;
  auto open = people_.open_tickets(who, 1);
  if (open.tickets.empty())
    return std::nullopt;
  return std::move(open.tickets.front());
}

std::string desk_talk::obstacle(const domain::ticket& ticket,
                                const domain::user& who) const {
  if (ticket.state == domain::status::closed)
    return texts::closed_text(ticket.number);
  if (ticket.assignee == to_string(who.id))
    return {};
  const auto holder = people_.holder_of(ticket);
  return texts::not_yours_text(
    ticket.number, holder ? texts::mention(*holder) : ticket.assignee);
}

// -- new messages -------------------------------------------------------------

asio::awaitable<update_outcome>
desk_talk::on_message(const wire::message& message, const domain::user& who,
                      const update_claim& claim, net::asker& actors) {
  const auto chat = message.chat.id;
  const auto ticket = target_of(message, who);
  std::string problem;
  const auto* const file = std::get_if<wire::file>(&message.shows);
  auto words = words_of(message);
  if (!ticket)
    problem = texts::no_ticket_text;
  else
    problem = obstacle(*ticket, who);
  if (problem.empty() && words.empty() && file == nullptr)
    problem = texts::no_content_text;
  if (problem.empty() && file != nullptr && file->size > file_size_max)
    problem = too_large_text;
  if (problem.empty()
      && domain::count_code_points(words) > domain::body_length_max)
    problem = texts::too_long_text;
  if (!problem.empty()) {
    std::optional<domain::ticket_id> about;
    if (ticket)
      about = ticket->id;
    auto telling = tell(tools_, claim, chat, std::move(problem), about);
    co_return co_await std::move(telling);
  }
  auto storing = store_file(message, *ticket, claim);
  const auto stored = co_await std::move(storing);
  if (const auto* failed = std::get_if<update_outcome>(&stored))
    co_return *failed;
  domain::add_message add;
  add.message.id = domain::message_id{tools_.ids.next_uuid()};
  add.message.role = domain::sender_role::agent;
  add.message.sender_name = who.name;
  add.message.via = domain::channel::telegram;
  add.message.body = std::move(words);
  add.message.external_id = texts::external_id(origin_of(tools_.bot, message));
  if (const auto* ref = std::get_if<domain::attachment_ref>(&stored))
    add.message.attachments.push_back(*ref);
  auto beginning = begin_work(*ticket, who, claim, actors);
  co_await std::move(beginning);
  actors::ticket_request request;
  request.target = ticket->id;
  request.command = std::move(add);
  request.once = claim.once();
  auto asking = command(actors, tools_.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  if (reply)
    co_return update_outcome::done;
  const auto outcome = outcome_of(reply.error());
  if (outcome == update_outcome::not_durable)
    co_return outcome;
  auto telling
    = tell(tools_, claim, chat,
           "Your message was not sent: " + reply.error().detail, ticket->id);
  co_return co_await std::move(telling);
}

asio::awaitable<desk_talk::stored_file>
desk_talk::store_file(const wire::message& message,
                      const domain::ticket& ticket, const update_claim& claim) {
  const auto* const file = std::get_if<wire::file>(&message.shows);
  if (file == nullptr)
    co_return std::monostate{};
  auto record = record_of(*file, tools_.bot, tools_.ids.next_uuid(), ticket.id,
                          tools_.now());
  auto what = persistence::save(std::nullopt, record, tools_.now());
  what.claims.push_back(
    claim.step("file", std::string{record.id.value.view()}));
  auto committing = commit(tools_.journal, std::move(what));
  const auto outcome = co_await std::move(committing);
  if (std::holds_alternative<persistence::commit_failure>(outcome))
    co_return update_outcome::not_durable;
  // The update came before, but did not get to its end.
  if (const auto* first = std::get_if<persistence::conflict>(&outcome))
    if (const auto id = domain::uuid_from_bytes(first->result))
      record.id = domain::attachment_id{*id};
  co_return domain::attachment_ref{record.id, record.name, record.mime_type,
                                   record.size};
}

asio::awaitable<void>
desk_talk::begin_work(const domain::ticket& ticket, const domain::user& who,
                      const update_claim& claim, net::asker& actors) {
  if (ticket.state != domain::status::assigned)
    co_return;
  domain::change_status change;
  change.to = domain::status::in_progress;
  change.actor = to_string(who.id);
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = std::move(change);
  request.once = claim.step("status");
  // Whatever comes of it, the message goes its way.
  auto asking = command(actors, tools_.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  static_cast<void>(reply);
}

// -- edits --------------------------------------------------------------------

asio::awaitable<update_outcome>
desk_talk::on_edit(const wire::message& message, const domain::user& who,
                   const update_claim& claim, net::asker& actors) {
  const auto& rows = tools_.journal.rows();
  const auto written
    = find_written(rows, origin_of(tools_.bot, message), tools_.now());
  const auto ticket
    = written ? people_.tickets().load(written->ticket) : std::nullopt;
  const auto row
    = ticket ? people_.find_message(*ticket, written->message) : std::nullopt;
  auto words = words_of(message);
  if (!row || row->message.body == words
      || (words.empty() && row->message.attachments.empty()))
    co_return update_outcome::done;
  auto problem = obstacle(*ticket, who);
  if (domain::count_code_points(words) > domain::body_length_max)
    problem = texts::too_long_text;
  if (!problem.empty()) {
    auto telling
      = tell(tools_, claim, message.chat.id, std::move(problem), ticket->id);
    co_return co_await std::move(telling);
  }
  domain::edit_message edit;
  edit.number = row->number;
  edit.added_at = row->at;
  edit.message = row->message;
  edit.message.body = std::move(words);
  actors::ticket_request request;
  request.target = ticket->id;
  request.command = std::move(edit);
  request.once = claim.once();
  auto asking = command(actors, tools_.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  co_return reply ? update_outcome::done : outcome_of(reply.error());
}

} // namespace switchboard::api::telegram
