#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace switchboard::domain {

/// Whether `text` is well-formed UTF-8 without NUL.
bool is_clean_utf8(std::string_view text) noexcept;

/// How many code points `text` (well-formed UTF-8) has: what people call
/// characters, and what length limits count.
std::size_t count_code_points(std::string_view text) noexcept;

/// `text` without white space at both ends.
std::string_view trim(std::string_view text) noexcept;

/// The first `max` code points of `text`, never half a character.
std::string_view clip(std::string_view text, std::size_t max) noexcept;

} // namespace switchboard::domain
