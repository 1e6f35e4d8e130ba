#include "actors/timers.hpp"

#include "persistence/memory_journal.hpp"
#include "tests/support/actor_test.hpp"

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

class Timers : public test::actor_test {
protected:
  timers_actor start() {
    return spawn(
      timers, &journal.rows(), clock_fn{[this] { return wall; }},
      [this](const persistence::timer_change& timer) {
        woken.push_back(timer.name);
        if (settles)
          change(timer.name, timer.due, false);
      },
      timers_options{});
  }

  persistence::timer_change change(const std::string& name,
                                   domain::timestamp due, bool set) {
    persistence::timer_change timer{
      due, domain::entity_kind::ticket, {}, name, set};
    persistence::changes what;
    what.timers.push_back(timer);
    journal.commit(std::move(what), [](auto) {});
    return timer;
  }

  void set(const timers_actor& hdl, const std::string& name,
           std::chrono::milliseconds in) {
    self->send(hdl, timers_note{{change(name, wall + in, true)}});
    sched.run();
  }

  persistence::memory_journal journal{[this] { return wall; }};
  strings woken;
  bool settles = true;
};

TEST_F(Timers, WakesWhatFellDueWhileNobodyWatched) {
  change("missed", wall - 1h, true);
  start();
  EXPECT_EQ(woken, strings{"missed"});
}

TEST_F(Timers, WakesAtItsTimeAndNotBefore) {
  auto hdl = start();
  set(hdl, "soon", 5s);
  advance(4999ms);
  EXPECT_TRUE(woken.empty());
  advance(1ms);
  EXPECT_EQ(woken, strings{"soon"});
}

TEST_F(Timers, AnEarlierTimerOvertakesALaterOne) {
  auto hdl = start();
  set(hdl, "later", 30s);
  set(hdl, "sooner", 10s);
  advance(10s);
  EXPECT_EQ(woken, strings{"sooner"});
  advance(20s);
  EXPECT_EQ(woken, (strings{"sooner", "later"}));
}

TEST_F(Timers, ATimerBeyondTheLongestSleepStillComes) {
  auto hdl = start();
  set(hdl, "far", 150s);
  for (auto i = 0; i < 15; ++i)
    advance(10s);
  EXPECT_EQ(woken, strings{"far"});
}

TEST_F(Timers, RepeatsATimerUntilItIsSettled) {
  settles = false;
  change("stubborn", wall, true);
  start();
  EXPECT_EQ(woken.size(), 1u);
  advance(5s);
  EXPECT_EQ(woken.size(), 2u);
  settles = true;
  advance(5s);
  advance(60s);
  EXPECT_EQ(woken.size(), 3u);
}

} // namespace
} // namespace switchboard::actors
