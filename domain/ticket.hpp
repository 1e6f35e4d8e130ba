#pragma once

#include "domain/attachment.hpp"
#include "domain/ids.hpp"
#include "domain/result.hpp"
#include "domain/status.hpp"
#include "domain/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The rules of one ticket. Pure: time, ids and randomness come in with the
/// commands and the context.
namespace switchboard::domain {

// Limits count code points. They bound what one ticket can cost.
inline constexpr std::size_t name_length_max = 200;
inline constexpr std::size_t subject_length_max = 300;
inline constexpr std::size_t body_length_max = 10'000;
inline constexpr std::size_t external_id_size_max = 200;
inline constexpr std::size_t media_url_size_max = 2'000;
inline constexpr std::size_t category_length_max = 60;
inline constexpr std::size_t tag_length_max = 60;
inline constexpr std::size_t tags_max = 20;
inline constexpr std::size_t passes_max = 200;
inline constexpr std::size_t emoji_size_max = 64; ///< bytes
inline constexpr std::size_t reason_length_max = 500;

/// Who wrote a message. Values are stored: never reuse one.
enum class sender_role : std::uint8_t {
  customer = 1,
  agent,
  manager,
  bot,
  system,
};

/// Where a message came in. Values are stored: never reuse one.
enum class channel : std::uint8_t { web = 1, whatsapp, telegram, api, email };

/// How far a message has come on its way to the customer. Reports may come in
/// any order and more than once: what counts is the farthest. Values are
/// stored: never reuse one.
enum class delivery_state : std::uint8_t {
  queued = 1,
  sent,
  delivered,
  read,
  failed, ///< unless it was delivered or read all the same
};

std::string_view to_string(sender_role r) noexcept;
std::string_view to_string(channel c) noexcept;
std::string_view to_string(delivery_state s) noexcept;
std::optional<delivery_state>
parse_delivery_state(std::string_view word) noexcept;
/// Whichever of the two says more; never goes back.
delivery_state farther(delivery_state a, delivery_state b) noexcept;
std::optional<channel> parse_channel(std::string_view word) noexcept;
bool is_staff(sender_role r) noexcept;

struct customer {
  std::string name;
  std::string phone; ///< E.164 or empty
  std::string email; ///< or empty

  friend bool operator==(const customer&, const customer&) = default;
};

/// A message as somebody hands it in; its sequence is given by the ticket.
struct message_draft {
  message_id id;
  sender_role role = sender_role::customer;
  std::string sender_name;
  channel via = channel::web;
  std::string body;
  std::string external_id; ///< the channel's own id, or empty
  std::string media_url;   ///< or empty
  std::vector<attachment_ref> attachments{};
  /// The message of the same ticket that it answers; 0: none.
  message_sequence reply_to{};

  friend bool operator==(const message_draft&, const message_draft&) = default;
};

// -- commands: what somebody wants --------------------------------------------

struct create_ticket {
  ticket_id id;
  ticket_number number{};
  std::string ref;
  customer from;
  std::string subject;
  priority urgency = priority::medium;
  channel via = channel::web;
  /// What the customer wrote; without body and media there is no message yet.
  message_draft first_message;
  /// Set when a message on a finished ticket opened this one.
  std::optional<ticket_id> follows{};
  std::string category{};
  std::vector<std::string> tags{};
  std::string assignee{}; ///< who works on it from the start, or empty
  std::string actor{};    ///< who opened it when it was not the customer
  std::optional<session_place> session{}; ///< whose conversation it is
  /// Said to the customer after their first message; without body: nothing.
  message_draft notice{};
};

struct add_message {
  message_draft message;
};

/// The message `number` as it is from now on; who it is from does not change.
struct edit_message {
  message_sequence number{};
  timestamp added_at{}; ///< when it was written first
  message_draft message;
};

/// What somebody makes of a message; each has one reaction to it at a time.
struct react_to_message {
  message_sequence number{};
  std::string by; ///< an id of the person that stays the same
  std::string by_name;
  std::string emoji; ///< empty: takes the reaction back
};

/// Takes a message back. What it said stays in the history only.
struct delete_message {
  message_sequence number{};
  std::string actor;
};

/// What a channel says of a message, or of the part of one that needed several,
/// on its way out.
struct report_delivery {
  message_sequence number{};
  std::uint32_t part = 0;
  delivery_state to = delivery_state::queued;
  std::string via;         ///< who brings it: `whatsapp:cloud`
  std::string external_id; ///< the channel's name for the copy, or empty
  std::string reason;      ///< why it failed, for people
};

/// The customer has not answered for long: told `notice` (without body:
/// nothing), once for each time that the ticket waits for them.
struct remind_customer {
  message_draft notice;
};

struct change_status {
  status to = status::pending;
  std::string reason;
  std::string actor; ///< who did it, for the history
};

/// First come, first served: refused with the holder's name when taken.
struct claim_ticket {
  std::string agent;
};

/// `agent` leaves it to the others: recorded, once for each.
struct pass_ticket {
  std::string agent;
};

/// Nobody has claimed it in time: recorded, and the customer is told `notice`
/// (without body: nothing). Once for each time that the ticket waits.
struct remind_unclaimed {
  message_draft notice;
};

/// How the work goes on, in the words of who works on it; for staff.
struct report_progress {
  std::string body;
  std::string author;
};

/// Gives the ticket to `agent`, whoever holds it.
struct assign_ticket {
  std::string agent;
  std::string reason;
  std::string actor;
};

/// Puts the ticket back into the queue.
struct release_ticket {
  std::string reason;
  std::string actor;
};

struct change_priority {
  priority to = priority::medium;
  std::string actor;
};

/// What people correct in a ticket; absent parts stay as they are.
struct ticket_edits {
  std::optional<std::string> subject;
  std::optional<std::string> description;
  std::optional<std::string> category; ///< empty: none
  std::optional<std::vector<std::string>> tags;
  std::optional<customer> from;

