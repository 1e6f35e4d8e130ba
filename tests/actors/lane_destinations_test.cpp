// How a lane treats what a destination asks for: a rate, patience, nothing.
#include "actors/lane.hpp"

#include "tests/support/lane_world.hpp"

#include <algorithm>

namespace switchboard::actors {
namespace {

using channels::delivery_outcome;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

struct keeper_state {
  static inline constexpr const char* name = "keeper";
  std::vector<lane_rest> notes;
};

lane_keeper_actor::behavior_type
keeper(lane_keeper_actor::stateful_pointer<keeper_state> self) {
  return {[self](const lane_rest& note) { self->state.notes.push_back(note); }};
}

class LaneDestination : public test::lane_world_test {
protected:
  lane_actor start(const std::string& name = "webhook:1") {
    return spawn(lane, world, name, guard);
  }

  persistence::delivery_id put_hook(const std::string& group,
                                    const std::string& payload) {
    return put(group, payload, "webhook:1");
  }

  void poll(const lane_actor& hdl) {
    self->send(hdl, poll_atom_v);
    sched.run();
  }

  std::vector<lane_rest>& rests() {
    using impl = lane_keeper_actor::stateful_base<keeper_state>;
    auto* ptr = caf::actor_cast<caf::abstract_actor*>(guard);
    return dynamic_cast<impl&>(*ptr).state.notes;
  }

  lane_keeper_actor guard = spawn(keeper);
};

// -- rate cap -----------------------------------------------------------------

TEST_F(LaneDestination, GetsNoMoreInASecondThanItsCap) {
  channel.policy.per_second = 4;
  for (auto i = 0; i < 10; ++i)
    put_hook("g" + std::to_string(i), std::to_string(i));
  start();
  EXPECT_EQ(sent().size(), 4u);
  advance(249ms);
  EXPECT_EQ(sent().size(), 4u);
  advance(2ms);
  EXPECT_EQ(sent().size(), 5u);
  for (auto i = 0; i < 4; ++i)
    advance(251ms);
  EXPECT_EQ(sent().size(), 9u);
  advance(251ms);
  EXPECT_EQ(sent().size(), 10u);
  EXPECT_EQ(waiting("webhook:1"), 0u);
}

TEST_F(LaneDestination, SavesUpNoMoreThanOneSecond) {
  channel.policy.per_second = 3;
  channel.policy.idle_after = 1h;
  auto hdl = start();
  advance(60s);
  for (auto i = 0; i < 10; ++i)
    put_hook("g" + std::to_string(i), std::to_string(i));
  poll(hdl);
  EXPECT_EQ(sent().size(), 3u);
}

TEST_F(LaneDestination, ACapThatChangesHoldsFromTheNextPoll) {
  channel.policy.per_second = 1;
  for (auto i = 0; i < 10; ++i)
    put_hook("g" + std::to_string(i), std::to_string(i));
  auto hdl = start();
  EXPECT_EQ(sent().size(), 1u);
  channel.policy.per_second = 0;
  poll(hdl);
  EXPECT_EQ(sent().size(), 10u);
}

// -- retries ------------------------------------------------------------------

TEST_F(LaneDestination, ThatAsksForPatienceOnA503GetsIt) {
  post().statuses = {503, 200, 200};
  post().retry_after = 30s;
  const auto id = put_hook("a", "a1");
  put_hook("b", "b1");
  start();
  EXPECT_EQ(sent(), (strings{"a1", "b1"})); // The other group goes on.
  advance(29'999ms);
  EXPECT_EQ(sent().size(), 2u);
  advance(1ms);
  EXPECT_EQ(sent(), (strings{"a1", "b1", "a1"}));
  EXPECT_EQ(views().attempts(id).back().number, 2u);
}

TEST_F(LaneDestination, ThatAsksForPatienceSpendsAttemptsAllTheSame) {
  post().status = 503;
  post().retry_after = 30s;
  put_hook("a", "a1");
  start();
  for (auto i = 0; i < 3; ++i)
    advance(30s);
  EXPECT_EQ(sent().size(), 4u);
  EXPECT_EQ(dead().size(), 1u);
}

TEST_F(LaneDestination, MayNotAskForMorePatienceThanThePolicyHas) {
  channel.policy.slow_down_max = 10s;
  post().statuses = {503};
  post().retry_after = 100'000s;
  put_hook("a", "a1");
  start();
  advance(10s);
  EXPECT_EQ(sent().size(), 2u);
}

TEST_F(LaneDestination, ThatFailsCostsNoPayloadsAndHoldsUpNobody) {
  channel.policy.window_max = 4;
  post().statuses = std::deque<int>(20, 500);
  for (auto i = 0; i < 20; ++i)
    put_hook("g" + std::to_string(i), "bad");
  put_hook("g0", "behind");
  put_hook("h", "good");
  start();
  EXPECT_EQ(sent().size(), 21u); // All once, though the window holds four.
  EXPECT_EQ(sent().back(), "good");
  advance(1s);
  EXPECT_EQ(sent().size(), 42u);
  const auto all = sent();
  EXPECT_EQ(std::count(all.begin(), all.end(), "behind"), 1);
  EXPECT_EQ(waiting("webhook:1"), 0u);
}

TEST_F(LaneDestination, KnowsNoMoreDeliveriesThanThePolicyHas) {
  channel.policy.window_max = 2;
  channel.policy.known_max = 4;
  post().statuses = std::deque<int>(4, 500);
  for (auto i = 0; i < 10; ++i)
    put_hook("g" + std::to_string(i), std::to_string(i));
  start();
  EXPECT_EQ(sent().size(), 4u);
  advance(1s);
  EXPECT_EQ(sent().size(), 14u);
  EXPECT_EQ(waiting("webhook:1"), 0u);
}

TEST_F(LaneDestination, IsNotSentWhatWasPurgedMeanwhile) {
  post().statuses = {500};
  put_hook("a", "a1");
  put_hook("a", "a2");
  auto hdl = start();
  journal.commit(persistence::purge_lane(journal.rows(), "webhook:1", 10),
                 [](const auto&) {});
  advance(1s);
  EXPECT_EQ(sent(), strings{"a1"});
  put_hook("a", "a3");
  poll(hdl);
  EXPECT_EQ(sent(), (strings{"a1", "a3"}));
}

// -- what comes of attempts ---------------------------------------------------

TEST_F(LaneDestination, ItsOwnerHearsOfEveryVerdict) {
  std::vector<std::pair<std::string, delivery_outcome>> heard;
  std::vector<domain::timestamp> times;
  channel.on_verdict = [&](const persistence::delivery& d,
                           const channels::verdict& v, domain::timestamp at) {
    heard.emplace_back(d.payload, v.outcome);
    times.push_back(at);
  };
  post().statuses = {500, 410, 200};
  put_hook("a", "a1");
  put_hook("b", "b1");
  start();
  advance(1s);
  const decltype(heard) expected{{"a1", delivery_outcome::retry_later},
                                 {"b1", delivery_outcome::gone},
                                 {"a1", delivery_outcome::delivered}};
  EXPECT_EQ(heard, expected);
  EXPECT_EQ(times.back() - times.front(), 1s);
}

TEST_F(LaneDestination, ThatIsGoneLeavesADeadLetterAndANote) {
  post().statuses = {410};
  const domain::uuid ticket{{0x01, 0x99}};
  put_hook(std::string{ticket.view()}, "a1");
  start();
  ASSERT_EQ(dead().size(), 1u);
  EXPECT_EQ(dead().front().reason, "HTTP 410");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].where, "webhook:1");
  EXPECT_EQ(errors[0].code, "gone");
  EXPECT_EQ(errors[0].message, "HTTP 410");
  EXPECT_EQ(errors[0].ticket, domain::ticket_id{ticket});
  EXPECT_EQ(errors[0].at, wall);
}

TEST_F(LaneDestination, EveryDeadLetterIsReportedWithItsKind) {
  post().statuses = {400};
  put_hook("a", "a1");
  auto hdl = start();
  post().status = 500;
  put_hook("b", "b1");
  poll(hdl);
  for (const auto pause : {1s, 2s, 4s})
    advance(pause);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].code, "refused");
  EXPECT_EQ(errors[1].code, "retries_exhausted");
  EXPECT_FALSE(errors[1].ticket); // The group is no ticket's.
}

