#pragma once

#include "actors/actors_observer.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace switchboard::actors {

/// How often a child may die in a row, and how long it then rests.
struct restart_policy {
  std::uint32_t restarts_max = 10;
  std::chrono::milliseconds delay{100}; ///< doubled with each death in a row
  std::chrono::milliseconds delay_max{10'000};
  /// A child that lived so long starts a new row.
  std::chrono::seconds healthy_after{60};
};

/// What a supervisor keeps alive.
struct supervised {
  std::string name;
  caf::actor first; ///< the child to begin with, already running
  /// Starts the next child and hands its handle to whoever needs it.
  std::function<caf::actor()> start;
  actors_observer* observer = nullptr; ///< may be null
  /// Called when the supervisor gives up; the process can then not go on.
  std::function<void(const std::string& name)> gave_up;
};

/// SUPERVISOR: keeps exactly one child alive (one-for-one). It restarts a child
/// that died of a failure after a growing pause, ends with a child that ended
/// of itself, and gives up loudly.
struct supervisor_state {
  using self_pointer = caf::stateful_actor<supervisor_state>*;

  explicit supervisor_state(self_pointer ptr) : self{ptr} {}

  void adopt(caf::actor new_child);
  void restart();
  void on_down(const caf::down_msg& msg);

  static inline constexpr const char* name = "supervisor";

  self_pointer self;
  supervised what;
  restart_policy policy;
  caf::actor child;
  std::chrono::steady_clock::time_point started_at;
  std::uint32_t deaths = 0; ///< in a row
};

/// Spawns with `sys.spawn(supervisor, what, policy)`.
caf::behavior supervisor(supervisor_state::self_pointer self, supervised what,
                         restart_policy policy);

} // namespace switchboard::actors
