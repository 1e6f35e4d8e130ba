#include "actors/lane.hpp"

#include "actors/lane_attempt.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::actors {

using std::chrono::milliseconds;

namespace {

/// Beyond the exchange's own limit: the courier answers before that.
constexpr auto courier_margin = std::chrono::seconds{5};

} // namespace

lane_actor::behavior_type lane_state::make_behavior(lane_world_ptr world,
                                                    std::string lane,
                                                    lane_keeper_actor keeper) {
  world_ = std::move(world);
  lane_ = std::move(lane);
  keeper_ = std::move(keeper);
  self_->set_down_handler([this](caf::down_msg& msg) { on_down(msg); });
  self_->send(self_, poll_atom_v);
  return {
    [this](poll_atom) { on_poll(); },
    [this](retry_atom, const std::string& g) { on_retry_group(g); },
    [this](retry_atom) { on_retry_lane(); },
    [this](retry_atom, persistence::delivery_id id) { on_replayed(id); },
    [this](const settle_note& note) { on_settled(note); },
    [this](pace_atom) { on_pace(); },
    [this](caf::tick_atom) { on_idle(); },
  };
}

// -- what there is to do ------------------------------------------------------

void lane_state::on_poll() {
  ++polls_;
  take_channel();
  has_more_ = true;
  load_more();
  send_ready();
  rest();
}

void lane_state::on_replayed(persistence::delivery_id id) {
  ++polls_;
  // Its id lies behind the cursor, unless this lane has just been started.
  if (id <= cursor_)
    if (auto row
        = persistence::delivery_views{world_->journal.rows()}.find(lane_, id))
      accept(std::move(*row));
  send_ready();
  rest();
}

void lane_state::on_pace() {
  pace_armed_ = false;
  load_more();
  send_ready();
  rest();
}

void lane_state::take_channel() {
  auto fresh = world_->channel_of(lane_);
  is_served_ = fresh != nullptr;
  if (!is_served_)
    return;
  channel_ = std::move(fresh);
  has_lost_carrier_ = false;
  bucket_.set_rate(channel_->policy.per_second, self_->clock().now());
}

void lane_state::load_more() {
  if (!is_served_ || !has_more_)
    return;
  const auto& policy = channel_->policy;
  const auto has_room = [&] {
    return payloads_ <= policy.window_max / 2
           && loaded_.size() < policy.known_max;
  };
  if (!has_room())
    return;
  const auto max = std::min(policy.window_max - payloads_,
                            policy.known_max - loaded_.size());
  auto rows = persistence::delivery_views{world_->journal.rows()}.read(
    lane_, cursor_, max);
  has_more_ = rows.size() == max;
  for (auto& row : rows) {
    cursor_ = row.id;
    accept(std::move(row));
  }
  // Those that pause leave room for others; reading on has a turn of its own.
  if (has_more_ && has_room() && !std::exchange(pace_armed_, true))
    self_->send(self_, pace_atom_v);
}

void lane_state::accept(persistence::delivery d) {
  if (!loaded_.insert(static_cast<std::uint64_t>(d.id)).second)
    return;
  payloads_ += d.payload.empty() ? 0U : 1U;
  auto& g = *groups_.try_emplace(d.group).first;
  g.second.queue.push_back(std::move(d));
  if (g.second.queue.size() > 1) {
    if (g.second.now == phase::pausing)
      drop_payload(g.second.queue.back());
    return;
  }
  // One that waited for its next attempt when the process ended waits on.
  const auto now = world_->now();
  if (const auto& first = g.second.queue.front(); first.next_at > now)
    pause_group(g, first.next_at - now);
  else
    become_ready(g);
}

bool lane_state::fetch_payload(persistence::delivery& d) {
  if (!d.payload.empty())
    return true;
  auto row
    = persistence::delivery_views{world_->journal.rows()}.find(lane_, d.id);
  if (!row)
    return false;
  d = std::move(*row);
  payloads_ += d.payload.empty() ? 0U : 1U;
  return true;
}

void lane_state::drop_payload(persistence::delivery& d) {
  if (d.payload.empty())
    return;
  d.payload = std::string{};
  --payloads_;
}

// -- sending ------------------------------------------------------------------

