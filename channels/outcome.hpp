#pragma once

#include "channels/http_exchange.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::channels {

/// What an attempt to deliver came to; the same five words in every channel.
enum class delivery_outcome : std::uint8_t {
  delivered,
  retry_later, ///< time-outs, connection errors, 5xx
  slow_down,   ///< 429: exactly as long as the peer says
  gone,        ///< the destination exists no more
  refused,     ///< the peer will never take this: dead letter
};

std::string_view to_string(delivery_outcome o) noexcept;

struct verdict {
  delivery_outcome outcome = delivery_outcome::retry_later;
  std::string reason; ///< for people; no secrets, no message bodies
  std::optional<std::chrono::seconds> retry_after;
};

/// How most HTTP peers mean their answers: 2xx delivered, 408/425/5xx/3xx and
/// failures of the connection retry later, 429 slow down, 410 gone, any other
/// 4xx refused.
verdict judge_http(const http_answer& answer);

} // namespace switchboard::channels
