#include "actors/error_book.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::actors {

using persistence::error_event;
using persistence::error_record;

namespace {

error_event event_of(const error_note& note) {
  error_event out;
  out.where = note.where;
  out.code = note.code;
  out.message = note.message;
  out.ticket = note.ticket;
  out.at = note.at;
  out.first_at = note.at;
  persistence::clip_error(out);
  out.id = persistence::error_id(out.where, out.code);
  return out;
}

/// The same occurrence, told apart no more.
error_event as_other(error_event what) {
  what.message = what.where + ": " + what.code + ": " + what.message;
  what.where = persistence::other_errors;
  what.code = persistence::other_errors;
  persistence::clip_error(what);
  what.id = persistence::error_id(what.where, what.code);
  return what;
}

} // namespace

error_book_state::~error_book_state() {
  // Nobody waits for the answers any more.
  for (auto& [id, what] : pending_)
    if (!in_flight_.contains(id))
      world_->journal.commit(numbered(what), [](const auto&) {});
}

error_book_actor::behavior_type
error_book_state::make_behavior(error_book_world_ptr world) {
  world_ = std::move(world);
  // What a predecessor had in its mailbox went with it.
  world_->on_the_way = 0;
  for (auto& record : persistence::error_views{world_->journal.rows()}.all()) {
    const auto id = record.id;
    kinds_.insert(id);
    records_.emplace(id, std::move(record));
  }
  return {
    [this](const error_note& note) { on_note(note); },
    [this](const error_settled& note) { on_settled(note); },
    [this](caf::tick_atom) { on_tick(); },
  };
}

void error_book_state::on_note(const error_note& note) {
  if (world_->on_the_way > 0)
    --world_->on_the_way;
  gather(event_of(note));
  count_dropped();
  if (!armed_ && in_flight_.empty())
    flush();
}

void error_book_state::count_dropped() {
  const auto count = world_->dropped.exchange(0);
  if (count == 0)
    return;
  error_note note{std::string{error_book_state::name}, "overflow",
                  "more errors than could be told apart", std::nullopt,
                  world_->now()};
  auto what = event_of(note);
  what.count = count;
  gather(std::move(what));
}

void error_book_state::gather(error_event what) {
  if (!kinds_.contains(what.id)) {
    if (kinds_.size() >= persistence::error_kinds_max)
      what = as_other(std::move(what));
    kinds_.insert(what.id);
  }
  merge(std::move(what));
}

void error_book_state::merge(error_event what) {
  const auto [i, is_new] = pending_.try_emplace(what.id, what);
  if (is_new)
    return;
  auto& sum = i->second;
  const auto count = sum.count + what.count;
  const auto first = std::min(sum.first_at, what.first_at);
  if (what.at >= sum.at)
    sum = std::move(what);
  sum.count = count;
  sum.first_at = first;
}

void error_book_state::flush() {
  was_refused_ = false;
  in_flight_ = std::exchange(pending_, {});
  if (in_flight_.empty())
    return;
  // The answers may come before the last one is asked for.
  std::vector<std::pair<domain::uuid, persistence::changes>> commits;
  for (auto& [id, what] : in_flight_)
    commits.emplace_back(id, numbered(what));
  for (auto& [id, what] : commits)
    world_->journal.commit(
      std::move(what), [me = error_book_actor{self_}, id = id](auto outcome) {
        caf::anon_send(me, error_settled{id, std::move(outcome)});
      });
  arm(world_->options.commit_every);
}

persistence::changes error_book_state::numbered(error_event& what) const {
  const auto before = record_of(what.id);
  const auto last = before ? static_cast<std::uint64_t>(before->last_event) : 0;
  what.number = domain::sequence{last + 1};
  auto out = persistence::error_changes(before, what);
  if (world_->plan_deliveries)
    out.deliveries
      = world_->plan_deliveries(persistence::apply_error(before, what), what);
  return out;
}

std::optional<error_record>
error_book_state::record_of(const domain::uuid& id) const {
  const auto i = records_.find(id);
  return i == records_.end() ? std::nullopt : std::optional{i->second};
}

void error_book_state::on_settled(const error_settled& note) {
  const auto i = in_flight_.find(note.id);
  if (i == in_flight_.end())
    return;
  auto what = std::move(i->second);
  in_flight_.erase(i);
  if (std::holds_alternative<persistence::committed>(note.outcome)) {
    records_.insert_or_assign(
      note.id, persistence::apply_error(record_of(note.id), what));
  } else {
    reload(note.id);
    if (!is_written(what)) {
      was_refused_ = true;
      merge(std::move(what));
    }
  }
  if (!in_flight_.empty() || pending_.empty() || armed_)
    return;
  if (std::exchange(was_refused_, false))
    arm(world_->options.refused_pause);
  else
    flush();
}

void error_book_state::reload(const domain::uuid& id) {
  if (auto stored = persistence::error_views{world_->journal.rows()}.find(id))
    records_.insert_or_assign(id, std::move(*stored));
}

bool error_book_state::is_written(const error_event& what) const {
  // Only an answer that was lost leaves the event itself in the store; one of
  // another writer with the same number has other contents.
  const auto stored = record_of(what.id);
  return stored && stored->last_event == what.number
         && stored->last_seen == what.at && stored->message == what.message;
}

void error_book_state::on_tick() {
  armed_ = false;
  if (!in_flight_.empty() || pending_.empty())
    return;
  if (std::exchange(was_refused_, false))
    arm(world_->options.refused_pause);
  else
    flush();
}

void error_book_state::arm(std::chrono::milliseconds pause) {
  armed_ = true;
  self_->delayed_send(self_, pause, caf::tick_atom_v);
}

error_book_actor::behavior_type error_book(error_book_state::self_pointer self,
                                           error_book_world_ptr world) {
  return self->state.make_behavior(std::move(world));
}

void send_note(error_book_world& world, const error_book_actor& book,
               error_note note) {
  if (!book || world.on_the_way >= world.options.notes_max) {
    ++world.dropped;
    return;
  }
  ++world.on_the_way;
  caf::anon_send(book, std::move(note));
}

} // namespace switchboard::actors
