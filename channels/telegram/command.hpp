#pragma once

#include "channels/telegram/update.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::channels::telegram {

/// `/close_ticket@support_bot now` as a name and what follows it.
struct command {
  std::string name;      ///< lower case, without slash and bot
  std::string arguments; ///< trimmed
  /// The message names another bot, so it is not for this one, and no message
  /// for people either.
  bool is_for_another_bot = false;

  friend bool operator==(const command&, const command&) = default;
};

/// The command that a message begins with, if Telegram marked it as one.
/// `bot_username` is this bot's, without the @.
[[nodiscard]] std::optional<command>
parse_command(const message& from, std::string_view bot_username);

/// The payload of a deep link, `https://t.me/<bot>?start=<payload>`, which
/// comes as `/start <payload>`: 1 to 64 of `A-Za-z0-9_-`; else nothing.
[[nodiscard]] std::optional<std::string>
deep_link_payload(const command& given);

} // namespace switchboard::channels::telegram
