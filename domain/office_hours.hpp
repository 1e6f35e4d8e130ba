#pragma once

#include "domain/result.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace switchboard::domain {

/// The hours of a week in which people work, by the clock on their wall. Pure:
/// it knows no time zone and no date. An immutable value.
class office_hours {
public:
  /// Always open.
  office_hours() = default;

  /// Reads entries like `Mon-Fri 09:00-18:00`, `Sat 10:00-14:00`,
  /// `Fri 22:00-06:00` (over midnight, so until Saturday) and `00:00-24:00`
  /// (every day). No entries mean always open. A refusal says what would be
  /// right ("must be …").
  static result<office_hours> parse(std::span<const std::string> entries);

  [[nodiscard]] bool is_always() const noexcept {
    return spans_.empty();
  }

  /// Whether it is open in the minute that begins `since_midnight` into `day`.
  [[nodiscard]] bool is_open(std::chrono::weekday day,
                             std::chrono::minutes since_midnight) const;

  /// When the hours of `day` begin, counted from its midnight, ascending.
  [[nodiscard]] std::vector<std::chrono::minutes>
  openings(std::chrono::weekday day) const;

private:
  /// Minutes of the week, which begins with Sunday; `end` may lie in the next
  /// week.
  struct span {
    int begin = 0;
    int end = 0;
  };

  std::vector<span> spans_;
};

} // namespace switchboard::domain
