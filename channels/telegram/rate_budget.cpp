#include "channels/telegram/rate_budget.hpp"

#include <algorithm>
#include <limits>

namespace switchboard::channels::telegram {

rate_budget::time_point rate_budget::window_opens(std::uint32_t cost,
                                                  time_point now) const {
  if (limits_.window_count == 0)
    return now;
  const std::size_t needed = std::min(cost, limits_.window_count);
  const std::size_t used = unanswered_ + stamps_.size() + needed;
  if (used <= limits_.window_count)
    return now;
  const auto leaving = used - limits_.window_count;
  if (leaving > stamps_.size())
    return unknown_time;
  return std::max(now, stamps_[leaving - 1] + limits_.window);
}

rate_budget::time_point rate_budget::earliest(std::uint32_t cost,
                                              time_point now) const {
  auto at = std::max(now, blocked_until_);
  if (limits_.interval.count() != 0) {
    const auto needed = std::min(cost, limits_.burst);
    at = std::max(at, full_at_ - limits_.interval * (limits_.burst - needed));
  }
  return std::max(at, window_opens(cost, now));
}

std::uint32_t rate_budget::affordable(time_point now) const {
  if (is_blocked(now))
    return 0;
  auto out = std::numeric_limits<std::uint32_t>::max();
  if (limits_.interval.count() != 0) {
    const auto missing = std::max(full_at_ - now, rate_clock::duration{});
    const auto room = limits_.interval * limits_.burst - missing;
    out = room.count() < 0
            ? 0
            : static_cast<std::uint32_t>(room / limits_.interval);
  }
  if (limits_.window_count != 0) {
    const auto live = static_cast<std::uint32_t>(std::ranges::count_if(
      stamps_,
      [&](time_point stamped) { return stamped + limits_.window > now; }));
    const auto used = live + unanswered_;
    out = std::min(
      out, used < limits_.window_count ? limits_.window_count - used : 0);
  }
  return out;
}

void rate_budget::stamp(std::uint32_t cost, time_point now) {
  if (limits_.window_count == 0)
    return;
  for (auto left = std::min(cost, limits_.window_count); left > 0; --left) {
    if (stamps_.size() == limits_.window_count)
      stamps_.pop_front();
    stamps_.push_back(now);
  }
}

void rate_budget::spend(std::uint32_t cost, time_point now) {
  if (limits_.interval.count() != 0)
    full_at_ = std::max(full_at_, now) + limits_.interval * cost;
  while (!stamps_.empty() && stamps_.front() + limits_.window <= now)
    stamps_.pop_front();
  if (limits_.counts_from_answer)
    unanswered_ += std::min(cost, std::max(limits_.window_count, 1U));
  else
    stamp(cost, now);
}

void rate_budget::settle(std::uint32_t cost, time_point now) {
  if (!limits_.counts_from_answer)
    return;
  const auto counted = std::min(cost, std::max(limits_.window_count, 1U));
  unanswered_ -= std::min(counted, unanswered_);
  stamp(cost, now);
}

void rate_budget::block(time_point until) {
  blocked_until_ = std::max(blocked_until_, until);
}

rate_budget::time_point rate_budget::rested_at(time_point now) const {
  if (unanswered_ != 0)
    return unknown_time;
  auto at = std::max({now, blocked_until_, full_at_});
  if (!stamps_.empty())
    at = std::max(at, stamps_.back() + limits_.window);
  return at;
}

} // namespace switchboard::channels::telegram
