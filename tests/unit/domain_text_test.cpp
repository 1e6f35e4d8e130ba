#include "domain/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::domain {
namespace {

using namespace std::string_view_literals;

struct verdict {
  std::string_view text;
  bool clean;
};

const std::vector<verdict> verdicts{
  {"", true},
  {"plain", true},
  {"\x01\x7F", true},
  {"\xC2\x80", true},         // U+0080, the first of two bytes
  {"\xDF\xBF", true},         // U+07FF, the last
  {"\xE0\xA0\x80", true},     // U+0800, the first of three
  {"\xED\x9F\xBF", true},     // U+D7FF, below the surrogates
  {"\xEE\x80\x80", true},     // U+E000, above them
  {"\xEF\xBF\xBF", true},     // U+FFFF
  {"\xF0\x90\x80\x80", true}, // U+10000, the first of four
  {"\xF4\x8F\xBF\xBF", true}, // U+10FFFF, the last of all
  {"\0"sv, false},
  {"a\0b"sv, false},
  {"\x80", false},                     // a continuation alone
  {"\xBF", false},                     //
  {"\xC0\x80", false},                 // overlong NUL
  {"\xC0\xAF", false},                 // overlong slash
  {"\xC1\xBF", false},                 // overlong U+007F
  {"\xE0\x80\xAF", false},             // overlong slash in three bytes
  {"\xE0\x9F\xBF", false},             // overlong U+07FF
  {"\xF0\x80\x80\xAF", false},         // overlong slash in four bytes
  {"\xF0\x8F\xBF\xBF", false},         // overlong U+FFFF
  {"\xED\xA0\x80", false},             // U+D800, the first surrogate
  {"\xED\xBF\xBF", false},             // U+DFFF, the last
  {"\xED\xA0\xBD\xED\xB8\x80", false}, // a pair of them (CESU-8)
  {"\xF4\x90\x80\x80", false},         // U+110000
  {"\xF5\x80\x80\x80", false},
  {"\xF8\x88\x80\x80\x80", false}, // five bytes
  {"\xFC\x84\x80\x80\x80\x80", false},
  {"\xFE", false},
  {"\xFF", false},
  {"\xC3", false},         // cut off
  {"\xE2\x82", false},     //
  {"\xF0\x9F\x98", false}, //
  {"\xC3(", false},        // the second byte is none
  {"\xE2\x82(", false},
  {"\xE2(\xA1", false},
  {"\xF0\x9F\x98(", false},
  {"\xF0(\x8C\xBC", false},
};

TEST(Utf8, IsCheckedByTheTable) {
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    EXPECT_EQ(is_clean_utf8(verdicts[i].text), verdicts[i].clean)
      << "row " << i;
}

TEST(Utf8, IsCheckedAtEveryPlaceOfALongText) {
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    for (std::size_t before = 0; before < 20; ++before)
      for (const std::size_t after : {0U, 1U, 7U, 8U, 9U, 17U}) {
        std::string text(before, 'a');
        text += verdicts[i].text;
        text.append(after, 'z');
        EXPECT_EQ(is_clean_utf8(text), verdicts[i].clean)
          << "row " << i << " after " << before << " bytes";
      }
}

TEST(Utf8, CountsCharactersNotBytes) {
  EXPECT_EQ(count_code_points(""), 0U);
  EXPECT_EQ(count_code_points("abc"), 3U);
  EXPECT_EQ(count_code_points("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), 3U);
}

TEST(Trim, TakesWhiteSpaceOffBothEnds) {
  struct row {
    std::string_view text;
    std::string_view expected;
  };
  const std::vector<row> rows{
    {"", ""},
    {"a", "a"},
    {"  a b\t", "a b"},
    {" \t\r\n\v\f ", ""},
    {"\xC2\xA0"
     "a\xC2\xA0",
     "a"}, // no-break space
    {"\xE3\x80\x80"
     "a\xE3\x80\x80",
     "a"}, // ideographic space
    {"\xE2\x80\x83\xE2\x80\xA8"
     "a",
     "a"},                  // em space, line separator
    {"a\xE2\x80\x8B", "a"}, // zero width space
    {"\xEF\xBB\xBF"
     "a",
     "a"}, // byte order mark
    {"\xE2\x80\x9C"
     "a\xE2\x80\x9D",
     "\xE2\x80\x9C"
     "a\xE2\x80\x9D"}, // quotes
    {"\xC3\xA4", "\xC3\xA4"},
    {" \xF0\x9F\x98\x80 ", "\xF0\x9F\x98\x80"},
    {"\x80\x80", "\x80\x80"}, // no UTF-8 at all: left alone
  };
  for (const auto& r : rows)
    EXPECT_EQ(trim(r.text), r.expected);
}

TEST(Clip, NeverCutsACharacter) {
  struct row {
    std::string_view text;
    std::size_t max;
    std::string_view expected;
  };
  const std::vector<row> rows{
    {"", 0, ""},
    {"abc", 0, ""},
    {"abc", 2, "ab"},
    {"abc", 3, "abc"},
    {"abc", 9, "abc"},
    {"\xC3\xA4\xC3\xB6", 1, "\xC3\xA4"},
    {"\xC3\xA4\xC3\xB6", 2, "\xC3\xA4\xC3\xB6"},
    {"a\xF0\x9F\x98\x80z", 2, "a\xF0\x9F\x98\x80"},
    {"a\xF0\x9F\x98\x80z", 1, "a"},
  };
  for (const auto& r : rows)
    EXPECT_EQ(clip(r.text, r.max), r.expected);
}

} // namespace
} // namespace switchboard::domain
