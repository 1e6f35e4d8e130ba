#pragma once

#include "channels/whatsapp/provider.hpp"
#include "config/config.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace switchboard::app {

/// Spreads what is sent through each provider over time, so that a number stays
/// below its limit whoever it writes to. Pure but for its memory: the time
/// comes with each call. Not thread-safe.
class whatsapp_pace {
public:
  using provider = channels::whatsapp::provider;
  using clock = std::chrono::steady_clock;

  struct rate {
    std::chrono::nanoseconds interval{}; ///< between two; 0: no limit
    unsigned burst = 1;                  ///< that may go at once after a rest
  };

  explicit whatsapp_pace(const config::config& c);

  /// Takes the next place; how long to wait until it comes.
  [[nodiscard]] clock::duration take(provider p, clock::time_point now);
  /// Nothing leaves before so long. Places that were taken before may come
  /// earlier: see `held`.
  void hold(provider p, clock::time_point until);
  /// For how long nothing leaves; 0: it may.
  [[nodiscard]] clock::duration held(provider p, clock::time_point now) const;

private:
  struct line {
    rate limit;
    clock::time_point next{}; ///< when the next one would be on time
    clock::time_point held_until{};
  };

  [[nodiscard]] static std::size_t index_of(provider p) noexcept;
  line& at(provider p) noexcept {
    return lines_[index_of(p)];
  }

  std::array<line, channels::whatsapp::all_providers.size()> lines_{};
};

} // namespace switchboard::app
