#include "api/query.hpp"

#include "net/message.hpp"

#include <algorithm>
#include <charconv>

namespace switchboard::api {

namespace {

void read_limit(page_query& page, std::string_view text) {
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, page.limit);
  if (error != std::errc{} || stop != end || page.limit < 1
      || page.limit > page_limit_max)
    page.problems.push_back({"limit", "must be a number from 1 to 200"});
}

} // namespace

page_query parse_page(std::string_view query) {
  page_query page;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto name = pair.substr(0, pair.find('='));
    const auto value = net::percent_decode(
      pair.substr(std::min(name.size() + 1, pair.size())), true);
    if (name == "limit")
      read_limit(page, value);
    else if (name == "cursor")
      page.cursor = value;
  }
  return page;
}

} // namespace switchboard::api
