#include "actors/directory.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <utility>

namespace switchboard::actors {

directory_state::~directory_state() {
  // Tickets must not outlive the one who keeps them single.
  for (const auto& [id, found] : entries_)
    caf::anon_send_exit(found.handle, caf::exit_reason::kill);
}

directory_actor::behavior_type
directory_state::make_behavior(ticket_world_ptr world,
                               directory_options options,
                               actors_observer* observer) {
  world_ = std::move(world);
  options_ = options;
  observer_ = observer;
  schedule_tick();
  return {
    [this](stay_atom, const domain::ticket_id& id) { on_stay(id); },
    [this](const ticket_ended& note) { on_ended(note); },
    [this](apply_atom, ticket_request& request) { return on_apply(request); },
    [this](wake_atom, const persistence::timer_change& t) { on_wake(t); },
    [this](caf::tick_atom) { on_tick(); },
  };
}

caf::result<ticket_reply> directory_state::on_apply(ticket_request& request) {
  const auto fresh
    = std::holds_alternative<domain::create_ticket>(request.command);
  auto& found = find_or_spawn(request.target, fresh)->second;
  if (!found.dozing) {
    touch(found);
    return self_->delegate(found.handle, apply_atom_v, std::move(request));
  }
  if (found.queue.size() >= options_.waiting_max)
    return to_caf({domain::errc::overloaded, "this ticket is too busy"});
  auto reply = self_->make_response_promise<ticket_reply>();
  found.queue.push_back({std::move(request), reply});
  return reply;
}

void directory_state::on_wake(const persistence::timer_change& timer) {
  auto& found = find_or_spawn(domain::ticket_id{timer.entity}, false)->second;
  // One that dozes off is woken again: the timer service repeats itself.
  if (!found.dozing)
    self_->send(found.handle, wake_atom_v, timer);
}

void directory_state::on_stay(const domain::ticket_id& id) {
  const auto i = entries_.find(id);
  if (i == entries_.end() || !i->second.dozing)
    return;
  auto& found = i->second;
  found.dozing = false;
  found.used_at = now();
  found.place = idle_.insert(idle_.end(), id);
  for (auto& [request, reply] : std::exchange(found.queue, {}))
    reply.delegate(found.handle, apply_atom_v, std::move(request));
}

void directory_state::on_ended(const ticket_ended& note) {
  if (observer_ != nullptr)
    observer_->ended(ticket_state::name, note.failed);
  const auto i = entries_.find(note.id);
  if (i == entries_.end())
    return;
  auto queue = std::move(i->second.queue);
  if (!i->second.dozing)
    idle_.erase(i->second.place);
  entries_.erase(i);
  if (queue.empty())
    return;
  const auto& handle = find_or_spawn(note.id, false)->second.handle;
  for (auto& [request, reply] : queue)
    reply.delegate(handle, apply_atom_v, std::move(request));
}

void directory_state::on_tick() {
  const auto idle_since = now() - options_.idle_after;
  while (!idle_.empty()
         && entries_.find(idle_.front())->second.used_at <= idle_since)
    doze(idle_.front());
  schedule_tick();
}

directory_state::entry_map::iterator
directory_state::find_or_spawn(const domain::ticket_id& id, bool fresh) {
  const auto [i, is_new] = entries_.try_emplace(id);
  if (!is_new)
    return i;
  if (idle_.size() >= options_.awake_max)
    doze(idle_.front());
  i->second.handle = spawn_ticket(id, fresh);
  i->second.used_at = now();
  i->second.place = idle_.insert(idle_.end(), id);
  return i;
}

ticket_actor directory_state::spawn_ticket(const domain::ticket_id& id,
                                           bool fresh) {
  const auto keeper = ticket_keeper_actor{self_};
  auto handle = self_->system().spawn(ticket, world_, keeper, id, fresh);
  if (observer_ != nullptr)
    observer_->started(ticket_state::name);
  // Crashes are told too, so nobody is left with a handle of the dead.
  handle->attach_functor([keeper, id](const caf::error& reason) {
    const auto failed = reason && reason != caf::exit_reason::user_shutdown;
    caf::anon_send(keeper, ticket_ended{id, failed});
  });
  return handle;
}

void directory_state::touch(entry& used) {
  used.used_at = now();
  idle_.splice(idle_.end(), idle_, used.place);
}

void directory_state::doze(const domain::ticket_id& id) {
  auto& found = entries_.find(id)->second;
  found.dozing = true;
  self_->send(found.handle, doze_atom_v);
  idle_.erase(found.place);
}

void directory_state::schedule_tick() {
  self_->delayed_send(self_, options_.idle_after / 4 + std::chrono::seconds{1},
                      caf::tick_atom_v);
}

directory_state::steady_time directory_state::now() const {
  return self_->clock().now();
}

directory_actor::behavior_type
directory(directory_state::self_pointer self, ticket_world_ptr world,
          directory_options options, actors_observer* observer) {
  return self->state.make_behavior(std::move(world), options, observer);
}

} // namespace switchboard::actors
