#pragma once

#include "channels/telegram/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How bots and their lanes are named.
namespace switchboard::channels::telegram {

/// A bot's name in lanes, claims and metrics: the number in front of the colon
/// of its token. Positive, and no secret; it stays when the token is renewed.
enum class bot_number : std::int64_t {};

/// Nothing when `token` is not of the form `<number>:<secret>`.
[[nodiscard]] std::optional<bot_number> bot_of_token(std::string_view token);

/// Digits alone, as in lanes.
[[nodiscard]] std::string to_string(bot_number bot);

/// What goes out to one chat: `telegram:<bot>:<chat>`.
[[nodiscard]] std::string chat_lane(bot_number bot, chat_id chat);

struct chat_lane_name {
  bot_number bot{};
  chat_id chat{};

  friend bool operator==(const chat_lane_name&, const chat_lane_name&)
    = default;
};

/// The other way; nothing when `lane` is no name that `chat_lane` gives.
[[nodiscard]] std::optional<chat_lane_name>
parse_chat_lane(std::string_view lane);

/// Updates that could not be handled: `telegram-in:<bot>`.
[[nodiscard]] std::string intake_lane(bot_number bot);

} // namespace switchboard::channels::telegram
