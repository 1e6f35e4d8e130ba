#include "actors/supervisor.hpp"

#include <caf/actor_clock.hpp>
#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::actors {

void supervisor_state::adopt(caf::actor new_child) {
  child = std::move(new_child);
  started_at = self->clock().now();
  self->monitor(child);
}

void supervisor_state::restart() {
  if (what.observer != nullptr)
    what.observer->restarted(what.name);
  adopt(what.start());
}

void supervisor_state::on_down(const caf::down_msg& msg) {
  if (msg.source != child)
    return;
  child = nullptr;
  // An empty reason or a requested shutdown is a farewell and no failure.
  if (!msg.reason || msg.reason == caf::exit_reason::user_shutdown) {
    self->quit(msg.reason);
    return;
  }
  if (self->clock().now() - started_at >= policy.healthy_after)
    deaths = 0;
  if (deaths == policy.restarts_max) {
    what.gave_up(what.name);
    self->quit(msg.reason);
    return;
  }
  const auto doublings = std::min(deaths++, 16U);
  const auto delay
    = std::min(policy.delay * (1U << doublings), policy.delay_max);
  self->delayed_send(self, delay, caf::reset_atom_v);
}

caf::behavior supervisor(supervisor_state::self_pointer self, supervised what,
                         restart_policy policy) {
  auto& st = self->state;
  st.what = std::move(what);
  st.policy = policy;
  self->set_down_handler([&st](caf::down_msg& msg) { st.on_down(msg); });
  self->set_exit_handler([self, &st](caf::exit_msg& msg) {
    // The child first: it must not outlive the one who watches it.
    if (st.child)
      self->send_exit(st.child, msg.reason);
    self->quit(msg.reason);
  });
  st.adopt(std::exchange(st.what.first, nullptr));
  return {
    [&st](caf::reset_atom) { st.restart(); },
    [&st](caf::get_atom) { return st.child; },
  };
}

} // namespace switchboard::actors
