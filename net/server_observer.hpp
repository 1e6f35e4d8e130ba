#pragma once

#include <chrono>
#include <string_view>

namespace switchboard::net {

/// Hears from a `server`, on its threads; must be quick and thread-safe.
class server_observer {
public:
  virtual ~server_observer() = default;

  /// `route` is the pattern that matched, empty when none did.
  virtual void request_done(std::string_view route, unsigned status,
                            std::chrono::nanoseconds took)
    = 0;
  virtual void connection_opened() = 0;
  virtual void connection_closed() = 0;
  /// Accepting stops for a while: out of descriptors, or too many connections.
  virtual void accept_paused() = 0;
};

} // namespace switchboard::net