  friend bool operator==(const ticket_edits&, const ticket_edits&) = default;
};

/// Several changes at once, all or none. An empty `assignee` takes the ticket
/// away from whoever has it; unless a status is wished too, it goes back into
/// the queue then.
struct update_ticket {
  ticket_edits edits;
  std::optional<priority> urgency;
  std::optional<std::string> assignee;
  std::optional<status> state;
  std::string reason;
  std::string actor;
};

/// Staff's words among themselves; customers never see them.
struct add_note {
  std::string body;
  std::string author;
};

/// Draws the attention of `user` (an id) to the ticket.
struct mention_user {
  std::string user;
  std::string user_name;
  std::string note; ///< or empty
  std::string actor;
};

using ticket_command
  = std::variant<create_ticket, add_message, change_status, claim_ticket,
                 assign_ticket, release_ticket, change_priority, update_ticket,
                 add_note, mention_user, edit_message, pass_ticket,
                 remind_unclaimed, report_progress, react_to_message,
                 delete_message, report_delivery, remind_customer>;

// -- events: what has happened, in the past tense, never changed --------------

struct ticket_created {
  ticket_id id;
  ticket_number number{};
  std::string ref;
  customer from;
  std::string subject;
  priority urgency = priority::medium;
  channel via = channel::web;
  std::optional<ticket_id> follows{};
  std::string category{};
  std::vector<std::string> tags{};
  std::string actor{}; ///< empty: the customer
  std::optional<session_place> session{};

  friend bool operator==(const ticket_created&, const ticket_created&)
    = default;
};

struct message_added {
  message_sequence number{};
  message_draft message;

  friend bool operator==(const message_added&, const message_added&) = default;
};

struct status_changed {
  status from = status::pending;
  status to = status::pending;
  std::string reason;
  std::string actor;

  friend bool operator==(const status_changed&, const status_changed&)
    = default;
};

/// `agent` is empty when the ticket went back into the queue.
struct assignee_changed {
  std::string agent;
  std::string reason;
  std::string actor;
  std::string previous{}; ///< who had it before, or empty

  friend bool operator==(const assignee_changed&, const assignee_changed&)
    = default;
};

struct priority_changed {
  priority from = priority::medium;
  priority to = priority::medium;
  std::string actor;

  friend bool operator==(const priority_changed&, const priority_changed&)
    = default;
};

/// Only what really changed is set.
struct ticket_edited {
  ticket_edits edits;
  std::string actor;

  friend bool operator==(const ticket_edited&, const ticket_edited&) = default;
};

struct note_added {
  std::string body;
  std::string author;

  friend bool operator==(const note_added&, const note_added&) = default;
};

struct user_mentioned {
  std::string user;
  std::string user_name;
  std::string note;
  std::string actor;

  friend bool operator==(const user_mentioned&, const user_mentioned&)
    = default;
};

/// The whole message as it is now; what it was stands in the events before.
struct message_edited {
  message_sequence number{};
  timestamp added_at{};
  message_draft message;

