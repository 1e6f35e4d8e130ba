#include "domain/ticket.hpp"

#include "domain/match.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace switchboard::domain {

namespace {

void edit(ticket& t, const ticket_edits& e) {
  if (e.subject)
    t.subject = *e.subject;
  if (e.description)
    t.description = *e.description;
  if (e.category)
    t.category = *e.category;
  if (e.tags)
    t.tags = *e.tags;
  if (e.from)
    t.from = *e.from;
}

void add(ticket& t, const message_added& e, timestamp at) {
  t.last_message = e.number;
  if (!t.first_response_at && is_staff(e.message.role))
    t.first_response_at = at;
}

ticket opened(const ticket_created& e, timestamp at) {
  ticket t;
  t.id = e.id;
  t.number = e.number;
  t.ref = e.ref;
  t.from = e.from;
  t.subject = e.subject;
  t.urgency = e.urgency;
  t.via = e.via;
  t.follows = e.follows;
  t.session = e.session;
  t.category = e.category;
  t.tags = e.tags;
  t.created_at = at;
  t.waiting_since = at;
  return t;
}

void move_state(ticket& t, const status_changed& e, timestamp at) {
  t.state = e.to;
  t.waiting_since.reset();
  if (e.to == status::pending)
    t.waiting_since = at;
  t.is_overdue = false;
  t.passed_by.clear();
  t.awaiting_since.reset();
  if (e.to == status::waiting_customer)
    t.awaiting_since = at;
  t.is_reminded = false;
  if (e.to == status::resolved) {
    t.resolved_at = at;
  } else if (e.to == status::closed) {
    t.closed_at = at;
  } else {
    t.resolved_at.reset();
    t.closed_at.reset();
  }
}

void hand_over(ticket& t, const assignee_changed& e, timestamp at) {
  t.assignee = e.agent;
  t.assigned_at.reset();
  if (!e.agent.empty())
    t.assigned_at = at;
}

constexpr std::array delivery_states{
  delivery_state::queued, delivery_state::sent, delivery_state::delivered,
  delivery_state::read, delivery_state::failed};

constexpr std::array channels{channel::web, channel::whatsapp,
                              channel::telegram, channel::api, channel::email};

} // namespace

std::string_view to_string(sender_role r) noexcept {
  switch (r) {
    case sender_role::customer: return "customer";
    case sender_role::agent: return "agent";
    case sender_role::manager: return "manager";
    case sender_role::bot: return "bot";
    case sender_role::system: return "system";
  }
  return "unknown_role";
}

std::string_view to_string(channel c) noexcept {
  switch (c) {
    case channel::web: return "web";
    case channel::whatsapp: return "whatsapp";
    case channel::telegram: return "telegram";
    case channel::api: return "api";
    case channel::email: return "email";
  }
  return "unknown_channel";
}

std::string_view to_string(delivery_state s) noexcept {
  switch (s) {
    case delivery_state::queued: return "queued";
    case delivery_state::sent: return "sent";
    case delivery_state::delivered: return "delivered";
    case delivery_state::read: return "read";
    case delivery_state::failed: return "failed";
  }
  return "unknown_state";
}

std::optional<delivery_state>
parse_delivery_state(std::string_view word) noexcept {
  for (const auto s : delivery_states)
    if (to_string(s) == word)
      return s;
  return std::nullopt;
}

delivery_state farther(delivery_state a, delivery_state b) noexcept {
  // Its place on the way; a failure is the end of what was not delivered.
  const auto rank = [](delivery_state s) {
    switch (s) {
      case delivery_state::queued: return 0;
      case delivery_state::sent: return 1;
      case delivery_state::failed: return 2;
      case delivery_state::delivered: return 3;
      case delivery_state::read: return 4;
    }
    return 0;
  };
  return rank(a) < rank(b) ? b : a;
}

std::optional<channel> parse_channel(std::string_view word) noexcept {
  for (const auto c : channels)
    if (to_string(c) == word)
      return c;
  return std::nullopt;
}

bool is_staff(sender_role r) noexcept {
  return r == sender_role::agent || r == sender_role::manager;
}

void apply(std::optional<ticket>& state, const ticket_event& event) {
  match(
    event.fact,
    [&](const ticket_created& e) {
      assert(!state);
      state = opened(e, event.at);
    },
    [&](const message_added& e) { add(*state, e, event.at); },
    [&](const status_changed& e) { move_state(*state, e, event.at); },
    [&](const assignee_changed& e) { hand_over(*state, e, event.at); },
    [&](const priority_changed& e) { state->urgency = e.to; },
    [&](const ticket_edited& e) { edit(*state, e.edits); },
    [&](const ticket_passed& e) { state->passed_by.push_back(e.agent); },
    [&](const claim_overdue&) { state->is_overdue = true; },
    [](const note_added&) {}, [](const user_mentioned&) {},
    [&](const message_reacted&) { state->is_marked = true; },
    [&](const message_deleted&) { state->is_marked = true; },
    [&](const delivery_reported&) { state->is_marked = true; },
    [&](const customer_reminded&) { state->is_reminded = true; },
    [](const message_edited&) {}, [](const progress_reported&) {});
  assert(state);
  assert(static_cast<std::uint64_t>(event.number)
         == static_cast<std::uint64_t>(state->last_event) + 1);
  state->last_event = event.number;
  state->updated_at = event.at;
}

} // namespace switchboard::domain
