#pragma once

#include "domain/ticket.hpp"
#include "persistence/journal.hpp"

#include <chrono>
#include <optional>
#include <vector>

/// Which durable timers a ticket keeps.
namespace switchboard::actors {

/// Closes a resolved ticket when it can no longer be reopened by its customer.
inline constexpr const char* auto_close_timer = "auto_close";

/// The timers to set and to take back when `before` becomes `after`.
std::vector<persistence::timer_change>
timer_changes(const std::optional<domain::ticket>& before,
              const domain::ticket& after, std::chrono::hours reopen_window);

/// What a due timer does to the ticket, or nothing when its reason has passed.
std::optional<domain::ticket_command>
due_command(const domain::ticket& current,
            const persistence::timer_change& timer, domain::timestamp now,
            std::chrono::hours reopen_window);

} // namespace switchboard::actors
