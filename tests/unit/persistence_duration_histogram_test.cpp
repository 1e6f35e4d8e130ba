#include "persistence/duration_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace switchboard::persistence::testing {
namespace {

using namespace std::chrono_literals;

TEST(DurationHistogram, HasNoPercentileOfNothing) {
  EXPECT_EQ(duration_histogram{}.count(), 0U);
  EXPECT_FALSE(duration_histogram{}.percentile(0.5));
}

TEST(DurationHistogram, TakesTheFirstThatEnoughDoNotExceed) {
  duration_histogram times;
  for (const auto took : {1ms, 2ms, 3ms, 4ms, 5ms})
    times.add(took);
  EXPECT_EQ(times.percentile(0), 0.001);
  EXPECT_EQ(times.percentile(0.2), 0.001);
  EXPECT_EQ(times.percentile(0.21), 0.002);
  EXPECT_EQ(times.percentile(0.5), 0.003);
  EXPECT_EQ(times.percentile(0.99), 0.005);
}

TEST(DurationHistogram, ClampsWhatCannotBe) {
  duration_histogram times;
  times.add(-5ms);
  EXPECT_EQ(times.percentile(1), 0.0);
  times.add(std::chrono::milliseconds::max());
  EXPECT_NEAR(times.percentile(1).value(), 365 * 24 * 3600.0, 1e6);
  EXPECT_LE(times.buckets().size(), duration_histogram::size_max);
}

TEST(DurationHistogram, IsCloseToEveryDuration) {
  for (std::int64_t ms = 1; ms < 31'536'000'000; ms += 1 + ms / 7) {
    duration_histogram times;
    times.add(std::chrono::milliseconds{ms});
    const auto exact = static_cast<double>(ms) / 1000;
    EXPECT_NEAR(times.percentile(0.5).value(), exact, exact * 0.032);
  }
}

TEST(DurationHistogram, IsCloseToTheExactPercentiles) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  for (int round = 0; round < 20; ++round) {
    std::lognormal_distribution<double> wait{6.0 + round % 5, 2.0};
    std::vector<std::int64_t> exact;
    std::array<duration_histogram, 3> parts;
    for (std::size_t i = 0; i < 2000; ++i) {
      exact.push_back(
        1000 + static_cast<std::int64_t>(wait(random) * 1000) % 31'000'000'000);
      parts[i % 3].add(std::chrono::milliseconds{exact.back()});
    }
    std::ranges::sort(exact);
    duration_histogram all;
    for (const auto& part : parts)
      all.merge(part);
    EXPECT_EQ(all.count(), exact.size());
    for (const double share : {0.01, 0.5, 0.9, 0.99, 1.0}) {
      const auto rank = static_cast<std::size_t>(
        std::ceil(share * static_cast<double>(exact.size())));
      const auto truth = static_cast<double>(exact[rank - 1]) / 1000;
      EXPECT_NEAR(all.percentile(share).value(), truth, truth * 0.05) << share;
    }
  }
}

} // namespace
} // namespace switchboard::persistence::testing
