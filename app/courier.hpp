#pragma once

#include "actors/interfaces.hpp"
#include "net/http_client.hpp"

#include <caf/actor_system.hpp>

#include <functional>

namespace switchboard::app {

/// Spawns the COURIER over the process's HTTP client, which outlives it. This
/// is where channels' requests and the network meet.
actors::courier_actor spawn_courier(caf::actor_system& system,
                                    net::http_client& client);

/// One exchange for who is no actor; `done` comes on a thread of the client.
void send(net::http_client& client, channels::http_request request,
          std::function<void(channels::http_answer)> done);

} // namespace switchboard::app
