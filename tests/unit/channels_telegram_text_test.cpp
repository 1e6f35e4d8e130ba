#include "channels/telegram/styled_text.hpp"
#include "channels/telegram/utf16.hpp"
#include "domain/text.hpp"

#include <gtest/gtest.h>

#include <random>

namespace switchboard::channels::telegram {
namespace {

std::vector<std::string> split_plain(const std::string& text,
                                     std::size_t units) {
  std::vector<std::string> out;
  for (auto& part : split(text, units))
    out.push_back(std::move(part.text));
  return out;
}

using parts = std::vector<std::string>;

TEST(Utf16, CountsAsTelegramDoes) {
  EXPECT_EQ(count_units("abc"), 3u);
  EXPECT_EQ(count_units("é€"), 2u);
  EXPECT_EQ(count_units("😀"), 2u);
  EXPECT_EQ(fit_units("a😀b", 2), 1u);
  EXPECT_EQ(fit_units("a😀b", 3), 5u);
}

TEST(Utf16, KeepsOffsetsRightWhileItRepairs) {
  EXPECT_EQ(repair_text("fine"), "fine");
  EXPECT_EQ(repair_text("a\xED\xA0\x80z"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(repair_text("\xFFz"), "\xEF\xBF\xBDz");
  EXPECT_EQ(repair_text("a\xE2\x82"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(TextSplit, LeavesShortTextsAlone) {
  EXPECT_EQ(split_plain("short", 10), parts{"short"});
  EXPECT_EQ(split_plain("", 10), parts{});
  EXPECT_EQ(split_plain(" \n ", 10), parts{});
}

TEST(TextSplit, PrefersParagraphsToLinesToWords) {
  EXPECT_EQ(split_plain("one two\n\nthree four", 12),
            (parts{"one two", "three four"}));
  EXPECT_EQ(split_plain("one two\nthree four", 12),
            (parts{"one two", "three four"}));
  EXPECT_EQ(split_plain("one two three", 9), (parts{"one two", "three"}));
}

TEST(TextSplit, CutsBetweenCharactersWhenThereIsNoBorder) {
  EXPECT_EQ(split_plain("abcdefgh", 3), (parts{"abc", "def", "gh"}));
  EXPECT_EQ(split_plain("😀😀😀", 3), (parts{"😀", "😀", "😀"}));
}

TEST(TextSplit, KeepsJoinedCharactersTogether) {
  // e and its accent, a family of three, a flag of two letters.
  EXPECT_EQ(split_plain("abce\xCC\x81z", 4), (parts{"abc", "e\xCC\x81z"}));
  EXPECT_EQ(split_plain("ab👨‍👩‍👧", 8),
            (parts{"ab", "👨‍👩‍👧"}));
  EXPECT_EQ(split_plain("🇹🇭🇪🇸", 6), (parts{"🇹🇭", "🇪🇸"}));
}

TEST(TextSplit, DoesNotCutASpanThatFitsIntoAPart) {
  styled_text text;
  text.add("plain ").add("bold words", text_style::bold).add(" end");
  const auto cut = split(text, 12);
  ASSERT_EQ(cut.size(), 3u);
  EXPECT_EQ(cut[0].text, "plain ");
  EXPECT_EQ(cut[1].text, "bold words");
  ASSERT_EQ(cut[1].spans.size(), 1u);
  EXPECT_EQ(cut[1].spans[0].length, 10u);
  EXPECT_EQ(cut[2].text, "end");
}

TEST(TextSplit, GivesBothHalvesTheStyleOfASpanThatIsTooLong) {
  styled_text text;
  text.add(std::string(25, 'x'), text_style::code);
  const auto cut = split(text, 10);
  ASSERT_EQ(cut.size(), 3u);
  for (const auto& part : cut) {
    ASSERT_EQ(part.spans.size(), 1u);
    EXPECT_EQ(part.spans[0].length, part.text.size());
  }
}

TEST(TextSplit, LosesNothingButWhiteSpaceAtCuts) {
  const std::vector<std::string> pieces{
    "a",  "bcd",     " ", "\n", "\n\n", "😀", "é", "👨‍👩‍👧",
    "🇹🇭", "\xCC\x81"};
  std::mt19937 random{20'260'101};
  for (int round = 0; round < 500; ++round) {
    styled_text text;
    for (int i = 0; i < 60; ++i) {
      const auto& piece = pieces[random() % pieces.size()];
      if (random() % 5 == 0)
        text.add(piece, text_style::italic);
      else
        text.add(piece);
    }
    const std::size_t units = 2 + random() % 30;
    std::string joined;
    for (const auto& part : split(text, units)) {
      EXPECT_LE(count_units(part.text), units);
      EXPECT_TRUE(domain::is_clean_utf8(part.text));
      for (const auto& span : part.spans)
        EXPECT_LE(span.offset + span.length, part.text.size());
      joined += part.text;
    }
    const auto solid = [](std::string in) {
      std::erase_if(in, [](char c) { return c == ' ' || c == '\n'; });
      return in;
    };
    EXPECT_EQ(solid(joined), solid(text.text)) << "round " << round;
  }
}

TEST(StyledText, IsClippedWithAnEllipsis) {
  EXPECT_EQ(clip_units({"short"}, 5).text, "short");
  EXPECT_EQ(clip_units({"longer"}, 5).text, "long…");
  EXPECT_EQ(count_units(clip_units({"😀😀😀"}, 4).text), 3u);
}

TEST(StyledText, BecomesHtmlThatCannotBeBroken) {
  styled_text text;
  text.add("<b> & ");
  text.add("bold", text_style::bold);
  text.add(" ").add("link", text_style::text_link, "https://x/?a=\"1\"&b");
  text.add("\n").add("int x;", text_style::pre, "c++");
  EXPECT_EQ(to_html(text),
            "&lt;b&gt; &amp; <b>bold</b> "
            "<a href=\"https://x/?a=&quot;1&quot;&amp;b\">link</a>\n"
            "<pre><code class=\"language-c++\">int x;</code></pre>");
}

TEST(StyledText, NestsSpansInHtml) {
  styled_text text{"abcdef"};
  text.spans.push_back({text_style::italic, 1, 2, {}, user_id{}});
  text.spans.push_back({text_style::bold, 0, 4, {}, user_id{}});
  text.spans.push_back({text_style::url, 0, 6, {}, user_id{}});
  EXPECT_EQ(to_html(text), "<b>a<i>bc</i>d</b>ef");
}

} // namespace
} // namespace switchboard::channels::telegram
