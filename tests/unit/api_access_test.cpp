#include "api/access.hpp"

#include "tests/unit/api_fake_request.hpp"

#include <gtest/gtest.h>

namespace switchboard::api {
namespace {

TEST(Secret, EqualsItselfAlone) {
  const secret s{"correct horse"};
  EXPECT_TRUE(s.equals("correct horse"));
  for (const auto* other : {"", "correct", "correct horse ", "Correct horse"})
    EXPECT_FALSE(s.equals(other)) << other;
}

TEST(Secret, ThatIsEmptyEqualsNothing) {
  const secret s{""};
  EXPECT_FALSE(s.equals(""));
  EXPECT_FALSE(s.equals("x"));
}

class Access : public ::testing::Test {
protected:
  unsigned status() {
    const auto refusal = require_secret(req, key);
    return refusal ? refusal->status : 200U;
  }

  fake_request req;
  secret key{"k-12345678"};
};

TEST_F(Access, TakesTheKeyInEitherHeader) {
  req.headers = {{"X-API-Key", "k-12345678"}};
  EXPECT_EQ(status(), 200U);
  req.headers = {{"authorization", "Bearer k-12345678"}};
  EXPECT_EQ(status(), 200U);
  req.headers = {{"Authorization", "bEARER   k-12345678 "}};
  EXPECT_EQ(status(), 200U);
}

TEST_F(Access, RefusesEverythingElse) {
  using headers = std::vector<std::pair<std::string, std::string>>;
  const std::vector<headers> refused{
    {},
    {{"x-api-key", ""}},
    {{"x-api-key", "k-1234567"}},
    {{"x-api-key", "Bearer k-12345678"}},
    {{"authorization", "k-12345678"}},
    {{"authorization", "Bearer"}},
    {{"authorization", "Bearer "}},
    {{"authorization", "Bearerk-12345678"}},
    {{"authorization", "Basic k-12345678"}},
    {{"x-api-key", "k-12345678"}, {"x-api-key", "k-12345678"}},
    {{"x-api-key", "k-12345678"}, {"authorization", "Bearer k-12345678"}},
  };
  for (std::size_t i = 0; i < refused.size(); ++i) {
    req.headers = refused[i];
    EXPECT_EQ(status(), 401U) << "row " << i;
  }
}

TEST_F(Access, SaysHowToDoBetter) {
  const auto refusal = require_secret(req, key);
  ASSERT_TRUE(refusal);
  ASSERT_EQ(refusal->headers.size(), 1U);
  EXPECT_EQ(refusal->headers.front().first, "WWW-Authenticate");
}

TEST_F(Access, WantsJsonWhereItWantsJson) {
  for (const auto* type : {"application/json", "Application/JSON",
                           "application/json;charset=utf-8",
                           " application/json ; charset=utf-8"}) {
    req.headers = {{"Content-Type", type}};
    EXPECT_FALSE(require_json(req)) << type;
  }
  for (const auto* type : {"", "text/plain", "application/jsonx", "json",
                           "text/plain; application/json"}) {
    req.headers = {{"Content-Type", type}};
    const auto refusal = require_json(req);
    ASSERT_TRUE(refusal) << type;
    EXPECT_EQ(refusal->status, 415U);
  }
}

} // namespace
} // namespace switchboard::api
