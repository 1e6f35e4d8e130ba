#include "actors/ticket_timers.hpp"

namespace switchboard::actors {

namespace {

std::optional<domain::timestamp>
auto_close_due(const std::optional<domain::ticket>& t,
               std::chrono::hours window) {
  if (!t || t->state != domain::status::resolved || !t->resolved_at)
    return std::nullopt;
  return *t->resolved_at + window;
}

} // namespace

std::vector<persistence::timer_change>
timer_changes(const std::optional<domain::ticket>& before,
              const domain::ticket& after, std::chrono::hours reopen_window) {
  const auto was = auto_close_due(before, reopen_window);
  const auto is = auto_close_due(after, reopen_window);
  std::vector<persistence::timer_change> out;
  if (was == is)
    return out;
  const auto change = [&](domain::timestamp due, bool set) {
    out.push_back({due, domain::entity_kind::ticket, after.id.value,
                   auto_close_timer, set});
  };
  if (was)
    change(*was, false);
  if (is)
    change(*is, true);
  return out;
}

std::optional<domain::ticket_command>
due_command(const domain::ticket& current,
            const persistence::timer_change& timer, domain::timestamp now,
            std::chrono::hours reopen_window) {
  if (timer.name != auto_close_timer)
    return std::nullopt;
  const auto due = auto_close_due(current, reopen_window);
  if (!due || *due > now)
    return std::nullopt;
  return domain::change_status{domain::status::closed,
                               "resolved and not reopened in time", "system"};
}

} // namespace switchboard::actors
