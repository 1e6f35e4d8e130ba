#include "bench/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace switchboard::bench {

namespace {

// Values below 2^8 have a bucket each. Above, a value with its highest bit at
// position e falls into one of the 128 buckets of [2^e, 2^(e+1)):
//
//   bucket:  0 … 255 | 256 … 383 | 384 … 511 | …
//   values:  0 … 255 | 256 … 511 | 512 … 1023 | …
//   width:   1       | 2         | 4          | …
constexpr unsigned octave_bits = 7;
constexpr unsigned value_bits_max = 40;
constexpr std::uint64_t value_max = (std::uint64_t{1} << value_bits_max) - 1;
constexpr std::size_t bucket_count = (value_bits_max - octave_bits + 1)
                                     << octave_bits;

std::size_t bucket_of(std::uint64_t value) noexcept {
  auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= octave_bits + 1)
    return value;
  auto shift = width - octave_bits - 1;
  return (std::size_t{shift} << octave_bits) + (value >> shift);
}

std::uint64_t last_value_of(std::size_t bucket) noexcept {
  if (bucket < (std::size_t{2} << octave_bits))
    return bucket;
  auto shift = (bucket >> octave_bits) - 1;
  auto top = bucket - (shift << octave_bits);
  return ((top + 1) << shift) - 1;
}

std::chrono::nanoseconds nanoseconds_of(std::uint64_t value) noexcept {
  return std::chrono::nanoseconds{static_cast<std::int64_t>(value)};
}

} // namespace

histogram::histogram() : buckets_(bucket_count, 0) {}

void histogram::record(std::chrono::nanoseconds value) noexcept {
  auto count = value.count();
  auto clipped
    = count < 0 ? 0 : std::min(static_cast<std::uint64_t>(count), value_max);
  ++buckets_[bucket_of(clipped)];
  ++count_;
  sum_ += clipped;
  min_ = std::min(min_, clipped);
  max_ = std::max(max_, clipped);
}

void histogram::merge(const histogram& other) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void histogram::clear() noexcept {
  std::fill(buckets_.begin(), buckets_.end(), 0);
  count_ = 0;
  sum_ = 0;
  min_ = UINT64_MAX;
  max_ = 0;
}

std::chrono::nanoseconds histogram::quantile(double share) const noexcept {
  if (count_ == 0)
    return {};
  auto wanted = static_cast<std::uint64_t>(
    std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  wanted = std::max<std::uint64_t>(wanted, 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted)
      return nanoseconds_of(std::min(last_value_of(i), max_));
  }
  return max();
}

std::chrono::nanoseconds histogram::min() const noexcept {
  return nanoseconds_of(count_ == 0 ? 0 : min_);
}

std::chrono::nanoseconds histogram::max() const noexcept {
  return nanoseconds_of(max_);
}

std::chrono::nanoseconds histogram::mean() const noexcept {
  return nanoseconds_of(count_ == 0 ? 0 : sum_ / count_);
}

} // namespace switchboard::bench
