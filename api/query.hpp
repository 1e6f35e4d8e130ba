#pragma once

#include "channels/json/reader.hpp"
#include "domain/time.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api {

inline constexpr std::size_t page_limit_default = 50;
inline constexpr std::size_t page_limit_max = 200;

/// Which part of a list is asked for: `?limit=1..200&cursor=…`.
struct page_query {
  std::size_t limit = page_limit_default;
  std::string cursor; ///< empty: from the beginning
  std::vector<channels::json::field_problem> problems;
};

/// Calls `take(name, value)` for each parameter, in order, decoded.
void each_parameter(
  std::string_view query,
  const std::function<void(std::string_view, std::string&&)>& take);

/// RFC 3339 in any of its usual forms: with or without fractions of a second,
/// `Z` or an offset.
std::optional<domain::timestamp> parse_time(std::string_view text);

/// Other parameters are the caller's business and are passed over.
page_query parse_page(std::string_view query);

} // namespace switchboard::api
