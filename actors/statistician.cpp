#include "actors/statistician.hpp"

#include "channels/outcome.hpp"
#include "persistence/ticket_codec.hpp"

#include <caf/send.hpp>

#include <string>
#include <utility>

namespace switchboard::actors {

using persistence::statistics;
using persistence::statistics_row;

// -- statistician_world -------------------------------------------------------

statistician_world::statistician_world(persistence::journal& where,
                                       clock_fn clock, statistician_options how)
  : journal{where},
    now{std::move(clock)},
    options{how},
    latest_{std::make_shared<statistics_row>()} {}

statistics_ptr statistician_world::latest() const {
  const std::lock_guard lock{mutex_};
  return latest_;
}

void statistician_world::show(statistics_ptr figures) {
  const std::lock_guard lock{mutex_};
  // The old ones are freed by the caller's copy, outside of the lock.
  latest_.swap(figures);
}

void statistician_world::count(std::string_view lane_kind,
                               delivery_result result) {
  persistence::delivery_count one{std::string{lane_kind}, 0, 0, 0};
  switch (result) {
    case delivery_result::delivered: one.delivered = 1; break;
    case delivery_result::failed_attempt: one.failed_attempts = 1; break;
    case delivery_result::dead: one.dead = 1; break;
  }
  const std::lock_guard lock{mutex_};
  persistence::add_up(deliveries_, one);
}

std::vector<persistence::delivery_count> statistician_world::take_deliveries() {
  const std::lock_guard lock{mutex_};
  return std::exchange(deliveries_, {});
}

// -- the actor ----------------------------------------------------------------

statistician_state::~statistician_state() {
  // Nobody waits for the answer any more.
  if (world_ == nullptr)
    return;
  store_armed_ = true; // There is no later any more.
  take_deliveries();
  if (!is_stored_)
    world_->journal.commit(row(), [](const auto&) {});
}

statistician_actor::behavior_type
statistician_state::make_behavior(statistician_world_ptr world) {
  world_ = std::move(world);
  load();
  show();
  // It looks by itself now, also in place of a predecessor that was told to.
  (void)world_->ring();
  self_->send(self_, poll_atom_v);
  return {
    [this](poll_atom) { on_slice(); },
    [this](caf::tick_atom) { on_pause_over(); },
    [this](caf::flush_atom) { on_store(); },
    [this](const commit_note& note) { on_stored(note); },
  };
}

void statistician_state::load() {
  std::string bytes;
  if (!world_->journal.rows().get(persistence::family::meta,
                                  persistence::statistics_key, bytes))
    return;
  auto stored = persistence::decode_statistics(bytes);
  if (stored && stored->last <= world_->journal.last_offset())
    counted_ = std::move(*stored);
}

void statistician_state::on_slice() {
  const auto max = world_->options.slice_max;
  looked_at_ = world_->journal.last_offset();
  const auto events = world_->journal.read_events(counted_.last, max);
  for (const auto& stored : events)
    fold(stored);
  take_deliveries();
  const bool has_more = events.size() == max;
  if (!is_shown_
      && (!has_more || world_->now() - shown_at_ >= world_->options.show_every))
    show();
  if (has_more)
    self_->send(self_, poll_atom_v);
  else
    self_->delayed_send(self_, world_->options.pause, caf::tick_atom_v);
}

void statistician_state::fold(const persistence::stored_event& stored) {
  mark_changed();
  counted_.last = stored.at;
  if (!persistence::may_count(stored.bytes))
    return;
  // What cannot be read counts nothing either.
  const auto found = persistence::decode_event(stored.bytes);
  if (!found)
    return;
  if (!statistics::needs_ticket(found->event.fact)) {
    counted_.figures.apply(found->event, nullptr);
    return;
  }
  const persistence::ticket_views views{world_->journal.rows()};
  const auto then = persistence::ticket_as_of(
    views, domain::ticket_id{found->entity}, found->event.number);
  counted_.figures.apply(found->event, then ? &*then : nullptr);
}

void statistician_state::take_deliveries() {
  for (const auto& kind : world_->take_deliveries()) {
    mark_changed();
    counted_.figures.add(kind);
  }
}

void statistician_state::show() {
  is_shown_ = true;
  shown_at_ = world_->now();
  world_->show(std::make_shared<const statistics_row>(counted_));
}

void statistician_state::mark_changed() {
  is_shown_ = false;
  is_stored_ = false;
  arm_store();
}

void statistician_state::arm_store() {
  if (!std::exchange(store_armed_, true))
    self_->delayed_send(self_, world_->options.store_every, caf::flush_atom_v);
}

void statistician_state::on_pause_over() {
  world_->silence();
  take_deliveries();
  const bool is_behind = world_->journal.last_offset() > looked_at_;
  // Whoever has rung since then has sent a message already.
  if ((is_behind || !is_shown_) && world_->ring())
    on_slice();
}

void statistician_state::on_store() {
  store_armed_ = false;
  if (is_stored_)
    return;
  if (store_in_flight_) {
    arm_store();
    return;
  }
  is_stored_ = true;
  store_in_flight_ = true;
  world_->journal.commit(row(), [me = statistician_actor{self_}](auto outcome) {
    caf::anon_send(me, commit_note{std::move(outcome)});
  });
}

void statistician_state::on_stored(const commit_note& note) {
  store_in_flight_ = false;
  if (std::holds_alternative<persistence::committed>(note.outcome))
    return;
  is_stored_ = false;
  arm_store();
}

persistence::changes statistician_state::row() const {
  persistence::changes out;
  out.rows.push_back({persistence::family::meta,
                      std::string{persistence::statistics_key},
                      persistence::encode_statistics(counted_)});
  return out;
}

statistician_actor::behavior_type
statistician(statistician_state::self_pointer self,
             statistician_world_ptr world) {
  return self->state.make_behavior(std::move(world));
}

// -- delivery_counter ---------------------------------------------------------

void delivery_counter::attempted(std::string_view lane_kind,
                                 std::string_view outcome,
                                 std::chrono::nanoseconds took) {
  using channels::delivery_outcome;
  // A peer that asks for patience has not failed.
  if (outcome != to_string(delivery_outcome::delivered)
      && outcome != to_string(delivery_outcome::slow_down))
    counted_(lane_kind, delivery_result::failed_attempt);
  if (next_ != nullptr)
    next_->attempted(lane_kind, outcome, took);
}

void delivery_counter::delivered(std::string_view lane_kind,
                                 std::chrono::milliseconds since_commit) {
  counted_(lane_kind, delivery_result::delivered);
  if (next_ != nullptr)
    next_->delivered(lane_kind, since_commit);
}

void delivery_counter::gave_up(std::string_view lane,
                               persistence::delivery_id id,
                               std::string_view reason) {
  counted_(lane_kind(lane), delivery_result::dead);
  if (next_ != nullptr)
    next_->gave_up(lane, id, reason);
}

} // namespace switchboard::actors
