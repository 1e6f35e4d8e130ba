#pragma once

#include "bench/histogram.hpp"
#include "bench/light_server.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// What came in by webhook. Latencies count from the event's own time, which
/// the server takes before it commits it and writes in whole milliseconds.
struct hook_figures {
  std::uint64_t deliveries = 0; ///< all, with repetitions
  std::uint64_t repeated = 0;   ///< of a ticket that the endpoint knew
  std::uint64_t strange = 0;    ///< no call that was expected
  std::uint64_t known_min = 0;  ///< tickets at the endpoint with the fewest
  std::uint64_t known_max = 0;  ///< and at the one with the most
  histogram latency;
  std::chrono::nanoseconds span{}; ///< from the first arrival to the last
};

/// Receives `ticket.created` at the paths `/0` to `/<endpoints - 1>` and
/// answers 200 at once. It checks no signature, which is the tests' task, but
/// counts which endpoint heard of which ticket.
///
/// Listens from construction to `stop`, see `light_server`. `known` may be
/// asked at any time; `figures` after `stop`.
class hook_receiver {
public:
  explicit hook_receiver(std::uint32_t endpoints);

  [[nodiscard]] std::string url(std::uint32_t endpoint) const;
  /// How many pairs of an endpoint and a ticket there are.
  [[nodiscard]] std::uint64_t known() const noexcept {
    return known_;
  }

  void stop();
  [[nodiscard]] hook_figures figures() const;

private:
  using clock = std::chrono::system_clock;

  void count(std::string_view target, std::string_view body);

  /// By endpoint and ticket number: whether it was told.
  std::vector<std::vector<bool>> told_;
  hook_figures figures_;
  clock::time_point first_;
  clock::time_point last_;
  std::atomic<std::uint64_t> known_ = 0;
  light_server server_; ///< last: its thread uses all of the above
};

} // namespace switchboard::bench
