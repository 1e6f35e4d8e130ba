#include "api/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace switchboard::api {
namespace {

using namespace std::chrono_literals;

class RateLimiter : public ::testing::Test {
protected:
  rate_limiter::clock::time_point now{std::chrono::hours{1}};
};

TEST_F(RateLimiter, AllowsABurstOfAMinuteAndThenRefuses) {
  rate_limiter limiter{3};
  for (auto i = 0; i < 3; ++i)
    EXPECT_TRUE(limiter.take("a", now).allowed);
  const auto refused = limiter.take("a", now);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.limit, 3u);
  EXPECT_EQ(refused.remaining, 0u);
  EXPECT_EQ(refused.reset, 20s);
}

TEST_F(RateLimiter, RefillsEvenly) {
  rate_limiter limiter{3};
  for (auto i = 0; i < 3; ++i)
    limiter.take("a", now);
  EXPECT_FALSE(limiter.take("a", now + 19s).allowed);
  EXPECT_TRUE(limiter.take("a", now + 20s).allowed);
  EXPECT_FALSE(limiter.take("a", now + 20s).allowed);
}

TEST_F(RateLimiter, KeepsAddressesApart) {
  rate_limiter limiter{1};
  EXPECT_TRUE(limiter.take("a", now).allowed);
  EXPECT_TRUE(limiter.take("b", now).allowed);
  EXPECT_FALSE(limiter.take("a", now).allowed);
}

TEST_F(RateLimiter, PeekingCostsNothing) {
  rate_limiter limiter{1};
  for (auto i = 0; i < 5; ++i)
    EXPECT_TRUE(limiter.peek("a", now).allowed);
  limiter.take("a", now);
  EXPECT_FALSE(limiter.peek("a", now).allowed);
}

TEST_F(RateLimiter, ZeroMeansNoLimit) {
  rate_limiter limiter{0};
  for (auto i = 0; i < 1000; ++i)
    EXPECT_TRUE(limiter.take("a", now).allowed);
}

TEST_F(RateLimiter, NewcomersShareABucketWhenThereAreTooManyAddresses) {
  rate_limiter limiter{2};
  for (std::size_t i = 0; i < rate_limiter::callers_max; ++i)
    limiter.take(std::to_string(i), now);
  EXPECT_TRUE(limiter.take("new one", now).allowed);
  EXPECT_TRUE(limiter.take("new two", now).allowed);
  EXPECT_FALSE(limiter.take("new three", now).allowed);
  // A minute later the old ones are full again and forgotten.
  EXPECT_TRUE(limiter.take("new three", now + 60s).allowed);
}

} // namespace
} // namespace switchboard::api
