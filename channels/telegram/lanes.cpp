#include "channels/telegram/lanes.hpp"

#include <charconv>

namespace switchboard::channels::telegram {

namespace {

constexpr std::string_view chat_prefix = "telegram:";
constexpr std::string_view intake_prefix = "telegram-in:";

/// A number as `std::to_string` writes it, and nothing else: a lane has one
/// name only.
std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, out);
  if (problem != std::errc{} || stop != end || std::to_string(out) != text)
    return std::nullopt;
  return out;
}

std::optional<bot_number> read_bot(std::string_view text) {
  const auto number = read_number(text);
  if (!number || *number <= 0)
    return std::nullopt;
  return bot_number{*number};
}

} // namespace

std::optional<bot_number> bot_of_token(std::string_view token) {
  const auto colon = token.find(':');
  if (colon == std::string_view::npos || colon + 1 == token.size())
    return std::nullopt;
  return read_bot(token.substr(0, colon));
}

std::string to_string(bot_number bot) {
  return std::to_string(static_cast<std::int64_t>(bot));
}

std::string chat_lane(bot_number bot, chat_id chat) {
  std::string out{chat_prefix};
  out += to_string(bot);
  out += ':';
  out += std::to_string(static_cast<std::int64_t>(chat));
  return out;
}

std::optional<chat_lane_name> parse_chat_lane(std::string_view lane) {
  if (!lane.starts_with(chat_prefix))
    return std::nullopt;
  const auto rest = lane.substr(chat_prefix.size());
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto bot = read_bot(rest.substr(0, colon));
  const auto chat = read_number(rest.substr(colon + 1));
  if (!bot || !chat || *chat == 0)
    return std::nullopt;
  return chat_lane_name{*bot, chat_id{*chat}};
}

std::string intake_lane(bot_number bot) {
  return std::string{intake_prefix} + to_string(bot);
}

} // namespace switchboard::channels::telegram
