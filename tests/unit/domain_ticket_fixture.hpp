#pragma once

#include "domain/ticket.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace switchboard::domain::testing {

using namespace std::chrono_literals;

inline const timestamp noon{
  std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 12h};

inline message_draft draft(sender_role role, std::string body = "hello") {
  message_draft m;
  m.role = role;
  m.sender_name = "Jane";
  m.body = std::move(body);
  return m;
}

inline create_ticket creation() {
  create_ticket c;
  c.id = ticket_id{make_uuid7(noon, 0, 7)};
  c.number = ticket_number{42};
  c.ref = "T-20260131-7F3K9QXA";
  c.from = customer{"Jane", "+1234567890", "jane@example.com"};
  c.subject = "A lost parcel";
  c.urgency = priority::high;
  c.via = channel::web;
  c.first_message = draft(sender_role::customer, "Where is it?");
  return c;
}

/// One ticket, as a ticket actor would keep it.
class Ticket : public ::testing::Test {
protected:
  Ticket() {
    run(creation());
  }

  result<std::vector<ticket_event>> ask(const ticket_command& cmd) {
    return decide(state, cmd, ctx);
  }

  /// Carries out `cmd`, which must not be refused.
  std::vector<ticket_event> run(const ticket_command& cmd) {
    auto events = ask(cmd);
    EXPECT_TRUE(events.has_value()) << (events ? "" : events.error().detail);
    if (!events)
      return {};
    for (const auto& e : events.value())
      apply(state, e);
    return events.value();
  }

  error refusal(const ticket_command& cmd) {
    const auto events = ask(cmd);
    EXPECT_FALSE(events.has_value()) << "not refused";
    return events ? error{errc::invalid, "not refused"} : events.error();
  }

  void put(status s, std::string assignee = {}) {
    state->state = s;
    state->assignee = std::move(assignee);
    if (s == status::resolved)
      state->resolved_at = ctx.now;
    if (s == status::closed)
      state->closed_at = ctx.now;
  }

  void later(std::chrono::milliseconds d) {
    ctx.now += d;
  }

  std::optional<ticket> state;
  context ctx{noon, 72h};
};

template <class Fact>
const Fact& fact(const std::vector<ticket_event>& events, std::size_t i) {
  return std::get<Fact>(events.at(i).fact);
}

} // namespace switchboard::domain::testing
