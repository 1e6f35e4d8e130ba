#pragma once

#include "config/config.hpp"
#include "net/cors.hpp"

namespace switchboard::app {

/// What the visitors' widget calls from the pages of other websites, and which
/// pages those may be. Pages of the public address are no foreigners, even
/// when a proxy calls this server by another name.
net::cors_options cross_origin_of(const config::config& c);

} // namespace switchboard::app
