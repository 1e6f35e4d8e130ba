#include "actors/directory.hpp"

#include "tests/support/ticket_world.hpp"

#include <map>

namespace switchboard::actors {
namespace {

using domain::errc;
using namespace std::chrono_literals;

class counting_observer final : public actors_observer {
public:
  void started(std::string_view) override {
    ++awake;
  }
  void ended(std::string_view, bool crashed) override {
    --awake;
    crashes += crashed ? 1 : 0;
  }
  void restarted(std::string_view) override {}

  int awake = 0;
  int crashes = 0;
};

class Directory : public test::ticket_world_test {
protected:
  directory_actor start(directory_options options = {}) {
    return spawn(directory, world, options, &seen);
  }

  domain::ticket_id opened(const directory_actor& desk) {
    auto request = create();
    EXPECT_TRUE(ask<ticket_reply>(desk, apply_atom_v, request));
    return request.target;
  }

  counting_observer seen;
};

TEST_F(Directory, KeepsOneActorForATicket) {
  auto desk = start();
  const auto id = opened(desk);
  EXPECT_TRUE(ask<ticket_reply>(desk, apply_atom_v, say(id, "one")));
  EXPECT_TRUE(ask<ticket_reply>(desk, apply_atom_v, say(id, "two")));
  EXPECT_EQ(seen.awake, 1);
}

TEST_F(Directory, PutsIdleTicketsToSleepAndWakesThemOnDemand) {
  auto desk = start({.idle_after = 60s});
  const auto id = opened(desk);
  advance(16s); // Ticks come every quarter of the idle time, plus a second.
  EXPECT_EQ(seen.awake, 1);
  for (auto i = 0; i < 4; ++i)
    advance(16s);
  EXPECT_EQ(seen.awake, 0);
  auto reply = ask<ticket_reply>(desk, apply_atom_v, say(id, "good morning"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->last_message, domain::message_sequence{2});
}

TEST_F(Directory, TheLongestIdleMakesRoomForTheNewest) {
  auto desk = start({.awake_max = 2});
  const auto first = opened(desk);
  opened(desk);
  opened(desk);
  EXPECT_EQ(seen.awake, 2);
  EXPECT_TRUE(ask<ticket_reply>(desk, apply_atom_v, say(first, "again")));
  EXPECT_EQ(seen.awake, 2);
}

TEST_F(Directory, ABusyTicketStaysAwake) {
  auto desk = start({.awake_max = 1});
  journal.hold();
  auto busy = create();
  auto other = create();
  auto first = request(desk, apply_atom_v, busy);
  auto second = request(desk, apply_atom_v, other);
  sched.run();
  auto third = request(desk, apply_atom_v, say(busy.target, "still here"));
  sched.run();
  journal.release();
  EXPECT_TRUE(take<ticket_reply>(first));
  EXPECT_TRUE(take<ticket_reply>(second));
  EXPECT_TRUE(take<ticket_reply>(third));
  EXPECT_EQ(bodies(busy.target).size(), 2u);
}

TEST_F(Directory, LoadsATicketAfreshAfterAFailedCommit) {
  auto desk = start();
  const auto id = opened(desk);
  journal.fail_next(persistence::commit_failure::no_room);
  EXPECT_EQ(refusal(ask<ticket_reply>(desk, apply_atom_v, say(id, "one"))),
            errc::storage_unavailable);
  EXPECT_EQ(seen.awake, 0);
  EXPECT_TRUE(ask<ticket_reply>(desk, apply_atom_v, say(id, "two")));
  EXPECT_EQ(bodies(id), (std::vector<std::string>{"It is broken", "two"}));
}

TEST_F(Directory, TakesItsTicketsAlong) {
  auto desk = start();
  opened(desk);
  self->send_exit(desk, caf::exit_reason::user_shutdown);
  sched.run();
  EXPECT_FALSE(is_alive(caf::actor_cast<caf::actor>(desk)));
  EXPECT_EQ(sys.registry().running(), 1u); // The test's own actor.
}

} // namespace
} // namespace switchboard::actors
