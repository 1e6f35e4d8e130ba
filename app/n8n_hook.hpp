#pragma once

#include "actors/lane.hpp"
#include "actors/ticket.hpp"
#include "channels/n8n/ticket_created.hpp"
#include "config/config.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// The hook that tells n8n of new tickets, as lanes and tickets see it. Without
/// an address nothing is planned; deliveries that wait from earlier stay where
/// they are until there is one again.
class n8n_hook {
public:
  /// `ticket_url` gives the address of a ticket by its ref.
  n8n_hook(const config::config& c,
           std::function<std::string(const std::string& ref)> ticket_url);

  /// What goes out because of `events`, which led to `after`.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const;

  /// For lane_world::channel_of; what it gives must not outlive this.
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const;

private:
  channels::n8n::hook_options options_;
  std::function<std::string(const std::string& ref)> ticket_url_;
  actors::lane_channel_ptr channel_;
};

} // namespace switchboard::app
