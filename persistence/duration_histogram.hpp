#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace switchboard::persistence {

/// Counts durations in buckets that grow with what they hold: sixteen to each
/// doubling, so a percentile is at most 3.2 % from the exact one whatever the
/// scale. Below 16 ms it is exact to the millisecond; what is longer than a
/// year counts as a year, what is negative as nothing.
///
///     0 1 2 … 15 | 16 17 … 31 | 32 34 … 62 | 64 68 … 124 | …   ms
///
/// At most `size_max` counters. Not thread-safe.
class duration_histogram {
public:
  static constexpr std::size_t size_max = 512;

  void add(std::chrono::milliseconds took) {
    add_to_bucket(bucket_of(took), 1);
  }

  /// `bucket` is below `size_max`.
  void add_to_bucket(std::size_t bucket, std::uint64_t count);

  void merge(const duration_histogram& other);

  [[nodiscard]] std::uint64_t count() const noexcept;

  /// The shortest duration, in seconds, that `share` (0 to 1) of all do not
  /// exceed; nothing when none was counted.
  [[nodiscard]] std::optional<double> percentile(double share) const noexcept;

  /// The counters of all buckets up to the last one in use.
  [[nodiscard]] std::span<const std::uint64_t> buckets() const noexcept {
    return counts_;
  }

  friend bool operator==(const duration_histogram&, const duration_histogram&)
    = default;

private:
  [[nodiscard]] static std::size_t
  bucket_of(std::chrono::milliseconds took) noexcept;

  std::vector<std::uint64_t> counts_;
};

} // namespace switchboard::persistence
