#include "channels/telegram/styled_text.hpp"
#include "channels/telegram/utf16.hpp"
#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::telegram {

namespace {

/// Longer runs of joined characters are no writing of people.
constexpr std::size_t joined_characters_max = 32;

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

char32_t code_point_at(std::string_view text, std::size_t at) noexcept {
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto size
    = std::min(size_of_character(text[at]).bytes, text.size() - at);
  auto out = static_cast<char32_t>(size == 1 ? lead : lead & (0x7FU >> size));
  for (std::size_t i = 1; i < size; ++i)
    out = (out << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  return out;
}

std::size_t previous_border(std::string_view text, std::size_t at) noexcept {
  do
    --at;
  while (at > 0 && is_continuation(text[at]));
  return at;
}

bool is_within(char32_t c, char32_t first, char32_t last) noexcept {
  return c >= first && c <= last;
}

/// Whether `c` belongs to the character before it: accents, vowel signs of
/// Thai, variation selectors, skin tones, joiners, tags.
bool extends(char32_t c) noexcept {
  return is_within(c, 0x300, 0x36F) || is_within(c, 0x483, 0x489)
         || is_within(c, 0x591, 0x5BD) || is_within(c, 0x610, 0x61A)
         || is_within(c, 0x64B, 0x65F) || is_within(c, 0x900, 0x903)
         || is_within(c, 0x93A, 0x94F) || c == 0xE31
         || is_within(c, 0xE34, 0xE3A) || is_within(c, 0xE47, 0xE4E)
         || c == 0x200D || is_within(c, 0x20D0, 0x20FF)
         || is_within(c, 0xFE00, 0xFE0F) || is_within(c, 0x1F3FB, 0x1F3FF)
         || is_within(c, 0xE0020, 0xE007F);
}

bool is_flag_letter(char32_t c) noexcept {
  return is_within(c, 0x1F1E6, 0x1F1FF);
}

/// Whether the characters on both sides of `at` are one to the eye.
bool is_joined(std::string_view text, std::size_t at) noexcept {
  const auto after = code_point_at(text, at);
  auto left = previous_border(text, at);
  const auto before = code_point_at(text, left);
  if (before == 0x200D || (after == '\n' && before == '\r'))
    return true;
  if (extends(after))
    return true;
  if (!is_flag_letter(after) || !is_flag_letter(before))
    return false;
  // Flags are pairs of letters: an odd number of them stands before a cut.
  std::size_t letters = 1;
  while (left > 0 && letters <= joined_characters_max) {
    left = previous_border(text, left);
    if (!is_flag_letter(code_point_at(text, left)))
      break;
    ++letters;
  }
  return letters % 2 == 1;
}

/// Looks for the place to end the part that starts at `begin_` and must not
/// reach beyond `limit_`; both are borders of characters.
class cut_search {
public:
  cut_search(const styled_text& whole, std::size_t begin, std::size_t limit)
    : whole_{whole},
      text_{whole.text},
      begin_{begin},
      limit_{limit},
      middle_{begin + (limit - begin) / 2} {}

  [[nodiscard]] std::size_t find() const {
    if (const auto at = last_border(true); at != 0)
      return at;
    if (const auto at = before_span(); at != 0)
      return at;
    if (const auto at = last_border(false); at != 0)
      return at;
    return between_characters();
  }

private:
  [[nodiscard]] std::size_t last_border(bool whole_spans) const {
    for (const std::string_view border : {"\n\n", "\n", " "})
      if (const auto at = last(border, whole_spans); at != 0)
        return at;
    return 0;
  }

  /// The end of the last `border` in the later half; 0 when there is none.
  [[nodiscard]] std::size_t last(std::string_view border,
                                 bool whole_spans) const {
    // The border itself may stand beyond the limit: it is dropped.
    auto at = limit_;
    while (at > middle_) {
      const auto found = text_.rfind(border, at);
      if (found == std::string_view::npos || found <= middle_)
        return 0;
      if (!whole_spans || !splits_span(found))
        return found;
      at = found - 1;
    }
    return 0;
  }

  [[nodiscard]] bool splits_span(std::size_t at) const {
    return std::ranges::any_of(whole_.spans, [at](const auto& span) {
      return span.offset < at && at < span.offset + span.length;
    });
  }

  /// The beginning of the span that the limit would cut, if it fits into the
  /// next part; 0 when there is none.
  [[nodiscard]] std::size_t before_span() const {
    auto at = limit_;
    for (const auto& span : whole_.spans)
      if (span.offset > begin_ && span.offset < limit_
          && limit_ < span.offset + span.length
          && span.length <= limit_ - begin_)
        at = std::min(at, span.offset);
    return at == limit_ ? 0 : at;
  }

  [[nodiscard]] std::size_t between_characters() const {
    auto cut = limit_;
    for (std::size_t i = 0; i < joined_characters_max && cut > begin_; ++i) {
      if (!is_joined(text_, cut))
        return cut;
      cut = previous_border(text_, cut);
    }
    return limit_;
  }

  const styled_text& whole_;
  std::string_view text_;
  std::size_t begin_;
  std::size_t limit_;
  std::size_t middle_;
};

/// The border's own white space; what indents the next line stays.
std::size_t skip_border(std::string_view text, std::size_t at) noexcept {
  if (at < text.size() && text[at] == ' ')
    return at + 1;
  while (at < text.size() && text[at] == '\n')
    ++at;
  return at;
}

} // namespace

std::vector<styled_text> split(const styled_text& whole,
                               std::size_t units_max) {
  std::vector<styled_text> parts;
  const std::string_view text = whole.text;
  // A character takes two units at most, so each turn gets on.
  units_max = std::max<std::size_t>(units_max, 2);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto rest = text.substr(begin);
    const auto limit = begin + fit_units(rest, units_max);
    const auto end
      = limit == text.size() ? limit : cut_search{whole, begin, limit}.find();
    if (!domain::trim(text.substr(begin, end - begin)).empty())
      parts.push_back(slice(whole, begin, end));
    begin = skip_border(text, end);
  }
  return parts;
}

} // namespace switchboard::channels::telegram
