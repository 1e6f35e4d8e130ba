#pragma once

#include "actors/directory.hpp"
#include "actors/interfaces.hpp"
#include "persistence/journal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

namespace switchboard::actors {

struct timers_options {
  /// Timers that are woken in one go.
  std::size_t batch_max = 256;
  /// A due timer whose entity did not settle it is repeated after this.
  std::chrono::milliseconds repeat_after{5'000};
  /// The longest sleep, so that a wall clock that was set is noticed.
  std::chrono::milliseconds sleep_max{60'000};
};

/// State and handlers of the TIMERS: reads due rows and wakes their entities.
/// An entity takes its timer's row away in the commit of what it did, so a
/// timer survives restarts and is repeated until it had its effect.
class timers_state {
public:
  using self_pointer = timers_actor::stateful_pointer<timers_state>;
  /// Wakes the entity of a timer.
  using wake_fn = std::function<void(const persistence::timer_change&)>;

  explicit timers_state(self_pointer self) : self_{self} {}

  timers_actor::behavior_type make_behavior(const persistence::row_reader& rows,
                                            clock_fn now, wake_fn wake,
                                            timers_options options);

  static inline constexpr const char* name = "timers";

private:
  void on_set(const timers_note& note);
  void on_tick();
  void look();
  void sleep_until(domain::timestamp due);
  void arm(domain::timestamp at);

  self_pointer self_;
  const persistence::row_reader* rows_ = nullptr;
  clock_fn now_;
  wake_fn wake_;
  timers_options options_;
  std::optional<domain::timestamp> next_look_;
  std::size_t armed_ = 0; ///< ticks on their way; the earliest one counts
};

/// Spawns with `sys.spawn(timers, &rows, now, wake, options)`.
timers_actor::behavior_type
timers(timers_state::self_pointer self, const persistence::row_reader* rows,
       clock_fn now, timers_state::wake_fn wake, timers_options options);

} // namespace switchboard::actors
