#include "channels/webhooks/signature.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <array>
#include <charconv>
#include <string>
#include <vector>

namespace switchboard::channels::webhooks {
namespace {

struct vector_row {
  std::string name;
  std::string secret;
  std::string key_hex;
  std::string id;
  std::int64_t timestamp = 0;
  std::string body;
  std::string signature;
};

std::string text_of(simdjson::dom::element from, std::string_view key) {
  return std::string{std::string_view{from[key]}};
}

std::vector<vector_row> read_vectors() {
  simdjson::dom::parser parser;
  std::vector<vector_row> out;
  for (const simdjson::dom::element one : parser.load(
         SWITCHBOARD_SOURCE_DIR "/tests/golden/webhooks/signatures.json"))
    out.push_back({text_of(one, "name"), text_of(one, "secret"),
                   text_of(one, "key_hex"), text_of(one, "id"),
                   std::int64_t{one["timestamp"]}, text_of(one, "body"),
                   text_of(one, "signature")});
  return out;
}

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    out += static_cast<char>(byte);
  }
  return out;
}

webhook_secret secret_of(std::string_view text) {
  const auto out = webhook_secret::parse(text);
  EXPECT_TRUE(out) << text;
  return *out;
}

/// The vectors' first two are the same call by the two secrets of a rotation.
class WebhookSignature : public testing::Test {
protected:
  [[nodiscard]] signature_check check() const {
    return verify(secrets, {id, timestamp, signature}, body, now);
  }

  const std::vector<vector_row> vectors = read_vectors();
  const webhook_secret first = secret_of(vectors.at(0).secret);
  const webhook_secret second = secret_of(vectors.at(1).secret);
  std::vector<webhook_secret> secrets{first};
  std::string id = vectors.at(0).id;
  std::string timestamp = std::to_string(vectors.at(0).timestamp);
  std::string body = vectors.at(0).body;
  std::string signature = vectors.at(0).signature;
  std::int64_t now = vectors.at(0).timestamp;
};

TEST_F(WebhookSignature, IsThatOfEveryVector) {
  EXPECT_EQ(vectors.size(), 6U);
  for (const auto& row : vectors) {
    const auto secret = secret_of(row.secret);
    EXPECT_EQ(secret.bytes(), from_hex(row.key_hex)) << row.name;
    EXPECT_EQ(secret.text(), row.secret) << row.name;
    const std::array own{secret};
    const signed_head head{row.id, row.timestamp};
    EXPECT_EQ(sign(own, head, row.body), row.signature) << row.name;
    const auto stamp = std::to_string(row.timestamp);
    EXPECT_EQ(
      verify(own, {row.id, stamp, row.signature}, row.body, row.timestamp),
      signature_check::valid)
      << row.name;
  }
}

TEST_F(WebhookSignature, ListsOneForEachSecretOfARotation) {
  secrets = {first, second};
  EXPECT_EQ(sign(secrets, {id, now}, body),
            vectors.at(0).signature + " " + vectors.at(1).signature);
  EXPECT_EQ(sign({}, {id, now}, body), "");
}

TEST_F(WebhookSignature, PassesWithEitherSecretOfARotation) {
  signature = vectors.at(0).signature + " " + vectors.at(1).signature;
  EXPECT_EQ(check(), signature_check::valid);
  secrets = {second};
  EXPECT_EQ(check(), signature_check::valid);
  signature = vectors.at(0).signature;
  EXPECT_EQ(check(), signature_check::no_match);
  secrets = {second, first};
  EXPECT_EQ(check(), signature_check::valid);
  secrets = {};
  EXPECT_EQ(check(), signature_check::no_match);
}

TEST_F(WebhookSignature, NeedsAllThreeHeaders) {
  for (auto* header : {&id, &timestamp, &signature}) {
    const auto kept = std::exchange(*header, "");
    EXPECT_EQ(check(), signature_check::missing_header);
    *header = kept;
  }
  EXPECT_EQ(check(), signature_check::valid);
}

