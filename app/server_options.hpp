#pragma once

#include "actors/engine.hpp"
#include "config/config.hpp"
#include "net/http_client_types.hpp"
#include "net/server.hpp"

#include <cstddef>

namespace switchboard::app {

/// What the configuration means to the parts of the server. All but the desk's
/// rules of the engine.
[[nodiscard]] actors::engine_options engine_options_of(const config::config& c);
[[nodiscard]] net::server_options
server_options_of(const config::config& c, std::size_t connections_max);
[[nodiscard]] net::http_client_options
client_options_of(const config::config& c);

} // namespace switchboard::app
