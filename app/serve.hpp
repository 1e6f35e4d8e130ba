#pragma once

#include "config/config.hpp"

namespace switchboard::app {

/// Runs the server until SIGTERM or SIGINT and returns the exit status: 0 after
/// an orderly end, 1 when it could not start.
int serve(const config::config& c);

} // namespace switchboard::app
