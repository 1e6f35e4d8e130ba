#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace switchboard::actors {

/// A rate cap: so many tokens a second, at most those of one second at once.
/// Plain state of one actor, which reads the clock for it.
class token_bucket {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// 0: no cap. A cap that changes keeps what it has, up to the new size.
  void set_rate(std::uint32_t per_second, time_point now) {
    if (per_second == rate_)
      return;
    const bool was_open = rate_ == 0;
    if (!was_open)
      fill(now);
    rate_ = per_second;
    tokens_ = was_open ? size() : std::min(tokens_, size());
    filled_at_ = now;
  }

  /// Takes a token, or says how long it takes until there is one.
  std::optional<std::chrono::nanoseconds> take(time_point now) {
    if (rate_ == 0)
      return std::nullopt;
    fill(now);
    if (tokens_ >= 1.0) {
      tokens_ -= 1.0;
      return std::nullopt;
    }
    const std::chrono::duration<double> missing{(1.0 - tokens_) / size()};
    // A little more than computed: fractions must not round to a wait of none.
    return std::chrono::duration_cast<std::chrono::nanoseconds>(missing)
           + std::chrono::microseconds{1};
  }

private:
  [[nodiscard]] double size() const noexcept {
    return static_cast<double>(rate_);
  }

  void fill(time_point now) {
    const std::chrono::duration<double> passed = now - filled_at_;
    tokens_ = std::min(size(), tokens_ + passed.count() * size());
    filled_at_ = now;
  }

  std::uint32_t rate_ = 0;
  double tokens_ = 0;
  time_point filled_at_{};
};

} // namespace switchboard::actors
