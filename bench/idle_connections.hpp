#pragma once

#include "bench/client_socket.hpp"
#include "bench/process_watch.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace switchboard::bench {

struct idle_options {
  endpoint server;
  std::uint32_t connections = 10'000;
  /// How long they are held after the server's memory has settled; at the end
  /// each must still be alive.
  std::chrono::milliseconds hold{1'000};
  /// Whether each connection asks for this once before it idles (a browser's
  /// keep-alive connection), e.g. `/healthz`; empty: it sends nothing at all.
  std::string path = "/healthz";
};

struct idle_figures {
  std::uint32_t connections = 0;
  std::uint32_t dropped = 0; ///< the server ended them, or answered wrongly
  std::uint64_t resident_before = 0;
  std::uint64_t resident_after = 0;

  /// What one connection costs the server.
  [[nodiscard]] double bytes_each() const;
};

/// Opens idle keep-alive connections and reads what they cost the server's
/// process. The kernel's socket buffers are not part of that. Throws
/// std::runtime_error when they cannot be opened.
idle_figures measure_idle_connections(const idle_options& options,
                                      const process_watch& server);

} // namespace switchboard::bench
