#include "channels/telegram/executor_texts.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace switchboard::channels::telegram::executor {

namespace {

/// A number of tickets that nobody exceeds, so that data that is made up stays
/// within what can be computed with.
constexpr std::size_t digits_max = 18;
constexpr std::size_t message_units_max = 3'500;

struct tap_word {
  tap_action does;
  std::string_view word;
};

constexpr std::array tap_words{
  tap_word{tap_action::start_work, "INPROGRESS"},
  tap_word{tap_action::resolve, "RESOLVED"},
  tap_word{tap_action::ask_update, "UPDATE"},
};

std::string_view word_of(tap_action does) {
  const auto* const at = std::ranges::find(tap_words, does, &tap_word::does);
  return at->word;
}

std::string digits(domain::ticket_number number) {
  return std::to_string(static_cast<std::uint64_t>(number));
}

/// `#12` in front of `words`.
std::string about(domain::ticket_number number, std::string_view words) {
  return '#' + digits(number) + std::string{words};
}

button button_of(std::string text, const tap& what) {
  return {std::move(text), button::action::callback, encode(what)};
}

std::string status_word(const domain::ticket& ticket) {
  const auto word = domain::executor_status(ticket.state);
  return std::string{word == "in-progress" ? "in progress" : word};
}

void add_customer(styled_text& out, const domain::customer& from) {
  if (from.name.empty() && from.phone.empty())
    return;
  out.add("\nCustomer: ").add(from.name);
  if (!from.phone.empty())
    out.add(from.name.empty() ? "" : ", ").add(from.phone);
}

/// The title of a ticket: `#12 No water`.
void add_title(styled_text& out, const domain::ticket& ticket) {
  out.add(
    about(ticket.number, ticket.subject.empty() ? "" : " ") + ticket.subject,
    text_style::bold);
}

std::string minutes(std::chrono::seconds time) {
  const auto count
    = std::max<std::int64_t>((time.count() + 59) / 60, std::int64_t{1});
  return std::to_string(count) + (count == 1 ? " minute" : " minutes");
}

} // namespace

std::string encode(const tap& what) {
  std::string out{word_of(what.does)};
  out += '#';
  out += digits(what.ticket);
  return out;
}

std::optional<tap> parse_tap(std::string_view data) {
  const auto mark = data.find('#');
  if (mark == std::string_view::npos)
    return std::nullopt;
  const auto* const known
    = std::ranges::find(tap_words, data.substr(0, mark), &tap_word::word);
  const auto number = data.substr(mark + 1);
  if (known == tap_words.end() || number.size() > digits_max)
    return std::nullopt;
  std::uint64_t value = 0;
  const auto* const end = number.data() + number.size();
  const auto [stop, problem] = std::from_chars(number.data(), end, value);
  if (problem != std::errc{} || stop != end || value == 0)
    return std::nullopt;
  return tap{known->does, domain::ticket_number{value}};
}

bool looks_like_tap(std::string_view data) {
  return std::ranges::any_of(tap_words, [data](const tap_word& known) {
    return data.starts_with(known.word)
           && data.substr(known.word.size()).starts_with('#');
  });
}

bool is_open(const domain::ticket& ticket) noexcept {
  return ticket.state != domain::status::resolved
         && ticket.state != domain::status::closed;
}

styled_text card_text(const domain::ticket& ticket,
                      std::string_view description) {
  styled_text out;
  add_title(out, ticket);
  out.add("\nPriority: ").add(to_string(ticket.urgency));
  add_customer(out, ticket.from);
  if (const auto words = domain::trim(description); !words.empty()) {
    out.add("\n\n");
    out.append(clip_units(styled_text{std::string{words}}, excerpt_units_max));
    out.add("\n");
  }
  out.add("\nStatus: ").add(status_word(ticket));
  return out;
}

