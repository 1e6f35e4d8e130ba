#include "actors/lane.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

/// How a lane works with a carrier.
namespace switchboard::actors {

lane_state::~lane_state() {
  // Or the carrier would remember each lane that ever was.
  for (const auto& carrier : watched_)
    self_->demonitor(carrier);
}

void lane_state::watch(const carrier_actor& carrier) {
  auto address = carrier.address();
  if (std::ranges::find(watched_, address) != watched_.end())
    return;
  self_->monitor(carrier);
  watched_.push_back(std::move(address));
}

void lane_state::hand_over(group_entry& g) {
  const auto& carrier = channel_->carrier;
  watch(carrier);
  const auto asked = ++last_asked_;
  g.second.now = phase::sending;
  g.second.asked = asked;
  g.second.carrier = carrier.address();
  ++sending_;
  // Without a limit, since how long it takes is the carrier's affair; if it
  // dies, `on_down` hears of it.
  self_->request(carrier, caf::infinite, g.second.queue.front())
    .then(
      [this, group = g.first, asked](const channels::http_answer& answer) {
        on_carried(group, asked, answer);
      },
      [this, group = g.first, asked](const caf::error&) {
        on_lost(group, asked);
      });
}

void lane_state::on_carried(const std::string& group_name, std::uint64_t asked,
                            const channels::http_answer& answer) {
  const auto i = groups_.find(group_name);
  if (i == groups_.end() || i->second.asked != asked)
    return;
  // The news of a carrier's death may overtake its last answer.
  if (i->second.now == phase::sending)
    --sending_;
  else
    std::erase(ready_, group_name);
  i->second.asked = 0;
  conclude(*i, answer);
  send_ready();
}

void lane_state::on_lost(const std::string& group_name, std::uint64_t asked) {
  const auto i = groups_.find(group_name);
  if (i != groups_.end() && i->second.asked == asked
      && i->second.now == phase::sending)
    take_back(*i);
}

void lane_state::on_down(const caf::down_msg& msg) {
  std::erase(watched_, msg.source);
  for (auto& g : groups_)
    if (g.second.now == phase::sending && g.second.carrier == msg.source)
      take_back(g);
}

void lane_state::take_back(group_entry& g) {
  --sending_;
  g.second.now = phase::ready;
  // What was on its way goes first again, in its order.
  const auto id_of = [this](const std::string& group) {
    return groups_.at(group).queue.front().id;
  };
  const auto id = g.second.queue.front().id;
  ready_.insert(
    std::ranges::find_if(
      ready_, [&](const std::string& other) { return id_of(other) > id; }),
    g.first);
  has_lost_carrier_ = true;
  pause_lane(channel_->policy.settle_pause);
}

} // namespace switchboard::actors
