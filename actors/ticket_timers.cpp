#include "actors/ticket_timers.hpp"

#include <string_view>

namespace switchboard::actors {

namespace {

using due_time = std::optional<domain::timestamp>;

due_time auto_close_due(const domain::ticket& t, const timer_rules& rules) {
  if (t.state != domain::status::resolved || !t.resolved_at)
    return std::nullopt;
  return *t.resolved_at + rules.reopen_window;
}

due_time claim_due(const domain::ticket& t, const timer_rules& rules) {
  const auto& desk = rules.desk;
  if (desk.claim_timeout.count() <= 0 || !t.session || !t.waiting_since
      || t.is_overdue)
    return std::nullopt;
  const auto due = *t.waiting_since + desk.claim_timeout;
  return desk.next_opening ? desk.next_opening(due) : due;
}

due_time waiting_due(const domain::ticket& t, std::chrono::seconds patience) {
  if (patience.count() <= 0 || !t.awaiting_since)
    return std::nullopt;
  return *t.awaiting_since + patience;
}

due_time waiting_reminder_due(const domain::ticket& t,
                              const waiting_rules& rules) {
  // One that is resolved first reminds nobody.
  const bool is_too_late
    = rules.timeout.count() > 0 && rules.reminder_after >= rules.timeout;
  if (t.is_reminded || is_too_late || rules.reminder.empty())
    return std::nullopt;
  return waiting_due(t, rules.reminder_after);
}

due_time due_of(const domain::ticket& t, std::string_view timer,
                const timer_rules& rules) {
  if (timer == auto_close_timer)
    return auto_close_due(t, rules);
  if (timer == claim_timer)
    return claim_due(t, rules);
  if (timer == waiting_reminder_timer)
    return waiting_reminder_due(t, rules.waiting);
  if (timer == waiting_timer)
    return waiting_due(t, rules.waiting.timeout);
  return std::nullopt;
}

domain::remind_unclaimed reminder(const domain::ticket& t,
                                  const desk_rules& desk,
                                  domain::message_id fresh) {
  domain::remind_unclaimed out;
  if (desk.notice)
    out.notice.body = desk.notice(t);
  out.notice.id = fresh;
  out.notice.role = domain::sender_role::system;
  out.notice.via = t.via;
  return out;
}

domain::remind_customer customer_reminder(const domain::ticket& t,
                                          const waiting_rules& rules,
                                          domain::message_id fresh) {
  domain::remind_customer out;
  out.notice.body = rules.reminder;
  out.notice.id = fresh;
  out.notice.role = domain::sender_role::bot;
  out.notice.via = t.via;
  return out;
}

} // namespace

std::vector<persistence::timer_change>
timer_changes(const std::optional<domain::ticket>& before,
              const domain::ticket& after, const timer_rules& rules) {
  std::vector<persistence::timer_change> out;
  for (const auto* const name :
       {auto_close_timer, claim_timer, waiting_reminder_timer, waiting_timer}) {
    const auto was = before ? due_of(*before, name, rules) : std::nullopt;
    const auto is = due_of(after, name, rules);
    if (was == is)
      continue;
    const auto change = [&](domain::timestamp due, bool set) {
      out.push_back(
        {due, domain::entity_kind::ticket, after.id.value, name, set});
    };
    if (was)
      change(*was, false);
    if (is)
      change(*is, true);
  }
  return out;
}

std::optional<domain::ticket_command>
due_command(const domain::ticket& current,
            const persistence::timer_change& timer, domain::timestamp now,
            const timer_rules& rules, domain::message_id fresh) {
  const auto due = due_of(current, timer.name, rules);
  if (!due || *due > now)
    return std::nullopt;
  if (timer.name == claim_timer)
    return reminder(current, rules.desk, fresh);
  if (timer.name == waiting_reminder_timer) {
    // After a long stop both are due; then there is nothing left to wait for.
    const auto end = waiting_due(current, rules.waiting.timeout);
    if (end && *end <= now)
      return std::nullopt;
    return customer_reminder(current, rules.waiting, fresh);
  }
  if (timer.name == waiting_timer)
    return domain::change_status{domain::status::resolved,
                                 "the customer did not answer in time",
                                 "system"};
  return domain::change_status{domain::status::closed,
                               "resolved and not reopened in time", "system"};
}

std::optional<domain::timestamp>
postponed(const domain::ticket& current, const persistence::timer_change& timer,
          domain::timestamp now, const timer_rules& rules) {
  const auto due = due_of(current, timer.name, rules);
  return due && *due > now ? due : std::nullopt;
}

} // namespace switchboard::actors
