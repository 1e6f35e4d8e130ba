#pragma once

#include "net/cors.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::net {

struct server_options {
  std::string host = "127.0.0.1"; ///< an address, or a name to look up once
  std::uint16_t port = 8080;      ///< 0: any free one
  /// PEM files; both or none. With them the server speaks TLS only.
  std::string tls_cert;
  std::string tls_key;
  std::size_t body_bytes_max
    = std::size_t{1024} * 1024; ///< a route may say otherwise
  std::size_t header_bytes_max
    = std::size_t{16} * 1024; ///< request line and headers
  /// From a request's first byte to its last, and for a client to take a bit
  /// of an answer; the TLS handshake likewise.
  std::chrono::milliseconds request_timeout{30'000};
  std::chrono::milliseconds idle_timeout{75'000}; ///< between requests
  /// Streams: a server-sent one that is silent says so this often, and its
  /// client is told to wait that long before it connects again; a WebSocket
  /// from which nothing was heard, not even the answer to a ping, is given up.
  std::chrono::milliseconds stream_heartbeat{15'000};
  std::chrono::milliseconds stream_retry{2'000};
  std::chrono::milliseconds stream_silence_max{60'000};
  std::size_t stream_message_bytes_max
    = std::size_t{64} * 1024;           ///< from the client
  std::size_t connections_max = 20'000; ///< beyond, clients wait in the backlog
  /// Addresses or CIDR blocks whose `X-Forwarded-For` is believed.
  std::vector<std::string> trusted_proxies;
  cors_options cross_origin;
};

} // namespace switchboard::net
