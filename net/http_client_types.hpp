#pragma once

#include "net/address_rules.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::net {

struct client_request {
  std::string method = "POST";
  std::string url; ///< absolute, http or https; see `parse_url`
  /// `Host`, `Content-Length`, `Transfer-Encoding` and `Connection` are the
  /// client's own and refused here.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// For waiting until a connection is ready: DNS, TCP and TLS.
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{15'000}; ///< from `send` to the end
  bool public_only = true; ///< the address must pass `address_rules`
  std::size_t answer_body_max = 65'536; ///< the rest is not read
};

/// How far an exchange got; only a full answer has a status.
enum class client_failure : std::uint8_t {
  none,
  bad_url,         ///< or another part of the request that cannot be sent
  address_refused, ///< DNS gave an address that is not allowed
  resolve_failed,
  connect_failed,
  connect_timeout, ///< also when no pooled connection became free in time
  tls_failed,      ///< handshake or verification
  write_failed,    ///< broken, or out of time, before all of it was sent
  no_answer,       ///< closed or reset before the end of an answer
  answer_timeout,  ///< sent, but no full answer in time: outcome unknown
  bad_answer,      ///< not HTTP, or over the limits
  shutting_down,
};

std::string_view to_string(client_failure f) noexcept;

struct client_answer {
  client_failure failure = client_failure::none;
  std::string detail; ///< for people; no secrets, no paths, no addresses
  int status = 0;
  std::string body; ///< clipped to `answer_body_max`
  /// `Retry-After` in either form; a date in the past gives 0.
  std::optional<std::chrono::seconds> retry_after;
  std::chrono::milliseconds latency{};
  std::string location; ///< of a redirect, as it came
};

/// What a name stands for. `problem` is for people; empty means it was found.
struct resolved_host {
  std::vector<boost::asio::ip::address> addresses;
  std::string problem;
};

/// Looks a name up. It may block: the client calls it on threads of its own,
/// several at a time.
using resolve_function = std::function<resolved_host(const std::string& host)>;

/// The system's resolver (getaddrinfo), addresses in its order of preference.
resolved_host resolve_with_system(const std::string& host);

struct http_client_options {
  std::string user_agent = "Switchboard";
  std::size_t connections_per_host_max = 32;
  std::size_t waiting_per_host_max = 1024; ///< more are refused at once
  std::size_t requests_max = 8192;         ///< in the client at a time
  std::size_t idle_per_host_max = 8;
  std::size_t idle_max = 256;
  std::chrono::milliseconds idle_timeout{30'000};
  std::size_t answer_header_max = 16'384;
  std::size_t request_body_max = 67'108'864;
  /// Trusted in addition to the system's certificates; for private CAs.
  std::string ca_file;
  /// Blocks that `public_only` requests may reach although they are not public.
  std::vector<address_block> allowed;
  resolve_function resolve = resolve_with_system;
  /// For each of the two kinds of names (the operator's own and those that came
  /// through the API), so that dead names of the second kind cannot hold up
  /// look-ups of the first.
  std::size_t resolver_threads = 2;
};

/// A snapshot for metrics.
struct http_client_figures {
  std::uint64_t connections_opened = 0; ///< TCP connections established, ever
  std::uint64_t connections_reused = 0; ///< requests sent on a kept connection
  std::uint64_t stale_retries = 0; ///< a kept connection was closed: sent anew
  std::size_t in_flight = 0;       ///< requests in the client, waiting or not
  std::size_t waiting = 0;         ///< of these, for a connection of their host
  std::size_t idle = 0;            ///< connections kept for later
};

} // namespace switchboard::net
