#include "channels/web/website.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace switchboard::channels::web {
namespace {

using fields = std::vector<std::string>;

template <class T>
fields wrong_fields(const decoded<T>& result) {
  fields out;
  for (const auto& problem : result.problems)
    out.push_back(problem.field);
  return out;
}

std::string create_with(std::string_view replaced, std::string_view value) {
  const std::vector<std::pair<std::string_view, std::string_view>> all{
    {"customerName", R"("Asha")"},
    {"customerPhone", R"("+12025550123")"},
    {"customerEmail", R"("asha@example.com")"},
    {"subject", R"("Damaged bottles")"},
    {"message", R"("Three are broken.")"},
    {"priority", R"("high")"}};
  std::string out = "{";
  for (const auto& [name, given] : all) {
    const auto& text = name == replaced ? value : given;
    if (text.empty())
      continue;
    if (out.size() > 1)
      out += ',';
    out += '"';
    out += name;
    out += "\":";
    out += text;
  }
  return out + "}";
}

TEST(DecodeCreate, ReadsAllFields) {
  const auto got = decode_create(create_with("", ""));
  ASSERT_TRUE(got.value);
  EXPECT_EQ(got.value->from,
            (domain::customer{"Asha", "+12025550123", "asha@example.com"}));
  EXPECT_EQ(got.value->subject, "Damaged bottles");
  EXPECT_EQ(got.value->message, "Three are broken.");
  EXPECT_EQ(got.value->urgency, domain::priority::high);
}

struct create_row {
  const char* field;
  std::string value; ///< JSON; empty: left out
  fields wrong;
};

class DecodeCreateRow : public ::testing::TestWithParam<create_row> {};

TEST_P(DecodeCreateRow, NamesTheWrongField) {
  const auto& row = GetParam();
  const auto got = decode_create(create_with(row.field, row.value));
  EXPECT_EQ(wrong_fields(got), row.wrong) << row.field << " = " << row.value;
  EXPECT_EQ(got.value.has_value(), row.wrong.empty());
}

std::string quoted(std::size_t length) {
  return '"' + std::string(length, 'x') + '"';
}

INSTANTIATE_TEST_SUITE_P(
  Fields, DecodeCreateRow,
  ::testing::Values(
    create_row{"customerName", "", {"customerName"}},
    create_row{"customerName", "null", {"customerName"}},
    create_row{"customerName", R"("  ")", {"customerName"}},
    create_row{"customerName", "7", {"customerName"}},
    create_row{"customerName", R"(["Asha"])", {"customerName"}},
    create_row{"customerName", R"("two\nlines")", {"customerName"}},
    create_row{"customerName", R"("a\u0000b")", {"customerName"}},
    create_row{"customerName", quoted(200), {}},
    create_row{"customerName", quoted(201), {"customerName"}},
    create_row{"customerPhone", "", {}},
    create_row{"customerPhone", R"("")", {}},
    create_row{"customerPhone", "null", {}},
    create_row{"customerPhone", R"("(202) 555-0123")", {"customerPhone"}},
    create_row{"customerPhone", "12025550123", {"customerPhone"}},
    create_row{"customerEmail", "", {}},
    create_row{"customerEmail", R"("asha@")", {"customerEmail"}},
    create_row{"subject", "", {"subject"}},
    create_row{"subject", quoted(300), {}},
    create_row{"subject", quoted(301), {"subject"}},
    create_row{"message", "", {"message"}},
    create_row{"message", R"("one\ntwo\tthree")", {}},
    create_row{"message", quoted(10'000), {}},
    create_row{"message", quoted(10'001), {"message"}},
    create_row{"priority", "", {}}, create_row{"priority", "null", {}},
    create_row{"priority", R"("urgent")", {}},
    create_row{"priority", R"("HUGE")", {"priority"}},
    create_row{"priority", "1", {"priority"}}));

TEST(DecodeCreate, ReportsEverythingThatIsWrongAtOnce) {
  const auto got = decode_create(
    R"({"customerPhone":"x","customerEmail":"y","priority":"z"})");
  auto wrong = wrong_fields(got);
  std::sort(wrong.begin(), wrong.end());
  EXPECT_EQ(wrong, (fields{"customerEmail", "customerName", "customerPhone",
                           "message", "priority", "subject"}));
}

TEST(DecodeCreate, WantsAPhoneOrAnEmail) {
  const auto got
    = decode_create(R"({"customerName":"A","subject":"s","message":"m"})");
  EXPECT_EQ(wrong_fields(got), (fields{"customerPhone", "customerEmail"}));
}

TEST(DecodeCreate, LengthsCountCharactersAndNotBytes) {
  std::string name;
  for (auto i = 0; i < 200; ++i)
    name += "é";
  EXPECT_TRUE(
    decode_create(create_with("customerName", '"' + name + '"')).value);
}

class DecodeMalformed : public ::testing::TestWithParam<std::string> {};

TEST_P(DecodeMalformed, IsRefusedAsAWhole) {
  const auto got = decode_create(GetParam());
  EXPECT_FALSE(got.value);
  EXPECT_EQ(wrong_fields(got), fields{""});
}

INSTANTIATE_TEST_SUITE_P(
  Bodies, DecodeMalformed,
  ::testing::Values(
    "", "  ", "{", "null", "[]", "\"text\"", "{\"a\":1} x", "{'a':1}",
    "{\"customerName\":\"\xC3\x28\"}", "{\"customerName\":\"\xED\xA0\x80\"}",
    std::string("{\"customerName\":\"a\0b\"}", 22), std::string(100'000, '['),
    "{\"a\":" + std::string(50, '[') + std::string(50, ']') + "}"));

TEST(DecodeCreate, AFieldGivenTwiceIsWrong) {
  const auto got = decode_create(
    R"({"customerName":"A","customerName":"B","customerPhone":"+12025550123",)"
    R"("subject":"s","message":"m"})");
  EXPECT_EQ(wrong_fields(got), fields{"customerName"});
}

TEST(DecodeCreate, UnknownFieldsAreNobodysBusiness) {
  EXPECT_TRUE(
    decode_create(R"({"customerName":"A","customerPhone":"+12025550123",)"
                  R"("subject":"s","message":"m","utm":{"source":["x"]}})")
      .value);
}

TEST(DecodeInbound, ReadsWhatTwilioNodesSend) {
  const auto got
    = decode_inbound(R"({"ticketRef":"t-20260131-7k3m9qxz","message":"On it",)"
                     R"("from":"whatsapp:+919655716000","channel":"whatsapp",)"
                     R"("externalId":"SM1","mediaUrl":null})");
  ASSERT_TRUE(got.value) << got.problems.front().field;
  EXPECT_EQ(got.value->ticket_ref, "T-20260131-7K3M9QXZ");
  EXPECT_EQ(got.value->from, "+919655716000");
  EXPECT_EQ(got.value->external_id, "SM1");
}

TEST(DecodeInbound, AMediaMessageNeedsNoWords) {
  const auto got
    = decode_inbound(R"({"ticketRef":"T-20260131-7K3M9QXZ","message":"",)"
                     R"("from":"+919655716000","channel":"whatsapp",)"
                     R"("mediaUrl":"https://media.example/1.jpg"})");
  ASSERT_TRUE(got.value);
  EXPECT_EQ(got.value->media_url, "https://media.example/1.jpg");
}

TEST(DecodeInbound, ReportsEverythingThatIsWrongAtOnce) {
  const auto got = decode_inbound(
    R"({"ticketRef":"nonsense!","from":"nobody","channel":"pigeon",)"
    R"("mediaUrl":"ftp://x","externalId":"a\nb"})");
  auto wrong = wrong_fields(got);
  std::sort(wrong.begin(), wrong.end());
  EXPECT_EQ(wrong,
            (fields{"channel", "externalId", "from", "mediaUrl", "ticketRef"}));
}

TEST(EncodeThread, EscapesWhatPeopleWrite) {
  domain::ticket ticket;
  ticket.ref = "T-20260131-7K3M9QXZ";
  ticket.from.name = "A \"quoted\" name";
  ticket.subject = "back\\slash";
  message_view row;
  row.message.body = "line\nbreak\x01 </script>";
  const auto json = encode_thread(ticket, {&row, 1});
  EXPECT_NE(json.find(R"("customerName":"A \"quoted\" name")"),
            std::string::npos);
  EXPECT_NE(json.find(R"("subject":"back\\slash")"), std::string::npos);
  EXPECT_NE(json.find(R"("body":"line\nbreak\u0001 </script>")"),
            std::string::npos);
  EXPECT_NE(json.find(R"("customerPhone":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("mediaUrl":null)"), std::string::npos);
}

} // namespace
} // namespace switchboard::channels::web
