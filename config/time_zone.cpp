#include "config/time_zone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace switchboard::config {

namespace {

using domain::timestamp;

constexpr std::string_view utc = "UTC";
/// A week has all openings, and a day more makes up for the clocks' changes.
constexpr int days_ahead = 8;

/// UTC needs no list, so that it works on a machine without one.
const date::time_zone* find_zone(std::string_view name) {
  if (name.empty() || name == utc)
    return nullptr;
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

/// How far the wall clock is ahead of UTC at `at`, and until when.
struct wall_clock {
  std::chrono::seconds ahead{};
  std::optional<timestamp> until; ///< when the clocks are changed next
};

wall_clock wall_clock_at(const date::time_zone* zone, timestamp at) {
  if (zone == nullptr)
    return {};
  const auto info = zone->get_info(at);
  return {info.offset,
          std::chrono::time_point_cast<std::chrono::milliseconds>(info.end)};
}

} // namespace

domain::result<std::string> check_time_zone(std::string_view text) {
  if (text.empty() || (text != utc && find_zone(text) == nullptr))
    return domain::fail(domain::errc::invalid,
                        "must be the name of a time zone that this machine "
                        "knows, like UTC or Europe/Berlin");
  return std::string{text};
}

domain::result<std::string> check_hours(std::string_view text) {
  const std::array<std::string, 1> entry{std::string{text}};
  SWITCHBOARD_TRY(domain::office_hours::parse(entry));
  return entry[0];
}

desk_hours::desk_hours(const desk_section& section)
  : zone_{find_zone(section.time_zone)} {
  if (auto parsed = domain::office_hours::parse(section.hours))
    hours_ = std::move(parsed).value();
}

desk_hours::desk_hours(domain::office_hours hours, std::string_view zone)
  : hours_{std::move(hours)}, zone_{find_zone(zone)} {}

bool desk_hours::is_open(timestamp at) const {
  if (hours_.is_always())
    return true;
  const auto local = at + wall_clock_at(zone_, at).ahead;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  return hours_.is_open(std::chrono::weekday{day},
                        std::chrono::floor<std::chrono::minutes>(local - day));
}

timestamp desk_hours::next_opening(timestamp at) const {
  if (is_open(at))
    return at;
  // It opens where hours begin, by the wall clock as it goes from `at` on, or
  // where a change of the clocks leaps into them. Each stretch between two
  // changes is looked at by itself.
  const auto horizon = at + std::chrono::days{days_ahead};
  for (auto from = at; from < horizon;) {
    const auto wall = wall_clock_at(zone_, from);
    const auto until = std::min(wall.until.value_or(horizon), horizon);
    if (from != at && is_open(from))
      return from;
    const auto first_day
      = std::chrono::floor<std::chrono::days>(from + wall.ahead);
    for (int i = 0; i <= days_ahead; ++i) {
      const auto day = first_day + std::chrono::days{i};
      for (const auto opening : hours_.openings(std::chrono::weekday{day})) {
        const timestamp candidate = day + opening - wall.ahead;
        if (candidate > from && candidate < until)
          return candidate;
      }
    }
    from = until;
  }
  return horizon;
}

} // namespace switchboard::config
