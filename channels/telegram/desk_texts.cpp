#include "channels/telegram/desk_texts.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace switchboard::channels::telegram::desk {

namespace {

constexpr std::size_t excerpt_max = 60;
constexpr std::uint64_t album_bytes_max = 20'000'000;

std::string named(domain::ticket_number number) {
  return '#' + digits(number);
}

button callback(std::string text, tap what) {
  return {std::move(text), button::action::callback, encode(what)};
}

/// What stands for a message: its words, or its files.
std::string_view words_of(const domain::message_draft& message) {
  if (!message.body.empty())
    return message.body;
  return message.attachments.empty() ? std::string_view{message.media_url}
                                     : message.attachments.front().name;
}

bool is_picture(file_kind kind) noexcept {
  return kind == file_kind::photo || kind == file_kind::video;
}

std::string_view customer_word(const domain::ticket& ticket) noexcept {
  return ticket.via == domain::channel::web ? "Visitor" : "Customer";
}

/// The customer, as their words are headed.
std::string customer_of(const domain::ticket& ticket, std::string_view name) {
  std::string out{customer_word(ticket)};
  out += ' ' + named(ticket.number);
  if (!name.empty())
    out.append(" (").append(name).append(")");
  return out;
}

std::string in_quotes(std::string_view words) {
  std::string out{domain::clip(words, excerpt_max)};
  if (domain::count_code_points(words) > excerpt_max)
    out += "…";
  return "\"" + out + '"';
}

/// Only what is more urgent than usual is said.
void add_urgency(std::string& text, domain::priority urgency) {
  if (urgency > domain::priority::medium)
    text.append(" • ").append(to_string(urgency));
}

/// Who speaks, in front of the words.
std::string speaker(const domain::ticket& ticket,
                    const domain::message_draft& message) {
  const auto number = named(ticket.number);
  if (message.role == domain::sender_role::customer)
    return customer_of(ticket, message.sender_name);
  const std::string who = message.sender_name.empty()
                            ? std::string{to_string(message.role)}
                            : message.sender_name;
  return number + " • " + who;
}

/// Pictures that follow one another are shown together, as far as one call can
/// carry them.
void add_files(std::vector<part>& out, const domain::message_draft& message,
               const std::string& caption) {
  std::uint64_t bytes = 0;
  for (const auto& file : message.attachments) {
    const auto kind = kind_of(file);
    const bool joins = !out.empty() && !out.back().files.empty()
                       && bytes + file.size <= album_bytes_max
                       && out.back().files.size() < album_items_max
                       && is_picture(kind)
                       && is_picture(out.back().files.back().kind);
    bytes = joins ? bytes + file.size : file.size;
    if (!joins) {
      auto& next = out.emplace_back();
      next.number = out.size() > 1 && !out[out.size() - 2].files.empty()
                      ? out[out.size() - 2].number + 1
                      : first_file_part;
      next.text = styled_text{caption};
    }
    out.back().files.push_back({kind, file});
  }
}

std::string line_of(const listed_ticket& one, domain::timestamp since,
                    domain::timestamp now) {
  const auto& ticket = one.ticket;
  auto line = named(ticket.number);
  line += " • ";
  line += ticket.category.empty() ? "General" : ticket.category;
  add_urgency(line, ticket.urgency);
  line += " • " + age(since, now);
  if (!one.words.empty()) {
    line += "\n    ";
    line += domain::clip(one.words, excerpt_max);
    if (domain::count_code_points(one.words) > excerpt_max)
      line += "…";
  }
  return line;
}

void add_more(std::string& text, std::size_t more) {
  if (more > 0)
    text += "\n… and " + std::to_string(more) + " more.";
}

} // namespace

// -- the group ----------------------------------------------------------------

std::string card_text(const domain::ticket& ticket,
                      const domain::message_draft* first) {
  auto text = "New ticket " + named(ticket.number) + " • ";
  text += ticket.category.empty() ? "General" : ticket.category;
  add_urgency(text, ticket.urgency);
  if (const auto words
      = first == nullptr ? std::string_view{} : words_of(*first);
      !words.empty()) {
    text += "\n\"";
    text += domain::clip(words, card_excerpt_max);
    text += '"';
  }
  return text;
}

bool is_finished(const domain::ticket& ticket) noexcept {
  return ticket.state == domain::status::resolved
         || ticket.state == domain::status::closed;
}

bool is_up_for_claim(const domain::ticket& ticket) noexcept {
  return ticket.assignee.empty() && !is_finished(ticket);
}

