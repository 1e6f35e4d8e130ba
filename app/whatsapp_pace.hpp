#pragma once

#include "channels/whatsapp/provider.hpp"
#include "config/config.hpp"

#include <array>
#include <chrono>

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
  /// Nothing leaves before so long.
  void hold(provider p, clock::time_point until);

private:
  struct line {
    rate limit;
    clock::time_point next{}; ///< when the next one would be on time
    clock::time_point held_until{};
  };

  line& at(provider p) noexcept;

  std::array<line, channels::whatsapp::all_providers.size()> lines_{};
};

} // namespace switchboard::app
