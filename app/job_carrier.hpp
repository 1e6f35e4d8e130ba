#pragma once

#include "actors/interfaces.hpp"
#include "channels/http_exchange.hpp"
#include "persistence/deliveries.hpp"

#include <caf/actor_system.hpp>

#include <functional>

namespace switchboard::app {

/// What is done for one delivery, outside of the actors. `done` must be called
/// exactly once, from any thread; `done` without a call leaves the delivery on
/// its way until the next start.
using delivery_job = std::function<void(
  persistence::delivery what, std::function<void(channels::http_answer)> done)>;

/// Spawns a CARRIER that has `job` do its work. It keeps no queue and no limit:
/// the lane's policy says how many are on their way. Asked twice for the same
/// delivery, it does it once. `job` runs on an actor's thread and must be
/// quick; what it refers to outlives the actor.
[[nodiscard]] actors::carrier_actor spawn_carrier(caf::actor_system& system,
                                                  delivery_job job);

} // namespace switchboard::app
