#pragma once

#include "channels/telegram/desk_names.hpp"
#include "channels/telegram/methods.hpp"
#include "channels/telegram/styled_text.hpp"
#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "domain/user.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// All words and buttons of the visitors' desk. Pure.
namespace switchboard::channels::telegram::desk {

/// How much of the first message a card shows, in characters.
inline constexpr std::size_t card_excerpt_max = 200;
/// How many messages an agent gets who takes over a conversation.
inline constexpr std::uint32_t thread_messages_max = 20;
/// How many tickets a list shows.
inline constexpr std::size_t listed_max = 20;

// -- the group ----------------------------------------------------------------

/// `New ticket #12 • Billing` and the beginning of the first message. `first`
/// may be null.
[[nodiscard]] std::string card_text(const domain::ticket& ticket,
                                    const domain::message_draft* first);
/// Claim and Pass while it waits; else who has it, or that it is closed.
[[nodiscard]] inline_keyboard
card_keyboard(const domain::ticket& ticket,
              const std::optional<domain::user>& holder);

/// Whether somebody could claim it.
[[nodiscard]] bool is_up_for_claim(const domain::ticket& ticket) noexcept;
[[nodiscard]] bool is_finished(const domain::ticket& ticket) noexcept;

[[nodiscard]] std::string reminder_text(const domain::ticket& ticket,
                                        domain::timestamp now);
[[nodiscard]] std::string all_passed_text(domain::ticket_number number);
/// To the group and to admins: `reason` may be empty.
[[nodiscard]] std::string escalated_text(const domain::ticket& ticket,
                                         std::string_view reason);
[[nodiscard]] std::string unreachable_text(const domain::user& agent,
                                           domain::ticket_number number);
/// What is known of the customer by now.
[[nodiscard]] std::string contact_text(const domain::ticket& ticket,
                                       const domain::customer& contact);

// -- an agent's chat ----------------------------------------------------------

/// `last` is the newest message of the conversation, which is shown behind it.
[[nodiscard]] std::string connected_text(domain::ticket_number number,
                                         domain::message_sequence last);
/// The first message that an agent is shown when the newest one is `last`.
[[nodiscard]] domain::message_sequence
thread_begin(domain::message_sequence last) noexcept;

/// Texts count from 0 and files from here, so that neither moves when the other
/// changes.
inline constexpr std::uint32_t first_file_part = 1'000;

struct shown_file {
  file_kind kind = file_kind::document;
  domain::attachment_ref file;
};

/// One message at Telegram: a text; or a file, or several pictures together,
/// with the text as their caption.
struct part {
  std::uint32_t number = 0;
  styled_text text;
  std::vector<shown_file> files;
  bool is_deletion = false; ///< says that there is nothing left
};

/// What a message of the conversation comes to in an agent's chat.
[[nodiscard]] std::vector<part> parts_of(const domain::ticket& ticket,
                                         const domain::message_draft& message);
/// Stands where a message was that somebody took back.
[[nodiscard]] std::string deleted_text(const domain::ticket& ticket,
                                       const domain::message_draft& message);
/// What somebody made of `message`.
[[nodiscard]] std::string
reaction_text(const domain::ticket& ticket, std::string_view name,
              std::string_view emoji, const domain::message_draft& message);
/// The customer will not see `message`; `reason` may be empty.
[[nodiscard]] std::string
undelivered_text(const domain::ticket& ticket, std::string_view reason,
                 const domain::message_draft& message);
/// A text that takes the place of one that cannot be edited.
[[nodiscard]] styled_text edited_text(const styled_text& now);

/// In which way a file is sent.
[[nodiscard]] file_kind kind_of(const domain::attachment_ref& file) noexcept;

struct listed_ticket {
  domain::ticket ticket;
  std::string words; ///< how the conversation began
};

/// The agent's own open tickets, the newest claim first.
[[nodiscard]] std::string own_list_text(const std::vector<listed_ticket>& all,
                                        std::size_t more,
                                        domain::timestamp now);
[[nodiscard]] inline_keyboard
own_list_keyboard(const std::vector<listed_ticket>& all);
/// Those that wait for somebody.
[[nodiscard]] std::string
waiting_list_text(const std::vector<listed_ticket>& all, std::size_t more,
                  domain::timestamp now);
[[nodiscard]] inline_keyboard
waiting_list_keyboard(const std::vector<listed_ticket>& all);

[[nodiscard]] std::string greeting_text(const domain::user& who);
[[nodiscard]] std::string help_text();
[[nodiscard]] std::string ended_text(domain::ticket_number number,
                                     domain::status state,
                                     std::string_view who);
[[nodiscard]] std::string handed_over_text(domain::ticket_number number,
                                           std::string_view to);
[[nodiscard]] std::string released_text(domain::ticket_number number);

// -- refusals -----------------------------------------------------------------

[[nodiscard]] std::string holder_text(std::string_view holder);
[[nodiscard]] std::string not_yours_text(domain::ticket_number number,
                                         std::string_view holder);
[[nodiscard]] std::string closed_text(domain::ticket_number number);
inline constexpr std::string_view no_ticket_text
  = "You have no open ticket. Claim one in the group with its Claim button; "
    "then your messages here go to the visitor.";
inline constexpr std::string_view unknown_ticket_text
  = "There is no such ticket.";
inline constexpr std::string_view stranger_text
  = "Sorry, this bot is for the team only.";
inline constexpr std::string_view stranger_tap_text
  = "Sorry, only members of the team can do this.";
inline constexpr std::string_view unknown_command_text
  = "I do not know this command. /help lists those that I know.";
inline constexpr std::string_view no_content_text
  = "This kind of message cannot be sent to the visitor. Write a text, or send "
    "a photo, a video, a voice message or a document.";
inline constexpr std::string_view too_long_text
  = "This message is too long for the visitor. Please send it in parts.";
inline constexpr std::string_view transfer_usage_text
  = "Say to whom: /transfer @colleague, and #number for another ticket than "
    "the latest.";

// -- what visitors are told ---------------------------------------------------

/// Asks for an e-mail address or a phone number; empty when one is known.
[[nodiscard]] std::string contact_question(const domain::customer& contact,
                                           bool is_open);

} // namespace switchboard::channels::telegram::desk
