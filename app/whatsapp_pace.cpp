#include "app/whatsapp_pace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;

namespace {

constexpr unsigned session_burst = 5;

whatsapp_pace::rate per(std::chrono::nanoseconds period, std::uint32_t count,
                        unsigned burst) {
  return count == 0 ? whatsapp_pace::rate{}
                    : whatsapp_pace::rate{period / count, burst};
}

} // namespace

whatsapp_pace::whatsapp_pace(const config::config& c) {
  using namespace std::chrono_literals;
  // WhatsApp watches a phone's sessions for what no person does.
  at(provider::baileys).limit
    = per(1min, c.whatsapp_baileys.per_minute, session_burst);
  at(provider::twilio).limit
    = per(1s, c.whatsapp_twilio.per_second, c.whatsapp_twilio.per_second);
  at(provider::cloud).limit
    = per(1s, c.whatsapp_cloud.per_second, c.whatsapp_cloud.per_second);
}

std::size_t whatsapp_pace::index_of(provider p) noexcept {
  return static_cast<std::size_t>(p)
         - static_cast<std::size_t>(whatsapp::all_providers.front());
}

whatsapp_pace::clock::duration whatsapp_pace::take(provider p,
                                                   clock::time_point now) {
  auto& of = at(p);
  const auto begin = std::max(now, of.held_until);
  if (of.limit.interval.count() == 0)
    return begin - now;
  // What was not used in the past makes up for a burst.
  const auto slack = of.limit.interval * (of.limit.burst - 1);
  of.next = std::max(of.next, begin - slack);
  const auto mine = std::max(of.next, begin);
  of.next += of.limit.interval;
  return mine - now;
}

void whatsapp_pace::hold(provider p, clock::time_point until) {
  auto& of = at(p);
  of.held_until = std::max(of.held_until, until);
}

whatsapp_pace::clock::duration
whatsapp_pace::held(provider p, clock::time_point now) const {
  const auto until = lines_[index_of(p)].held_until;
  return until > now ? until - now : clock::duration::zero();
}

} // namespace switchboard::app