TEST_F(LaneDestination, ListsItsAttemptsWhenItsChannelAsksForIt) {
  channel.listing = persistence::attempt_listing::by_lane;
  post().statuses = {500, 429, 400};
  post().retry_after = 1s;
  put_hook("a", "a1");
  start();
  for (auto i = 0; i < 3; ++i)
    advance(2s);
  strings outcomes;
  for (const auto& one : views().lane_attempts("webhook:1", std::nullopt, 10)) {
    outcomes.push_back(one.tried.outcome);
    EXPECT_EQ(one.message_id, "msg");
    EXPECT_EQ(one.sequence, domain::sequence{1});
  }
  EXPECT_EQ(outcomes, (strings{"refused", "slow_down", "retry_later"}));
}

// -- rest ---------------------------------------------------------------------

TEST_F(LaneDestination, ThatTakesNothingNowKeepsItsDeliveries) {
  enabled = false;
  put_hook("a", "a1");
  put_hook("b", "b1");
  start();
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(waiting("webhook:1"), 2u);
  ASSERT_EQ(rests().size(), 1u);
  EXPECT_EQ(rests()[0].lane, "webhook:1");
  EXPECT_EQ(rests()[0].polls, 1u);
  advance(1h);
  EXPECT_EQ(rests().size(), 1u);
}

TEST_F(LaneDestination, ThatTakesAgainGetsThemInOrder) {
  enabled = false;
  put_hook("a", "a1");
  put_hook("b", "b1");
  put_hook("a", "a2");
  auto hdl = start();
  enabled = true;
  poll(hdl);
  EXPECT_EQ(sent(), (strings{"a1", "b1", "a2"}));
}

TEST_F(LaneDestination, WithoutAChannelRests) {
  put("a", "1", "pigeon:post");
  start("pigeon:post");
  EXPECT_EQ(rests().size(), 1u);
  EXPECT_EQ(waiting("pigeon:post"), 1u);
}

TEST_F(LaneDestination, RestsOnlyWhenNothingIsOnItsWay) {
  post().status = 0;
  channel.policy.concurrency = 1;
  put_hook("a", "a1");
  put_hook("b", "b1");
  start();
  enabled = false;
  answer(200);
  EXPECT_EQ(waiting("webhook:1"), 1u);
  EXPECT_EQ(sent(), strings{"a1"});
  ASSERT_EQ(rests().size(), 1u);
}

TEST_F(LaneDestination, WithoutWorkRestsAfterAWhile) {
  put_hook("a", "a1");
  auto hdl = start();
  advance(40s);
  put_hook("a", "a2");
  poll(hdl);
  advance(40s);
  EXPECT_TRUE(rests().empty()); // It had work in between.
  advance(20s);
  ASSERT_EQ(rests().size(), 1u);
  EXPECT_EQ(rests()[0].polls, 2u);
}

TEST_F(LaneDestination, ThatFailsIsNotIdle) {
  channel.policy.retry_delays = {1h};
  post().statuses = {500};
  put_hook("a", "a1");
  start();
  advance(10min);
  EXPECT_TRUE(rests().empty());
}

} // namespace
} // namespace switchboard::actors