inline_keyboard card_keyboard(const domain::ticket& ticket) {
  inline_keyboard out;
  if (!is_open(ticket))
    return out;
  auto& first = out.rows.emplace_back();
  if (ticket.state == domain::status::in_progress)
    first.push_back(
      {"In Progress ✓", button::action::callback, std::string{done_data}});
  else
    first.push_back(
      button_of("In Progress", {tap_action::start_work, ticket.number}));
  first.push_back(button_of("Resolved", {tap_action::resolve, ticket.number}));
  auto& second = out.rows.emplace_back();
  second.push_back(
    button_of("Update", {tap_action::ask_update, ticket.number}));
  return out;
}

styled_text spent_card_text(const domain::ticket* ticket) {
  if (ticket == nullptr)
    return {"This ticket is not yours any more."};
  styled_text out;
  add_title(out, *ticket);
  out.add(is_open(*ticket) ? "\nThis ticket is not yours any more."
                           : "\nStatus: " + status_word(*ticket));
  return out;
}

std::string list_text(std::size_t shown, std::size_t more, bool has_rest) {
  if (shown == 0)
    return std::string{no_tickets_text};
  std::string out = shown == 1 ? "Your open ticket:" : "Your open tickets:";
  if (more > 0 || has_rest) {
    out = "Your " + std::to_string(shown) + " newest open tickets; there are ";
    out += has_rest ? "more than " : "";
    out += std::to_string(more) + (has_rest ? " others." : " more.");
  }
  return out;
}

styled_text question_text(const domain::ticket& ticket,
                          std::chrono::seconds time) {
  styled_text out;
  out.add("How is it going? Reply with your update on ");
  add_title(out, ticket);
  out.add("\n\nThere are " + minutes(time) + " for it; /cancel drops it.");
  return out;
}

force_reply question_field() {
  return {"Your update", false};
}

styled_text customer_text(const domain::ticket& ticket,
                          const domain::message_draft& message) {
  styled_text out;
  out.add(about(ticket.number, " "), text_style::bold);
  out.add(message.sender_name.empty() ? "The customer" : message.sender_name);
  out.add(" writes:");
  if (!message.body.empty()) {
    out.add("\n");
    out.append(clip_units(styled_text{message.body}, message_units_max));
  }
  const auto files
    = message.attachments.size() + (message.media_url.empty() ? 0U : 1U);
  if (files > 0)
    out.add("\n(" + std::to_string(files)
            + (files == 1 ? " file is" : " files are") + " with it)");
  return out;
}

std::string saved_text(domain::ticket_number number) {
  return "Your update is kept with " + about(number, ". Thank you!");
}

std::string expired_text(domain::ticket_number number) {
  return "There was no answer in time, so the question about "
         + about(number, " is closed. Tap Update to write one all the same.");
}

std::string cancelled_text(domain::ticket_number number) {
  return "The question about " + about(number, " is dropped.");
}

std::string late_text(domain::ticket_number number) {
  return "The question about "
         + about(number,
                 " is not open any more, so this was not kept. Tap "
                 "Update under the ticket and write it again.");
}

std::string needs_words_text(domain::ticket_number number) {
  return "Please write your update on "
         + about(number, " in words; a caption will do.");
}

std::string unknown_tap_text(domain::ticket_number number) {
  return about(number, " does not exist any more.");
}

std::string not_yours_tap_text(domain::ticket_number number) {
  return about(number, " is not assigned to you any more.");
}

std::string already_tap_text(const domain::ticket& ticket) {
  return about(ticket.number, " is ") + status_word(ticket) + " already.";
}

std::string done_tap_text(const tap& what) {
  switch (what.does) {
    case tap_action::start_work: return about(what.ticket, " is in progress.");
    case tap_action::resolve: return about(what.ticket, " is resolved.");
    case tap_action::ask_update: break;
  }
  return "Write your update on " + about(what.ticket, ".");
}

} // namespace switchboard::channels::telegram::executor
