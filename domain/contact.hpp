#pragma once

#include "domain/result.hpp"

#include <string>
#include <string_view>

namespace switchboard::domain {

inline constexpr std::size_t email_size_max
  = 254; // RFC 5321, section 4.5.3.1.3

/// Reads a telephone number into E.164: `+`, then 8 to 15 digits, the first of
/// them not 0. Spaces, dots, hyphens and round brackets between digits are
/// forgiven, and so is a `whatsapp:` in front; anything else is refused.
result<std::string> parse_phone(std::string_view text);

/// Checks an address `local@domain` (RFC 5321 sizes, dot-atom local part, a
/// domain of at least two labels or an IDN in UTF-8) and lower-cases its
/// domain. No quoted local parts, no comments, no address literals.
result<std::string> parse_email(std::string_view text);

} // namespace switchboard::domain
