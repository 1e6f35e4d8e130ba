#pragma once

#include "actors/interfaces.hpp"
#include "net/http_client.hpp"

#include <caf/actor_system.hpp>

namespace switchboard::app {

/// Spawns the COURIER over the process's HTTP client, which outlives it. This
/// is where channels' requests and the network meet.
actors::courier_actor spawn_courier(caf::actor_system& system,
                                    net::http_client& client);

} // namespace switchboard::app