inline_keyboard card_keyboard(const domain::ticket& ticket,
                              const std::optional<domain::user>& holder) {
  if (is_finished(ticket))
    return {{{callback("Closed", {})}}};
  if (!ticket.assignee.empty())
    return {{{callback(
      "Claimed by " + (holder ? mention(*holder) : ticket.assignee), {})}}};
  return {{{callback("Claim", {tap_action::claim, ticket.number}),
            callback("Pass", {tap_action::pass, ticket.number})}}};
}

std::string reminder_text(const domain::ticket& ticket, domain::timestamp now) {
  const auto since = ticket.waiting_since.value_or(ticket.created_at);
  const auto passed
    = std::chrono::duration_cast<std::chrono::minutes>(now - since).count();
  const auto minutes = std::max<std::int64_t>(passed, 0);
  return "Ticket " + named(ticket.number) + " has been waiting for "
         + std::to_string(minutes) + (minutes == 1 ? " minute." : " minutes.");
}

std::string all_passed_text(domain::ticket_number number) {
  return "Everybody has passed on ticket " + named(number)
         + ". It still waits for somebody to claim it.";
}

std::string escalated_text(const domain::ticket& ticket,
                           std::string_view reason) {
  auto text = "Ticket " + named(ticket.number) + " is escalated";
  add_urgency(text, ticket.urgency);
  text += reason.empty() ? std::string{"."} : ": " + std::string{reason};
  if (!ticket.subject.empty())
    text += '\n' + in_quotes(ticket.subject);
  return text;
}

std::string unreachable_text(const domain::user& agent,
                             domain::ticket_number number) {
  return mention(agent)
         + " cannot be reached by the bot: they must open it and press Start. "
           "It is about ticket "
         + named(number) + '.';
}

std::string contact_text(const domain::ticket& ticket,
                         const domain::customer& contact) {
  std::string given;
  for (const auto* one : {&contact.name, &contact.email, &contact.phone}) {
    if (one->empty())
      continue;
    if (!given.empty())
      given += ", ";
    given += *one;
  }
  if (given.empty())
    given = "(nothing)";
  // A visitor is asked for it; who writes from a phone is known by it.
  const std::string_view what
    = ticket.via == domain::channel::web ? " left: " : " is: ";
  auto text = named(ticket.number) + " • ";
  return text.append(customer_word(ticket)).append(what) + given;
}

// -- an agent's chat ----------------------------------------------------------

domain::message_sequence thread_begin(domain::message_sequence last) noexcept {
  const auto count = static_cast<std::uint32_t>(last);
  return domain::message_sequence{
    count > thread_messages_max ? count - thread_messages_max + 1 : 1};
}

std::string connected_text(domain::ticket_number number,
                           domain::message_sequence last) {
  auto text
    = "You're connected to ticket " + named(number) + ". Send messages here.";
  const auto before = static_cast<std::uint32_t>(thread_begin(last)) - 1;
  if (before > 0)
    text += "\n\nThe newest " + std::to_string(thread_messages_max)
            + " messages follow; " + std::to_string(before)
            + " came before them.";
  return text;
}

file_kind kind_of(const domain::attachment_ref& file) noexcept {
  // Larger ones are no photos to Telegram.
  constexpr std::uint64_t photo_size_max = 10'000'000;
  const std::string_view type{file.mime_type};
  if (type == "image/gif")
    return file_kind::animation;
  if (file.size <= photo_size_max
      && (type == "image/jpeg" || type == "image/png" || type == "image/webp"))
    return file_kind::photo;
  if (type == "video/mp4")
    return file_kind::video;
  if (type == "audio/ogg")
    return file_kind::voice;
  if (type == "audio/mpeg" || type == "audio/mp4")
    return file_kind::audio;
  return file_kind::document;
}

std::vector<part> parts_of(const domain::ticket& ticket,
                           const domain::message_draft& message) {
  std::vector<part> out;
  const auto who = speaker(ticket, message);
  auto words = message.body;
  if (!message.media_url.empty()) {
    if (!words.empty())
      words += '\n';
    words += message.media_url;
  }
  if (!words.empty()) {
    styled_text whole;
    whole.add(who, text_style::bold);
    whole.add(": ");
    whole.add(words);
    for (auto& piece : split(whole, text_units_max)) {
      auto& next = out.emplace_back();
      next.number = static_cast<std::uint32_t>(out.size() - 1);
      next.text = std::move(piece);
    }
  }
  add_files(out, message, who);
  return out;
}

std::string deleted_text(const domain::ticket& ticket,
                         const domain::message_draft& message) {
  return speaker(ticket, message) + " deleted this message.";
}

std::string reaction_text(const domain::ticket& ticket, std::string_view name,
                          std::string_view emoji,
                          const domain::message_draft& message) {
  auto text = customer_of(ticket, name) + " reacted with ";
  text += emoji;
  if (const auto words = words_of(message); !words.empty())
    text += " to " + in_quotes(words);
  return text;
}

