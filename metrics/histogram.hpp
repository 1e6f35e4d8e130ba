#pragma once

#include <prometheus/client_metric.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace switchboard::metrics {

/// Upper bounds for durations, in seconds: 50 µs to 10 s.
std::span<const double> duration_bounds() noexcept;
/// Upper bounds for counts: 1 to 4096, in powers of two.
std::span<const double> count_bounds() noexcept;

/// Counts observations in fixed buckets. Thread-safe without locks: an
/// observation is two atomic additions, so it may stand in the hottest path
/// (prometheus::Histogram takes a mutex each time). A scrape that runs
/// meanwhile may see a sum that is some observations ahead of the buckets.
class histogram {
public:
  /// `bounds` ascend and are not empty.
  explicit histogram(std::span<const double> bounds);

  void observe(double value) noexcept;
  void observe(std::chrono::nanoseconds took) noexcept {
    observe(std::chrono::duration<double>(took).count());
  }

  /// The buckets as Prometheus wants them, cumulative and with +Inf at the end.
  [[nodiscard]] prometheus::ClientMetric collect() const;

private:
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_; ///< one more: the rest
  std::atomic<double> sum_ = 0;
};

} // namespace switchboard::metrics
