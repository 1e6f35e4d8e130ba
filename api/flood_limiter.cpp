#include "api/flood_limiter.hpp"

#include "api/errors.hpp"

#include <algorithm>

namespace switchboard::api {

namespace {

std::string seconds_left(const rate_limiter::verdict& verdict) {
  return std::to_string(std::max<std::int64_t>(verdict.reset.count(), 1));
}

} // namespace

flood_limiter::verdict flood_limiter::take(std::string_view caller,
                                           clock::time_point now) {
  if (limit_ == 0)
    return {};
  const std::lock_guard lock{mutex_};
  auto& counted = find(caller, now);
  verdict out;
  out.limit = limit_;
  out.allowed = counted.size() < limit_;
  if (out.allowed)
    counted.push_back(now);
  out.remaining = limit_ - static_cast<std::uint32_t>(counted.size());
  out.reset
    = std::chrono::ceil<std::chrono::seconds>(counted.front() + window_ - now);
  return out;
}

flood_limiter::times& flood_limiter::find(std::string_view caller,
                                          clock::time_point now) {
  std::string key{caller};
  if (const auto known = callers_.find(key); known != callers_.end()) {
    forget_old(known->second, now);
    return known->second;
  }
  // Once in a window is enough to keep those who are silent from piling up.
  if (now - swept_at_ >= window_) {
    swept_at_ = now;
    std::erase_if(callers_, [&](const auto& entry) {
      return entry.second.empty() || entry.second.back() + window_ <= now;
    });
  }
  if (callers_.size() >= callers_max)
    key.clear();
  auto& counted = callers_[key];
  forget_old(counted, now);
  return counted;
}

void flood_limiter::forget_old(times& of, clock::time_point now) const {
  const auto counts = [&](clock::time_point at) { return at + window_ > now; };
  of.erase(of.begin(), std::find_if(of.begin(), of.end(), counts));
}

std::vector<std::pair<std::string, std::string>>
limit_headers(const rate_limiter::verdict& verdict) {
  if (verdict.limit == 0)
    return {};
  return {{"RateLimit-Limit", std::to_string(verdict.limit)},
          {"RateLimit-Remaining", std::to_string(verdict.remaining)},
          {"RateLimit-Reset", seconds_left(verdict)}};
}

net::response too_many(std::string_view message,
                       const rate_limiter::verdict& verdict) {
  auto out = error_response(rate_limited, message);
  out.headers = limit_headers(verdict);
  out.headers.emplace_back("Retry-After", seconds_left(verdict));
  return out;
}

} // namespace switchboard::api
