#pragma once

#include "actors/lane.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace switchboard::actors {

struct outbox_options {
  /// A lane that crashed comes back after this, doubled with each crash in a
  /// row up to the maximum.
  std::chrono::milliseconds restart_delay{200};
  std::chrono::milliseconds restart_delay_max{30'000};
  /// How often the outbox is looked through for lanes that nobody serves.
  std::chrono::seconds sweep_every{60};
};

/// State and handlers of the OUTBOX: supervises one lane for each destination
/// that has work. What a lane was doing when it died is still in the outbox
/// rows, so its successor goes on from there. Deliveries for a destination that
/// no channel serves (the hook was switched off) stay where they are, and so do
/// those of a destination that takes nothing now. A lane that rests is ended;
/// it costs nothing until there is work for it again.
class outbox_state {
public:
  using self_pointer = outbox_actor::stateful_pointer<outbox_state>;

  explicit outbox_state(self_pointer self) : self_{self} {}
  ~outbox_state();
  outbox_state(const outbox_state&) = delete;
  outbox_state& operator=(const outbox_state&) = delete;

  outbox_actor::behavior_type make_behavior(lane_world_ptr world,
                                            outbox_options options);

  static inline constexpr const char* name = "outbox";

private:
  struct child {
    lane_actor handle; ///< null while it waits for its restart
    std::uint32_t crashes = 0;
    std::uint64_t polls = 0; ///< how often it was told of work
  };

  void on_work(const std::string& lane);
  void on_rest(const lane_rest& note);
  void on_sweep();
  void on_restart(const std::string& lane);
  void on_replayed(const std::string& lane, persistence::delivery_id id);
  void on_down(const caf::down_msg& msg);
  void start(const std::string& lane, child& c);

  self_pointer self_;
  lane_world_ptr world_;
  outbox_options options_;
  std::unordered_map<std::string, child> lanes_;
};

/// Spawns with `sys.spawn(outbox, world, options)`; takes up at once what an
/// earlier process left.
outbox_actor::behavior_type outbox(outbox_state::self_pointer self,
                                   lane_world_ptr world,
                                   outbox_options options);

} // namespace switchboard::actors
