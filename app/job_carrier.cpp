#include "app/job_carrier.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace switchboard::app {

namespace {

using channels::http_answer;

/// The carrier as its jobs see it: job, what came of it.
using job_desk
  = actors::carrier_actor::extend<caf::reacts_to<std::uint64_t, http_answer>>;

/// State and handlers of the CARRIER. Promises are kept here, since the jobs
/// end on other threads.
class job_carrier_state {
public:
  using self_pointer = job_desk::stateful_pointer<job_carrier_state>;

  explicit job_carrier_state(self_pointer self) : self_{self} {}

  job_desk::behavior_type make_behavior(delivery_job job) {
    job_ = std::move(job);
    return {
      [this](persistence::delivery& what) { return on_delivery(what); },
      [this](std::uint64_t number, http_answer& answer) {
        on_answer(number, answer);
      },
    };
  }

  static inline constexpr const char* name = "job-carrier";

private:
  using promise = caf::typed_response_promise<http_answer>;

  /// One delivery on its way, and all who have asked for it.
  struct running {
    persistence::delivery_id delivery{};
    std::vector<promise> askers;
  };

  caf::result<http_answer> on_delivery(persistence::delivery& what) {
    auto reply = self_->make_response_promise<http_answer>();
    for (auto& [number, known] : jobs_)
      if (known.delivery == what.id) {
        known.askers.push_back(reply);
        return reply;
      }
    const auto number = ++last_job_;
    auto& fresh = jobs_[number];
    fresh.delivery = what.id;
    fresh.askers.push_back(reply);
    job_(std::move(what), [me = job_desk{self_}, number](http_answer answer) {
      caf::anon_send(me, number, std::move(answer));
    });
    return reply;
  }

  void on_answer(std::uint64_t number, const http_answer& answer) {
    auto found = jobs_.extract(number);
    if (found.empty())
      return;
    for (auto& asker : found.mapped().askers)
      asker.deliver(answer);
  }

  self_pointer self_;
  delivery_job job_;
  std::uint64_t last_job_ = 0;
  std::unordered_map<std::uint64_t, running> jobs_;
};

job_desk::behavior_type job_carrier(job_carrier_state::self_pointer self,
                                    delivery_job job) {
  return self->state.make_behavior(std::move(job));
}

} // namespace

actors::carrier_actor spawn_carrier(caf::actor_system& system,
                                    delivery_job job) {
  return system.spawn(job_carrier, std::move(job));
}

} // namespace switchboard::app
