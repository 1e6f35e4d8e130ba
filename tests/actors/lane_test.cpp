#include "actors/lane.hpp"

#include "tests/support/lane_world.hpp"

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

class Lane : public test::lane_world_test {
protected:
  lane_actor start() {
    return spawn(lane, world, "n8n:hook", lane_keeper_actor{});
  }

  void poll(const lane_actor& hdl) {
    self->send(hdl, poll_atom_v);
    sched.run();
  }
};

TEST_F(Lane, SendsWhatAnEarlierProcessLeft) {
  put("a", "1");
  put("b", "2");
  start();
  EXPECT_EQ(sent(), (strings{"1", "2"}));
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(Lane, SendsNewDeliveriesWhenPolled) {
  auto hdl = start();
  put("a", "1");
  EXPECT_TRUE(sent().empty());
  poll(hdl);
  EXPECT_EQ(sent(), strings{"1"});
}

TEST_F(Lane, TriesAgainOnTheScheduleAndThenGivesUp) {
  post().status = 500;
  const auto id = put("a", "1");
  start();
  EXPECT_EQ(sent().size(), 1u);
  for (const auto pause : {1000ms, 2000ms, 4000ms}) {
    const auto before = sent().size();
    advance(pause - 1ms);
    EXPECT_EQ(sent().size(), before);
    advance(1ms);
    EXPECT_EQ(sent().size(), before + 1);
  }
  EXPECT_EQ(waiting(), 0u);
  ASSERT_EQ(dead().size(), 1u);
  EXPECT_EQ(dead().front().reason, "HTTP 500");
  EXPECT_EQ(dead().front().what.payload, "1");
  const auto attempts = views().attempts(id);
  ASSERT_EQ(attempts.size(), 4u);
  EXPECT_EQ(attempts.back().number, 4u);
  EXPECT_EQ(attempts.back().http_status, 500u);
}

TEST_F(Lane, AFailureThatHealsLeavesNoDeadLetter) {
  post().statuses = {-1, 503, 200};
  put("a", "1");
  start();
  advance(1s);
  advance(2s);
  EXPECT_EQ(sent().size(), 3u);
  EXPECT_TRUE(dead().empty());
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(Lane, KeepsTheOrderOfAGroupAndLetsOthersPass) {
  post().statuses = {500};
  put("a", "a1");
  put("a", "a2");
  put("b", "b1");
  start();
  EXPECT_EQ(sent(), (strings{"a1", "b1"}));
  advance(1s);
  EXPECT_EQ(sent(), (strings{"a1", "b1", "a1", "a2"}));
}

TEST_F(Lane, WhatIsRefusedIsADeadLetterAtOnce) {
  post().statuses = {400};
  put("a", "a1");
  put("a", "a2");
  start();
  EXPECT_EQ(sent(), (strings{"a1", "a2"}));
  EXPECT_EQ(dead().size(), 1u);
}

TEST_F(Lane, SlowDownHoldsTheWholeLaneExactlyAsLongAndSpendsNoAttempt) {
  channel.policy.concurrency = 1;
  post().statuses = {429};
  post().retry_after = 7s;
  put("a", "a1");
  put("b", "b1");
  start();
  EXPECT_EQ(sent(), strings{"a1"});
  advance(6999ms);
  EXPECT_EQ(sent(), strings{"a1"});
  advance(1ms);
  EXPECT_EQ(sent().size(), 3u);
  EXPECT_EQ(waiting(), 0u);
  EXPECT_TRUE(dead().empty());
}

TEST_F(Lane, APeerThatOnlyEverSlowsDownGetsNoMoreAfterADay) {
  post().status = 429;
  post().retry_after = 3600s;
  put("a", "a1");
  start();
  for (auto hour = 0; hour < 25; ++hour)
    advance(1h);
  EXPECT_EQ(dead().size(), 1u);
}

TEST_F(Lane, SendsNoMoreAtOnceThanItsPolicyAllows) {
  channel.policy.concurrency = 2;
  post().status = 0;
  for (const auto* group : {"a", "b", "c"})
    put(group, group);
  start();
  EXPECT_EQ(sent().size(), 2u);
  answer(200);
  EXPECT_EQ(sent().size(), 3u);
}

TEST_F(Lane, ReadsALongOutboxInWindows) {
  channel.policy.window_max = 4;
  for (auto i = 0; i < 50; ++i)
    put("g" + std::to_string(i % 7), std::to_string(i));
  start();
  EXPECT_EQ(sent().size(), 50u);
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(Lane, ASettlementThatIsRefusedIsAskedForAgain) {
  put("a", "a1");
  put("a", "a2");
  journal.fail_next(persistence::commit_failure::no_room);
  start();
  EXPECT_EQ(sent(), strings{"a1"});
  EXPECT_EQ(waiting(), 2u);
  advance(1s);
  EXPECT_EQ(sent(), (strings{"a1", "a2"}));
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(Lane, ASuccessorWaitsForTheNextAttemptOfItsPredecessor) {
  post().statuses = {500};
  put("a", "a1");
  auto first = start();
  self->send_exit(first, caf::exit_reason::kill);
  sched.run();
  start();
  EXPECT_EQ(sent().size(), 1u);
  advance(1s);
  EXPECT_EQ(sent().size(), 2u);
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(Lane, AReplayedDeadLetterIsSentOnce) {
  post().statuses = {400};
  put("a", "a1");
  auto hdl = start();
  put("b", "b1");
  poll(hdl);
  const auto letter = dead().front();
  journal.commit(persistence::replay(letter, wall), [](auto) {});
  self->send(hdl, retry_atom_v, letter.what.id);
  self->send(hdl, retry_atom_v, letter.what.id);
  poll(hdl);
  EXPECT_EQ(sent(), (strings{"a1", "b1", "a1"}));
  EXPECT_TRUE(dead().empty());
  EXPECT_EQ(views().attempts(letter.what.id).size(), 2u);
}

TEST_F(Lane, JitterStaysWithinItsShare) {
  channel.policy.jitter = 0.2;
  post().status = 500;
  put("a", "a1");
  start();
  advance(799ms);
  EXPECT_EQ(sent().size(), 1u);
  advance(402ms);
  EXPECT_EQ(sent().size(), 2u);
}

} // namespace
} // namespace switchboard::actors
