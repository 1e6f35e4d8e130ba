#include "actors/ticket.hpp"

#include "actors/ticket_timers.hpp"
#include "domain/match.hpp"
#include "persistence/ticket_changes.hpp"
#include "persistence/ticket_views.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace switchboard::actors {

using persistence::commit_failure;
using persistence::unique_claim;

namespace {

bool has_claim(const std::vector<unique_claim>& claims, std::string_view scope,
               std::string_view id) {
  return std::any_of(claims.begin(), claims.end(), [&](const auto& claim) {
    return claim.scope == scope && claim.id == id;
  });
}

domain::error reason_of(commit_failure failure) {
  switch (failure) {
    case commit_failure::overloaded:
      return {domain::errc::overloaded, "too many writes are waiting"};
    case commit_failure::no_room:
      return {domain::errc::storage_unavailable, "no room left on the disk"};
    case commit_failure::closed:
      return {domain::errc::storage_unavailable, "shutting down"};
    case commit_failure::stale:
    case commit_failure::fenced:
    case commit_failure::unknown: break;
  }
  return {domain::errc::outcome_unknown,
          "it is not known whether this was stored; ask again"};
}

} // namespace

ticket_actor::behavior_type
ticket_state::make_behavior(ticket_world_ptr world, ticket_keeper_actor keeper,
                            domain::ticket_id id, bool fresh) {
  world_ = std::move(world);
  keeper_ = std::move(keeper);
  id_ = id;
  if (!fresh)
    ticket_ = persistence::ticket_views{world_->journal.rows()}.load(id);
  return {
    [this](apply_atom, ticket_request& request) { return on_apply(request); },
    [this](const commit_note& note) { on_commit(note); },
    [this](wake_atom, const persistence::timer_change& t) { on_wake(t); },
    [this](doze_atom) { on_doze(); },
  };
}

caf::result<ticket_reply> ticket_state::on_apply(ticket_request& request) {
  if (queue_.size() >= world_->options.queue_max)
    return to_caf({domain::errc::overloaded, "this ticket is too busy"});
  auto reply = self_->make_response_promise<ticket_reply>();
  queue_.emplace_back(asked{std::move(request), reply, 0, {}, {}});
  start_next_batch();
  return reply;
}

void ticket_state::on_wake(const persistence::timer_change& timer) {
  // The timer service repeats what is not settled, so dropping is no loss.
  if (queue_.size() >= world_->options.queue_max)
    return;
  queue_.emplace_back(timer);
  start_next_batch();
}

void ticket_state::on_doze() {
  if (in_flight_ || !queue_.empty())
    self_->send(keeper_, stay_atom_v, id_);
  else
    self_->quit();
}

void ticket_state::start_next_batch() {
  while (!in_flight_ && !queue_.empty()) {
    auto plan = plan_batch();
    for (auto& [reply, reason] : plan.refused)
      reply.deliver(to_caf(reason));
    if (!needs_commit(plan)) {
      // All is as wished already, and durable.
      answer_all(plan);
      continue;
    }
    in_flight_ = std::make_unique<batch>(std::move(plan));
    commit(*in_flight_);
  }
  // Nobody is served by an actor for a ticket that does not exist.
  if (!ticket_ && !in_flight_)
    self_->quit();
}

bool ticket_state::needs_commit(const batch& plan) {
  return !plan.events.empty() || !plan.timers.empty()
         || std::any_of(plan.items.begin(), plan.items.end(),
                        [](const work& item) {
                          const auto* request = std::get_if<asked>(&item);
                          return request != nullptr && request->request.once;
                        });
}

ticket_state::batch ticket_state::plan_batch() {
  batch plan;
  plan.after = ticket_;
  const auto count
    = std::min(queue_.size(), world_->options.batch_commands_max);
  std::size_t taken = 0;
  while (taken < count && plan_item(plan, queue_[taken]))
    ++taken;
  queue_.erase(queue_.begin(),
               queue_.begin() + static_cast<std::ptrdiff_t>(taken));
  return plan;
}

bool ticket_state::plan_item(batch& plan, work& item) const {
  if (auto* timer = std::get_if<persistence::timer_change>(&item)) {
    plan_timer(plan, *timer);
    return true;
  }
  return plan_request(plan, std::get<asked>(item));
}

bool ticket_state::plan_request(batch& plan, asked& item) const {
  const domain::context ctx{world_->now(), world_->options.reopen_window};
  const auto& expected = item.request.expected;
  if (expected && plan.after && plan.after->last_event != *expected) {
    plan.refused.push_back({std::move(item.reply),
                            {domain::errc::precondition_failed,
                             "the ticket has changed meanwhile"}});
    return true;
  }
  auto decision = domain::decide(plan.after, item.request.command, ctx);
  if (!decision) {
    plan.refused.push_back({std::move(item.reply), decision.error()});
    return true;
  }
  auto& events = decision.value();
  item.claims = persistence::claims_of(id_, events);
  if (item.request.once)
    item.claims.push_back(*item.request.once);
  // Two commands with one claim: the second must see what the first left.
  for (const auto& planned : plan.items)
    if (const auto* other = std::get_if<asked>(&planned))
      for (const auto& claim : item.claims)
        if (has_claim(other->claims, claim.scope, claim.id))
          return false;
  for (auto& event : events) {
    domain::apply(plan.after, event);
    plan.events.push_back(std::move(event));
  }
  item.done = describe(plan.after);
  plan.items.emplace_back(std::move(item));
  return true;
}

