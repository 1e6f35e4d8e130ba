#include "app/background.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace switchboard::app {

namespace asio = boost::asio;

namespace {

void tell(const std::string& name, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& problem) {
    spdlog::error("{} ended: {}", name, problem.what());
  } catch (...) {
    spdlog::error("{} ended", name);
  }
}

} // namespace

background::background(executor_type executor)
  : executor_{std::move(executor)} {}

void background::run(std::string name, asio::awaitable<void> work) {
  {
    const std::lock_guard lock{mutex_};
    ++running_;
  }
  asio::co_spawn(executor_, std::move(work),
                 [this, name = std::move(name)](std::exception_ptr failure) {
                   if (failure)
                     tell(name, failure);
                   const std::lock_guard lock{mutex_};
                   --running_;
                   ended_.notify_all();
                 });
}

asio::awaitable<void> background::pause(std::chrono::milliseconds time) {
  if (stopping_)
    co_return;
  asio::steady_timer timer{executor_, time};
  sleepers_.insert(&timer);
  boost::system::error_code cancelled;
  auto waiting
    = timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  co_await std::move(waiting);
  sleepers_.erase(&timer);
}

void background::begin_stop() {
  stopping_ = true;
  asio::post(executor_, [this] {
    for (auto* sleeper : sleepers_)
      sleeper->cancel();
  });
}

bool background::wait_stopped(std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  return ended_.wait_for(lock, timeout, [this] { return running_ == 0; });
}

} // namespace switchboard::app
