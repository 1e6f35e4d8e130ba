#include "net/server.hpp"

#include "net/acceptor.hpp"
#include "net/connection.hpp"
#include "net/server_core.hpp"

#include <boost/asio/steady_timer.hpp>

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace switchboard::net {

/// The server's life; what runs on the event loop keeps it alive.
class server::control : public std::enable_shared_from_this<control> {
public:
  control(io_runtime& runtime, server_options options, router routes,
          server_observer* observer)
    : core_{std::make_shared<server_core>(runtime, std::move(options),
                                          std::move(routes), observer)},
      door_{std::make_shared<acceptor>(core_)},
      grace_{runtime.io()} {}

  void start() {
    door_->listen();
    core_->connections.on_left([weak = weak_from_this()] {
      if (const auto me = weak.lock())
        me->on_left();
    });
    {
      const std::lock_guard lock{mutex_};
      accepting_ = true;
    }
    door_->start([me = shared_from_this()] { me->on_accepting_ended(); });
  }

  void stop(std::chrono::milliseconds grace, std::function<void()> done) {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
      if (done)
        listeners_.push_back(std::move(done));
      if (accepting_ || core_->connections.size() > 0) {
        grace_.expires_after(grace);
        grace_.async_wait(
          [me = shared_from_this()](const boost::system::error_code& problem) {
            if (!problem)
              me->cut_all();
          });
      }
    }
    door_->close();
    core_->connections.for_each([](connection& one) { one.stop(); });
    check_end();
  }

  bool wait_stopped(std::chrono::milliseconds timeout) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, timeout, [this] { return ended_; });
  }

  [[nodiscard]] const acceptor& door() const {
    return *door_;
  }
  [[nodiscard]] const connection_list& connections() const {
    return core_->connections;
  }

private:
  void on_left() {
    door_->room_made();
    check_end();
  }

  void on_accepting_ended() {
    bool cutting = false;
    {
      const std::lock_guard lock{mutex_};
      accepting_ = false;
      cutting = cutting_;
    }
    // Some may have come in since `stop` looked, or since the grace was over.
    core_->connections.for_each([cutting](connection& one) {
      if (cutting)
        one.cut();
      else
        one.stop();
    });
    check_end();
  }

  void cut_all() {
    {
      const std::lock_guard lock{mutex_};
      cutting_ = true;
    }
    core_->connections.for_each([](connection& one) { one.cut(); });
  }

  void check_end() {
    std::vector<std::function<void()>> listeners;
    {
      const std::lock_guard lock{mutex_};
      if (!stopping_ || accepting_ || core_->connections.size() > 0)
        return;
      ended_ = true;
      grace_.cancel();
      listeners.swap(listeners_);
      changed_.notify_all();
    }
    for (const auto& done : listeners)
      done();
  }

  std::shared_ptr<server_core> core_;
  std::shared_ptr<acceptor> door_;
  std::mutex mutex_; ///< for all below
  std::condition_variable changed_;
  boost::asio::steady_timer grace_;
  std::vector<std::function<void()>> listeners_;
  bool accepting_ = false;
  bool stopping_ = false;
  bool cutting_ = false;
  bool ended_ = false;
};

server::server(io_runtime& runtime, server_options options, router routes,
               server_observer* observer)
  : control_{std::make_shared<control>(runtime, std::move(options),
                                       std::move(routes), observer)} {}

server::~server() {
  using namespace std::chrono_literals;
  stop(0ms);
  while (!wait_stopped(1h)) {
  }
}

void server::start() {
  control_->start();
}

std::uint16_t server::port() const noexcept {
  return control_->door().port();
}

std::size_t server::connection_count() const {
  return control_->connections().size();
}

void server::stop(std::chrono::milliseconds grace, std::function<void()> done) {
  control_->stop(grace, std::move(done));
}

bool server::wait_stopped(std::chrono::milliseconds timeout) {
  return control_->wait_stopped(timeout);
}

} // namespace switchboard::net