void ticket_state::plan_timer(batch& plan,
                              const persistence::timer_change& timer) const {
  auto spent = timer;
  spent.set = false;
  plan.timers.push_back(spent);
  plan.items.emplace_back(timer);
  if (!plan.after)
    return;
  const domain::context ctx{world_->now(), world_->options.reopen_window};
  const domain::message_id fresh{world_->ids.next_uuid()};
  const auto command = due_command(*plan.after, timer, ctx.now, rules(), fresh);
  if (!command) {
    if (const auto due = postponed(*plan.after, timer, ctx.now, rules())) {
      auto later = timer;
      later.due = *due;
      later.set = true;
      plan.timers.push_back(std::move(later));
    }
    return;
  }
  auto decision = domain::decide(plan.after, *command, ctx);
  if (!decision)
    return;
  for (auto& event : decision.value()) {
    domain::apply(plan.after, event);
    plan.events.push_back(std::move(event));
  }
}

timer_rules ticket_state::rules() const {
  const auto& options = world_->options;
  return {options.reopen_window, options.desk, options.waiting};
}

void ticket_state::commit(const batch& plan) {
  persistence::changes what;
  if (!plan.events.empty()) {
    what = persistence::ticket_changes(ticket_, *plan.after, plan.events);
    what.timers = timer_changes(ticket_, *plan.after, rules());
    what.deliveries = world_->plan_deliveries(*plan.after, plan.events);
  }
  for (const auto& item : plan.items)
    if (const auto* request = std::get_if<asked>(&item);
        request != nullptr && request->request.once)
      what.claims.push_back(*request->request.once);
  std::copy(plan.timers.begin(), plan.timers.end(),
            std::back_inserter(what.timers));
  world_->journal.commit(std::move(what),
                         [me = ticket_actor{self_}](auto outcome) {
                           caf::anon_send(me, commit_note{std::move(outcome)});
                         });
}

void ticket_state::on_commit(const commit_note& note) {
  domain::match(
    note.outcome, [&](const persistence::committed&) { on_committed(); },
    [&](const persistence::conflict& taken) { on_conflict(taken); },
    [&](commit_failure failure) { on_failure(failure); });
}

void ticket_state::on_committed() {
  const auto done = std::move(in_flight_);
  ticket_ = std::move(done->after);
  answer_all(*done);
  start_next_batch();
}

void ticket_state::answer_all(batch& plan) {
  for (auto& item : plan.items)
    if (auto* request = std::get_if<asked>(&item))
      request->reply.deliver(std::move(request->done));
}

void ticket_state::on_conflict(const persistence::conflict& taken) {
  // Nothing was written. The one whose claim is taken is answered (or draws
  // another ref), the others are decided anew on the state that still holds.
  auto& items = in_flight_->items;
  const auto owner = std::find_if(items.begin(), items.end(), [&](auto& item) {
    const auto* request = std::get_if<asked>(&item);
    return request != nullptr
           && has_claim(request->claims, taken.scope, taken.id);
  });
  if (owner == items.end()) {
    on_failure(commit_failure::unknown);
    return;
  }
  auto& request = std::get<asked>(*owner);
  if (!redraw_ref(request, taken)) {
    auto reply = describe(ticket_);
    reply.taken = taken;
    request.reply.deliver(std::move(reply));
    items.erase(owner);
  }
  requeue();
  start_next_batch();
}

bool ticket_state::redraw_ref(asked& item,
                              const persistence::conflict& taken) const {
  auto* create = std::get_if<domain::create_ticket>(&item.request.command);
  if (create == nullptr || taken.scope != persistence::ref_scope
      || item.ref_draws >= world_->options.ref_draws_max)
    return false;
  ++item.ref_draws;
  create->ref = world_->ids.next_ref();
  return true;
}

void ticket_state::requeue() {
  auto items = std::move(in_flight_->items);
  in_flight_.reset();
  queue_.insert(queue_.begin(), std::make_move_iterator(items.begin()),
                std::make_move_iterator(items.end()));
}

void ticket_state::on_failure(commit_failure failure) {
  refuse_all(reason_of(failure));
  self_->quit();
}

void ticket_state::refuse_all(const domain::error& reason) {
  const auto refuse = [&](std::vector<work>& items) {
    for (auto& item : items)
      if (auto* request = std::get_if<asked>(&item))
        request->reply.deliver(to_caf(reason));
    items.clear();
  };
  if (in_flight_)
    refuse(in_flight_->items);
  in_flight_.reset();
  refuse(queue_);
}

ticket_reply
ticket_state::describe(const std::optional<domain::ticket>& ticket) const {
  ticket_reply out;
  out.id = id_;
  if (!ticket)
    return out;
  out.number = ticket->number;
  out.ref = ticket->ref;
  out.state = ticket->state;
  out.last_message = ticket->last_message;
  out.last_event = ticket->last_event;
  return out;
}

ticket_actor::behavior_type
ticket(ticket_state::self_pointer self, ticket_world_ptr world,
       ticket_keeper_actor keeper, domain::ticket_id id, bool fresh) {
  return self->state.make_behavior(std::move(world), std::move(keeper), id,
                                   fresh);
}

} // namespace switchboard::actors
