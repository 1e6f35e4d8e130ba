#pragma once

#include "config/config.hpp"

#include <string_view>

/// Structured logs on stderr, one line for each thing that happened.
namespace switchboard::app {

/// Sets the process's logger up. `text` lines are for people, `json` lines for
/// collectors: `{"ts","level","msg"}`.
void start_logging(const config::log_section& options);

/// Puts a line of another library into the log.
void log_line(int level, std::string_view text);

} // namespace switchboard::app