TEST_F(WebhookSignature, FindsTheValidOneAmongOthers) {
  const auto valid = signature;
  for (const auto& list :
       {"v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
        "v2,Ceo5qEr07ixe2NLpvHk3"
        "FH9bwy/WavXrAFQ/9tdO6mc= "
          + valid,
        valid + " v1a,AAAA", "v1, v1 , " + valid, "  " + valid + "  ",
        "garbage " + valid + " v1,garbage"}) {
    signature = list;
    EXPECT_EQ(check(), signature_check::valid) << list;
  }
}

TEST_F(WebhookSignature, TakesNothingLess) {
  const auto valid = signature;
  const std::vector<std::string> wrong{
    "v1,",
    "v1",
    " ",
    valid.substr(0, valid.size() - 1),
    valid.substr(0, 10),
    valid + "=",
    valid.substr(3),
    "v2," + valid.substr(3),
    "V1," + valid.substr(3),
    "v1,," + valid.substr(3),
    "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=",
  };
  for (const auto& one : wrong) {
    signature = one;
    EXPECT_EQ(check(), signature_check::no_match) << one;
  }
}

TEST_F(WebhookSignature, CoversIdTimestampAndBody) {
  id += "x";
  EXPECT_EQ(check(), signature_check::no_match);
  id.pop_back();
  body += " ";
  EXPECT_EQ(check(), signature_check::no_match);
  body.pop_back();
  timestamp = std::to_string(now + 1);
  EXPECT_EQ(check(), signature_check::no_match);
  timestamp = "0" + std::to_string(now);
  EXPECT_EQ(check(), signature_check::no_match);
}

TEST_F(WebhookSignature, IsValidForFiveMinutesBothWays) {
  const auto at = now;
  now = at + timestamp_tolerance_s;
  EXPECT_EQ(check(), signature_check::valid);
  now = at + timestamp_tolerance_s + 1;
  EXPECT_EQ(check(), signature_check::too_old);
  now = at - timestamp_tolerance_s;
  EXPECT_EQ(check(), signature_check::valid);
  now = at - timestamp_tolerance_s - 1;
  EXPECT_EQ(check(), signature_check::too_new);
}

TEST_F(WebhookSignature, RefusesWhatIsNoNumberOfSeconds) {
  for (const auto* wrong :
       {"now", "1614265330.0", "1614265330 ", " 1614265330", "+1614265330",
        "-1614265330", "0x60380b32", "99999999999999999999"}) {
    timestamp = wrong;
    EXPECT_EQ(check(), signature_check::bad_timestamp) << wrong;
  }
  timestamp = "9223372036854775807";
  EXPECT_EQ(check(), signature_check::too_new);
}

TEST(WebhookSecret, IsReadWithAndWithoutItsPrefix) {
  const auto with = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const auto without = secret_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  EXPECT_EQ(with.bytes(), without.bytes());
  EXPECT_EQ(without.text(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
}

TEST(WebhookSecret, HasTwentyFourToSixtyFourBytes) {
  for (const std::size_t size : {24U, 25U, 26U, 32U, 63U, 64U}) {
    const auto secret = webhook_secret::from_bytes(std::string(size, '\xC3'));
    ASSERT_TRUE(secret) << size;
    EXPECT_EQ(secret_of(secret->text()).bytes(), std::string(size, '\xC3'));
  }
  for (const std::size_t size : {0U, 1U, 23U, 65U, 1000U})
    EXPECT_FALSE(webhook_secret::from_bytes(std::string(size, 'x'))) << size;
  const std::vector<std::string> wrong{
    "",
    "whsec_",
    "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", // 23 bytes
    "whsec_" + std::string(88, 'A'),          // 66 bytes
    "whsec_" + std::string(100'000, 'A'),
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-",
    "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  for (const auto& one : wrong)
    EXPECT_FALSE(webhook_secret::parse(one)) << one.substr(0, 100);
}

} // namespace
} // namespace switchboard::channels::webhooks
