#include "domain/office_hours.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace switchboard::domain {

namespace {

constexpr int minutes_per_day = 24 * 60;
constexpr int minutes_per_week = 7 * minutes_per_day;

constexpr std::string_view expectation
  = "must be days and hours like \"Mon-Fri 09:00-18:00\", \"Sat "
    "10:00-14:00\" or \"Fri 22:00-06:00\"";

/// Sunday first, as std::chrono counts them.
constexpr std::array<std::string_view, 7> day_names{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};

std::optional<int> parse_day(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto* const found = std::ranges::find(day_names, lower);
  if (found == day_names.end())
    return std::nullopt;
  return static_cast<int>(found - day_names.begin());
}

/// `HH:MM` up to 24:00, in minutes.
std::optional<int> parse_clock(std::string_view text) {
  const auto digit = [text](std::size_t at) { return text[at] - '0'; };
  const auto is_digit
    = [text](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !is_digit(0) || !is_digit(1)
      || !is_digit(3) || !is_digit(4))
    return std::nullopt;
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  const int total = hour * 60 + minute;
  if (minute > 59 || total > minutes_per_day)
    return std::nullopt;
  return total;
}

template <class T>
struct range {
  T first{};
  T last{};
};

std::optional<range<int>>
parse_range(std::string_view text,
            std::optional<int> (*parse)(std::string_view), bool may_be_single) {
  const auto dash = text.find('-');
  const auto first = parse(text.substr(0, dash));
  if (dash == std::string_view::npos)
    return first && may_be_single ? std::optional{range<int>{*first, *first}}
                                  : std::nullopt;
  const auto last = parse(text.substr(dash + 1));
  if (!first || !last)
    return std::nullopt;
  return range<int>{*first, *last};
}

struct entry {
  range<int> days; ///< the last may lie before the first: over the weekend
  range<int> hours;
};

std::optional<entry> parse_entry(std::string_view text) {
  text = trim(text);
  const auto blank = text.find(' ');
  const bool has_days = blank != std::string_view::npos;
  const auto days = has_days
                      ? parse_range(text.substr(0, blank), parse_day, true)
                      : std::optional{range<int>{0, 6}};
  const auto hours = parse_range(trim(has_days ? text.substr(blank) : text),
                                 parse_clock, false);
  if (!days || !hours || hours->first == hours->last
      || hours->first == minutes_per_day)
    return std::nullopt;
  return entry{*days, *hours};
}

} // namespace

result<office_hours> office_hours::parse(std::span<const std::string> entries) {
  office_hours out;
  for (const auto& text : entries) {
    const auto parsed = parse_entry(text);
    if (!parsed)
      return fail(errc::invalid, std::string{expectation});
    const auto [days, hours] = *parsed;
    const int length = hours.last > hours.first
                         ? hours.last - hours.first
                         : hours.last + minutes_per_day - hours.first;
    const int count = (days.last - days.first + 7) % 7 + 1;
    for (int i = 0; i < count; ++i) {
      const int day = (days.first + i) % 7;
      const int begin = day * minutes_per_day + hours.first;
      out.spans_.push_back({begin, begin + length});
    }
  }
  std::ranges::sort(out.spans_, {}, &span::begin);
  return out;
}

bool office_hours::is_open(std::chrono::weekday day,
                           std::chrono::minutes since_midnight) const {
  if (is_always())
    return true;
  const int at = static_cast<int>(day.c_encoding()) * minutes_per_day
                 + static_cast<int>(since_midnight.count());
  // What began on Saturday evening goes on in the week after.
  return std::ranges::any_of(spans_, [at](const span& s) {
    return (at >= s.begin && at < s.end)
           || (at + minutes_per_week >= s.begin
               && at + minutes_per_week < s.end);
  });
}

std::vector<std::chrono::minutes>
office_hours::openings(std::chrono::weekday day) const {
  const int midnight = static_cast<int>(day.c_encoding()) * minutes_per_day;
  std::vector<std::chrono::minutes> out;
  for (const auto& s : spans_)
    if (s.begin >= midnight && s.begin < midnight + minutes_per_day)
      out.emplace_back(s.begin - midnight);
  return out;
}

} // namespace switchboard::domain
