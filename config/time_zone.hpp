#pragma once

#include "config/config.hpp"
#include "domain/office_hours.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"

#include <string>
#include <string_view>

namespace date {
class time_zone;
} // namespace date

namespace switchboard::config {

/// The name of a time zone that this machine knows, such as `UTC` or
/// `Europe/Berlin`. Reads the system's list on first use: for the start only.
domain::result<std::string> check_time_zone(std::string_view text);

/// One entry of the office hours; see domain/office_hours.hpp.
domain::result<std::string> check_hours(std::string_view text);

/// When the desk is staffed: office hours by the clock of one time zone. Where
/// the clocks are put forward or back, the wall clock decides. Immutable and
/// thread-safe.
class desk_hours {
public:
  /// Always open.
  desk_hours() = default;
  /// `section` has passed its checks; what does not parse counts as always
  /// open.
  explicit desk_hours(const desk_section& section);
  desk_hours(domain::office_hours hours, std::string_view zone);

  [[nodiscard]] bool is_open(domain::timestamp at) const;

  /// `at` itself when it is open then; else when it opens next.
  [[nodiscard]] domain::timestamp next_opening(domain::timestamp at) const;

private:
  domain::office_hours hours_;
  const date::time_zone* zone_ = nullptr; ///< null: UTC
};

} // namespace switchboard::config
