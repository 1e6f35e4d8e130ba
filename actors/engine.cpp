#include "actors/engine.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <utility>

namespace switchboard::actors {

engine::engine(caf::actor_system& system, engine_parts parts,
               engine_options options)
  : system_{system},
    parts_{std::move(parts)},
    options_{options},
    statistics_{std::make_shared<statistician_world>(parts_.journal, parts_.now,
                                                     options_.statistics)},
    deliveries_{[this](std::string_view kind, delivery_result result) {
                  statistics_->count(kind, result);
                  ring_statistician();
                },
                parts_.deliveries} {
  tickets_ = std::make_shared<ticket_world>(
    ticket_world{parts_.journal, parts_.ids, parts_.now, parts_.plan_deliveries,
                 options_.ticket});
  lanes_ = std::make_shared<lane_world>(
    lane_world{parts_.journal, parts_.now, parts_.courier, parts_.channel_of,
               parts_.actors, &deliveries_,
               [this](error_note note) { report_error(std::move(note)); }});
  errors_ = std::make_shared<error_book_world>(
    parts_.journal, parts_.now, parts_.plan_error_deliveries, options_.errors);
  parts_.journal.on_batch([this](const auto& batch) { on_batch(batch); });
  start_error_book();
  start_directory();
  start_outbox();
  start_timers();
  start_statistician();
}

engine::~engine() {
  begin_stop();
}

void engine::supervise(std::string name, std::function<caf::actor()> start) {
  auto first = start();
  supervised what{std::move(name), std::move(first), std::move(start),
                  parts_.actors, parts_.gave_up};
  supervisors_.push_back(
    system_.spawn(supervisor, std::move(what), options_.restarts));
}

void engine::start_directory() {
  supervise(directory_state::name, [this] {
    auto handle
      = system_.spawn(directory, tickets_, options_.directory, parts_.actors);
    const std::lock_guard lock{mutex_};
    directory_ = handle;
    return caf::actor_cast<caf::actor>(handle);
  });
}

void engine::start_error_book() {
  supervise(error_book_state::name, [this] {
    auto handle = system_.spawn(error_book, errors_);
    const std::lock_guard lock{mutex_};
    error_book_ = handle;
    return caf::actor_cast<caf::actor>(handle);
  });
}

void engine::start_outbox() {
  supervise(outbox_state::name, [this] {
    auto handle = system_.spawn(outbox, lanes_, options_.outbox);
    const std::lock_guard lock{mutex_};
    outbox_ = handle;
    return caf::actor_cast<caf::actor>(handle);
  });
}

void engine::start_statistician() {
  supervise(statistician_state::name, [this] {
    auto handle = system_.spawn(statistician, statistics_);
    const std::lock_guard lock{mutex_};
    statistician_ = handle;
    return caf::actor_cast<caf::actor>(handle);
  });
}

void engine::start_timers() {
  supervise(timers_state::name, [this] {
    auto wake = [this](const persistence::timer_change& timer) {
      if (timer.kind == domain::entity_kind::ticket)
        caf::anon_send(tickets(), wake_atom_v, timer);
      else if (parts_.wake_other)
        parts_.wake_other(timer);
    };
    auto handle = system_.spawn(timers, &parts_.journal.rows(), parts_.now,
                                std::move(wake), options_.timers);
    const std::lock_guard lock{mutex_};
    timers_ = handle;
    return caf::actor_cast<caf::actor>(handle);
  });
}

directory_actor engine::tickets() const {
  const std::lock_guard lock{mutex_};
  return directory_;
}

std::optional<engine::permit> engine::admit() {
  if (in_flight_.fetch_add(1, std::memory_order_relaxed)
      >= options_.in_flight_max) {
    in_flight_.fetch_sub(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  return permit{in_flight_};
}

void engine::ring_statistician() {
  if (!statistics_->ring())
    return;
  const std::lock_guard lock{mutex_};
  if (statistician_)
    caf::anon_send(statistician_, poll_atom_v);
  else
    statistics_->silence(); // It looks by itself when it starts.
}

void engine::on_batch(const persistence::batch_summary& batch) {
  ring_statistician();
  if (parts_.committed)
    parts_.committed();
  if (batch.lanes.empty() && batch.timers.empty())
    return;
  const std::lock_guard lock{mutex_};
  if (!batch.lanes.empty() && outbox_)
    caf::anon_send(outbox_, lanes_note{batch.lanes});
  if (!batch.timers.empty() && timers_)
    caf::anon_send(timers_, timers_note{batch.timers});
}

void engine::take_up(const std::string& lane, persistence::delivery_id id) {
  const std::lock_guard lock{mutex_};
  caf::anon_send(outbox_, retry_atom_v, lane, id);
}

void engine::take_up_lane(const std::string& lane) {
  const std::lock_guard lock{mutex_};
  if (outbox_)
    caf::anon_send(outbox_, lanes_note{{lane}});
}

void engine::report_error(error_note note) {
  if (note.at == domain::timestamp{})
    note.at = parts_.now();
  const std::lock_guard lock{mutex_};
  send_note(*errors_, error_book_, std::move(note));
}

void engine::begin_stop() {
  for (const auto& s : supervisors_)
    caf::anon_send_exit(s, caf::exit_reason::user_shutdown);
}

void engine::stop() {
  begin_stop();
  caf::scoped_actor self{system_};
  self->wait_for(std::exchange(supervisors_, {}));
  const std::lock_guard lock{mutex_};
  directory_ = nullptr;
  error_book_ = nullptr;
  outbox_ = nullptr;
  statistician_ = nullptr;
  timers_ = nullptr;
}

} // namespace switchboard::actors
