#pragma once

#include "channels/telegram/ids.hpp"
#include "domain/ids.hpp"
#include "domain/ticket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::channels::telegram {

/// What a delivery to a chat is to show there. It names things rather than
/// hold texts: the message is made when it may leave, of what is so then, and
/// an edit of what still waits costs nothing. The words are stored; never
/// change one.
enum class errand_kind : std::uint8_t {
  card,          ///< the ticket with Claim and Pass, new or brought up to date
  reminder,      ///< nobody has claimed it yet; answers the card
  all_passed,    ///< everybody has passed; answers the card
  connected,     ///< tells an agent that the ticket is theirs, and its thread
  message,       ///< one part of a message of its conversation, to an agent
  message_edit,  ///< that message once more, as it is now
  notice,        ///< `text`, as it stands
  executor_card, ///< the ticket with an executor's buttons, new or up to date
  executor_done, ///< takes the executor's cards of the ticket away
  prompt,        ///< the question of a prompt, which opens the answer field
  reaction,      ///< `text` (an emoji, or nothing) on the message `about`
  open_tickets,  ///< to an agent what they have; to the group what waits
};

[[nodiscard]] std::string_view to_string(errand_kind kind) noexcept;

struct errand {
  errand_kind what = errand_kind::notice;
  std::optional<domain::ticket_id> ticket;
  domain::message_sequence message{}; ///< of `message` and `message_edit`
  std::uint32_t part = 0;             ///< of that message, from 0
  std::optional<domain::prompt_id> prompt;
  std::optional<message_id> about; ///< in the chat that it goes to
  std::string text;

  friend bool operator==(const errand&, const errand&) = default;
};

/// The payload of a delivery, and back; nothing when it is none.
[[nodiscard]] std::string encode(const errand& what);
[[nodiscard]] std::optional<errand> decode_errand(std::string_view payload);

} // namespace switchboard::channels::telegram
