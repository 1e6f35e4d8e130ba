#include "api/whatsapp/kept_words.hpp"
#include "api/whatsapp/urgency.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::api::whatsapp {
namespace {

using domain::priority;

TEST(WhatsappUrgency, IsByTheFirstLineThatFits) {
  const std::vector<std::string> lines{
    "urgent: refund | not working", "no line", "wrong: x", "low: copy|refund",
    "high: \xD1\x81\xD1\x80\xD0\xBE\xD1\x87\xD0\xBD\xD0\xBE"};
  const urgency_rules rules{priority::medium, lines};
  struct expectation {
    std::string text;
    priority is;
  };
  const std::vector<expectation> rows{
    {"hello", priority::medium},
    {"", priority::medium},
    {"I want a refund", priority::urgent},
    {"REFUND", priority::urgent},
    {"refund, now!", priority::urgent},
    {"It is NOT WORKING.", priority::urgent},
    {"refunded", priority::medium},
    {"A copy please", priority::low},
    {"copyright", priority::medium},
    {"photocopy copy", priority::low},
    {"\xD0\xB2\xD1\x8B \xD1\x81\xD1\x80\xD0\xBE\xD1\x87\xD0\xBD\xD0\xBE!",
     priority::high},
  };
  for (const auto& row : rows)
    EXPECT_EQ(rules.of(row.text), row.is) << row.text;
}

TEST(WhatsappUrgency, WithoutRulesIsAlwaysTheSame) {
  EXPECT_EQ(urgency_rules{priority::high}.of("refund"), priority::high);
}

TEST(WhatsappKeptWords, KnowWhatOnlyPoints) {
  for (const auto* const text :
       {"", "this one", "This one!", "Yes.", "^", "\xF0\x9F\x91\x86",
        "\xE2\x98\x9D\xEF\xB8\x8F", "here"})
    EXPECT_TRUE(is_pointing(text)) << text;
  for (const auto* const text :
       {"this one is broken", "we ship today", "12", "\xC3\xA9t\xC3\xA9",
        "\xE4\xBD\xA0\xE5\xA5\xBD"})
    EXPECT_FALSE(is_pointing(text)) << text;
}

TEST(WhatsappKeptWords, AreJoined) {
  kept_words first{"a", domain::timestamp{}, "one", {}};
  kept_words second{"b", domain::timestamp{std::chrono::hours{1}}, "two", {}};
  const auto both = joined(first, second);
  EXPECT_EQ(both.id, "a");
  EXPECT_EQ(both.text, "one\ntwo");
  EXPECT_EQ(both.at, second.at);
}

} // namespace
} // namespace switchboard::api::whatsapp
