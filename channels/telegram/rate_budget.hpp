#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace switchboard::channels::telegram {

using rate_clock = std::chrono::steady_clock;

/// How much may be spent. Two rules hold at once: a bucket of `burst` tokens
/// that gets one back in each `interval`, and no more than `window_count` in
/// any `window`. A zero interval or count means no such rule.
struct budget_limits {
  rate_clock::duration interval{};
  std::uint32_t burst = 1;
  std::uint32_t window_count = 0;
  rate_clock::duration window{};
  /// Whether the window counts a call from its answer on, so that it is right
  /// at the peer too, whatever the network does in between; if not, from its
  /// departure.
  bool counts_from_answer = false;
};

/// A budget, as a value that is told the time; times must not go back. What is
/// larger than the bucket or the window needs all of it, and leaves a debt.
class rate_budget {
public:
  using time_point = rate_clock::time_point;

  /// Only an answer can tell when.
  static constexpr time_point unknown_time = time_point::max();

  explicit rate_budget(const budget_limits& limits) : limits_{limits} {}

  /// When `cost` may be spent; not after `now` means at once.
  [[nodiscard]] time_point earliest(std::uint32_t cost, time_point now) const;

  /// How much may be spent at once.
  [[nodiscard]] std::uint32_t affordable(time_point now) const;

  void spend(std::uint32_t cost, time_point now);
  /// What was spent has been answered.
  void settle(std::uint32_t cost, time_point now);

  /// Nothing until then; a longer block stays.
  void block(time_point until);
  [[nodiscard]] bool is_blocked(time_point now) const {
    return now < blocked_until_;
  }

  /// When it will be as good as new, if nothing happens until then.
  [[nodiscard]] time_point rested_at(time_point now) const;

private:
  [[nodiscard]] time_point window_opens(std::uint32_t cost,
                                        time_point now) const;
  void stamp(std::uint32_t cost, time_point now);

  budget_limits limits_;
  /// When the bucket is full again; in the past when it is.
  time_point full_at_{};
  time_point blocked_until_{};
  std::deque<time_point> stamps_; ///< ascending, at most `window_count`
  std::uint32_t unanswered_ = 0;  ///< spent, but in no stamp yet
};

} // namespace switchboard::channels::telegram
