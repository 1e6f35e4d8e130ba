#include "api/flood_limiter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace switchboard::api {
namespace {

using namespace std::chrono_literals;

class FloodLimiter : public ::testing::Test {
protected:
  flood_limiter::clock::time_point now{std::chrono::hours{1}};
};

TEST_F(FloodLimiter, LetsSoManyPassInAnyWindow) {
  flood_limiter limiter{2, 10s};
  EXPECT_TRUE(limiter.take("a", now).allowed);
  EXPECT_TRUE(limiter.take("a", now + 9s).allowed);
  const auto refused = limiter.take("a", now + 9500ms);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.limit, 2U);
  EXPECT_EQ(refused.remaining, 0U);
  EXPECT_EQ(refused.reset, 1s);
  EXPECT_TRUE(limiter.take("a", now + 10s).allowed);
  EXPECT_FALSE(limiter.take("a", now + 18s).allowed);
  EXPECT_TRUE(limiter.take("a", now + 19s).allowed);
}

TEST_F(FloodLimiter, DoesNotCountWhatItRefuses) {
  flood_limiter limiter{1, 10s};
  EXPECT_TRUE(limiter.take("a", now).allowed);
  for (int i = 1; i < 10; ++i)
    EXPECT_FALSE(limiter.take("a", now + std::chrono::seconds{i}).allowed);
  EXPECT_TRUE(limiter.take("a", now + 10s).allowed);
}

TEST_F(FloodLimiter, KeepsCallersApart) {
  flood_limiter limiter{1, 10s};
  EXPECT_TRUE(limiter.take("a", now).allowed);
  EXPECT_TRUE(limiter.take("b", now).allowed);
}

TEST_F(FloodLimiter, ZeroMeansNoLimit) {
  flood_limiter without{0, 10s};
  flood_limiter timeless{1, 0s};
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(without.take("a", now).allowed);
    EXPECT_TRUE(timeless.take("a", now).allowed);
  }
}

TEST_F(FloodLimiter, ForgetsWhoIsSilent) {
  flood_limiter limiter{1, 10s};
  for (std::size_t i = 0; i < flood_limiter::callers_max; ++i)
    limiter.take(std::to_string(i), now);
  EXPECT_TRUE(limiter.take("new", now + 1s).allowed);
  // Newcomers share one account while there are too many.
  EXPECT_FALSE(limiter.take("newer", now + 1s).allowed);
  EXPECT_TRUE(limiter.take("newer", now + 11s).allowed);
}

TEST_F(FloodLimiter, SaysWhenToComeBack) {
  flood_limiter limiter{1, 10s};
  limiter.take("a", now);
  const auto answer = too_many("too fast", limiter.take("a", now + 4s));
  EXPECT_EQ(answer.status, 429U);
  const std::vector<std::pair<std::string, std::string>> expected{
    {"RateLimit-Limit", "1"},
    {"RateLimit-Remaining", "0"},
    {"RateLimit-Reset", "6"},
    {"Retry-After", "6"}};
  EXPECT_EQ(answer.headers, expected);
}

} // namespace
} // namespace switchboard::api
