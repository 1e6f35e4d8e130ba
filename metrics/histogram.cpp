#include "metrics/histogram.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

namespace switchboard::metrics {

std::span<const double> duration_bounds() noexcept {
  static constexpr std::array bounds{
    50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3,
    50e-3, 100e-3, 200e-3, 500e-3, 1.0,  2.0,  5.0,  10.0};
  return bounds;
}

std::span<const double> count_bounds() noexcept {
  static constexpr std::array bounds{1.0,    2.0,    4.0,   8.0,   16.0,
                                     32.0,   64.0,   128.0, 256.0, 512.0,
                                     1024.0, 2048.0, 4096.0};
  return bounds;
}

histogram::histogram(std::span<const double> bounds)
  : bounds_{bounds.begin(), bounds.end()}, counts_(bounds.size() + 1) {
  assert(!bounds_.empty());
  assert(std::ranges::is_sorted(bounds_));
}

void histogram::observe(double value) noexcept {
  // A bucket holds what is not above its bound.
  const auto place = std::ranges::lower_bound(bounds_, value);
  const auto bucket = static_cast<std::size_t>(place - bounds_.begin());
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

prometheus::ClientMetric histogram::collect() const {
  prometheus::ClientMetric metric;
  auto& out = metric.histogram;
  out.bucket.reserve(bounds_.size() + 1);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    total += counts_[i].load(std::memory_order_relaxed);
    prometheus::ClientMetric::Bucket bucket;
    bucket.cumulative_count = total;
    bucket.upper_bound = i < bounds_.size()
                           ? bounds_[i]
                           : std::numeric_limits<double>::infinity();
    out.bucket.push_back(bucket);
  }
  out.sample_count = total;
  out.sample_sum = sum_.load(std::memory_order_relaxed);
  return metric;
}

} // namespace switchboard::metrics
