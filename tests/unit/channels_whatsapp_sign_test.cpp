#include "channels/whatsapp/cloud_inbound.hpp"
#include "channels/whatsapp/form.hpp"
#include "channels/whatsapp/signature.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

struct twilio_row {
  std::string token;
  std::string url;
  form fields;
  std::string form_body;
  std::string raw_body;
  std::string signature;
};

struct meta_row {
  std::string secret;
  std::string body;
  std::string header;
};

struct vectors {
  std::vector<twilio_row> twilio;
  std::vector<meta_row> meta;
};

std::string text_of(simdjson::dom::element from, std::string_view key) {
  std::string_view out;
  if (from[key].get(out) != simdjson::SUCCESS)
    out = {};
  return std::string{out};
}

vectors read_vectors() {
  simdjson::dom::parser parser;
  const simdjson::dom::element all = parser.load(
    SWITCHBOARD_SOURCE_DIR "/tests/golden/whatsapp/signature-vectors.json");
  vectors out;
  for (const simdjson::dom::element one : all["twilio"]) {
    twilio_row row{text_of(one, "auth_token"),
                   text_of(one, "url"),
                   {},
                   text_of(one, "form_body"),
                   text_of(one, "raw_body"),
                   text_of(one, "signature")};
    for (const simdjson::dom::element field : one["params"])
      row.fields.emplace_back(std::string_view{field.at(0)},
                              std::string_view{field.at(1)});
    out.twilio.push_back(std::move(row));
  }
  for (const simdjson::dom::element one : all["meta"])
    out.meta.push_back({text_of(one, "app_secret"), text_of(one, "raw_body"),
                        text_of(one, "x_hub_signature_256")});
  return out;
}

bool is_signed(const twilio_row& row) {
  if (!row.raw_body.empty())
    return is_body_signed_by_twilio(row.token, row.url, row.raw_body,
                                    row.signature);
  return is_signed_by_twilio(row.token, row.url, row.fields, row.signature);
}

class WhatsAppSignature : public testing::Test {
protected:
  const vectors known = read_vectors();
};

TEST_F(WhatsAppSignature, OfTwilioIsThatOfEveryVector) {
  EXPECT_EQ(known.twilio.size(), 8U);
  for (const auto& row : known.twilio)
    EXPECT_TRUE(is_signed(row)) << row.url;
}

TEST_F(WhatsAppSignature, OfTwilioCoversTheFormAsItWasPosted) {
  for (const auto& row : known.twilio) {
    if (row.form_body.empty())
      continue;
    const auto fields = parse_form(row.form_body);
    ASSERT_TRUE(fields) << row.url;
    EXPECT_EQ(fields.value(), row.fields) << row.url;
    EXPECT_TRUE(
      is_signed_by_twilio(row.token, row.url, fields.value(), row.signature));
  }
}

TEST_F(WhatsAppSignature, OfTwilioHoldsWithAndWithoutTheUsualPort) {
  const auto& plain = known.twilio.at(0);
  const auto& with_port = known.twilio.at(1);
  EXPECT_TRUE(is_signed_by_twilio(plain.token, with_port.url, plain.fields,
                                  plain.signature));
  EXPECT_TRUE(is_signed_by_twilio(plain.token, plain.url, plain.fields,
                                  with_port.signature));
  const auto& http = known.twilio.at(2);
  EXPECT_TRUE(is_signed_by_twilio(http.token,
                                  "http://mycompany.com/myapp.php?foo=1&bar=2",
                                  http.fields, http.signature));
  const auto& other = known.twilio.at(3);
  EXPECT_FALSE(is_signed_by_twilio(other.token,
                                   "http://mycompany.com/myapp.php?foo=1&bar=2",
                                   other.fields, other.signature));
}

TEST_F(WhatsAppSignature, OfTwilioIsRefusedWhenAnythingDiffers) {
  const auto& row = known.twilio.at(0);
  EXPECT_FALSE(
    is_signed_by_twilio("12346", row.url, row.fields, row.signature));
  EXPECT_FALSE(is_signed_by_twilio("", row.url, row.fields, row.signature));
  EXPECT_FALSE(
    is_signed_by_twilio(row.token, row.url + "x", row.fields, row.signature));
  EXPECT_FALSE(is_signed_by_twilio(row.token, row.url, row.fields, ""));
  EXPECT_FALSE(is_signed_by_twilio(row.token, row.url, row.fields,
                                   row.signature.substr(1)));
  auto more = row.fields;
  more.emplace_back("Body", "");
  more.back().first += "x";
  EXPECT_FALSE(is_signed_by_twilio(row.token, row.url, more, row.signature));
}

TEST_F(WhatsAppSignature, OfTwilioLeavesTheFragmentOut) {
  const auto& row = known.twilio.at(0);
  EXPECT_TRUE(is_signed_by_twilio(row.token, row.url + "#rc=3&rp=all",
                                  row.fields, row.signature));
}

TEST_F(WhatsAppSignature, OfTwilioTakesTheFieldsInAnyOrder) {
  auto row = known.twilio.at(4);
  std::reverse(row.fields.begin(), row.fields.end());
  EXPECT_TRUE(is_signed(row));
}

TEST_F(WhatsAppSignature, OfABodyNeedsItsHashInTheUrl) {
  auto row = known.twilio.at(5);
  ASSERT_FALSE(row.raw_body.empty());
  row.raw_body += ' ';
  EXPECT_FALSE(is_signed(row));
  const auto& plain = known.twilio.at(0);
  EXPECT_FALSE(
    is_body_signed_by_twilio(plain.token, plain.url, "{}", plain.signature));
}

TEST_F(WhatsAppSignature, OfMetaIsThatOfEveryVector) {
  EXPECT_EQ(known.meta.size(), 2U);
  for (const auto& row : known.meta) {
    EXPECT_TRUE(is_signed_by_meta(row.secret, row.body, row.header));
    EXPECT_FALSE(is_signed_by_meta(row.secret, row.body + " ", row.header));
    EXPECT_FALSE(is_signed_by_meta("other", row.body, row.header));
    EXPECT_FALSE(is_signed_by_meta("", row.body, row.header));
    EXPECT_FALSE(is_signed_by_meta(row.secret, row.body, ""));
    EXPECT_FALSE(is_signed_by_meta(row.secret, row.body,
                                   row.header.substr(7))); // no `sha256=`
  }
}

TEST(WhatsAppChallenge, IsAnsweredToWhoeverKnowsTheToken) {
  EXPECT_EQ(answer_challenge("subscribe", "tok", "1158201444", "tok"),
            "1158201444");
  EXPECT_FALSE(answer_challenge("subscribe", "tik", "1158201444", "tok"));
  EXPECT_FALSE(answer_challenge("subscribe", "toke", "1158201444", "tok"));
  EXPECT_FALSE(answer_challenge("unsubscribe", "tok", "1158201444", "tok"));
  EXPECT_FALSE(answer_challenge("subscribe", "", "1158201444", ""));
  EXPECT_FALSE(answer_challenge("subscribe", "tok", "", "tok"));
  EXPECT_FALSE(answer_challenge("subscribe", "tok", "1\r\nX: y", "tok"));
}

} // namespace
} // namespace switchboard::channels::whatsapp
