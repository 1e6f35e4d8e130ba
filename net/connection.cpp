#include "net/connection.hpp"

#include "net/asker.hpp"
#include "net/connection_streams.hpp"
#include "net/conversation.hpp"
#include "net/stream_lines.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream_base.hpp>

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>

namespace switchboard::net {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using clock = timer_wheel::clock;
using step = conversation::step;

// Awaited in place, without a coroutine frame for each operation.
constexpr auto token = asio::as_tuple(asio::deferred);

// How long a refused client may go on sending what nobody reads, so that it
// sees the refusal and not a reset; likewise for the last words of TLS.
constexpr std::chrono::seconds linger_timeout{2};
constexpr std::size_t linger_bytes_max = std::size_t{4} * 1024 * 1024;

asio::ip::address peer_of(const tcp_socket& socket) {
  error_code gone;
  return socket.remote_endpoint(gone).address();
}

template <class Stream>
class connection_on final : public connection, private wait_limit {
public:
  template <class... Args>
  connection_on(std::shared_ptr<server_core> core, tcp_socket socket,
                Args&&... args)
    : core_{std::move(core)},
      executor_{core_->runtime.make_executor()},
      asker_{core_->runtime.actors(), core_->wheel, executor_},
      talk_{*core_, asker_, peer_of(socket)},
      stream_{std::move(socket), std::forward<Args>(args)...},
      timer_{core_->wheel, this, &connection_on::on_deadline} {}

  ~connection_on() override {
    leave();
  }

  void start() override;
  void stop() override;
  void cut() override;

private:
  /// What the coroutine waits for; it says what a deadline means.
  enum class phase : std::uint8_t {
    working, ///< for a handler, or nothing: no deadline
    idle,    ///< for the first byte of a request
    reading, ///< for the rest of it
    other,   ///< for the client to take an answer, shake hands, say goodbye
  };

  asio::awaitable<void> run();
  asio::awaitable<bool> shake_hands();
  asio::awaitable<void> answer();
  asio::awaitable<void> stream_out();
  asio::awaitable<bool> flush();
  asio::awaitable<void> say_goodbye();
  asio::awaitable<void> linger();
  bool write_now();
  void begin_wait(std::chrono::milliseconds time) override;
  void end_wait() override;

  void wait_for_bytes();
  void set_deadline(phase p, clock::duration from_now);
  static timer_wheel::time_point on_deadline(void* self) noexcept;
  void check_deadline();
  void leave();

