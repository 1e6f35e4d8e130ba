#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstddef>
#include <optional>
#include <thread>
#include <vector>

namespace switchboard::net {

/// The event loop of the process: an io_context, the threads that run it, and
/// an actor system whose actors run on these threads.
///
/// The end has an order. First everything that holds handles of actors or waits
/// for their answers goes (servers, clients); then all actors are told to quit;
/// then `stop` (or the destructor) waits until they have, while the threads
/// still run, and joins the threads. `stop` must not be called on one of them.
class io_runtime {
public:
  /// The configuration must outlive this; its scheduler is replaced.
  explicit io_runtime(caf::actor_system_config& config,
                      std::size_t threads = 1);
  io_runtime(const io_runtime&) = delete;
  io_runtime& operator=(const io_runtime&) = delete;
  ~io_runtime();

  [[nodiscard]] boost::asio::io_context& io() noexcept {
    return io_;
  }
  /// Until `stop`.
  [[nodiscard]] caf::actor_system& actors() noexcept {
    return *actors_;
  }
  [[nodiscard]] std::size_t thread_count() const noexcept {
    return thread_count_;
  }

  /// For one coroutine or other chain of handlers that must not overlap: a
  /// strand, or without one where a single thread makes it needless.
  [[nodiscard]] boost::asio::any_io_executor make_executor();

  void stop();

private:
  using work_guard
    = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  std::size_t thread_count_;
  boost::asio::io_context io_;
  work_guard work_;
  std::vector<std::thread> threads_;
  std::optional<caf::actor_system> actors_;
};

} // namespace switchboard::net
