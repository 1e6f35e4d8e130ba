#include "tests/simulators/telegram_rates.hpp"

#include <algorithm>
#include <cmath>

namespace switchboard::simulators::telegram {

rate_book::bucket& rate_book::filled(const rate_use& use, sim_time now) {
  const auto [at, is_new] = buckets_.try_emplace(use.key);
  auto& found = at->second;
  if (is_new) {
    found.level = use.burst;
  } else {
    const std::chrono::duration<double> since = now - found.at;
    found.level
      = std::min(use.burst, found.level + since.count() * use.per_second);
  }
  found.at = now;
  return found;
}

std::optional<rate_refusal> rate_book::take(const std::vector<rate_use>& uses,
                                            double cost, sim_time now,
                                            std::chrono::milliseconds grace) {
  std::optional<rate_refusal> out;
  auto too_early = false;
  for (const auto& use : uses) {
    auto& found = filled(use, now);
    // An album is more than one item; an empty world must let any pass.
    const auto needed = std::min(cost, use.burst);
    const auto is_blocked = now < found.blocked_until;
    too_early = too_early || (is_blocked && now > found.told + grace);
    if (found.level + 1e-9 >= needed && !is_blocked)
      continue;
    const auto missing = std::max(0.0, (needed - found.level) / use.per_second);
    const std::chrono::duration<double> blocked = found.blocked_until - now;
    const auto wait = std::ceil(std::max({missing, blocked.count(), 1e-3}));
    const auto seconds = static_cast<int>(wait);
    if (!is_blocked) {
      found.told = now;
      found.blocked_until = now + std::chrono::seconds{seconds};
    }
    if (!out || out->retry_after < seconds)
      out = rate_refusal{seconds, false};
  }
  if (out) {
    out->too_early = too_early;
    return out;
  }
  for (const auto& use : uses)
    buckets_[use.key].level -= cost;
  return std::nullopt;
}

void rate_book::tell(const std::string& key, sim_time now, int retry_after) {
  auto& known = told_[key];
  const auto until = now + std::chrono::seconds{retry_after};
  if (known.until <= now)
    known = {now, until};
}

bool rate_book::is_too_early(const std::string& key, sim_time now,
                             std::chrono::milliseconds grace) const {
  const auto at = told_.find(key);
  return at != told_.end() && now > at->second.told + grace
         && now < at->second.until;
}

} // namespace switchboard::simulators::telegram
