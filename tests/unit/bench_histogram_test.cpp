#include "bench/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace switchboard::bench {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, IsZeroWhenNothingWasRecorded) {
  histogram h;
  EXPECT_EQ(h.count(), 0U);
  EXPECT_EQ(h.quantile(0.99), 0ns);
  EXPECT_EQ(h.min(), 0ns);
  EXPECT_EQ(h.max(), 0ns);
  EXPECT_EQ(h.mean(), 0ns);
}

TEST(Histogram, IsExactForSmallValues) {
  histogram h;
  for (int i = 0; i < 256; ++i)
    h.record(std::chrono::nanoseconds{i});
  for (int i = 1; i <= 256; ++i)
    EXPECT_EQ(h.quantile(i / 256.0), std::chrono::nanoseconds{i - 1});
}

TEST(Histogram, NeverSaysLessThanTheTruthAndLittleMore) {
  constexpr unsigned seed = 4711;
  SCOPED_TRACE(seed);
  std::mt19937_64 random{seed};
  std::lognormal_distribution<double> spread{13, 3};
  std::vector<std::chrono::nanoseconds> values;
  histogram h;
  for (int i = 0; i < 20'000; ++i) {
    auto value = std::chrono::nanoseconds{
      static_cast<std::int64_t>(std::min(spread(random), 1e12))};
    values.push_back(value);
    h.record(value);
  }
  std::sort(values.begin(), values.end());
  for (auto share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    auto rank = static_cast<std::size_t>(
      std::ceil(share * static_cast<double>(values.size())));
    auto truth = values[rank - 1];
    auto said = h.quantile(share);
    EXPECT_GE(said, truth) << share;
    EXPECT_LE(static_cast<double>(said.count()),
              static_cast<double>(truth.count()) * 1.008 + 1)
      << share;
  }
  EXPECT_EQ(h.max(), values.back());
  EXPECT_EQ(h.min(), values.front());
}

TEST(Histogram, TakesNegativeAndHugeValuesAsItsEnds) {
  histogram h;
  h.record(-5ns);
  h.record(std::chrono::hours{24});
  EXPECT_EQ(h.min(), 0ns);
  EXPECT_GT(h.max(), std::chrono::minutes{18});
  EXPECT_EQ(h.quantile(1), h.max());
}

TEST(Histogram, AddsUpWithAnother) {
  histogram lhs;
  histogram rhs;
  lhs.record(10ns);
  rhs.record(1ms);
  rhs.record(20ns);
  lhs.merge(rhs);
  EXPECT_EQ(lhs.count(), 3U);
  EXPECT_EQ(lhs.min(), 10ns);
  EXPECT_EQ(lhs.quantile(0.5), 20ns);
  EXPECT_EQ(lhs.max(), 1ms);
  EXPECT_EQ(lhs.mean(), (1ms + 30ns) / 3);
}

TEST(Histogram, ForgetsWhenCleared) {
  histogram h;
  h.record(5ms);
  h.clear();
  h.record(7ns);
  EXPECT_EQ(h.count(), 1U);
  EXPECT_EQ(h.quantile(1), 7ns);
  EXPECT_EQ(h.min(), 7ns);
}

} // namespace
} // namespace switchboard::bench