  std::shared_ptr<server_core> core_;
  asio::any_io_executor executor_;
  asker asker_;
  conversation talk_;
  Stream stream_;
  std::shared_ptr<stream_line<Stream>> line_; ///< while it streams
  clock::time_point deadline_;
  phase phase_ = phase::working;
  bool stopping_ = false;
  bool broken_ = false; ///< writing makes no sense any more
  bool late_ = false;   ///< a deadline has passed
  bool listed_ = false;
  timer_wheel::entry timer_;
};

template <class Stream>
void connection_on<Stream>::start() {
  listed_ = true;
  core_->connections.enter(*this);
  if (core_->observer != nullptr)
    core_->observer->connection_opened();
  error_code ignored;
  auto& socket = stream_.socket();
  socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket.non_blocking(true, ignored);
  auto ended
    = [this, me = shared_from_this()](const std::exception_ptr& problem) {
        if (problem)
          spdlog::error("http: a connection ended by an exception");
        leave();
      };
  asio::co_spawn(executor_, run(), std::move(ended));
}

template <class Stream>
void connection_on<Stream>::stop() {
  asio::post(executor_, [this, me = shared_from_this()] {
    stopping_ = true;
    talk_.wind_up();
    if (line_ != nullptr)
      line_->pump.end(stream_pump::ending::stopping);
    error_code ignored;
    if (phase_ == phase::idle)
      stream_.socket().cancel(ignored);
  });
}

template <class Stream>
void connection_on<Stream>::cut() {
  asio::post(executor_, [this, me = shared_from_this()] {
    stopping_ = broken_ = true;
    talk_.wind_up();
    if (line_ != nullptr)
      line_->pump.end(stream_pump::ending::gone);
    asker_.close();
    error_code ignored;
    stream_.socket().close(ignored);
  });
}

template <class Stream>
void connection_on<Stream>::leave() {
  asker_.close();
  if (!std::exchange(listed_, false))
    return;
  if (core_->observer != nullptr)
    core_->observer->connection_closed();
  core_->connections.leave(*this);
}

template <class Stream>
asio::awaitable<void> connection_on<Stream>::run() {
  bool open = co_await shake_hands();
  while (open) {
    const auto next = talk_.next();
    if (!write_now() && !co_await flush())
      break;
    switch (next) {
      case step::read: {
        if (stopping_ && talk_.idle()) {
          open = false;
          break;
        }
        wait_for_bytes();
        auto room = talk_.prepare();
        auto reading = stream_.stream().async_read_some(room, token);
        const auto [problem, size] = co_await std::move(reading);
        if (!problem) {
          if (phase_ == phase::idle)
            phase_ = phase::working;
          talk_.received(size);
        } else if (late_ && phase_ == phase::reading && !broken_) {
          late_ = false;
          talk_.give_up();
        } else {
          open = false;
        }
        break;
      }
      case step::write: break;
      case step::wait: co_await answer(); break;
      case step::stream:
        co_await stream_out();
        open = false;
        break;
      case step::end: open = false; break;
    }
  }
  co_await say_goodbye();
}

template <class Stream>
asio::awaitable<bool> connection_on<Stream>::shake_hands() {
  if constexpr (Stream::is_tls) {
    set_deadline(phase::other, core_->options.request_timeout);
    auto shaking
      = stream_.stream().async_handshake(asio::ssl::stream_base::server, token);
    const auto [problem] = co_await std::move(shaking);
    if (problem) {
      broken_ = true;
      co_return false;
    }
  }
  co_return true;
}

template <class Stream>
asio::awaitable<void> connection_on<Stream>::answer() {
  phase_ = phase::working;
  response answer;
  try {
    auto answering = talk_.answering();
    answer = co_await std::move(answering);
  } catch (const std::exception& e) {
    answer = talk_.failed(e.what());
  } catch (...) {
    answer = talk_.failed("an unknown exception");
  }
  talk_.finish(std::move(answer));
}

/// The connection's last answer, which may go on for days.
template <class Stream>
asio::awaitable<void> connection_on<Stream>::stream_out() {
  phase_ = phase::working;
  try {
    wait_limit& limit = *this;
    line_ = std::make_shared<stream_line<Stream>>(
      weak_from_this(), stream_, limit, executor_, core_->options,
      talk_.take_stream());
    if (stopping_)
      line_->pump.end(stream_pump::ending::stopping);
    if (line_->opening.websocket) {
      auto serving = serve_websocket(line_);
      co_await std::move(serving);
      broken_ = true; // Beast has closed what there was to close
    } else {
      auto serving = serve_events(line_);
      const bool whole = co_await std::move(serving);
      broken_ = broken_ || !whole;
    }
  } catch (const std::exception& e) {
    spdlog::error("http: a stream ended: {}", e.what());
    broken_ = true;
  }
  if (broken_) { // also for whoever still reads
    error_code ignored;
    stream_.socket().close(ignored);
  }
  line_ = nullptr;
}

template <class Stream>
void connection_on<Stream>::begin_wait(std::chrono::milliseconds time) {
  set_deadline(phase::other, time);
}

template <class Stream>
void connection_on<Stream>::end_wait() {
  phase_ = phase::working;
}

/// Writes what the socket takes at once; true when that was all.
template <class Stream>
bool connection_on<Stream>::write_now() {
  auto& out = talk_.out();
  if constexpr (Stream::writes_directly) {
    if (!out.empty()) {
      error_code problem;
      // One buffer goes by the cheaper system call.
      const auto size
        = out.has_body()
            ? stream_.stream().write_some(out.buffers(), problem)
            : stream_.stream().write_some(out.text_buffer(), problem);
      if (!problem)
        out.consume(size);
    }
  }
  return out.empty();
}

template <class Stream>
asio::awaitable<bool> connection_on<Stream>::flush() {
  auto& out = talk_.out();
  while (!out.empty()) {
    set_deadline(phase::other, core_->options.request_timeout);
    auto writing = stream_.stream().async_write_some(out.buffers(), token);
    const auto [problem, size] = co_await std::move(writing);
    if (problem) {
      broken_ = true;
      co_return false;
    }
    out.consume(size);
  }
  phase_ = phase::working;
  co_return true;
}

template <class Stream>
asio::awaitable<void> connection_on<Stream>::say_goodbye() {
  if constexpr (Stream::is_tls) {
    if (!broken_) {
      set_deadline(phase::other, linger_timeout);
      auto closing = stream_.stream().async_shutdown(token);
      co_await std::move(closing);
    }
  }
  error_code ignored;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  if (talk_.refused() && !broken_ && !late_)
    co_await linger();
  phase_ = phase::working;
  stream_.socket().close(ignored);
}

/// Reads and forgets. Closing a socket with unread bytes resets it, and the
/// client might never see why it was refused.
template <class Stream>
asio::awaitable<void> connection_on<Stream>::linger() {
  set_deadline(phase::other, linger_timeout);
  std::array<char, 2048> waste;
  std::size_t read = 0;
  while (!late_ && read < linger_bytes_max) {
    auto room = asio::buffer(waste);
    auto reading = stream_.socket().async_read_some(room, token);
    const auto [problem, size] = co_await std::move(reading);
    if (problem)
      break;
    read += size;
  }
}

template <class Stream>
void connection_on<Stream>::wait_for_bytes() {
  const auto& limits = core_->options;
  const bool idle = talk_.idle();
  const auto until = idle ? talk_.finished() + limits.idle_timeout
                          : talk_.began() + limits.request_timeout;
  phase_ = idle ? phase::idle : phase::reading;
  if (std::exchange(deadline_, until) != until)
    timer_.set(until);
}

template <class Stream>
void connection_on<Stream>::set_deadline(phase p, clock::duration from_now) {
  phase_ = p;
  deadline_ = clock::now() + from_now;
  timer_.set(deadline_);
}

template <class Stream>
timer_wheel::time_point
connection_on<Stream>::on_deadline(void* self) noexcept {
  auto& me = *static_cast<connection_on*>(self);
  if (auto alive = me.weak_from_this().lock())
    asio::post(me.executor_,
               [&me, alive = std::move(alive)] { me.check_deadline(); });
  return timer_wheel::never;
}

/// The deadline may have moved since the wheel saw it.
template <class Stream>
void connection_on<Stream>::check_deadline() {
  if (phase_ == phase::working)
    return;
  if (clock::now() < deadline_) {
    timer_.set(deadline_);
    return;
  }
  late_ = true;
  error_code ignored;
  stream_.socket().cancel(ignored);
}

} // namespace

std::shared_ptr<connection>
make_plain_connection(std::shared_ptr<server_core> core, tcp_socket socket) {
  return std::make_shared<connection_on<plain_stream>>(std::move(core),
                                                       std::move(socket));
}

std::shared_ptr<connection>
make_tls_connection(std::shared_ptr<server_core> core, tcp_socket socket,
                    asio::ssl::context& context) {
  return std::make_shared<connection_on<tls_stream>>(
    std::move(core), std::move(socket), context);
}

} // namespace switchboard::net
