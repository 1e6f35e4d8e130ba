#include "api/query.hpp"

#include "api/pages.hpp"
#include "net/message.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

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

void each_parameter(
  std::string_view query,
  const std::function<void(std::string_view, std::string&&)>& take) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto name = pair.substr(0, pair.find('='));
    if (!name.empty())
      take(name, net::percent_decode(
                   pair.substr(std::min(name.size() + 1, pair.size())), true));
  }
}

page_query parse_page(std::string_view query) {
  page_query page;
  each_parameter(query, [&](std::string_view name, std::string&& value) {
    if (name == "limit")
      read_limit(page, value);
    else if (name == "cursor")
      page.cursor = std::move(value);
  });
  return page;
}

number_page parse_number_page(std::string_view query) {
  auto page = parse_page(query);
  number_page out;
  out.limit = page.limit;
  out.problems = std::move(page.problems);
  const auto& text = page.cursor;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out.after);
  if (!text.empty() && (error != std::errc{} || stop != end))
    out.problems.push_back({"cursor", "is not one that this list gave"});
  return out;
}

std::optional<domain::timestamp> parse_time(std::string_view text) {
  // 2026-01-31T12:00:00[.fraction](Z|±hh:mm)
  constexpr std::size_t seconds_end = 19;
  if (text.size() <= seconds_end)
    return std::nullopt;
  auto rest = text.substr(seconds_end);
  std::string millis = "000";
  if (rest.front() == '.') {
    rest.remove_prefix(1);
    std::size_t digits = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
      if (digits < millis.size())
        millis[digits] = rest[digits];
      ++digits;
    }
    if (digits == 0)
      return std::nullopt;
    rest.remove_prefix(digits);
  }
  const auto whole
    = std::string{text.substr(0, seconds_end)} + '.' + millis + 'Z';
  const auto at = domain::parse_rfc3339(whole);
  if (!at || rest == "Z" || rest == "z")
    return at;
  int hours = 0;
  int minutes = 0;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':')
    return std::nullopt;
  const auto read = [](std::string_view two, int& out) {
    const auto [stop, error]
      = std::from_chars(two.data(), two.data() + two.size(), out);
    return error == std::errc{} && stop == two.data() + two.size() && out >= 0;
  };
  if (!read(rest.substr(1, 2), hours) || !read(rest.substr(4, 2), minutes)
      || hours > 23 || minutes > 59)
    return std::nullopt;
  const auto shift = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return rest[0] == '+' ? *at - shift : *at + shift;
}

} // namespace switchboard::api
