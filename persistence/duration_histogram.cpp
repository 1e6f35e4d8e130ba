#include "persistence/duration_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numeric>

namespace switchboard::persistence {

namespace {

constexpr std::uint64_t steps = 16; // to each doubling
constexpr std::uint64_t step_bits = 4;
constexpr std::uint64_t longest_ms = std::uint64_t{365} * 24 * 3600 * 1000;

constexpr std::size_t index_of(std::uint64_t ms) noexcept {
  if (ms < steps)
    return ms;
  const auto shift
    = static_cast<std::uint64_t>(std::bit_width(ms)) - 1 - step_bits;
  return (shift + 1) * steps + ((ms >> shift) & (steps - 1));
}

static_assert(index_of(longest_ms) < duration_histogram::size_max);

/// What stands for all durations of a bucket: its middle.
double middle_ms(std::size_t bucket) noexcept {
  if (bucket < steps)
    return static_cast<double>(bucket);
  const auto shift = bucket / steps - 1;
  const auto low = static_cast<double>((steps + bucket % steps) << shift);
  return low + static_cast<double>((std::uint64_t{1} << shift) - 1) / 2;
}

} // namespace

std::size_t
duration_histogram::bucket_of(std::chrono::milliseconds took) noexcept {
  const auto ms = std::max<std::int64_t>(took.count(), 0);
  return index_of(std::min(static_cast<std::uint64_t>(ms), longest_ms));
}

void duration_histogram::add_to_bucket(std::size_t bucket,
                                       std::uint64_t count) {
  assert(bucket < size_max);
  if (count == 0)
    return;
  if (counts_.size() <= bucket)
    counts_.resize(bucket + 1);
  counts_[bucket] += count;
}

void duration_histogram::merge(const duration_histogram& other) {
  for (std::size_t i = 0; i < other.counts_.size(); ++i)
    add_to_bucket(i, other.counts_[i]);
}

std::uint64_t duration_histogram::count() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::optional<double>
duration_histogram::percentile(double share) const noexcept {
  const auto all = count();
  if (all == 0)
    return std::nullopt;
  const auto rank = std::clamp<std::uint64_t>(
    static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(all))), 1,
    all);
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  while ((seen += counts_[bucket]) < rank)
    ++bucket;
  constexpr double ms_per_second = 1000;
  return middle_ms(bucket) / ms_per_second;
}

} // namespace switchboard::persistence
