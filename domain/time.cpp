#include "domain/time.hpp"

#include <cassert>
#include <cstddef>

namespace switchboard::domain {

namespace {

void put_digits(char* out, std::size_t width, unsigned value) {
  for (std::size_t i = width; i > 0; --i) {
    out[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

/// Reads exactly `width` digits at `at`, or returns false.
bool take_digits(std::string_view text, std::size_t at, std::size_t width,
                 unsigned& value) {
  value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return true;
}

std::chrono::year_month_day day_of(timestamp at) {
  const std::chrono::year_month_day date{
    std::chrono::floor<std::chrono::days>(at)};
  assert(int{date.year()} >= 0 && int{date.year()} <= 9999);
  return date;
}

} // namespace

std::string to_rfc3339(timestamp at) {
  const auto date = day_of(at);
  const auto in_day = (at - std::chrono::floor<std::chrono::days>(at)).count();
  const auto millis = static_cast<unsigned>(in_day);
  std::string out = "0000-00-00T00:00:00.000Z";
  put_digits(&out[0], 4, static_cast<unsigned>(int{date.year()}));
  put_digits(&out[5], 2, unsigned{date.month()});
  put_digits(&out[8], 2, unsigned{date.day()});
  put_digits(&out[11], 2, millis / 3'600'000);
  put_digits(&out[14], 2, millis / 60'000 % 60);
  put_digits(&out[17], 2, millis / 1'000 % 60);
  put_digits(&out[20], 3, millis % 1'000);
  return out;
}

std::optional<timestamp> parse_rfc3339(std::string_view text) {
  if (text.size() != 24 || text[4] != '-' || text[7] != '-' || text[10] != 'T'
      || text[13] != ':' || text[16] != ':' || text[19] != '.'
      || text[23] != 'Z')
    return std::nullopt;
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned millis = 0;
  if (!take_digits(text, 0, 4, year) || !take_digits(text, 5, 2, month)
      || !take_digits(text, 8, 2, day) || !take_digits(text, 11, 2, hour)
      || !take_digits(text, 14, 2, minute) || !take_digits(text, 17, 2, second)
      || !take_digits(text, 20, 3, millis))
    return std::nullopt;
  const std::chrono::year_month_day date{
    std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
    std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  return timestamp{std::chrono::sys_days{date}} + std::chrono::hours{hour}
         + std::chrono::minutes{minute} + std::chrono::seconds{second}
         + std::chrono::milliseconds{millis};
}

std::string to_compact_date(timestamp at) {
  const auto date = day_of(at);
  std::string out = "00000000";
  put_digits(&out[0], 4, static_cast<unsigned>(int{date.year()}));
  put_digits(&out[4], 2, unsigned{date.month()});
  put_digits(&out[6], 2, unsigned{date.day()});
  return out;
}

} // namespace switchboard::domain
