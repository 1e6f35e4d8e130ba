#include "actors/timers.hpp"

#include "persistence/timers.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::actors {

timers_actor::behavior_type
timers_state::make_behavior(const persistence::row_reader& rows, clock_fn now,
                            wake_fn wake, timers_options options) {
  rows_ = &rows;
  now_ = std::move(now);
  wake_ = std::move(wake);
  options_ = options;
  look();
  return {
    [this](const timers_note& note) { on_set(note); },
    [this](caf::tick_atom) { on_tick(); },
  };
}

void timers_state::on_set(const timers_note& note) {
  for (const auto& timer : note.timers)
    if (timer.set)
      sleep_until(timer.due);
}

void timers_state::on_tick() {
  --armed_;
  if (next_look_ && *next_look_ > now_()) {
    // Too early: the wall clock is coarser than the tick, or an earlier look
    // was wanted meanwhile and has been done.
    if (armed_ == 0)
      arm(*next_look_);
    return;
  }
  look();
}

void timers_state::look() {
  next_look_.reset();
  const auto now = now_();
  const persistence::timer_views views{*rows_};
  const auto due = views.due(now, options_.batch_max);
  for (const auto& timer : due)
    wake_(timer);
  if (!due.empty())
    sleep_until(now + options_.repeat_after);
  else if (const auto next = views.next_due())
    sleep_until(*next);
  else
    sleep_until(now + options_.sleep_max);
}

void timers_state::sleep_until(domain::timestamp due) {
  const auto now = now_();
  const auto at = std::clamp(due, now, now + options_.sleep_max);
  if (next_look_ && *next_look_ <= at)
    return;
  next_look_ = at;
  arm(at);
}

void timers_state::arm(domain::timestamp at) {
  ++armed_;
  const auto pause = std::max(at - now_(), std::chrono::milliseconds{1});
  self_->delayed_send(self_, pause, caf::tick_atom_v);
}

timers_actor::behavior_type
timers(timers_state::self_pointer self, const persistence::row_reader* rows,
       clock_fn now, timers_state::wake_fn wake, timers_options options) {
  return self->state.make_behavior(*rows, std::move(now), std::move(wake),
                                   options);
}

} // namespace switchboard::actors
