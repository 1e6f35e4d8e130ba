#include "persistence/timers.hpp"

#include "persistence/keys.hpp"

namespace switchboard::persistence {

std::vector<timer_change> timer_views::due(domain::timestamp now,
                                           std::size_t max) const {
  std::vector<timer_change> found;
  if (max == 0)
    return found;
  rows_.scan(family::timers, {}, keys::timers_after(now),
             [&](std::string_view key, std::string_view) {
               if (auto timer = keys::parse_timer(key))
                 found.push_back(std::move(*timer));
               return found.size() < max;
             });
  return found;
}

std::optional<domain::timestamp> timer_views::next_due() const {
  std::optional<domain::timestamp> found;
  rows_.scan(family::timers, {}, {},
             [&](std::string_view key, std::string_view) {
               if (const auto timer = keys::parse_timer(key))
                 found = timer->due;
               return !found;
             });
  return found;
}

} // namespace switchboard::persistence
