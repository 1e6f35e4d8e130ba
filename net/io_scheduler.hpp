#pragma once

#include "net/io_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

namespace switchboard::net {

/// Runs CAF's actors on the threads of an io_context, so that a message between
/// a connection and an actor changes no thread and wakes nobody.
///
/// `load` puts it into a configuration before the actor system is built. The
/// io_context must outlive the actor system, and other threads than the one
/// that destroys the system must run it until then; `io_runtime` sees to both.
///
/// There is no printer, as a server writes logs: `caf::aout` is discarded.
class io_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  /// Messages that one actor handles before others, and sockets, have a turn.
  static constexpr std::size_t throughput_max = 128;

  static void load(caf::actor_system_config& config,
                   boost::asio::io_context& io);

  io_scheduler(caf::actor_system& system, boost::asio::io_context& io);

  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override;
  [[nodiscard]] bool detaches_utility_actors() const override;

  void init(caf::actor_system_config& config) override;
  void start() override;
  /// Waits until no actor has anything left to do.
  void stop() override;

private:
  class worker final : public caf::execution_unit {
  public:
    explicit worker(io_scheduler& parent);
    void exec_later(caf::resumable* job) override;

  private:
    io_scheduler& parent_;
  };

  void enqueue_from_outside(caf::resumable* job);
  void take_from_outside();
  void post(caf::resumable* job);
  void run(caf::resumable* job);
  void post_probe(std::shared_ptr<std::promise<void>> finished);

  boost::asio::io_context& io_;
  std::mutex outside_mutex_;
  std::vector<caf::resumable*> outside_; ///< from threads that are none of ours
  worker worker_; ///< has no state, so all threads share it
  io_clock clock_;
  std::atomic<std::size_t> unfinished_{0}; ///< jobs that are posted or running
};

} // namespace switchboard::net
