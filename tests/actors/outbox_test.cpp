#include "actors/outbox.hpp"

#include "tests/support/lane_world.hpp"

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

class Outbox : public test::lane_world_test {
protected:
  outbox_actor start() {
    return spawn(outbox, world, outbox_options{});
  }

  void tell(const outbox_actor& hdl, const std::string& lane) {
    self->send(hdl, lanes_note{{lane}});
    sched.run();
  }

  /// How many lanes live, besides the outbox, the courier and the test.
  std::size_t lanes_alive() {
    return sys.registry().running() - 3;
  }
};

TEST_F(Outbox, TakesUpEveryLaneThatHasWork) {
  put("a", "1", "n8n:one");
  put("a", "2", "n8n:two");
  start();
  EXPECT_EQ(sent(), (strings{"1", "2"}));
}

TEST_F(Outbox, StartsALaneWhenItGetsWork) {
  auto hdl = start();
  put("a", "1");
  self->send(hdl, lanes_note{{"n8n:hook"}});
  sched.run();
  put("a", "2");
  self->send(hdl, lanes_note{{"n8n:hook"}});
  sched.run();
  EXPECT_EQ(sent(), (strings{"1", "2"}));
}

TEST_F(Outbox, LeavesWhatNobodyServesWhereItIs) {
  put("a", "1", "pigeon:post");
  start();
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(waiting("pigeon:post"), 1u);
}

TEST_F(Outbox, RestartsALaneThatCrashed) {
  auto encode = channel.encode;
  auto broken = true;
  channel.encode = [&](const persistence::delivery& d) {
    if (broken)
      throw std::runtime_error{"a bug"};
    return encode(d);
  };
  put("a", "1");
  start();
  EXPECT_TRUE(sent().empty());
  broken = false;
  advance(200ms);
  EXPECT_EQ(sent(), strings{"1"});
}

TEST_F(Outbox, EndsLanesThatHaveNoWorkAndStartsThemAgain) {
  auto hdl = start();
  for (auto i = 0; i < 100; ++i)
    put("a", std::to_string(i), "webhook:" + std::to_string(i));
  lanes_note all;
  for (auto i = 0; i < 100; ++i)
    all.lanes.push_back("webhook:" + std::to_string(i));
  self->send(hdl, all);
  sched.run();
  EXPECT_EQ(sent().size(), 100u);
  EXPECT_EQ(lanes_alive(), 100u);
  advance(60s);
  EXPECT_EQ(lanes_alive(), 0u);
  put("a", "again", "webhook:7");
  tell(hdl, "webhook:7");
  EXPECT_EQ(sent().back(), "again");
  EXPECT_EQ(lanes_alive(), 1u);
}

TEST_F(Outbox, WorkThatComesWhileALaneRestsIsNotLost) {
  auto hdl = start();
  put("a", "1");
  tell(hdl, "n8n:hook");
  put("a", "2");
  // Both are on their way at once, in either order.
  self->send(hdl, lanes_note{{"n8n:hook"}});
  self->send(hdl, lane_rest{"n8n:hook", 1});
  sched.run();
  put("a", "3");
  self->send(hdl, lane_rest{"n8n:hook", 2});
  self->send(hdl, lanes_note{{"n8n:hook"}});
  sched.run();
  EXPECT_EQ(sent(), (strings{"1", "2", "3"}));
}

TEST_F(Outbox, ADisabledDestinationCostsNoLaneAndIsTakenUpAgain) {
  enabled = false;
  std::size_t looks = 0;
  const auto encode = channel.encode;
  channel.encode = [&](const persistence::delivery& d) {
    ++looks;
    return encode(d);
  };
  put("a", "1", "webhook:1");
  put("b", "2", "webhook:1");
  auto hdl = start();
  EXPECT_EQ(lanes_alive(), 0u);
  EXPECT_EQ(looks, 1u);
  for (auto i = 0; i < 10; ++i)
    advance(60s);
  EXPECT_EQ(looks, 11u); // One look at each sweep.
  enabled = true;
  tell(hdl, "webhook:1");
  EXPECT_EQ(sent(), (strings{"1", "2"}));
}

TEST_F(Outbox, ALaneThatLosesItsChannelIsEndedWhenItIsTold) {
  channel.policy.retry_delays = {1h};
  post().statuses = {500};
  put("a", "1", "webhook:1");
  auto hdl = start();
  EXPECT_EQ(lanes_alive(), 1u);
  served = false;
  tell(hdl, "webhook:1");
  EXPECT_EQ(lanes_alive(), 0u);
  EXPECT_EQ(waiting("webhook:1"), 1u);
  advance(1h);
  EXPECT_EQ(sent().size(), 1u);
  served = true;
  tell(hdl, "webhook:1");
  EXPECT_EQ(sent(), (strings{"1", "1"}));
}

TEST_F(Outbox, ADeadDestinationDelaysNoOther) {
  post().status = 0; // Nobody answers.
  for (auto i = 0; i < 20; ++i)
    put("g" + std::to_string(i), "dead", "webhook:dead");
  auto hdl = start();
  EXPECT_EQ(sent().size(), channel.policy.concurrency);
  post().status = 200;
  put("a", "healthy", "webhook:healthy");
  tell(hdl, "webhook:healthy");
  EXPECT_EQ(sent().back(), "healthy");
  EXPECT_EQ(waiting("webhook:healthy"), 0u);
  EXPECT_EQ(waiting("webhook:dead"), 20u);
}

TEST_F(Outbox, SweepsForLanesThatNobodyTold) {
  start();
  put("a", "1");
  EXPECT_TRUE(sent().empty());
  advance(60s);
  EXPECT_EQ(sent(), strings{"1"});
}

TEST_F(Outbox, PassesAReplayOn) {
  post().statuses = {400};
  put("a", "1");
  auto hdl = start();
  const auto letter = dead().front();
  journal.commit(persistence::replay(letter, wall), [](auto) {});
  self->send(hdl, retry_atom_v, letter.what.lane, letter.what.id);
  sched.run();
  EXPECT_EQ(sent(), (strings{"1", "1"}));
}

} // namespace
} // namespace switchboard::actors
