#pragma once

#include "api/query.hpp"
#include "channels/json/writer.hpp"
#include "net/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How lists are answered: `{"data": […], "next_cursor": "…" | null}`.
namespace switchboard::api {

/// `first(out)` writes what comes in front of the items, if anything.
template <class Items, class Write, class First>
net::response page_response(const Items& items, Write write,
                            std::string_view next_cursor, First first) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("data").begin_array();
  first(out);
  for (const auto& item : items)
    write(out, item);
  out.end_array().key("next_cursor").string_or_null(next_cursor).end_object();
  return {200, std::move(body)};
}

template <class Items, class Write>
net::response
page_response(const Items& items, Write write, std::string_view next_cursor) {
  return page_response(items, write, next_cursor, [](auto&) {});
}

/// For lists that were read with one item more than asked for: takes that one
/// off again and gives the cursor of the next page, the last item's.
template <class Item, class Cursor>
std::string
cut_page(std::vector<Item>& items, std::size_t limit, Cursor cursor) {
  if (items.size() <= limit)
    return {};
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(limit), items.end());
  return items.empty() ? std::string{"0"} : cursor(items.back());
}

/// A page of a list whose cursor is the number of the last item.
struct number_page {
  std::size_t limit = page_limit_default;
  std::uint64_t after = 0;
  std::vector<channels::json::field_problem> problems;
};

number_page parse_number_page(std::string_view query);

} // namespace switchboard::api