void lane_state::send_ready() {
  while (is_served_ && !paused_ && !ready_.empty()
         && sending_ < channel_->policy.concurrency && has_token()) {
    const auto next = std::move(ready_.front());
    ready_.pop_front();
    send(*groups_.find(next));
  }
}

bool lane_state::has_token() {
  const auto wait = bucket_.take(self_->clock().now());
  if (wait && !std::exchange(pace_armed_, true))
    self_->delayed_send(self_, *wait, pace_atom_v);
  return !wait;
}

void lane_state::send(group_entry& g) {
  auto& d = g.second.queue.front();
  if (!fetch_payload(d)) {
    // It was taken out of the outbox while it waited.
    finish(g);
    load_more();
    return;
  }
  if (channel_->carrier) {
    hand_over(g);
    return;
  }
  auto call = channel_->encode(d);
  if (!call) {
    is_served_ = false;
    ready_.push_front(g.first);
    return;
  }
  g.second.now = phase::sending;
  ++sending_;
  const auto limit = call->total_timeout + courier_margin;
  self_->request(world_->courier, limit, std::move(*call))
    .then([this, group = g.first](
            const channels::http_answer& answer) { on_answer(group, answer); },
          [this, group = g.first](const caf::error&) {
            channels::http_answer lost;
            lost.failure = channels::http_failure::answer_timeout;
            lost.detail = "the exchange was abandoned";
            on_answer(group, lost);
          });
}

void lane_state::on_answer(const std::string& group_name,
                           const channels::http_answer& answer) {
  --sending_;
  conclude(*groups_.find(group_name), answer);
  send_ready();
}

// -- what comes of it ---------------------------------------------------------

void lane_state::finish(group_entry& g) {
  auto& done = g.second.queue.front();
  drop_payload(done);
  loaded_.erase(static_cast<std::uint64_t>(done.id));
  g.second.queue.pop_front();
  if (g.second.queue.empty())
    groups_.erase(groups_.find(g.first));
  else
    become_ready(g);
}

void lane_state::become_ready(group_entry& g) {
  g.second.now = phase::ready;
  ready_.push_back(g.first);
}

void lane_state::pause_group(group_entry& g, milliseconds pause) {
  g.second.now = phase::pausing;
  for (auto& d : g.second.queue)
    drop_payload(d);
  self_->delayed_send(self_, pause, retry_atom_v, g.first);
}

void lane_state::on_retry_group(const std::string& group_name) {
  const auto i = groups_.find(group_name);
  if (i == groups_.end())
    return;
  if (i->second.now == phase::settling) {
    commit_bookkeeping(*i);
  } else if (i->second.now == phase::pausing) {
    become_ready(*i);
    send_ready();
    rest();
  }
}

void lane_state::pause_lane(milliseconds pause) {
  if (std::exchange(paused_, true))
    return;
  self_->delayed_send(self_, pause, retry_atom_v);
}

void lane_state::on_retry_lane() {
  paused_ = false;
  if (has_lost_carrier_)
    take_channel();
  send_ready();
  rest();
}

// -- resting ------------------------------------------------------------------

void lane_state::rest() {
  if (!keeper_)
    return;
  if (!is_served_) {
    if (sending_ == 0 && settling_.empty())
      tell_keeper();
    return;
  }
  if (!groups_.empty() || has_more_)
    return;
  idle_since_ = self_->clock().now();
  if (!idle_armed_)
    arm_idle(channel_->policy.idle_after);
}

void lane_state::on_idle() {
  idle_armed_ = false;
  if (!is_served_ || !groups_.empty() || has_more_)
    return;
  const auto idle = self_->clock().now() - idle_since_;
  if (idle < channel_->policy.idle_after)
    arm_idle(channel_->policy.idle_after - idle);
  else
    tell_keeper();
}

void lane_state::arm_idle(std::chrono::nanoseconds pause) {
  idle_armed_ = true;
  self_->delayed_send(self_, pause, caf::tick_atom_v);
}

void lane_state::tell_keeper() {
  self_->send(keeper_, lane_rest{lane_, polls_});
}

lane_actor::behavior_type lane(lane_state::self_pointer self,
                               lane_world_ptr world, std::string lane_name,
                               lane_keeper_actor keeper) {
  return self->state.make_behavior(std::move(world), std::move(lane_name),
                                   std::move(keeper));
}

} // namespace switchboard::actors
