#pragma once

#include "api/rate_limiter.hpp"
#include "net/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace switchboard::api {

/// At most so many in any window of so long, for each caller: exact, where a
/// `rate_limiter` refills evenly and so lets nearly twice as many pass in one
/// window. It keeps the time of each of them, so it is for small limits.
/// Thread-safe. Memory is bounded: callers who have been silent for a window
/// are forgotten, and beyond `callers_max` newcomers share one account.
class flood_limiter {
public:
  using clock = rate_limiter::clock;
  using verdict = rate_limiter::verdict;

  static constexpr std::size_t callers_max = 100'000;

  /// No limit when one of them is 0.
  flood_limiter(std::uint32_t limit, std::chrono::seconds window)
    : limit_{window.count() == 0 ? 0 : limit}, window_{window} {}

  /// Counts one of `caller`, unless the limit is reached. The verdict's `reset`
  /// is when the oldest one that counts leaves the window.
  verdict take(std::string_view caller, clock::time_point now = clock::now());

private:
  using times = std::vector<clock::time_point>; ///< the oldest first

  times& find(std::string_view caller, clock::time_point now);
  void forget_old(times& of, clock::time_point now) const;

  std::uint32_t limit_;
  std::chrono::seconds window_;
  std::mutex mutex_;
  std::unordered_map<std::string, times> callers_;
  clock::time_point swept_at_{};
};

/// The `RateLimit-*` headers of an answer; none without a limit.
std::vector<std::pair<std::string, std::string>>
limit_headers(const rate_limiter::verdict& verdict);
/// 429, with these headers and `Retry-After`.
net::response too_many(std::string_view message,
                       const rate_limiter::verdict& verdict);

} // namespace switchboard::api
