#include "actors/ticket_timers.hpp"

#include "persistence/timers.hpp"
#include "tests/support/ticket_world.hpp"

namespace switchboard::actors {
namespace {

using domain::sender_role;
using domain::status;
using std::chrono::hours;
using std::chrono::minutes;

/// Visitors' tickets that somebody has to claim within ten minutes.
class TicketTimers : public test::ticket_world_test {
protected:
  TicketTimers() {
    with_rules({});
  }

  void with_rules(std::function<domain::timestamp(domain::timestamp)> opening,
                  std::chrono::seconds timeout = minutes{10}) {
    ticket_options options;
    options.desk.claim_timeout = timeout;
    options.desk.next_opening = std::move(opening);
    options.desk.notice = [](const domain::ticket& ticket) {
      return ticket.from.email.empty() ? std::string{"Your e-mail?"}
                                       : std::string{};
    };
    world = make_world(options);
    keeper = spawn(directory, world, directory_options{}, nullptr);
  }

  domain::ticket_id open(std::string email = {}) {
    auto request = create();
    auto& made = std::get<domain::create_ticket>(request.command);
    made.from.email = std::move(email);
    made.session
      = domain::session_place{domain::session_id{ids.next_uuid()}, 1};
    EXPECT_TRUE(ask<ticket_reply>(keeper, apply_atom_v, request));
    return request.target;
  }

  void apply(domain::ticket_id id, domain::ticket_command command) {
    const ticket_request request{id, std::move(command), {}, {}};
    EXPECT_TRUE(ask<ticket_reply>(keeper, apply_atom_v, request));
  }

  /// Wakes whatever is due; how many that were.
  std::size_t wake() {
    const auto due = timers.due(wall, 10);
    for (const auto& one : due)
      self->send(keeper, wake_atom_v, one);
    sched.run();
    return due.size();
  }

