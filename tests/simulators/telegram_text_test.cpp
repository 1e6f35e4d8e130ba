#include "tests/simulators/telegram_text.hpp"
#include "tests/simulators/telegram_refusal.hpp"

#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

namespace switchboard::simulators::telegram {
namespace {

struct row {
  const char* mode;
  const char* given;
  const char* text;
  const char* entities;
};

TEST(TelegramText, ReadsMarkup) {
  const std::vector<row> rows{
    {"HTML", "a <b>b</b> &lt;&amp;&#33;", "a b <&!",
     R"([{"offset":2,"length":1,"type":"bold"}])"},
    {"HTML", "😀<i>x</i>", "😀x", R"([{"offset":2,"length":1,"type":"italic"}])"},
    {"HTML", R"(<a href="https://h/?a=1">x</a>)", "x",
     R"([{"offset":0,"length":1,"type":"text_link","url":"https://h/?a=1"}])"},
    {"html", "1 & 2", "1 & 2", "[]"},
    {"MarkdownV2", R"(*b* \. _i_)", "b . i",
     R"([{"offset":0,"length":1,"type":"bold"},)"
     R"({"offset":4,"length":1,"type":"italic"}])"},
    {"MarkdownV2", "`a.b`", "a.b",
     R"([{"offset":0,"length":3,"type":"code"}])"},
    {"MarkdownV2", R"([x](https://h))", "x",
     R"([{"offset":0,"length":1,"type":"text_link","url":"https://h"}])"},
    {"Markdown", "*b* a.b!", "b a.b!",
     R"([{"offset":0,"length":1,"type":"bold"}])"},
  };
  for (const auto& r : rows) {
    const auto out = parse_markup(r.given, r.mode);
    EXPECT_EQ(out.text, r.text);
    EXPECT_EQ(boost::json::serialize(out.entities), r.entities) << r.given;
  }
}

TEST(TelegramText, RefusesBrokenMarkup) {
  const std::vector<std::pair<const char*, const char*>> rows{
    {"HTML", "<b>a</i>"},    {"HTML", "</b>"},     {"HTML", "a < b"},
    {"HTML", "<x>a</x>"},    {"MarkdownV2", "*a"}, {"MarkdownV2", "a-b"},
    {"MarkdownV2", "[x](h"}, {"Markdown", "a_b"},  {"Other", "a"},
  };
  for (const auto& [mode, text] : rows)
    EXPECT_THROW(parse_markup(text, mode), refusal) << mode << " " << text;
}

TEST(TelegramText, FindsCommandsMentionsAndAddresses) {
  formatted_text in;
  in.text = "/close@support_bot to @ana_r see https://h/x a/b";
  find_entities(in);
  EXPECT_EQ(boost::json::serialize(in.entities),
            R"([{"offset":0,"length":18,"type":"bot_command"},)"
            R"({"offset":22,"length":6,"type":"mention"},)"
            R"({"offset":33,"length":11,"type":"url"}])");
}

} // namespace
} // namespace switchboard::simulators::telegram
