#include "actors/lane_attempt.hpp"

#include "actors/id_source.hpp"

#include <cstdint>
#include <cstring>
#include <string>

namespace switchboard::actors {

namespace {

std::string code_of(channels::delivery_outcome outcome) {
  using enum channels::delivery_outcome;
  switch (outcome) {
    case retry_later: return "retries_exhausted";
    case slow_down: return "slowed_down_too_long";
    case delivered:
    case gone:
    case refused: break;
  }
  return std::string{to_string(outcome)};
}

} // namespace

persistence::attempt
record_of(const persistence::delivery& d, const channels::http_answer& answer,
          const channels::verdict& verdict, domain::timestamp now) {
  persistence::attempt out;
  out.number = persistence::next_attempt(d);
  out.at = now;
  out.outcome = to_string(verdict.outcome);
  out.http_status = static_cast<std::uint32_t>(answer.status);
  out.latency = answer.latency;
  out.detail = verdict.reason;
  out.body = answer.body;
  return out;
}

error_note dead_letter_note(const persistence::delivery& d,
                            const channels::verdict& verdict,
                            domain::timestamp now) {
  error_note out{d.lane, code_of(verdict.outcome), verdict.reason, std::nullopt,
                 now};
  if (const auto ticket = domain::uuid_from_bytes(d.group))
    out.ticket = domain::ticket_id{*ticket};
  return out;
}

std::chrono::milliseconds jittered(std::chrono::milliseconds pause,
                                   double jitter) {
  // A share in [-jitter, +jitter], from bytes that nobody can predict.
  const auto random = random_bytes();
  std::uint32_t bits = 0;
  std::memcpy(&bits, random.data(), sizeof(bits));
  const auto share
    = (static_cast<double>(bits) / UINT32_MAX * 2.0 - 1.0) * jitter;
  return std::chrono::milliseconds{static_cast<std::int64_t>(
    static_cast<double>(pause.count()) * (1.0 + share))};
}

} // namespace switchboard::actors
