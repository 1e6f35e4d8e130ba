#pragma once

#include "config/config.hpp"

#include <filesystem>

/// The subcommands that work on a data folder which no server uses. They print
/// to stdout what was done and to stderr what was wrong, and return the exit
/// status: 0, 1 when it failed, 2 when `verify` found damage.
namespace switchboard::app {

int run_verify(const config::config& c);
int run_backup(const config::config& c, const std::filesystem::path& folder);
int run_restore(const config::config& c, const std::filesystem::path& folder);
int run_export(const config::config& c);

} // namespace switchboard::app