  friend bool operator==(const message_edited&, const message_edited&)
    = default;
};

struct ticket_passed {
  std::string agent;

  friend bool operator==(const ticket_passed&, const ticket_passed&) = default;
};

/// It has waited for too long, and those who could claim it were reminded.
struct claim_overdue {
  friend bool operator==(const claim_overdue&, const claim_overdue&) = default;
};

struct progress_reported {
  std::string body;
  std::string author;

  friend bool operator==(const progress_reported&, const progress_reported&)
    = default;
};

struct message_reacted {
  message_sequence number{};
  std::string by;
  std::string by_name;
  std::string emoji; ///< empty: taken back

  friend bool operator==(const message_reacted&, const message_reacted&)
    = default;
};

struct message_deleted {
  message_sequence number{};
  std::string actor;

  friend bool operator==(const message_deleted&, const message_deleted&)
    = default;
};

struct delivery_reported {
  message_sequence number{};
  std::uint32_t part = 0;
  delivery_state to = delivery_state::queued;
  std::string via;
  std::string external_id;
  std::string reason;

  friend bool operator==(const delivery_reported&, const delivery_reported&)
    = default;
};

/// The ticket has waited for its customer for long, and they were reminded.
struct customer_reminded {
  friend bool operator==(const customer_reminded&, const customer_reminded&)
    = default;
};

using ticket_fact
  = std::variant<ticket_created, message_added, status_changed,
                 assignee_changed, priority_changed, ticket_edited, note_added,
                 user_mentioned, message_edited, ticket_passed, claim_overdue,
                 progress_reported, message_reacted, message_deleted,
                 delivery_reported, customer_reminded>;

/// A fact with its place in the ticket's history.
struct ticket_event {
  sequence number{};
  timestamp at{};
  ticket_fact fact;

  friend bool operator==(const ticket_event&, const ticket_event&) = default;
};

// -- state: a fold over the events --------------------------------------------

/// What a ticket actor keeps in memory and the state row stores. Message
/// bodies are not in it, so it stays small however long the conversation is.
struct ticket {
  ticket_id id;
  ticket_number number{};
  std::string ref;
  customer from;
  std::string subject;
  status state = status::pending;
  priority urgency = priority::medium;
  channel via = channel::web;
  std::string assignee; ///< the agent's id, or empty
  std::string category; ///< or empty
  std::vector<std::string> tags;
  /// Staff's own wording of the matter; empty: the first message says it.
  std::string description;
  std::optional<ticket_id> follows;
  /// Whose conversation it is, when it came through a session.
  std::optional<session_place> session;
  timestamp created_at{};
  timestamp updated_at{};
  std::optional<timestamp> resolved_at; ///< when it last became resolved
  std::optional<timestamp> closed_at;
  std::optional<timestamp> first_response_at; ///< of staff to the customer
  std::optional<timestamp> assigned_at;       ///< when it came to its assignee
  /// Since when it waits in the queue; only while it does.
  std::optional<timestamp> waiting_since;
  bool is_overdue = false;            ///< who could claim it was reminded
  std::vector<std::string> passed_by; ///< while it waits; agents' ids
  /// Since when it waits for the customer; only while it does.
  std::optional<timestamp> awaiting_since;
  bool is_reminded = false; ///< the customer was, while it waits for them
  /// Whether anything was told of its messages since: reactions, deletions,
  /// deliveries. If not, nobody needs to look.
  bool is_marked = false;
  message_sequence last_message{};
  sequence last_event{};

  friend bool operator==(const ticket&, const ticket&) = default;
};

/// What the rules may know of the world.
struct context {
  timestamp now{};
  std::chrono::hours reopen_window{72};
};

/// Returns the events that `cmd` causes on `current` (nothing: the ticket does
/// not exist yet), or why it is refused. No events: all is already as wished
/// (the same priority, the same assignee). Reads nothing but its arguments. A
/// customer's message on a ticket that is closed, or resolved longer than
/// `reopen_window`, is refused with `conversation_over`: it belongs into a new
/// ticket that `follows` this one.
result<std::vector<ticket_event>> decide(const std::optional<ticket>& current,
                                         const ticket_command& cmd,
                                         const context& ctx);

/// Folds one event into the state. Total: an event is a fact and cannot fail.
/// The first event of a ticket is always `ticket_created`.
void apply(std::optional<ticket>& state, const ticket_event& event);

} // namespace switchboard::domain
