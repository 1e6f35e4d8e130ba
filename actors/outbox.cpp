#include "actors/outbox.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::actors {

outbox_state::~outbox_state() {
  for (const auto& [lane, c] : lanes_)
    caf::anon_send_exit(c.handle, caf::exit_reason::user_shutdown);
}

outbox_actor::behavior_type
outbox_state::make_behavior(lane_world_ptr world, outbox_options options) {
  world_ = std::move(world);
  options_ = options;
  self_->set_down_handler([this](caf::down_msg& msg) { on_down(msg); });
  on_sweep();
  return {
    [this](const lane_rest& note) { on_rest(note); },
    [this](const lanes_note& note) {
      for (const auto& lane : note.lanes)
        on_work(lane);
    },
    [this](poll_atom) { on_sweep(); },
    [this](retry_atom, const std::string& lane) { on_restart(lane); },
    [this](retry_atom, const std::string& lane, persistence::delivery_id id) {
      on_replayed(lane, id);
    },
  };
}

void outbox_state::on_work(const std::string& lane) {
  const auto i = lanes_.find(lane);
  if (i == lanes_.end()) {
    if (world_->channel_of(lane) != nullptr)
      start(lane, lanes_[lane]);
  } else if (i->second.handle) {
    // It asks for its channel itself, and rests when it has none any more.
    ++i->second.polls;
    self_->send(i->second.handle, poll_atom_v);
  }
}

void outbox_state::on_sweep() {
  for (const auto& lane :
       persistence::delivery_views{world_->journal.rows()}.lanes())
    on_work(lane);
  self_->delayed_send(self_, options_.sweep_every, poll_atom_v);
}

void outbox_state::start(const std::string& lane, child& c) {
  c.handle = self_->system().spawn(actors::lane, world_, lane,
                                   lane_keeper_actor{self_});
  c.polls = 1; // Its own first one.
  self_->monitor(c.handle);
}

void outbox_state::on_rest(const lane_rest& note) {
  const auto i = lanes_.find(note.lane);
  if (i == lanes_.end() || !i->second.handle)
    return;
  // It was told of work that it has not heard of yet; it will rest later.
  if (i->second.polls != note.polls)
    return;
  self_->demonitor(i->second.handle.address());
  caf::anon_send_exit(i->second.handle, caf::exit_reason::user_shutdown);
  lanes_.erase(i);
}

void outbox_state::on_down(const caf::down_msg& msg) {
  const auto i = std::find_if(
    lanes_.begin(), lanes_.end(), [&](const auto& entry) {
      return entry.second.handle && entry.second.handle.address() == msg.source;
    });
  if (i == lanes_.end())
    return;
  i->second.handle = nullptr;
  const auto doublings = std::min(i->second.crashes++, 16U);
  const auto delay = std::min(options_.restart_delay * (1U << doublings),
                              options_.restart_delay_max);
  self_->delayed_send(self_, delay, retry_atom_v, i->first);
}

void outbox_state::on_restart(const std::string& lane) {
  const auto i = lanes_.find(lane);
  if (i == lanes_.end() || i->second.handle)
    return;
  if (world_->actors != nullptr)
    world_->actors->restarted(lane_state::name);
  start(lane, i->second);
}

void outbox_state::on_replayed(const std::string& lane,
                               persistence::delivery_id id) {
  on_work(lane);
  const auto i = lanes_.find(lane);
  if (i != lanes_.end() && i->second.handle) {
    ++i->second.polls;
    self_->send(i->second.handle, retry_atom_v, id);
  }
}

outbox_actor::behavior_type outbox(outbox_state::self_pointer self,
                                   lane_world_ptr world,
                                   outbox_options options) {
  return self->state.make_behavior(std::move(world), options);
}

} // namespace switchboard::actors
