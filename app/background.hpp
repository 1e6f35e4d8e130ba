#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>

namespace switchboard::app {

/// Coroutines that work beside everything else until they end by themselves or
/// are told to. What they use must outlive `wait_stopped`.
///
/// Thread contract: `pause` is for coroutines on the executor, which must not
/// run two handlers at once; the rest may be called from any thread.
class background {
public:
  using executor_type = boost::asio::any_io_executor;

  explicit background(executor_type executor);
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  /// Begins `work` on the executor. `name` is for the log, in case it throws.
  void run(std::string name, boost::asio::awaitable<void> work);

  /// Waits so long, or until `begin_stop`.
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);

  [[nodiscard]] bool is_stopping() const noexcept {
    return stopping_;
  }
  [[nodiscard]] const executor_type& executor() const noexcept {
    return executor_;
  }

  /// Ends all pauses, now and later.
  void begin_stop();
  /// Whether all coroutines have ended in time. Not on the executor.
  bool wait_stopped(std::chrono::milliseconds timeout);

private:
  executor_type executor_;
  std::atomic<bool> stopping_{false};
  std::set<boost::asio::steady_timer*> sleepers_; ///< on the executor
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0; ///< guarded by `mutex_`
};

} // namespace switchboard::app
