#pragma once

#include "config/config.hpp"

#include <cstddef>

namespace switchboard::app {

/// Raises the process's limit of descriptors as far as it goes, and returns how
/// many connections that leaves: the configured number, or less, so that the
/// store never finds none left for its files.
std::size_t usable_connections(const config::config& c);

} // namespace switchboard::app
