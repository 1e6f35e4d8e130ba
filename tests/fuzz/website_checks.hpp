#pragma once

#include "channels/web/website.hpp"
#include "domain/text.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace switchboard::fuzz {

/// A text that was let in: clean, trimmed, and within its limit.
inline void require_text(std::string_view text, std::size_t max,
                         std::string_view what) {
  require(domain::is_clean_utf8(text), what);
  require(domain::count_code_points(text) <= max, what);
  require(domain::trim(text) == text, what);
}

inline void require_one_line(std::string_view text, std::string_view what) {
  for (const char c : text)
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, what);
}

/// `+` and 8 to 15 digits.
inline void require_phone(std::string_view text, std::string_view what) {
  require(text.size() >= 9 && text.size() <= 16 && text.front() == '+', what);
  for (const char c : text.substr(1))
    require(c >= '0' && c <= '9', what);
}

/// Problems name a field of the request, or the body, and can stand in JSON.
inline void
require_problems(const std::vector<channels::json::field_problem>& problems) {
  require(!problems.empty(), "a refusal says why");
  require(problems.size() <= 20, "problems are bounded");
  for (const auto& one : problems) {
    require(!one.message.empty(), "a problem has words");
    require(domain::is_clean_utf8(one.message), "a problem is clean text");
    require(domain::is_clean_utf8(one.field), "a field's name is clean text");
  }
}

} // namespace switchboard::fuzz
