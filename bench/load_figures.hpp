#pragma once

#include "bench/histogram.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::bench {

struct load_errors {
  std::uint64_t unexpected = 0; ///< answered, but not as the scenario wants it
  std::uint64_t closed = 0;     ///< the connection ended before the answer
  std::uint64_t malformed = 0;  ///< not an HTTP answer
  std::uint64_t timed_out = 0;  ///< no answer in time
  std::uint64_t unsent = 0;     ///< no connection was free for it in time

  [[nodiscard]] std::uint64_t total() const noexcept {
    return unexpected + closed + malformed + timed_out + unsent;
  }
};

struct kind_figures {
  std::string name;
  histogram latency;
};

/// What a run found. Latencies are those of right answers to requests that were
/// due in the measured time; errors are of the whole run.
struct load_figures {
  std::vector<kind_figures> kinds;
  load_errors errors;
  std::string first_error;             ///< for people
  std::chrono::nanoseconds measured{}; ///< to the last answer that counts
  /// CPU times and answers of the measured time's planned span.
  std::chrono::nanoseconds generator_cpu{};
  std::chrono::nanoseconds server_cpu{}; ///< 0 when it was not watched
  std::uint64_t answers_of_cpu = 0;

  /// The latencies of all kinds together.
  [[nodiscard]] histogram all() const {
    histogram result;
    for (const auto& kind : kinds)
      result.merge(kind.latency);
    return result;
  }
};

/// How a run stands, told once a second.
struct load_progress {
  std::chrono::nanoseconds elapsed{};
  bool warming_up = false;
  std::uint64_t answers = 0; ///< in the last second
  std::uint64_t errors = 0;  ///< since the start
  const histogram& latency;  ///< of the last second
};

} // namespace switchboard::bench
