#pragma once

#include "channels/json/reader.hpp"

#include <cstddef>
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

/// Other parameters are the caller's business and are passed over.
page_query parse_page(std::string_view query);

} // namespace switchboard::api
