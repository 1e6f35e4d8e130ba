#pragma once

#include "channels/telegram/methods.hpp"
#include "channels/telegram/styled_text.hpp"
#include "domain/ids.hpp"
#include "domain/ticket.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// All words and buttons of the executors' bot, which shows people their
/// tickets as cards, moves these on, and asks how the work goes. Pure.
namespace switchboard::channels::telegram::executor {

/// How many cards a list shows.
inline constexpr std::size_t cards_max = 20;
/// How much of a ticket's description a card shows, in UTF-16 units.
inline constexpr std::size_t excerpt_units_max = 600;

// -- buttons ------------------------------------------------------------------

enum class tap_action : std::uint8_t {
  start_work, ///< In Progress
  resolve,    ///< Resolved
  ask_update, ///< Update
};

struct tap {
  tap_action does = tap_action::start_work;
  domain::ticket_number ticket{};

  friend bool operator==(const tap&, const tap&) = default;
};

/// `INPROGRESS#12`, `RESOLVED#12`, `UPDATE#12`, and back; nothing when it is
/// none of these.
[[nodiscard]] std::string encode(const tap& what);
[[nodiscard]] std::optional<tap> parse_tap(std::string_view data);
/// Whether `data` begins like one of these, whatever follows.
[[nodiscard]] bool looks_like_tap(std::string_view data);
/// The button that shows what is so already.
inline constexpr std::string_view done_data = "noop";

// -- cards --------------------------------------------------------------------

/// Whether its executor has something to do: `open` or `in-progress`.
[[nodiscard]] bool is_open(const domain::ticket& ticket) noexcept;

/// Number, title, priority, customer, what it is about, and its status.
/// `description` is the ticket's own one, or else its first message.
[[nodiscard]] styled_text card_text(const domain::ticket& ticket,
                                    std::string_view description);
/// None for a ticket that is not open.
[[nodiscard]] inline_keyboard card_keyboard(const domain::ticket& ticket);
/// What stays of a card that can no longer be deleted.
[[nodiscard]] styled_text spent_card_text(const domain::ticket* ticket);

// -- messages -----------------------------------------------------------------

/// `shown` tickets follow as cards, and there are `more` besides, or at least
/// so many when `has_rest`.
[[nodiscard]] std::string list_text(std::size_t shown, std::size_t more,
                                    bool has_rest);
/// Asks how the work goes; whoever answers has `time`.
[[nodiscard]] styled_text question_text(const domain::ticket& ticket,
                                        std::chrono::seconds time);
[[nodiscard]] force_reply question_field();
/// The customer's new message.
[[nodiscard]] styled_text customer_text(const domain::ticket& ticket,
                                        const domain::message_draft& message);

[[nodiscard]] std::string saved_text(domain::ticket_number number);
[[nodiscard]] std::string expired_text(domain::ticket_number number);
[[nodiscard]] std::string cancelled_text(domain::ticket_number number);
/// The answer to a question that is not open any more.
[[nodiscard]] std::string late_text(domain::ticket_number number);
[[nodiscard]] std::string needs_words_text(domain::ticket_number number);

inline constexpr std::string_view greeting_text
  = "Your tickets come here as cards: In Progress and Resolved change their "
    "status, Update asks you for a few words on how it goes. /tickets lists "
    "what is open.";
inline constexpr std::string_view no_tickets_text
  = "You have no open tickets. New ones come here by themselves.";
inline constexpr std::string_view no_question_text
  = "Nothing awaits an answer. Tap Update under a ticket first; /tickets lists "
    "yours.";
inline constexpr std::string_view nothing_to_cancel_text
  = "Nothing awaits an answer.";
inline constexpr std::string_view help_text
  = "/tickets lists your open tickets as cards with buttons: In Progress and "
    "Resolved change a ticket's status, Update asks you for a few words, which "
    "are kept with the ticket. /cancel drops a question that was asked.";
inline constexpr std::string_view stranger_text
  = "Sorry, this bot is for the team only.";

// -- answers to taps, at most 200 characters ----------------------------------

inline constexpr std::string_view stranger_tap_text
  = "Sorry, this is for the team only.";
inline constexpr std::string_view dead_button_text
  = "This button does not work any more. /tickets lists what is open.";
inline constexpr std::string_view failed_tap_text
  = "That did not work. Please try again in a moment.";
[[nodiscard]] std::string unknown_tap_text(domain::ticket_number number);
[[nodiscard]] std::string not_yours_tap_text(domain::ticket_number number);
/// The ticket is in this state, so the tap changes nothing.
[[nodiscard]] std::string already_tap_text(const domain::ticket& ticket);
/// What the tap has done.
[[nodiscard]] std::string done_tap_text(const tap& what);

} // namespace switchboard::channels::telegram::executor
