#include "actors/supervisor.hpp"

#include "tests/support/actor_test.hpp"

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;

caf::behavior mortal(caf::event_based_actor* self) {
  return {
    [self](caf::close_atom) { self->quit(caf::sec::bad_function_call); },
    [self](caf::ok_atom) { self->quit(); },
  };
}

class Supervisor : public test::actor_test {
protected:
  Supervisor() {
    supervised what{"mortal", sys.spawn(mortal),
                    [this] { return caf::actor{sys.spawn(mortal)}; }, nullptr,
                    [this](const std::string&) { gave_up = true; }};
    boss = spawn(supervisor, what,
                 restart_policy{.restarts_max = 2, .delay = 100ms});
  }

  caf::actor child() {
    return *ask<caf::actor>(boss, caf::get_atom_v);
  }

  void crash_child() {
    self->send(child(), caf::close_atom_v);
    sched.run();
  }

  bool gave_up = false;
  caf::actor boss;
};

TEST_F(Supervisor, RestartsADeadChildAfterAPause) {
  const auto before = child();
  crash_child();
  advance(99ms);
  EXPECT_FALSE(child());
  advance(1ms);
  EXPECT_TRUE(child());
  EXPECT_NE(child(), before);
}

TEST_F(Supervisor, WaitsLongerWithEachDeathInARow) {
  crash_child();
  advance(100ms);
  crash_child();
  advance(199ms);
  EXPECT_FALSE(child());
  advance(1ms);
  EXPECT_TRUE(child());
}

TEST_F(Supervisor, GivesUpLoudlyAfterTheLastRestart) {
  for (auto i = 0; i < 3; ++i) {
    crash_child();
    advance(10s);
  }
  EXPECT_TRUE(gave_up);
  EXPECT_FALSE(is_alive(boss));
}

TEST_F(Supervisor, ForgivesAChildThatLivedLong) {
  for (auto i = 0; i < 5; ++i) {
    advance(61s);
    crash_child();
    advance(100ms);
  }
  EXPECT_FALSE(gave_up);
  EXPECT_TRUE(child());
}

TEST_F(Supervisor, EndsWithAChildThatEndedOfItself) {
  self->send(child(), caf::ok_atom_v);
  EXPECT_FALSE(is_alive(boss));
  EXPECT_FALSE(gave_up);
}

TEST_F(Supervisor, TakesItsChildAlongOnShutdown) {
  const auto c = child();
  self->send_exit(boss, caf::exit_reason::user_shutdown);
  sched.run();
  EXPECT_FALSE(is_alive(c));
}

} // namespace
} // namespace switchboard::actors
