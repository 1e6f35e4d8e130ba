#pragma once

#include "channels/telegram/ids.hpp"
#include "channels/telegram/lanes.hpp"
#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "domain/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How the visitors' desk names things at Telegram, and reads those names where
/// they come back: in taps, in commands, in messages' external ids. Pure.
namespace switchboard::channels::telegram::desk {

// -- buttons ------------------------------------------------------------------

enum class tap_action : std::uint8_t {
  claim,
  pass,
  connect, ///< one of the agent's tickets is to be at hand
  nothing, ///< a button that only tells something
};

struct tap {
  tap_action does = tap_action::nothing;
  domain::ticket_number ticket{}; ///< 0 for `nothing`

  friend bool operator==(const tap&, const tap&) = default;
};

/// `CLAIM#12`, `PASS#12`, `TICKET#12`, `noop`; nothing when it is none of
/// these.
[[nodiscard]] std::optional<tap> parse_tap(std::string_view data);
[[nodiscard]] std::string encode(const tap& what);

// -- names --------------------------------------------------------------------

/// `@username`, or else the name.
[[nodiscard]] std::string mention(const domain::user& who);

/// `12` for `#12`.
[[nodiscard]] std::string digits(domain::ticket_number number);

/// How long ago something was: `5 min`, `3 h`, `2 days`.
[[nodiscard]] std::string age(domain::timestamp since, domain::timestamp now);

/// Where a message of an agent was written; it is the message's external id.
struct origin {
  bot_number bot{};
  chat_id chat{};
  message_id message{};

  friend bool operator==(const origin&, const origin&) = default;
};

/// `tg:<bot>:<chat>:<message>`, and back.
[[nodiscard]] std::string external_id(const origin& from);
[[nodiscard]] std::optional<origin> parse_external_id(std::string_view text);

/// The ticket that a text of the bot in an agent's chat is about, as it says
/// itself: `Visitor #12: …`, `#12 • Ana: …`, `Ticket #12 is …`.
[[nodiscard]] std::optional<domain::ticket_number>
ticket_in_text(std::string_view text);

/// What follows a command: `@somebody`, `#12` or `12`, in any order; `extra`
/// is set when there is anything else.
struct arguments {
  std::string username; ///< without the @, or empty
  std::optional<domain::ticket_number> ticket;
  bool extra = false;

  friend bool operator==(const arguments&, const arguments&) = default;
};

[[nodiscard]] arguments parse_arguments(std::string_view text);

} // namespace switchboard::channels::telegram::desk
