#include "api/jwt.hpp"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace switchboard::api {
namespace {

const std::string key = "a-key-of-the-tests-32-bytes-long";
const domain::session_id session{
  *domain::parse_uuid("019c1b2e-7c00-7a61-8e5f-3b1f0c9a4d21")};
const domain::timestamp issued{std::chrono::seconds{1'769'860'800}};
constexpr const char* header = R"({"alg":"HS256","typ":"JWT"})";

/// Made with another implementation of HMAC-SHA-256 (Python's hmac).
constexpr const char* vector
  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJhdWQiOiJhdXRoZW50aWNhdGVkIiwicm9sZSI6ImF1dGhlbnRpY2F0ZWQiLCJzZXNzaW9uX2"
    "lkIjoiMDE5YzFiMmUtN2MwMC03YTYxLThlNWYtM2IxZjBjOWE0ZDIxIiwiaWF0IjoxNzY5ODYw"
    "ODAwLCJleHAiOjE3NzI0NTI4MDB9."
    "Nuy6tLD3eL80n4NaUFeRE2mBbBK3bnoYr46T9TYo_PQ";

std::string encode(const std::string& bytes,
                   int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING) {
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  out.pop_back();
  return out;
}

std::string mac(const std::string& text, const std::string& with) {
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(
    &state, reinterpret_cast<const unsigned char*>(with.data()), with.size());
  crypto_auth_hmacsha256_update(
    &state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

/// A token that is signed well, whatever it says.
std::string token_of(const std::string& head, const std::string& claims,
                     const std::string& with = key) {
  const auto text = encode(head) + '.' + encode(claims);
  return text + '.' + encode(mac(text, with));
}

std::string claims_with(const std::string& aud, const std::string& role,
                        const std::string& rest) {
  return R"({"aud":)" + aud + R"(,"role":)" + role
         + R"(,"session_id":"019c1b2e-7c00-7a61-8e5f-3b1f0c9a4d21",)" + rest
         + '}';
}

std::string good_claims() {
  return claims_with(R"("authenticated")", R"("authenticated")",
                     R"("iat":1769860800,"exp":1772452800)");
}

class VisitorTokens : public testing::Test {
protected:
  [[nodiscard]] bool opens(const std::string& token,
                           domain::timestamp now
                           = issued + std::chrono::hours{1}) const {
    return tokens.read(token, now).has_value();
  }

  visitor_tokens tokens{key};
};

TEST_F(VisitorTokens, AreWhatTheVectorSays) {
  EXPECT_EQ(tokens.issue(session, issued), vector);
  const auto read = tokens.read(vector, issued);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read,
            (visitor_claims{session, issued, issued + std::chrono::days{30}}));
}

TEST_F(VisitorTokens, AreOverAfterThirtyDays) {
  const auto end = issued + visitor_tokens::life;
  EXPECT_TRUE(opens(vector, end - std::chrono::milliseconds{1}));
  EXPECT_FALSE(opens(vector, end));
}

TEST_F(VisitorTokens, NeedTheKeyThatMadeThem) {
  EXPECT_FALSE(visitor_tokens{"another-key"}.read(vector, issued));
  EXPECT_FALSE(
    visitor_tokens{""}.read(token_of(header, good_claims(), ""), issued));
}

TEST_F(VisitorTokens, AreRefusedWhenAnyCharacterIsAnother) {
  const std::string token{vector};
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(opens(other)) << i;
  }
}

TEST_F(VisitorTokens, AreRefusedWhenCutOrStretched) {
  const std::string token{vector};
  for (std::size_t size = 0; size < token.size(); ++size)
    EXPECT_FALSE(opens(token.substr(0, size))) << size;
  for (const std::string more : {"=", ".", " ", "A", ".A", "\n"})
    EXPECT_FALSE(opens(token + more)) << more;
  EXPECT_FALSE(opens("." + token));
  EXPECT_FALSE(opens(".."));
  EXPECT_FALSE(opens(std::string(100'000, '.')));
}

TEST_F(VisitorTokens, KeepToTheirAlgorithm) {
  ASSERT_TRUE(opens(token_of(header, good_claims())));
  EXPECT_TRUE(opens(token_of(R"({"typ":"JWT","alg":"HS256"})", good_claims())));
  EXPECT_TRUE(opens(token_of(R"({"alg":"HS256"})", good_claims())));
  for (const std::string head :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"RS256"})",
        R"({"alg":"HS512"})", R"({"alg":"hs256"})", R"({"alg":""})",
        R"({"alg":null})", R"({"alg":["HS256"]})", R"({})", R"([])", "",
        R"({"alg":"none","alg":"HS256"})", R"({"alg":"HS256","typ":"JWE"})",
        R"({"alg":"HS256","crit":["exp"]})", R"({"alg":" HS256"})"})
    EXPECT_FALSE(opens(token_of(head, good_claims()))) << head;
  const auto unsigned_text
    = encode(R"({"alg":"none"})") + '.' + encode(good_claims()) + '.';
  EXPECT_FALSE(opens(unsigned_text));
}

TEST_F(VisitorTokens, NeedAllTheirClaims) {
  const std::string us = R"("authenticated")";
  const std::string times = R"("iat":1769860800,"exp":1772452800)";
  for (const auto& claims :
       {claims_with(R"("anon")", us, times),
        claims_with(us, R"("admin")", times), claims_with("null", us, times),
        claims_with(us, "1", times),
        claims_with(R"(["authenticated"])", us, times),
        claims_with(us, us, R"("iat":1769860800)"),
        claims_with(us, us, R"("exp":1772452800)"),
        claims_with(us, us, R"("iat":1769860800,"exp":"1772452800")"),
        claims_with(us, us, R"("iat":1769860800,"exp":-1)"),
        claims_with(us, us, R"("iat":1769860800,"exp":1e300)"),
        claims_with(us, us, times + R"(,"exp":1772452801)"),
        claims_with(us, us, times + R"(,"nbf":1)"), std::string{"{}"},
        std::string{"null"}, std::string{}, std::string{"{"}})
    EXPECT_FALSE(opens(token_of(header, claims))) << claims;
  EXPECT_TRUE(
    opens(token_of(header, claims_with(us, us, times + R"(,"more":{"a":1})"))));
}

TEST_F(VisitorTokens, HaveOneSpelling) {
  const auto text = encode(header) + '.' + encode(good_claims());
  const auto signature = mac(text, key);
  EXPECT_TRUE(opens(text + '.' + encode(signature)));
  EXPECT_FALSE(
    opens(text + '.' + encode(signature, sodium_base64_VARIANT_URLSAFE)));
}

} // namespace
} // namespace switchboard::api
