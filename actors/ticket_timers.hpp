#pragma once

#include "domain/ticket.hpp"
#include "persistence/journal.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Which durable timers a ticket keeps.
namespace switchboard::actors {

/// How long a visitor's ticket may wait until somebody claims it. The functions
/// are called on actor threads and must be quick.
struct desk_rules {
  /// 0: there is no desk, so nobody is reminded.
  std::chrono::seconds claim_timeout{0};
  /// The time itself when the desk is staffed then, else when it is next;
  /// empty: it always is.
  std::function<domain::timestamp(domain::timestamp)> next_opening{};
  /// What the visitor of an unclaimed ticket is told; empty: nothing.
  std::function<std::string(const domain::ticket&)> notice{};
};

/// How long a ticket may wait for its customer's answer.
struct waiting_rules {
  /// Until the customer is reminded, once; 0: they are not.
  std::chrono::seconds reminder_after{0};
  /// What they are told then; empty: they are not.
  std::string reminder{};
  /// Until it counts as resolved; 0: it waits for ever.
  std::chrono::seconds timeout{0};
};

/// What the timers of all tickets depend on. What it names outlives it.
struct timer_rules {
  std::chrono::hours reopen_window;
  const desk_rules& desk;
  const waiting_rules& waiting;
};

/// Closes a resolved ticket when it can no longer be reopened by its customer.
inline constexpr const char* auto_close_timer = "auto_close";
/// Reminds those who could claim a visitor's ticket.
inline constexpr const char* claim_timer = "claim_timeout";
/// Reminds a customer whose answer a ticket waits for.
inline constexpr const char* waiting_reminder_timer = "waiting_reminder";
/// Resolves a ticket whose customer does not answer.
inline constexpr const char* waiting_timer = "waiting_timeout";

/// The timers to set and to take back when `before` becomes `after`.
[[nodiscard]] std::vector<persistence::timer_change>
timer_changes(const std::optional<domain::ticket>& before,
              const domain::ticket& after, const timer_rules& rules);

/// What a due timer does to the ticket, or nothing when its reason has passed.
/// `fresh` names the message that the customer may be told something by.
[[nodiscard]] std::optional<domain::ticket_command>
due_command(const domain::ticket& current,
            const persistence::timer_change& timer, domain::timestamp now,
            const timer_rules& rules, domain::message_id fresh);

/// When a timer that has nothing to do now is to come again, as the rules are
/// others than those it was set by; nothing: never.
[[nodiscard]] std::optional<domain::timestamp>
postponed(const domain::ticket& current, const persistence::timer_change& timer,
          domain::timestamp now, const timer_rules& rules);

} // namespace switchboard::actors
