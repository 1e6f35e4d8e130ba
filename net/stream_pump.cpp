#include "net/stream_pump.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <spdlog/spdlog.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <utility>

namespace switchboard::net {

namespace asio = boost::asio;

namespace {

constexpr auto token = asio::as_tuple(asio::deferred);

} // namespace

/// The way from any thread to a pump, which may be gone: it outlives the pump
/// in the hands of whoever may want to wake it.
class stream_signal : public std::enable_shared_from_this<stream_signal> {
public:
  stream_signal(stream_pump& pump, asio::any_io_executor executor)
    : executor_{std::move(executor)}, pump_{&pump} {}

  void ring() {
    if (rung_.exchange(true))
      return;
    // The executor may be used only while the pump, and so its io_context, is
    // there.
    const std::lock_guard lock{mutex_};
    if (pump_ != nullptr)
      asio::post(executor_, [me = shared_from_this()] { me->deliver(); });
  }

  // On the executor.
  void rearm() noexcept {
    rung_.store(false);
  }
  [[nodiscard]] bool rung() const noexcept {
    return rung_.load();
  }
  void close() {
    const std::lock_guard lock{mutex_};
    pump_ = nullptr;
    executor_ = {};
  }

private:
  void deliver() {
    // Only the executor takes the pump away, so it stays after the look.
    if (pump_ != nullptr)
      pump_->poke();
  }

  std::atomic<bool> rung_{false};
  std::mutex mutex_;
  asio::any_io_executor executor_;
  stream_pump* pump_; ///< written under the lock, on the executor
};

stream_pump::stream_pump(asio::any_io_executor executor,
                         std::unique_ptr<stream_source> source)
  : executor_{std::move(executor)},
    pulse_{executor_},
    source_{std::move(source)},
    signal_{std::make_shared<stream_signal>(*this, executor_)} {}

stream_pump::~stream_pump() {
  signal_->close();
}

template <class Call>
void stream_pump::guard(Call call) {
  try {
    call();
  } catch (const std::exception& e) {
    spdlog::error("http: a stream's source failed: {}", e.what());
    end(ending::failed);
  } catch (...) {
    spdlog::error("http: a stream's source failed: an unknown exception");
    end(ending::failed);
  }
}

void stream_pump::start() {
  guard([this] { source_->start([signal = signal_] { signal->ring(); }); });
}

bool stream_pump::refill() {
  batch_.clear();
  if (ending_ != ending::none)
    return false;
  // First, so that a wake while the source looks makes it look once more.
  signal_->rearm();
  guard([this] { progress_ = source_->take(batch_bytes_max, batch_); });
  if (progress_ == stream_progress::ended)
    end(ending::finished);
  return true;
}

asio::awaitable<bool> stream_pump::pause(clock::time_point until) {
  if (ending_ != ending::none)
    co_return false;
  if (progress_ == stream_progress::more || signal_->rung()) {
    auto yielding = asio::post(executor_, asio::deferred);
    co_await std::move(yielding);
    co_return clock::now() >= until;
  }
  co_await sleep(until);
  co_return clock::now() >= until;
}

asio::awaitable<void> stream_pump::sleep(clock::time_point until) {
  pulse_.expires_at(until);
  auto waiting = pulse_.async_wait(token);
  co_await std::move(waiting);
}

void stream_pump::poke() {
  pulse_.cancel();
}

void stream_pump::heard(std::string_view text) {
  if (ending_ != ending::none)
    return;
  guard([this, text] { source_->received(text); });
  signal_->ring();
}

void stream_pump::end(ending why) {
  if (ending_ == ending::none || why == ending::gone)
    ending_ = why;
  poke();
}

void stream_pump::release() {
  source_ = nullptr;
  batch_ = {};
}

} // namespace switchboard::net
