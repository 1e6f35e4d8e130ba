#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

/// The load generator and its peers: how fast the product is, measured from
/// outside, next to the least that the machine allows.
namespace switchboard::bench {

/// Counts durations in buckets whose width grows with the value (as HDR
/// histograms do): 128 buckets for each power of two, so a quantile is at most
/// 0.8 % above the truth, from a nanosecond to 18 minutes (longer ones count as
/// that). Fixed memory (35 KiB); one thread.
class histogram {
public:
  histogram();

  void record(std::chrono::nanoseconds value) noexcept;
  /// Adds what another histogram has counted.
  void merge(const histogram& other) noexcept;
  void clear() noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept {
    return count_;
  }
  /// The least duration that at least `share` (0 to 1) of all records do not
  /// exceed, rounded up to its bucket's end, but never above `max()`. Zero when
  /// nothing was recorded.
  [[nodiscard]] std::chrono::nanoseconds quantile(double share) const noexcept;
  [[nodiscard]] std::chrono::nanoseconds min() const noexcept;
  [[nodiscard]] std::chrono::nanoseconds max() const noexcept;
  [[nodiscard]] std::chrono::nanoseconds mean() const noexcept;

private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

} // namespace switchboard::bench
