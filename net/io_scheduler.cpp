#include "net/io_scheduler.hpp"

#include <boost/asio/post.hpp>

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::net {

namespace {

/// Stands where CAF wants its printer.
class silent_printer final : public caf::monitorable_actor {
public:
  explicit silent_printer(caf::actor_config& config)
    : monitorable_actor{config} {}

  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

} // namespace

void io_scheduler::load(caf::actor_system_config& config,
                        boost::asio::io_context& io) {
  config.module_factories.emplace_back(
    [&io](caf::actor_system& system) -> caf::actor_system::module* {
      return new io_scheduler{system, io};
    });
}

io_scheduler::io_scheduler(caf::actor_system& system,
                           boost::asio::io_context& io)
  : abstract_coordinator{system}, io_{io}, worker_{*this}, clock_{io} {}

io_scheduler::worker::worker(io_scheduler& parent)
  : execution_unit{&parent.system()}, parent_{parent} {}

void io_scheduler::worker::exec_later(caf::resumable* job) {
  parent_.enqueue(job);
}

void io_scheduler::init(caf::actor_system_config& config) {
  abstract_coordinator::init(config);
  max_throughput_ = std::min(max_throughput_, throughput_max);
}

void io_scheduler::start() {
  caf::actor_config config{&worker_};
  auto& host = system();
  utility_actors_[printer_id] = caf::make_actor<silent_printer, caf::actor>(
    host.next_actor_id(), host.node(), &host, config);
}

bool io_scheduler::detaches_utility_actors() const {
  return false;
}

caf::actor_clock& io_scheduler::clock() noexcept {
  return clock_;
}

void io_scheduler::enqueue(caf::resumable* job) {
  unfinished_.fetch_add(1, std::memory_order_relaxed);
  if (io_.get_executor().running_in_this_thread())
    post(job);
  else
    enqueue_from_outside(job);
}

void io_scheduler::enqueue_from_outside(caf::resumable* job) {
  // A thread like the journal's comes with many jobs in a row. They share one
  // post, and so one turn of the io_context's lock and one wake-up.
  bool is_first = false;
  {
    const std::lock_guard lock{outside_mutex_};
    is_first = outside_.empty();
    outside_.push_back(job);
  }
  if (is_first)
    boost::asio::post(io_, [this] { take_from_outside(); });
}

void io_scheduler::take_from_outside() {
  std::vector<caf::resumable*> jobs;
  {
    const std::lock_guard lock{outside_mutex_};
    jobs.swap(outside_);
  }
  for (auto* job : jobs)
    post(job);
}

void io_scheduler::post(caf::resumable* job) {
  boost::asio::post(io_, [this, job] { run(job); });
}

void io_scheduler::run(caf::resumable* job) {
  switch (job->resume(&worker_, max_throughput())) {
    case caf::resumable::resume_later:
      // It stays in the loop, and so do its reference and its count.
      post(job);
      return;
    case caf::resumable::done:
    case caf::resumable::awaiting_message: intrusive_ptr_release(job); break;
    case caf::resumable::shutdown_execution_unit: break;
  }
  // Spawning leaves the system's logger with the thread, and the system's end
  // waits until nobody has it.
  caf::logger::set_current_actor_system(nullptr);
  // The last touch: `stop` may be about to return.
  unfinished_.fetch_sub(1, std::memory_order_release);
}

void io_scheduler::stop() {
  clock_.stop();
  auto finished = std::make_shared<std::promise<void>>();
  auto idle = finished->get_future();
  post_probe(std::move(finished));
  idle.wait();
}

// Goes round with the jobs until there are none.
void io_scheduler::post_probe(std::shared_ptr<std::promise<void>> finished) {
  boost::asio::post(io_, [this, finished = std::move(finished)] {
    caf::logger::set_current_actor_system(nullptr); // as `run` does
    if (unfinished_.load(std::memory_order_acquire) == 0)
      finished->set_value();
    else
      post_probe(finished);
  });
}

} // namespace switchboard::net
