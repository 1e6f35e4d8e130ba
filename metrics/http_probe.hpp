#pragma once

#include "metrics/registry.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::metrics {

/// Hears from the HTTP server. Thread-safe; a finished request costs a hash
/// look-up and three atomic additions.
class http_probe {
public:
  /// `routes` are the patterns that will be named; a request on any other path
  /// counts as route `unmatched`.
  http_probe(registry& all, const std::vector<std::string>& routes);
  ~http_probe();
  http_probe(const http_probe&) = delete;
  http_probe& operator=(const http_probe&) = delete;

  void request_done(std::string_view route, unsigned status,
                    std::chrono::nanoseconds took);
  void connection_opened();
  void connection_closed();
  /// Accepting stopped for a while: out of descriptors, or `connections` open.
  void accept_paused();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::metrics
