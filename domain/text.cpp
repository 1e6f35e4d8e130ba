#include "domain/text.hpp"

#include <cstdint>
#include <cstring>

namespace switchboard::domain {

namespace {

constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080U;
constexpr std::uint64_t low_bits = 0x0101'0101'0101'0101U;

std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
  return static_cast<std::uint8_t>(text[i]);
}

bool is_continuation(std::uint8_t byte) noexcept {
  return (byte & 0xC0U) == 0x80U;
}

/// Reads one character that does not start with an ASCII byte; returns its size
/// or 0 when it is malformed. Table 3-7 of the Unicode standard: the range of
/// the second byte is what keeps out overlong forms, surrogates and everything
/// beyond U+10FFFF.
std::size_t multibyte_size(std::string_view text, std::size_t at) noexcept {
  const auto lead = byte_at(text, at);
  std::size_t size = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    second_min = lead == 0xE0 ? 0xA0 : 0x80;
    second_max = lead == 0xED ? 0x9F : 0xBF;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    second_min = lead == 0xF0 ? 0x90 : 0x80;
    second_max = lead == 0xF4 ? 0x8F : 0xBF;
  } else {
    return 0;
  }
  if (text.size() - at < size)
    return 0;
  const auto second = byte_at(text, at + 1);
  if (second < second_min || second > second_max)
    return 0;
  for (std::size_t i = 2; i < size; ++i)
    if (!is_continuation(byte_at(text, at + i)))
      return 0;
  return size;
}

/// The characters that `trim` takes away: Unicode's White_Space, and the two
/// invisible ones that people paste along (U+200B and U+FEFF).
bool is_space(std::string_view character) noexcept {
  if (character.size() == 1) {
    const char c = character[0];
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
  if (character.size() == 2)
    return character == "\xC2\x85" || character == "\xC2\xA0";
  if (character.size() != 3)
    return false;
  if (character.starts_with("\xE2\x80")) {
    const auto last = byte_at(character, 2);
    return last <= 0x8B || last == 0xA8 || last == 0xA9 || last == 0xAF;
  }
  return character == "\xE1\x9A\x80" || character == "\xE2\x81\x9F"
         || character == "\xE3\x80\x80" || character == "\xEF\xBB\xBF";
}

/// How many bytes the first character takes, for text that is well formed.
std::size_t first_size(std::string_view text) noexcept {
  std::size_t size = 1;
  while (size < text.size() && is_continuation(byte_at(text, size)))
    ++size;
  return size;
}

std::size_t last_size(std::string_view text) noexcept {
  std::size_t size = 1;
  while (size < text.size()
         && is_continuation(byte_at(text, text.size() - size)))
    ++size;
  return size;
}

} // namespace

bool is_clean_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    // Most text is ASCII: take eight bytes at a time while that holds. For
    // bytes below 0x80 the subtraction borrows only where a byte is zero.
    while (text.size() - i >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + i, 8);
      if ((word & high_bits) != 0 || ((word - low_bits) & high_bits) != 0)
        break;
      i += 8;
    }
    if (i == text.size())
      return true;
    if (text[i] == '\0')
      return false;
    if (byte_at(text, i) < 0x80) {
      ++i;
      continue;
    }
    const auto size = multibyte_size(text, i);
    if (size == 0)
      return false;
    i += size;
  }
  return true;
}

std::size_t count_code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text)
    count += is_continuation(static_cast<std::uint8_t>(c)) ? 0U : 1U;
  return count;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto size = first_size(text);
    if (!is_space(text.substr(0, size)))
      break;
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    const auto size = last_size(text);
    if (!is_space(text.substr(text.size() - size)))
      break;
    text.remove_suffix(size);
  }
  return text;
}

std::string_view clip(std::string_view text, std::size_t max) noexcept {
  // A code point has at least one byte.
  if (text.size() <= max)
    return text;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_continuation(byte_at(text, i)))
      continue;
    if (count == max)
      return text.substr(0, i);
    ++count;
  }
  return text;
}

} // namespace switchboard::domain
