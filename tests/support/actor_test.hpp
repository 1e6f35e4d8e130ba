#pragma once

#include "actors/messages.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <vector>

namespace switchboard::test {

/// Runs actors on the test's own thread, one message at a time, with a clock
/// that only moves when told to. Actors under test must be spawned through
/// `spawn` and never with `caf::detached`, which would escape the scheduler.
class actor_test : public ::testing::Test {
protected:
  actor_test()
    : sys{configured(cfg)},
      self{sys, true},
      sched{dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())} {}

  void TearDown() override {
    // A re-arming timer would keep the scheduler's own shutdown busy forever.
    for (const auto& hdl : spawned)
      caf::anon_send_exit(hdl, caf::exit_reason::kill);
    sched.run();
  }

  template <class Fn, class... Ts>
  auto spawn(Fn fn, Ts&&... xs) {
    auto hdl = sys.spawn(fn, std::forward<Ts>(xs)...);
    spawned.push_back(caf::actor_cast<caf::actor>(hdl));
    sched.run();
    return hdl;
  }

  /// A request whose answer is looked at later, with `take`.
  template <class Handle, class... Ts>
  auto request(const Handle& hdl, Ts&&... xs) {
    return self->request(hdl, caf::infinite, std::forward<Ts>(xs)...);
  }

  /// The answer to `pending`, or `request_timeout` when nobody has answered.
  template <class T, class Pending>
  caf::expected<T> take(Pending& pending) {
    sched.run();
    // Waiting for a reply that nobody owes any more would block for ever.
    if (self->mailbox().empty())
      return caf::sec::request_timeout;
    caf::expected<T> reply{caf::no_error};
    pending.receive([&](T& x) { reply = std::move(x); },
                    [&](caf::error& e) { reply = std::move(e); });
    return reply;
  }

  /// Sends a request, runs all actors until idle, and returns the answer.
  template <class T, class Handle, class... Ts>
  caf::expected<T> ask(const Handle& hdl, Ts&&... xs) {
    auto pending = request(hdl, std::forward<Ts>(xs)...);
    return take<T>(pending);
  }

  /// Lets time pass and everything happen that is due then.
  void advance(std::chrono::milliseconds time) {
    wall += time;
    sched.advance_time(time);
    sched.run();
  }

  bool is_alive(const caf::actor& hdl) {
    self->monitor(hdl);
    sched.run();
    auto down = false;
    self->receive([&](const caf::down_msg&) { down = true; },
                  caf::after(std::chrono::seconds{0}) >> [] {});
    if (!down)
      self->demonitor(hdl);
    return !down;
  }

  caf::actor_system_config cfg;
  caf::actor_system sys;
  caf::scoped_actor self;
  caf::scheduler::test_coordinator& sched;
  std::vector<caf::actor> spawned;
  /// What the actors' wall clock says; moves with `advance`.
  domain::timestamp wall{std::chrono::milliseconds{1'780'000'000'000}};

private:
  static caf::actor_system_config& configured(caf::actor_system_config& cfg) {
    cfg.set("scheduler.policy", caf::atom("testing"));
    cfg.add_message_types<caf::id_block::switchboard>();
    return cfg;
  }
};

} // namespace switchboard::test
