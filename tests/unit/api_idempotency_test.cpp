#include "api/idempotency.hpp"

#include "tests/unit/api_fake_request.hpp"

#include <gtest/gtest.h>

namespace switchboard::api {
namespace {

class IdempotencyKey : public ::testing::Test {
protected:
  IdempotencyKey() {
    req.route = "/api/ticket";
    req.body = R"({"a":1})";
  }

  idempotency_claim claim(std::string key) {
    req.headers = {{"Idempotency-Key", std::move(key)}};
    return claim_idempotency(req, "effect", now);
  }

  fake_request req;
  domain::timestamp now{std::chrono::hours{1'000'000 / 24}};
};

TEST_F(IdempotencyKey, ClaimsNothingWhenItIsAbsent) {
  EXPECT_TRUE(std::holds_alternative<std::monostate>(
    claim_idempotency(req, "effect", now)));
}

TEST_F(IdempotencyKey, ClaimsItselfForADayWithinItsRoute) {
  const auto made = claim("abc");
  const auto* c = std::get_if<persistence::unique_claim>(&made);
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->scope, "idempotency:/api/ticket");
  EXPECT_EQ(c->id, "abc");
  EXPECT_EQ(c->expires, now + std::chrono::hours{24});
  req.route = "/other";
  const auto other = claim("abc");
  EXPECT_NE(std::get<persistence::unique_claim>(other).scope, c->scope);
}

TEST_F(IdempotencyKey, GivesTheEffectBackToTheSameBodyOnly) {
  const auto made = claim("abc");
  const auto& result = std::get<persistence::unique_claim>(made).result;
  EXPECT_EQ(first_effect(req, result), "effect");
  req.body = R"({"a":2})";
  EXPECT_EQ(first_effect(req, result), std::nullopt);
  EXPECT_EQ(first_effect(req, ""), std::nullopt);
}

TEST_F(IdempotencyKey, IsRefusedWhenItCannotBeUsed) {
  for (const auto& key :
       {std::string{}, std::string{"a b"}, std::string{"a\tb"},
        std::string{"\x7F"}, std::string{"\xC3\xBC"}, std::string(201, 'k')}) {
    const auto made = claim(key);
    const auto* refusal = std::get_if<net::response>(&made);
    ASSERT_NE(refusal, nullptr) << key;
    EXPECT_EQ(refusal->status, 400U);
  }
  EXPECT_TRUE(std::holds_alternative<persistence::unique_claim>(
    claim(std::string(200, 'k'))));
  req.headers = {{"idempotency-key", "a"}, {"Idempotency-Key", "a"}};
  EXPECT_TRUE(
    std::holds_alternative<net::response>(claim_idempotency(req, "e", now)));
}

TEST_F(IdempotencyKey, IsToldFromOtherConflicts) {
  EXPECT_TRUE(is_idempotency_conflict({"idempotency:/api/ticket", "a", ""}));
  EXPECT_FALSE(is_idempotency_conflict({"message:whatsapp", "a", ""}));
}

} // namespace
} // namespace switchboard::api
