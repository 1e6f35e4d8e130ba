#include "channels/telegram/utf16.hpp"

#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::telegram {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

} // namespace

character_size size_of_character(char lead) noexcept {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80)
    return {1, 1};
  if (byte < 0xE0)
    return {2, 1};
  if (byte < 0xF0)
    return {3, 1};
  return {4, 2};
}

std::size_t count_units(std::string_view text) noexcept {
  std::size_t units = 0;
  for (const char c : text)
    if (!is_continuation(c))
      units += size_of_character(c).units;
  return units;
}

std::size_t fit_units(std::string_view text, std::size_t units_max) noexcept {
  std::size_t at = 0;
  std::size_t units = 0;
  while (at < text.size()) {
    const auto next = size_of_character(text[at]);
    if (units + next.units > units_max)
      break;
    units += next.units;
    at += next.bytes;
  }
  return std::min(at, text.size());
}

std::size_t unit_cursor::byte_of(std::size_t unit) noexcept {
  if (unit < unit_)
    byte_ = unit_ = 0;
  while (byte_ < text_.size()) {
    const auto next = size_of_character(text_[byte_]);
    if (unit_ + next.units > unit)
      break;
    unit_ += next.units;
    byte_ = std::min(byte_ + next.bytes, text_.size());
  }
  return byte_;
}

std::size_t byte_cursor::unit_of(std::size_t byte) noexcept {
  if (byte < byte_)
    byte_ = unit_ = 0;
  while (byte_ < text_.size()) {
    const auto next = size_of_character(text_[byte_]);
    if (byte_ + next.bytes > byte)
      break;
    unit_ += next.units;
    byte_ += next.bytes;
  }
  return unit_;
}

std::string repair_text(std::string_view text) {
  if (domain::is_clean_utf8(text))
    return std::string{text};
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto size = std::min(size_of_character(text[at]).bytes, text.size() - at);
    if (domain::is_clean_utf8(text.substr(at, size))) {
      out += text.substr(at, size);
    } else {
      // A surrogate that was encoded as a character is one unit in three bytes;
      // of anything else only the one byte is known to be wrong.
      const bool surrogate = size == 3 && text[at] == '\xED'
                             && is_continuation(text[at + 1])
                             && is_continuation(text[at + 2]);
      size = surrogate ? 3 : 1;
      out += replacement;
    }
    at += size;
  }
  return out;
}

} // namespace switchboard::channels::telegram
