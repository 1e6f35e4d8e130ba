#include "actors/lane.hpp"

#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace switchboard::actors {

using channels::delivery_outcome;
using std::chrono::milliseconds;

namespace {

/// Beyond the exchange's own limit: the courier answers before that.
constexpr auto courier_margin = std::chrono::seconds{5};

persistence::attempt record(const persistence::delivery& d,
                            const channels::http_answer& answer,
                            const channels::verdict& verdict,
                            domain::timestamp now) {
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

} // namespace

std::string_view lane_kind(std::string_view lane) noexcept {
  return lane.substr(0, lane.find(':'));
}

lane_actor::behavior_type lane_state::make_behavior(lane_world_ptr world,
                                                    std::string lane) {
  world_ = std::move(world);
  lane_ = std::move(lane);
  channel_ = world_->channel_of(lane_);
  self_->send(self_, poll_atom_v);
  return {
    [this](poll_atom) { on_poll(); },
    [this](retry_atom, const std::string& g) { on_retry_group(g); },
    [this](retry_atom) { on_retry_lane(); },
    [this](retry_atom, persistence::delivery_id id) { on_replayed(id); },
    [this](const settle_note& note) { on_settled(note); },
  };
}

void lane_state::on_poll() {
  load_more();
  send_ready();
}

void lane_state::load_more() {
  const auto window = channel_->policy.window_max;
  if (loaded_.size() > window / 2)
    return;
  const auto rows = persistence::delivery_views{world_->journal.rows()}.read(
    lane_, cursor_, window - loaded_.size());
  for (const auto& row : rows) {
    cursor_ = row.id;
    accept(row);
  }
}

void lane_state::on_replayed(persistence::delivery_id id) {
  // Its id lies behind the cursor, unless this lane has just been started.
  const auto before
    = persistence::delivery_id{static_cast<std::uint64_t>(id) - 1};
  for (const auto& row :
       persistence::delivery_views{world_->journal.rows()}.read(lane_, before,
                                                                1))
    if (row.id == id && id <= cursor_)
      accept(row);
  send_ready();
}

void lane_state::accept(persistence::delivery d) {
  if (!loaded_.insert(static_cast<std::uint64_t>(d.id)).second)
    return;
  auto& g = *groups_.try_emplace(d.group).first;
  g.second.queue.push_back(std::move(d));
  if (g.second.queue.size() > 1)
    return;
  // One that waited for its next attempt when the process ended waits on.
  const auto now = world_->now();
  if (const auto& first = g.second.queue.front(); first.next_at > now)
    pause_group(g, first.next_at - now);
  else
    become_ready(g);
}

void lane_state::send_ready() {
  while (!paused_ && !ready_.empty()
         && sending_ < channel_->policy.concurrency) {
    const auto next = std::move(ready_.front());
    ready_.pop_front();
    send(*groups_.find(next));
  }
}

void lane_state::send(group_entry& g) {
  g.second.now = phase::sending;
  ++sending_;
  auto call = channel_->encode(g.second.queue.front());
  const auto limit = call.total_timeout + courier_margin;
  self_->request(world_->courier, limit, std::move(call))
    .then(
      [this, group = g.first](const channels::http_answer& answer) {
        on_answer(group, answer);
      },
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

void lane_state::conclude(group_entry& g, const channels::http_answer& answer) {
  const auto& d = g.second.queue.front();
  const auto now = world_->now();
  const auto verdict = channel_->judge(answer);
  const auto attempt = record(d, answer, verdict, now);
  const auto& delays = channel_->policy.retry_delays;
  observe(verdict, d, answer.latency);
  if (verdict.outcome == delivery_outcome::delivered) {
    settle(g, persistence::settle_delivered(d, attempt), std::nullopt);
    return;
  }
  if (verdict.outcome == delivery_outcome::slow_down
      && now - d.created_at < channel_->policy.slow_down_age_max) {
    // The peer names the pause, it holds for the whole lane, and it is no
    // failure of the delivery: no attempt is spent.
    const auto asked = verdict.retry_after.value_or(std::chrono::seconds{1});
    const auto pause = std::min(asked, channel_->policy.slow_down_max);
    pause_lane(pause);
    settle_pause(g, attempt, pause, false);
    return;
  }
  if (verdict.outcome == delivery_outcome::retry_later
      && d.attempts < delays.size()) {
    settle_pause(g, attempt, jittered(delays[d.attempts]), true);
    return;
  }
  if (world_->observer != nullptr)
    world_->observer->gave_up(lane_, d.id, verdict.reason);
  settle(g, persistence::settle_dead(d, attempt, verdict.reason, now),
         std::nullopt);
}

void lane_state::settle_pause(group_entry& g,
                              const persistence::attempt& attempt,
                              milliseconds pause, bool spends_attempt) {
  const auto& d = g.second.queue.front();
  const auto next_at = world_->now() + pause;
  g.second.spends_attempt = spends_attempt;
  settle(g,
         spends_attempt ? persistence::settle_retry(d, attempt, next_at)
                        : persistence::settle_slowed(d, attempt, next_at),
         pause);
}

void lane_state::settle(group_entry& g, persistence::changes what,
                        std::optional<milliseconds> pause) {
  g.second.now = phase::settling;
  g.second.bookkeeping = std::move(what);
  g.second.pause = pause;
  const auto id = g.second.queue.front().id;
  settling_.emplace(static_cast<std::uint64_t>(id), g.first);
  commit_bookkeeping(g);
}

void lane_state::commit_bookkeeping(const group_entry& g) {
  const auto id = g.second.queue.front().id;
  world_->journal.commit(g.second.bookkeeping,
                         [me = lane_actor{self_}, id](auto outcome) {
                           caf::anon_send(me,
                                          settle_note{id, std::move(outcome)});
                         });
}

void lane_state::on_settled(const settle_note& note) {
  const auto i = settling_.find(static_cast<std::uint64_t>(note.delivery));
  if (i == settling_.end())
    return;
  auto& g = *groups_.find(i->second);
  if (!std::holds_alternative<persistence::committed>(note.outcome)) {
    // Not written (or not known): ask again; writing it twice is harmless.
    self_->delayed_send(self_, channel_->policy.settle_pause, retry_atom_v,
                        g.first);
    return;
  }
  settling_.erase(i);
  g.second.bookkeeping = {};
  if (g.second.pause) {
    auto& d = g.second.queue.front();
    ++(g.second.spends_attempt ? d.attempts : d.attempts_before);
    pause_group(g, *g.second.pause);
    return;
  }
  finish(g);
  load_more();
  send_ready();
}

void lane_state::finish(group_entry& g) {
  loaded_.erase(static_cast<std::uint64_t>(g.second.queue.front().id));
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
  }
}

void lane_state::pause_lane(std::chrono::seconds pause) {
  if (std::exchange(paused_, true))
    return;
  self_->delayed_send(self_, pause, retry_atom_v);
}

void lane_state::on_retry_lane() {
  paused_ = false;
  send_ready();
}

void lane_state::observe(const channels::verdict& verdict,
                         const persistence::delivery& d,
                         milliseconds latency) const {
  if (world_->observer == nullptr)
    return;
  const auto kind = lane_kind(lane_);
  world_->observer->attempted(kind, to_string(verdict.outcome), latency);
  if (verdict.outcome == delivery_outcome::delivered)
    world_->observer->delivered(kind, world_->now() - d.created_at);
}

milliseconds lane_state::jittered(milliseconds pause) const {
  // A share in [-jitter, +jitter], from bytes that nobody can predict.
  const auto random = random_bytes();
  std::uint32_t bits = 0;
  std::memcpy(&bits, random.data(), sizeof(bits));
  const auto share = (static_cast<double>(bits) / UINT32_MAX * 2.0 - 1.0)
                     * channel_->policy.jitter;
  return milliseconds{static_cast<std::int64_t>(
    static_cast<double>(pause.count()) * (1.0 + share))};
}

lane_actor::behavior_type lane(lane_state::self_pointer self,
                               lane_world_ptr world, std::string lane_name) {
  return self->state.make_behavior(std::move(world), std::move(lane_name));
}

} // namespace switchboard::actors