  directory_actor keeper;
  persistence::timer_views timers{journal.rows()};
};

TEST_F(TicketTimers, RemindOnceOfATicketThatNobodyClaims) {
  const auto id = open();
  EXPECT_EQ(timers.next_due(), wall + minutes{10});
  wall += minutes{10};
  EXPECT_EQ(wake(), 1u);
  EXPECT_TRUE(stored(id)->is_overdue);
  EXPECT_EQ(bodies(id).back(), "Your e-mail?");
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

TEST_F(TicketTimers, TellTheVisitorInTheSystemsName) {
  const auto id = open();
  wall += minutes{10};
  wake();
  const auto rows = persistence::ticket_views{journal.rows()}.messages(
    id, domain::message_sequence{1}, 1);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.front().message.role, sender_role::system);
  EXPECT_NE(rows.front().message.id.value, domain::uuid{});
}

TEST_F(TicketTimers, AskNobodyWhoCanBeReached) {
  const auto id = open("asha@example.org");
  wall += minutes{10};
  wake();
  EXPECT_TRUE(stored(id)->is_overdue);
  EXPECT_EQ(bodies(id).size(), 1u);
}

TEST_F(TicketTimers, AClaimTakesTheTimerBackAndAReleaseSetsItAgain) {
  const auto id = open();
  apply(id, domain::claim_ticket{"1"});
  EXPECT_EQ(timers.next_due(), std::nullopt);
  wall += hours{1};
  apply(id, domain::release_ticket{});
  EXPECT_EQ(timers.next_due(), wall + minutes{10});
  wall += minutes{10};
  wake();
  EXPECT_TRUE(stored(id)->is_overdue);
}

TEST_F(TicketTimers, WaitUntilTheDeskIsStaffed) {
  const auto opening = wall + hours{12};
  with_rules([opening](domain::timestamp at) { return std::max(at, opening); });
  const auto id = open();
  EXPECT_EQ(timers.next_due(), opening);
  wall = opening;
  wake();
  EXPECT_TRUE(stored(id)->is_overdue);
}

TEST_F(TicketTimers, OneThatCameTooEarlyComesAgain) {
  const auto id = open();
  // The operator has changed the rules since.
  with_rules({}, hours{1});
  const auto since = wall;
  wall += minutes{10};
  EXPECT_EQ(wake(), 1u);
  EXPECT_FALSE(stored(id)->is_overdue);
  EXPECT_EQ(timers.next_due(), since + hours{1});
  wall = since + hours{1};
  wake();
  EXPECT_TRUE(stored(id)->is_overdue);
}

TEST_F(TicketTimers, LeaveTicketsOfNoSessionAlone) {
  auto request = create();
  ASSERT_TRUE(ask<ticket_reply>(keeper, apply_atom_v, request));
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

TEST_F(TicketTimers, ThereAreNoneWithoutADesk) {
  with_rules({}, std::chrono::seconds{0});
  open();
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

TEST_F(TicketTimers, OneThatFiresAsTheTicketIsClaimedDoesNothing) {
  const auto id = open();
  wall += minutes{10};
  const auto due = timers.due(wall, 10);
  ASSERT_EQ(due.size(), 1u);
  apply(id, domain::claim_ticket{"1"});
  self->send(keeper, wake_atom_v, due.front());
  sched.run();
  EXPECT_FALSE(stored(id)->is_overdue);
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

/// Tickets that wait for their customer: a reminder after 20 hours, the end
/// after 72.
class WaitingTimers : public TicketTimers {
protected:
  WaitingTimers() {
    with_waiting({hours{20}, "Still there?", hours{72}});
  }

  void with_waiting(waiting_rules rules) {
    ticket_options options;
    options.waiting = std::move(rules);
    world = make_world(options);
    keeper = spawn(directory, world, directory_options{}, nullptr);
  }

  /// A ticket of no session that waits for its customer since now.
  domain::ticket_id open_waiting() {
    auto request = create();
    EXPECT_TRUE(ask<ticket_reply>(keeper, apply_atom_v, request));
    apply(request.target, domain::claim_ticket{"1"});
    wait_for_customer(request.target);
    return request.target;
  }

  void wait_for_customer(domain::ticket_id id) {
    apply(id, domain::change_status{status::waiting_customer, {}, "1"});
  }

  std::size_t wake_at(domain::timestamp at) {
    wall = at;
    return wake();
  }
};

TEST_F(WaitingTimers, RemindTheCustomerOnceThenResolve) {
  const auto id = open_waiting();
  const auto since = wall;
  EXPECT_EQ(timers.next_due(), since + hours{20});
  EXPECT_EQ(wake_at(since + hours{20}), 1u);
  EXPECT_TRUE(stored(id)->is_reminded);
  EXPECT_EQ(stored(id)->state, status::waiting_customer);
  const auto rows = persistence::ticket_views{journal.rows()}.messages(
    id, domain::message_sequence{1}, 10);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.front().message.body, "Still there?");
  EXPECT_EQ(rows.front().message.role, sender_role::bot);
  EXPECT_EQ(timers.next_due(), since + hours{72});
  EXPECT_EQ(wake_at(since + hours{72}), 1u);
  EXPECT_EQ(stored(id)->state, status::resolved);
  EXPECT_EQ(bodies(id).size(), 2u);
  const auto last
    = persistence::ticket_views{journal.rows()}.activities(id, {}, 100).back();
  const auto& change = std::get<domain::status_changed>(last.fact);
  EXPECT_EQ(change.actor, "system");
  EXPECT_EQ(change.reason, "the customer did not answer in time");
}

TEST_F(WaitingTimers, AnAnswerTakesThemBackAndTheNextWaitSetsThemAgain) {
  const auto id = open_waiting();
  wake_at(wall + hours{20});
  const auto answer = say(id, "Yes!");
  ASSERT_TRUE(ask<ticket_reply>(keeper, apply_atom_v, answer));
  EXPECT_EQ(stored(id)->state, status::in_progress);
  EXPECT_EQ(timers.next_due(), std::nullopt);
  wall += hours{100};
  wait_for_customer(id);
  EXPECT_EQ(timers.next_due(), wall + hours{20});
  wake_at(wall + hours{20});
  EXPECT_EQ(bodies(id).back(), "Still there?");
}

TEST_F(WaitingTimers, AreNotSetWhereTheRulesSayNever) {
  with_waiting({hours{0}, "Still there?", hours{72}});
  open_waiting();
  EXPECT_EQ(timers.next_due(), wall + hours{72});
  with_waiting({hours{20}, {}, hours{72}});
  const auto second = open_waiting();
  EXPECT_EQ(timers.next_due(), wall + hours{72}) << "nothing to say";
  apply(second, domain::change_status{status::closed, {}, "1"});
}

TEST_F(WaitingTimers, DoNotRemindOfWhatIsResolvedBefore) {
  with_waiting({hours{72}, "Still there?", hours{20}});
  const auto id = open_waiting();
  wake_at(wall + hours{20});
  EXPECT_EQ(stored(id)->state, status::resolved);
  EXPECT_EQ(bodies(id).size(), 1u);
}

TEST_F(WaitingTimers, ThatAreBothDueAfterALongStopOnlyResolve) {
  const auto id = open_waiting();
  EXPECT_EQ(wake_at(wall + hours{72}), 2u);
  EXPECT_EQ(stored(id)->state, status::resolved);
  EXPECT_EQ(bodies(id).size(), 1u);
  EXPECT_EQ(timers.next_due(), wall + world->options.reopen_window);
}

TEST_F(WaitingTimers, WaitForEverWithoutAnEnd) {
  with_waiting({hours{20}, "Still there?", hours{0}});
  const auto id = open_waiting();
  wake_at(wall + hours{20});
  EXPECT_TRUE(stored(id)->is_reminded);
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

TEST_F(WaitingTimers, FollowRulesThatHaveChanged) {
  const auto id = open_waiting();
  const auto since = wall;
  with_waiting({hours{40}, "Still there?", hours{100}});
  wake_at(since + hours{20});
  EXPECT_FALSE(stored(id)->is_reminded);
  EXPECT_EQ(timers.next_due(), since + hours{40});
  wake_at(since + hours{72});
  EXPECT_EQ(stored(id)->state, status::waiting_customer);
  EXPECT_TRUE(stored(id)->is_reminded);
  EXPECT_EQ(timers.next_due(), since + hours{100});
}

TEST_F(WaitingTimers, OneThatFiresAsTheAnswerComesDoesNothing) {
  const auto id = open_waiting();
  wall += hours{72};
  const auto due = timers.due(wall, 10);
  ASSERT_EQ(due.size(), 2u);
  const auto answer = say(id, "Yes!");
  ASSERT_TRUE(ask<ticket_reply>(keeper, apply_atom_v, answer));
  for (const auto& one : due)
    self->send(keeper, wake_atom_v, one);
  sched.run();
  EXPECT_EQ(stored(id)->state, status::in_progress);
  EXPECT_EQ(bodies(id).size(), 2u);
}

} // namespace
} // namespace switchboard::actors
