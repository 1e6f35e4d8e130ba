#include "app/n8n_hook.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace switchboard::app {

namespace n8n = channels::n8n;

namespace {

std::vector<std::chrono::milliseconds>
doubling_delays(std::uint32_t retries, std::chrono::milliseconds first) {
  std::vector<std::chrono::milliseconds> out;
  for (std::uint32_t i = 0; i < retries; ++i)
    out.push_back(first * (std::int64_t{1} << i));
  return out;
}

/// The customer's words that opened the ticket.
const std::string* first_message(std::span<const domain::ticket_event> events) {
  for (const auto& event : events)
    if (const auto* added = std::get_if<domain::message_added>(&event.fact))
      return &added->message.body;
  return nullptr;
}

} // namespace

n8n_hook::n8n_hook(const config::config& c,
                   std::function<std::string(const std::string&)> ticket_url)
  : options_{c.n8n.ticket_created_url, c.n8n.shared_secret,
             c.website.agent_phone, c.n8n.timeout},
    ticket_url_{std::move(ticket_url)} {
  actors::lane_channel channel;
  channel.encode = [this](const persistence::delivery& d) {
    return n8n::hook_request(options_, d.payload);
  };
  channel.judge = n8n::judge;
  channel.policy.concurrency = c.n8n.concurrency;
  channel.policy.retry_delays = doubling_delays(c.n8n.retries, c.n8n.backoff);
  channel_ = std::make_shared<const actors::lane_channel>(std::move(channel));
}

std::vector<persistence::new_delivery>
n8n_hook::plan(const domain::ticket& after,
               std::span<const domain::ticket_event> events) const {
  std::vector<persistence::new_delivery> out;
  // Visitors' conversations have a desk of their own.
  if (options_.url.empty() || after.session
      || !std::holds_alternative<domain::ticket_created>(events.front().fact))
    return out;
  const auto* words = first_message(events);
  persistence::new_delivery call;
  call.lane = n8n::ticket_created_lane;
  call.group = after.id.value.view();
  call.kind = n8n::ticket_created_kind;
  call.payload = n8n::encode_ticket_created(
    after, words != nullptr ? *words : std::string{}, ticket_url_(after.ref),
    options_.agent_phone);
  call.created_at = after.created_at;
  out.push_back(std::move(call));
  return out;
}

actors::lane_channel_ptr n8n_hook::channel_of(std::string_view lane) const {
  return lane == n8n::ticket_created_lane && !options_.url.empty() ? channel_
                                                                   : nullptr;
}

} // namespace switchboard::app
