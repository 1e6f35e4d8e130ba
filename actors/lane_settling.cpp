#include "actors/lane.hpp"
#include "actors/lane_attempt.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

/// What a lane makes of answers, and how that becomes durable.
namespace switchboard::actors {

using channels::delivery_outcome;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view settled_scope = "lane.settled";
/// Longer than any commit is asked for again.
constexpr std::chrono::hours settled_claim_life{24};

} // namespace

void lane_state::conclude(group_entry& g, const channels::http_answer& answer) {
  const auto& d = g.second.queue.front();
  const auto now = world_->now();
  const auto verdict = channel_->judge(answer);
  const auto attempt = record_of(d, answer, verdict, now);
  const auto& policy = channel_->policy;
  observe(verdict, d, answer.latency);
  if (channel_->on_verdict)
    channel_->on_verdict(d, verdict, now);
  if (verdict.outcome == delivery_outcome::delivered) {
    settle_for_good(
      g, answer, verdict, now,
      persistence::settle_delivered(d, attempt, channel_->listing));
    return;
  }
  if (verdict.outcome == delivery_outcome::slow_down
      && now - d.created_at < policy.slow_down_age_max) {
    // The peer names the pause, it holds for the whole lane, and it is no
    // failure of the delivery: no attempt is spent.
    const auto asked = verdict.retry_after.value_or(std::chrono::seconds{1});
    const auto pause = std::min(asked, policy.slow_down_max);
    pause_lane(pause);
    settle_pause(g, attempt, pause, false);
    return;
  }
  if (verdict.outcome == delivery_outcome::retry_later
      && d.attempts < policy.retry_delays.size()) {
    auto pause = jittered(policy.retry_delays[d.attempts], policy.jitter);
    if (verdict.retry_after)
      pause = std::max<milliseconds>(
        pause, std::min(*verdict.retry_after, policy.slow_down_max));
    settle_pause(g, attempt, pause, true);
    return;
  }
  give_up(g, answer, attempt, verdict, now);
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

void lane_state::give_up(group_entry& g, const channels::http_answer& answer,
                         const persistence::attempt& attempt,
                         const channels::verdict& verdict,
                         domain::timestamp now) {
  const auto& d = g.second.queue.front();
  if (world_->observer != nullptr)
    world_->observer->gave_up(lane_, d.id, verdict.reason);
  if (world_->report_error)
    world_->report_error(dead_letter_note(d, verdict, now));
  settle_for_good(g, answer, verdict, now,
                  persistence::settle_dead(d, attempt, verdict.reason, now,
                                           channel_->listing));
}

void lane_state::settle_for_good(group_entry& g,
                                 const channels::http_answer& answer,
                                 const channels::verdict& verdict,
                                 domain::timestamp now,
                                 persistence::changes what) {
  const auto& d = g.second.queue.front();
  if (channel_->on_settle) {
    channel_->on_settle(d, answer, verdict, now, what);
    assert(!what.entity && what.claims.empty());
    // Rows may be written twice, deliveries must not: when nobody knows whether
    // this was written, it is asked for again.
    if (!what.deliveries.empty())
      what.claims.push_back({std::string{settled_scope},
                             std::to_string(static_cast<std::uint64_t>(d.id))
                               + ':'
                               + std::to_string(persistence::next_attempt(d)),
                             {},
                             now + settled_claim_life});
  }
  settle(g, std::move(what), std::nullopt);
}

void lane_state::settle_pause(group_entry& g,
                              const persistence::attempt& attempt,
                              milliseconds pause, bool spends_attempt) {
  const auto& d = g.second.queue.front();
  const auto next_at = world_->now() + pause;
  const auto listing = channel_->listing;
  g.second.spends_attempt = spends_attempt;
  settle(g,
         spends_attempt
           ? persistence::settle_retry(d, attempt, next_at, listing)
           : persistence::settle_slowed(d, attempt, next_at, listing),
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
  world_->journal.commit(
    g.second.bookkeeping, [me = lane_actor{self_}, id](auto outcome) {
      caf::anon_send(me, settle_note{id, std::move(outcome)});
    });
}

void lane_state::on_settled(const settle_note& note) {
  const auto i = settling_.find(static_cast<std::uint64_t>(note.delivery));
  if (i == settling_.end())
    return;
  auto& g = *groups_.find(i->second);
  // A conflict is with an earlier try that was written after all.
  if (std::holds_alternative<persistence::commit_failure>(note.outcome)) {
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
  } else {
    finish(g);
  }
  load_more();
  send_ready();
  rest();
}

} // namespace switchboard::actors
