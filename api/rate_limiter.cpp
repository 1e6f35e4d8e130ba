#include "api/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace switchboard::api {

rate_limiter::verdict rate_limiter::take(std::string_view caller,
                                         clock::time_point now) {
  return ask(caller, now, 1.0);
}

rate_limiter::verdict rate_limiter::peek(std::string_view caller,
                                         clock::time_point now) {
  return ask(caller, now, 0.0);
}

rate_limiter::verdict rate_limiter::ask(std::string_view caller,
                                        clock::time_point now, double price) {
  if (limit_ == 0)
    return {};
  const std::lock_guard lock{mutex_};
  auto& b = find(caller, now);
  verdict out;
  out.limit = limit_;
  out.allowed = b.tokens >= 1.0;
  if (out.allowed)
    b.tokens -= price;
  out.remaining = static_cast<std::uint32_t>(std::max(b.tokens, 0.0));
  const auto missing = std::max(1.0 - b.tokens, 0.0);
  out.reset = std::chrono::seconds{
    static_cast<std::int64_t>(std::ceil(missing * period_.count() / limit_))};
  return out;
}

rate_limiter::bucket& rate_limiter::find(std::string_view caller,
                                         clock::time_point now) {
  std::string key{caller};
  if (const auto i = buckets_.find(key); i != buckets_.end()) {
    refill(i->second, now);
    return i->second;
  }
  if (buckets_.size() >= callers_max)
    forget_full(now);
  if (buckets_.size() >= callers_max)
    key.clear();
  auto& fresh
    = buckets_
        .try_emplace(std::move(key), bucket{static_cast<double>(limit_), now})
        .first->second;
  refill(fresh, now);
  return fresh;
}

void rate_limiter::forget_full(clock::time_point now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    return level(entry.second, now) >= limit_;
  });
}

double rate_limiter::level(const bucket& b, clock::time_point now) const {
  const std::chrono::duration<double> passed = now - b.filled_at;
  return std::min(static_cast<double>(limit_),
                  b.tokens + passed.count() * limit_ / period_.count());
}

void rate_limiter::refill(bucket& b, clock::time_point now) const {
  b.tokens = level(b, now);
  b.filled_at = now;
}

} // namespace switchboard::api
