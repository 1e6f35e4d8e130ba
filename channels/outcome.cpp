#include "channels/outcome.hpp"

namespace switchboard::channels {

std::string_view to_string(delivery_outcome o) noexcept {
  switch (o) {
    case delivery_outcome::delivered: return "delivered";
    case delivery_outcome::retry_later: return "retry_later";
    case delivery_outcome::slow_down: return "slow_down";
    case delivery_outcome::gone: return "gone";
    case delivery_outcome::refused: return "refused";
  }
  return "unknown";
}

namespace {

delivery_outcome outcome_of(int status) {
  if (status >= 200 && status < 300)
    return delivery_outcome::delivered;
  if (status == 429)
    return delivery_outcome::slow_down;
  if (status == 410)
    return delivery_outcome::gone;
  if (status == 408 || status == 425 || status < 400 || status >= 500)
    return delivery_outcome::retry_later;
  return delivery_outcome::refused;
}

} // namespace

verdict judge_http(const http_answer& answer) {
  if (answer.failure != http_failure::none) {
    // An address that is refused or unreadable does not heal by itself.
    const auto hopeless = answer.failure == http_failure::bad_url
                          || answer.failure == http_failure::address_refused;
    auto reason = std::string{to_string(answer.failure)};
    if (!answer.detail.empty())
      reason += ": " + answer.detail;
    return {
      hopeless ? delivery_outcome::refused : delivery_outcome::retry_later,
      std::move(reason), std::nullopt};
  }
  return {outcome_of(answer.status), "HTTP " + std::to_string(answer.status),
          answer.retry_after};
}

} // namespace switchboard::channels
