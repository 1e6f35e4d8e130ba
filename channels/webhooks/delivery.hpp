#pragma once

#include "channels/http_exchange.hpp"
#include "channels/outcome.hpp"
#include "channels/webhooks/signature.hpp"
#include "domain/ids.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace switchboard::channels::webhooks {

/// How long to wait after each failed attempt: eight attempts in all, over a
/// little more than a day.
inline constexpr std::array<std::chrono::seconds, 7> retry_schedule_default{
  std::chrono::seconds{5}, std::chrono::minutes{5}, std::chrono::minutes{30},
  std::chrono::hours{2},   std::chrono::hours{5},   std::chrono::hours{10},
  std::chrono::hours{10}};

/// What a call needs to know of its endpoint; views, valid during the call.
struct endpoint_view {
  std::string_view url;
  /// All that are valid now, the newest first; at least one.
  std::span<const webhook_secret> secrets;
  std::span<const std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds timeout{15'000};
};

/// The same event gets the same id at the same endpoint, in every retry and
/// replay, so that receivers can drop what they have; at another endpoint it
/// gets another. `msg_` and 26 characters of `a-z2-7`. `type` tells the events
/// apart that one change of a ticket causes. Events of no ticket pass a zero
/// `ticket` and a sequence of their own.
std::string
make_webhook_id(const domain::uuid& endpoint, const domain::uuid& ticket,
                domain::sequence sequence, std::string_view type = {});

/// The call of one attempt, signed for this second. The endpoint's own headers
/// come last; `check_headers` saw that they replace none of ours. Only public
/// addresses may be called.
http_request encode(const endpoint_view& endpoint, std::string_view id,
                    std::string body, std::int64_t now_seconds);

/// 2xx is delivered, 410 gone, 429 slow down; an address that is not allowed is
/// refused. Everything else is a failure that is tried again: receivers answer
/// 404 or 401 while they are being deployed, too. Redirects are not followed.
/// `retry_after` is what the receiver asked for in a 429 or a failure.
verdict judge(const http_answer& answer);

} // namespace switchboard::channels::webhooks