std::string undelivered_text(const domain::ticket& ticket,
                             std::string_view reason,
                             const domain::message_draft& message) {
  auto text = named(ticket.number) + " • The customer did not get ";
  const auto words = words_of(message);
  text += words.empty() ? std::string{"a message"} : in_quotes(words);
  if (!reason.empty())
    text.append(": ").append(reason);
  return text;
}

styled_text edited_text(const styled_text& now) {
  styled_text whole;
  whole.add("Edited: ");
  whole.append(now);
  return clip_units(whole, text_units_max);
}

std::string own_list_text(const std::vector<listed_ticket>& all,
                          std::size_t more, domain::timestamp now) {
  if (all.empty())
    return std::string{no_ticket_text};
  std::string text = "Your open tickets:";
  for (const auto& one : all)
    text += '\n' + line_of(one, one.ticket.created_at, now);
  add_more(text, more);
  text += "\n\nMessages that you write here go to "
          + named(all.front().ticket.number)
          + ". For another one tap its button and reply to what I send then.";
  return text;
}

inline_keyboard own_list_keyboard(const std::vector<listed_ticket>& all) {
  constexpr std::size_t in_a_row = 4;
  inline_keyboard out;
  for (const auto& one : all) {
    if (out.rows.empty() || out.rows.back().size() == in_a_row)
      out.rows.emplace_back();
    out.rows.back().push_back(callback(
      named(one.ticket.number), {tap_action::connect, one.ticket.number}));
  }
  return out;
}

std::string waiting_list_text(const std::vector<listed_ticket>& all,
                              std::size_t more, domain::timestamp now) {
  if (all.empty())
    return "No ticket waits.";
  std::string text = "Tickets that wait:";
  for (const auto& one : all)
    text
      += '\n'
         + line_of(
           one, one.ticket.waiting_since.value_or(one.ticket.created_at), now);
  add_more(text, more);
  return text;
}

inline_keyboard waiting_list_keyboard(const std::vector<listed_ticket>& all) {
  constexpr std::size_t in_a_row = 3;
  inline_keyboard out;
  for (const auto& one : all) {
    if (out.rows.empty() || out.rows.back().size() == in_a_row)
      out.rows.emplace_back();
    out.rows.back().push_back(callback("Claim " + named(one.ticket.number),
                                       {tap_action::claim, one.ticket.number}));
  }
  return out;
}

std::string greeting_text(const domain::user& who) {
  return "Hello " + who.name
         + ". Claim a ticket in the group; then your messages here go to the "
           "customer. /tickets shows what you have, /help what I can do.";
}

std::string help_text() {
  return "What you write here goes to the customer of the ticket that you "
         "claimed last. Reply to a message to answer its ticket instead.\n\n"
         "/tickets – your open tickets\n"
         "/close [#number] – close a ticket\n"
         "/release [#number] – put a ticket back for others to claim\n"
         "/transfer @colleague [#number] – hand a ticket over\n"
         "/help – this text\n\n"
         "Edit a message here, and the customer sees it as it is then. 👀 on a "
         "message means that the customer has read it.";
}

std::string ended_text(domain::ticket_number number, domain::status state,
                       std::string_view who) {
  auto text
    = "Ticket " + named(number) + " is " + std::string{to_string(state)};
  if (!who.empty())
    text += " (" + std::string{who} + ')';
  return text + '.';
}

std::string handed_over_text(domain::ticket_number number,
                             std::string_view to) {
  return "Ticket " + named(number) + " is now with " + std::string{to} + '.';
}

std::string released_text(domain::ticket_number number) {
  return "Ticket " + named(number) + " is back in the queue.";
}

// -- refusals -----------------------------------------------------------------

std::string holder_text(std::string_view holder) {
  return std::string{holder} + " has it";
}

std::string not_yours_text(domain::ticket_number number,
                           std::string_view holder) {
  if (holder.empty())
    return "Nobody has ticket " + named(number)
           + ". Claim it first, then you can answer.";
  return "Ticket " + named(number) + ": " + holder_text(holder)
         + ". Your message was not sent.";
}

std::string closed_text(domain::ticket_number number) {
  return "Ticket " + named(number)
         + " is closed. The customer would not see your message, so it was not "
           "sent.";
}

// -- what visitors are told ---------------------------------------------------

std::string contact_question(const domain::customer& contact, bool is_open) {
  if (!contact.email.empty() || !contact.phone.empty())
    return {};
  const std::string begin
    = is_open ? "Sorry to keep you waiting: everybody is busy."
              : "Thank you for your message. We are not here at the moment.";
  return begin
         + " Please leave an e-mail address or a phone number, so that we can "
           "get back to you.";
}

} // namespace switchboard::channels::telegram::desk
