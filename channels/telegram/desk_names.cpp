#include "channels/telegram/desk_names.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace switchboard::channels::telegram::desk {

namespace {

constexpr std::string_view nothing_data = "noop";
constexpr std::string_view origin_prefix = "tg:";

struct action_word {
  tap_action does;
  std::string_view word;
};

constexpr std::array action_words{
  action_word{tap_action::claim, "CLAIM#"},
  action_word{tap_action::pass, "PASS#"},
  action_word{tap_action::connect, "TICKET#"},
};

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number out{};
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || error != std::errc{} || stop != end)
    return std::nullopt;
  return out;
}

std::optional<domain::ticket_number> parse_ticket(std::string_view text) {
  const auto number = parse_number<std::uint64_t>(text);
  if (!number || *number == 0)
    return std::nullopt;
  return domain::ticket_number{*number};
}

} // namespace

// -- buttons ------------------------------------------------------------------

std::optional<tap> parse_tap(std::string_view data) {
  if (data == nothing_data)
    return tap{};
  for (const auto& [does, word] : action_words) {
    if (!data.starts_with(word))
      continue;
    const auto ticket = parse_ticket(data.substr(word.size()));
    return ticket ? std::optional{tap{does, *ticket}} : std::nullopt;
  }
  return std::nullopt;
}

std::string encode(const tap& what) {
  for (const auto& [does, word] : action_words)
    if (does == what.does)
      return std::string{word} + digits(what.ticket);
  return std::string{nothing_data};
}

// -- names --------------------------------------------------------------------

std::string mention(const domain::user& who) {
  return who.username.empty() ? who.name : '@' + who.username;
}

std::string digits(domain::ticket_number number) {
  return std::to_string(static_cast<std::uint64_t>(number));
}

std::string age(domain::timestamp since, domain::timestamp now) {
  using namespace std::chrono;
  const auto passed = std::max(duration_cast<minutes>(now - since), minutes{0});
  if (passed < hours{1})
    return std::to_string(passed.count()) + " min";
  if (passed < days{2})
    return std::to_string(duration_cast<hours>(passed).count()) + " h";
  return std::to_string(duration_cast<days>(passed).count()) + " days";
}

std::string external_id(const origin& from) {
  std::string out{origin_prefix};
  out += to_string(from.bot);
  out += ':' + std::to_string(static_cast<std::int64_t>(from.chat));
  out += ':' + std::to_string(static_cast<std::int32_t>(from.message));
  return out;
}

std::optional<origin> parse_external_id(std::string_view text) {
  if (!text.starts_with(origin_prefix))
    return std::nullopt;
  text.remove_prefix(origin_prefix.size());
  const auto first = text.find(':');
  const auto second = text.find(':', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos)
    return std::nullopt;
  const auto bot = parse_number<std::int64_t>(text.substr(0, first));
  const auto chat
    = parse_number<std::int64_t>(text.substr(first + 1, second - first - 1));
  const auto message = parse_number<std::int32_t>(text.substr(second + 1));
  if (!bot || !chat || !message)
    return std::nullopt;
  return origin{bot_number{*bot}, chat_id{*chat}, message_id{*message}};
}

std::optional<domain::ticket_number> ticket_in_text(std::string_view text) {
  constexpr std::array beginnings{
    std::string_view{"Visitor #"},
    std::string_view{"Edited: Visitor #"},
    std::string_view{"Customer #"},
    std::string_view{"Edited: Customer #"},
    std::string_view{"#"},
    std::string_view{"Edited: #"},
    std::string_view{"Ticket #"},
    std::string_view{"You're connected to ticket #"},
  };
  for (const auto begin : beginnings) {
    if (!text.starts_with(begin))
      continue;
    const auto rest = text.substr(begin.size());
    return parse_ticket(rest.substr(0, rest.find_first_not_of("0123456789")));
  }
  return std::nullopt;
}

arguments parse_arguments(std::string_view text) {
  arguments out;
  text = domain::trim(text);
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \t\n\r"), text.size());
    auto word = text.substr(0, end);
    text = domain::trim(text.substr(end));
    if (word.starts_with('@') && out.username.empty()
        && domain::is_username(word.substr(1))) {
      out.username = word.substr(1);
      continue;
    }
    if (word.starts_with('#'))
      word.remove_prefix(1);
    const auto ticket = parse_ticket(word);
    if (ticket && !out.ticket)
      out.ticket = ticket;
    else
      out.extra = true;
  }
  return out;
}

} // namespace switchboard::channels::telegram::desk
