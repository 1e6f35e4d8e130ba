#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace switchboard::bench {

/// The number behind the first `"name":` of a JSON text, or 0. As little of a
/// parser as `find_json_string`.
template <class Number = std::int64_t>
Number find_json_number(std::string_view json, std::string_view name) noexcept {
  for (std::size_t at = json.find(name); at != std::string_view::npos;
       at = json.find(name, at + 1)) {
    auto rest = json.substr(at + name.size());
    if (at == 0 || json[at - 1] != '"' || !rest.starts_with("\":"))
      continue;
    rest.remove_prefix(2);
    Number out{};
    if (std::from_chars(rest.data(), rest.data() + rest.size(), out).ec
        == std::errc{})
      return out;
  }
  return {};
}

/// Calls `found(number)` for each `<mark><number>.` in a text.
template <class Found>
void each_mark(std::string_view text, std::string_view mark, Found found) {
  for (std::size_t at = text.find(mark); at != std::string_view::npos;
       at = text.find(mark, at + 1)) {
    const auto rest = text.substr(at + mark.size());
    std::uint64_t number = 0;
    const auto [end, problem]
      = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (problem == std::errc{} && end != rest.data() + rest.size()
        && *end == '.')
      found(number);
  }
}

} // namespace switchboard::bench
