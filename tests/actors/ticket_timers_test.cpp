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

} // namespace
} // namespace switchboard::actors
