#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a channel asks the HTTP client to do and what came of it, without
/// sockets: channels encode the one and judge the other.
namespace switchboard::channels {

struct http_request {
  std::string method = "POST";
  std::string url; ///< absolute, http or https
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{15'000}; ///< connecting included
  /// Set for addresses that came in through the API: the address that DNS
  /// gives must be public (or allowed by configuration). Addresses that the
  /// operator configured are trusted.
  bool public_only = true;
  std::size_t answer_body_max
    = std::size_t{64} * 1024; ///< the rest is not read
};

/// How far an exchange got; only a full answer has a status.
enum class http_failure : std::uint8_t {
  none,
  bad_url,
  address_refused, ///< DNS gave an address that is not allowed
  resolve_failed,
  connect_failed,
  connect_timeout,
  tls_failed, ///< handshake or verification
  write_failed,
  no_answer,      ///< closed or reset before an answer
  answer_timeout, ///< sent, but no full answer in time: outcome unknown
  bad_answer,     ///< not HTTP, or over the limits
  shutting_down,
};

std::string_view to_string(http_failure f) noexcept;

struct http_answer {
  http_failure failure = http_failure::none;
  std::string detail; ///< for people; no secrets
  int status = 0;
  std::string body; ///< clipped to answer_body_max
  std::optional<std::chrono::seconds> retry_after;
  std::chrono::milliseconds latency{};
  std::uint32_t shared_by = 1; ///< how many deliveries this exchange fulfilled
  std::string location{};      ///< of a redirect, as it came
};

} // namespace switchboard::channels
