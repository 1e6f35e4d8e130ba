#include "channels/whatsapp/texts.hpp"

#include "channels/telegram/styled_text.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

std::string named(domain::ticket_number number) {
  return '#' + std::to_string(static_cast<std::uint64_t>(number));
}

void add_excerpt(std::string& out, std::string_view text) {
  const auto words = domain::trim(text);
  const auto shown = domain::clip(words, excerpt_length_max);
  out += shown;
  if (shown.size() < words.size())
    out += "…";
}

/// `Ana (+1555…)`, as far as it is known.
std::string who_is(const domain::customer& from) {
  const auto& reached = from.phone.empty() ? from.email : from.phone;
  if (from.name.empty())
    return reached;
  return reached.empty() ? from.name : from.name + " (" + reached + ')';
}

void add_line(std::string& out, std::string_view line) {
  if (!line.empty())
    out.append("\n").append(line);
}

/// Whose ticket it is and what about.
void add_matter(std::string& out, const domain::ticket& ticket) {
  add_line(out, who_is(ticket.from));
}

void add_hint(std::string& out, domain::ticket_number number) {
  add_line(out,
           "Answer by quoting this message, or begin with " + named(number));
}

} // namespace

std::string new_ticket_text(const domain::ticket& ticket,
                            std::string_view words, std::string_view url) {
  auto out = "New ticket " + named(ticket.number) + " • ";
  out += to_string(ticket.urgency);
  add_matter(out, ticket);
  const auto said = domain::trim(words);
  // A subject that was made of the first message says nothing new.
  if (!said.starts_with(ticket.subject))
    add_line(out, ticket.subject);
  if (!said.empty()) {
    out += '\n';
    add_excerpt(out, said);
  }
  add_line(out, url);
  add_hint(out, ticket.number);
  return out;
}

std::string escalated_text(const domain::ticket& ticket, std::string_view url) {
  auto out = "Ticket " + named(ticket.number) + " is escalated • ";
  out += to_string(ticket.urgency);
  add_matter(out, ticket);
  add_line(out, ticket.subject);
  add_line(out, url);
  add_hint(out, ticket.number);
  return out;
}

std::string customer_text(domain::ticket_number number, std::string_view who,
                          std::string_view text) {
  auto out = named(number);
  if (!who.empty())
    out.append(" • ").append(who);
  return out.append(": ").append(text);
}

std::string which_ticket_text(std::span<const named_ticket> open) {
  if (open.empty())
    return "I do not know which ticket this is for, and you have none open. "
           "Answer with a ticket's number, such as #12, or quote one of its "
           "messages. I keep your message for an hour.";
  std::string out
    = "Which ticket is this for? Answer with its number, or quote "
      "one of its messages. I keep your message for an hour.";
  for (const auto& one : open.first(std::min(open.size(), listed_tickets_max)))
    add_line(out, named(one.number) + " • " + one.subject);
  if (open.size() > listed_tickets_max)
    add_line(out, "… and " + std::to_string(open.size() - listed_tickets_max)
                    + " more.");
  return out;
}

std::string unknown_ticket_text(std::string_view name) {
  const bool is_number = !name.empty() && std::ranges::all_of(name, [](char c) {
    return c >= '0' && c <= '9';
  });
  std::string out = "There is no ticket ";
  return out.append(is_number ? "#" : "")
    .append(name)
    .append(". Your message was not sent.");
}

std::string not_yours_text(domain::ticket_number number,
                           std::string_view holder) {
  auto out = "Ticket " + named(number);
  if (holder.empty())
    out += " is nobody's yet. Claim it first.";
  else
    out.append(" is with ").append(holder).append(".");
  return out + " Your message was not sent.";
}

std::string closed_text(domain::ticket_number number) {
  return "Ticket " + named(number)
         + " is closed. The customer would not see your message, so it was not "
           "sent.";
}

std::string failed_text(domain::ticket_number number, std::string_view reason) {
  auto out
    = "Your message on ticket " + named(number) + " did not reach the customer";
  if (!reason.empty())
    out.append(": ").append(reason);
  return out + '.';
}

std::string group_text(std::string_view author, std::string_view text) {
  if (author.empty())
    return std::string{text};
  return std::string{author}.append(": ").append(text);
}

std::vector<std::string> split_text(std::string_view text,
                                    std::size_t length_max) {
  std::vector<std::string> out;
  const telegram::styled_text whole{std::string{text}};
  // A UTF-16 unit is at most one code point, so parts are never too long.
  for (auto& part : telegram::split(whole, length_max))
    out.push_back(std::move(part.text));
  return out;
}

} // namespace switchboard::channels::whatsapp
