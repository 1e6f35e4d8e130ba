#pragma once

#include "metrics/registry.hpp"

#include <cstdint>
#include <string_view>

namespace switchboard::metrics {

/// What the kernel tells of this process (Linux).
struct process_figures {
  double cpu_seconds = 0;   ///< user and system
  double start_seconds = 0; ///< since the epoch
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
};

/// Reads /proc/self; figures that cannot be read stay 0.
process_figures read_process_figures();

/// Shows them at each exposition, under the names that Prometheus' own client
/// libraries use, so that ready-made dashboards find them; and the program's
/// version as `switchboard_build_info`.
void expose_process(registry& all, std::string_view version);

} // namespace switchboard::metrics
