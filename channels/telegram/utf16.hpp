#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Telegram counts text in UTF-16 code units; here text is UTF-8.
namespace switchboard::channels::telegram {

/// The size of the character that begins with `lead`, in bytes and in units.
struct character_size {
  std::size_t bytes = 1;
  std::size_t units = 1;
};
[[nodiscard]] character_size size_of_character(char lead) noexcept;

/// How many UTF-16 units `text` (well-formed UTF-8) has.
[[nodiscard]] std::size_t count_units(std::string_view text) noexcept;

/// The longest beginning of `text` that has at most `units_max` units, in
/// bytes; never half a character.
[[nodiscard]] std::size_t fit_units(std::string_view text,
                                    std::size_t units_max) noexcept;

/// Turns offsets in units into offsets in bytes while it walks through a text;
/// cheap as long as they ascend. An offset within a character is moved back to
/// its beginning, one beyond the end to the end. Views `text`.
class unit_cursor {
public:
  explicit unit_cursor(std::string_view text) : text_{text} {}

  std::size_t byte_of(std::size_t unit) noexcept;

private:
  std::string_view text_;
  std::size_t byte_ = 0;
  std::size_t unit_ = 0;
};

/// The other way round, with the same promise.
class byte_cursor {
public:
  explicit byte_cursor(std::string_view text) : text_{text} {}

  std::size_t unit_of(std::size_t byte) noexcept;

private:
  std::string_view text_;
  std::size_t byte_ = 0;
  std::size_t unit_ = 0;
};

/// `text` with U+FFFD for NUL and for what is no UTF-8, one for each UTF-16
/// unit that a lone surrogate would take, so that offsets stay right.
[[nodiscard]] std::string repair_text(std::string_view text);

} // namespace switchboard::channels::telegram
