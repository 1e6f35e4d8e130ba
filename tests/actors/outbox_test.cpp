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
