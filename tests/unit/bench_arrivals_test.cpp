#include "bench/arrivals.hpp"

#include <gtest/gtest.h>

namespace switchboard::bench {
namespace {

using namespace std::chrono_literals;

TEST(Arrivals, ComeInEqualGapsWhenConstant) {
  arrivals schedule{arrival_kind::constant, 1'000, 1};
  for (int i = 1; i <= 5'000; ++i)
    ASSERT_LE(std::chrono::abs(schedule.next() - i * 1ms), 1us) << i;
}

TEST(Arrivals, ComeAtTheirRateWhenPoisson) {
  arrivals schedule{arrival_kind::poisson, 50'000, 42};
  std::chrono::nanoseconds last{};
  for (int i = 0; i < 500'000; ++i) {
    auto next = schedule.next();
    ASSERT_GE(next, last);
    last = next;
  }
  // Ten seconds, give or take what chance does to half a million gaps.
  EXPECT_NEAR(std::chrono::duration<double>(last).count(), 10, 0.1);
}

TEST(Arrivals, RepeatForTheSameSeed) {
  arrivals lhs{arrival_kind::poisson, 100, 7};
  arrivals rhs{arrival_kind::poisson, 100, 7};
  arrivals other{arrival_kind::poisson, 100, 8};
  auto first = lhs.next();
  EXPECT_EQ(first, rhs.next());
  EXPECT_NE(first, other.next());
}

} // namespace
} // namespace switchboard::bench
