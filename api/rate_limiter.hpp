#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace switchboard::api {

/// A token bucket for each caller (an address, a key), refilled evenly over a
/// period. Thread-safe. Memory is bounded: buckets that are full again are
/// forgotten, and beyond `callers_max` newcomers share one bucket.
class rate_limiter {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t callers_max = 100'000;

  /// `limit` = 0: none.
  explicit rate_limiter(std::uint32_t limit,
                        std::chrono::seconds period = std::chrono::minutes{1})
    : limit_{limit}, period_{period} {}

  struct verdict {
    bool allowed = true;
    std::uint32_t limit = 0; ///< 0: none
    std::uint32_t remaining = 0;
    std::chrono::seconds reset{}; ///< until a token is there (again)
  };

  /// Takes a token of `caller`, if there is one.
  verdict take(std::string_view caller, clock::time_point now = clock::now());

  /// Whether there is a token, without taking it.
  verdict peek(std::string_view caller, clock::time_point now = clock::now());

private:
  struct bucket {
    double tokens = 0;
    clock::time_point filled_at;
  };

  verdict ask(std::string_view caller, clock::time_point now, double price);
  bucket& find(std::string_view caller, clock::time_point now);
  void forget_full(clock::time_point now);
  void refill(bucket& b, clock::time_point now) const;
  [[nodiscard]] double level(const bucket& b, clock::time_point now) const;

  std::uint32_t limit_;
  std::chrono::duration<double> period_;
  std::mutex mutex_;
  std::unordered_map<std::string, bucket> buckets_;
};

} // namespace switchboard::api
