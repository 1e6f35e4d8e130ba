#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace switchboard::bench {

enum class arrival_kind : std::uint8_t {
  constant, ///< equal gaps
  poisson,  ///< independent arrivals: exponential gaps
};

/// When the requests of an open-loop run are due, one after the other. The
/// schedule knows nothing of the server, so a slow answer delays no arrival:
/// what the server makes others wait is in the figures.
class arrivals {
public:
  using duration = std::chrono::nanoseconds;

  /// `per_second` must be above 0.
  arrivals(arrival_kind kind, double per_second, std::uint64_t seed);

  /// The next arrival's time since the start of the run.
  duration next();

private:
  arrival_kind kind_;
  double gap_ns_;
  double at_ns_ = 0;
  std::mt19937_64 random_;
};

} // namespace switchboard::bench
