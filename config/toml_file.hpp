#pragma once

#include "config/config.hpp"
#include "config/loader.hpp"

#include <filesystem>
#include <vector>

namespace switchboard::config {

/// Reads a TOML file into `c` and appends what is wrong to `problems`. A file
/// that is no TOML gives one problem with its line, since nothing after it can
/// be trusted.
void read_file(config& c, const std::filesystem::path& file,
               std::vector<problem>& problems);

} // namespace switchboard::config
