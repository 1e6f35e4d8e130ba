#pragma once

#include "net/stream_source.hpp"
#include "tests/unit/net_server_fixture.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/beast/websocket/stream_base.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::net {

/// What a test tells a stream, and what the stream did. Thread-safe.
class feed {
public:
  void push(stream_message message) {
    change([&] { waiting_.push_back(std::move(message)); });
  }
  /// No more after what was pushed.
  void end() {
    change([&] { ended_ = true; });
  }
  void fail() {
    change([&] { failing_ = true; });
  }
  /// Gives messages of that size without end.
  void flood(std::size_t size) {
    change([&] { flood_ = size; });
  }

  /// As new, for the next stream.
  void reset() {
    const std::lock_guard lock{mutex_};
    made = started = alive = 0;
    bytes_taken = flood_ = 0;
    heard.clear();
    waiting_.clear();
    wake = nullptr;
    ended_ = failing_ = false;
  }

  bool wait_until(const std::function<bool()>& condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, condition);
  }
  bool wait_until_gone() {
    return wait_until([this] { return started > 0 && alive == 0; });
  }

  // To look at within `wait_until`.
  int made = 0;
  int started = 0;
  int alive = 0;
  std::size_t bytes_taken = 0;
  std::vector<std::string> heard;
  std::function<void()> wake; ///< of the last stream

private:
  friend class feed_source;

  template <class Change>
  void change(Change what) {
    std::function<void()> call;
    {
      const std::lock_guard lock{mutex_};
      what();
      call = wake;
      changed_.notify_all();
    }
    if (call)
      call();
  }
  template <class Change>
  void note(Change what) {
    const std::lock_guard lock{mutex_};
    what();
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<stream_message> waiting_;
  std::size_t flood_ = 0;
  bool ended_ = false;
  bool failing_ = false;
};

/// A source that gives what its feed has, and echoes what it hears.
class feed_source final : public stream_source {
public:
  explicit feed_source(std::shared_ptr<feed> from) : feed_{std::move(from)} {
    feed_->note([this] { ++feed_->made, ++feed_->alive; });
  }
  ~feed_source() override {
    feed_->note([this] { --feed_->alive; });
  }

  void start(std::function<void()> wake) override {
    feed_->note([&] {
      ++feed_->started;
      feed_->wake = std::move(wake);
    });
  }

  stream_progress take(std::size_t bytes_max,
                       std::vector<stream_message>& to) override {
    auto progress = stream_progress::drained;
    feed_->note([&] {
      if (feed_->failing_)
        throw std::runtime_error{"a source's bug"};
      std::size_t size = 0;
      while (feed_->flood_ > 0 && size < bytes_max) {
        to.push_back(
          {"flood", "", "\"" + std::string(feed_->flood_, 'x') + "\""});
        size += feed_->flood_;
        progress = stream_progress::more;
      }
      feed_->bytes_taken += size;
      for (auto& one : std::exchange(feed_->waiting_, {}))
        to.push_back(std::move(one));
      if (feed_->ended_)
        progress = stream_progress::ended;
    });
    return progress;
  }

  void received(std::string_view text) override {
    feed_->note([&] {
      feed_->heard.emplace_back(text);
      feed_->waiting_.push_back({"echo", "", std::string{text}});
    });
  }

private:
  std::shared_ptr<feed> feed_;
};

/// A client that speaks WebSocket; every call has a deadline.
template <class Stream>
class websocket_client {
public:
  using error_code = boost::system::error_code;

  template <class... Args>
  explicit websocket_client(Args&&... args)
    : socket_{io_, std::forward<Args>(args)...} {
    socket_.control_callback(
      [this](boost::beast::websocket::frame_type kind, auto) {
        if (kind == boost::beast::websocket::frame_type::pong)
          ++pongs;
        if (kind == boost::beast::websocket::frame_type::ping) {
          ++pings;
          if (on_ping)
            on_ping();
        }
      });
    socket_.read_message_max(0);
  }

  auto& stream() noexcept {
    return socket_;
  }
  void connect(std::uint16_t port) {
    const boost::asio::ip::tcp::endpoint to{
      boost::asio::ip::address_v4::loopback(), port};
    boost::beast::get_lowest_layer(socket_).connect(to);
  }
  error_code shake_hands(const std::string& target,
                         const support::header_list& headers = {}) {
    socket_.set_option(boost::beast::websocket::stream_base::decorator(
      [headers](boost::beast::websocket::request_type& asked) {
        for (const auto& [name, value] : headers)
          asked.set(name, value);
      }));
    return wait([&](auto done) {
      socket_.async_handshake(answer, "localhost", target, std::move(done));
    });
  }
  error_code send(std::string_view text) {
    const auto bytes = boost::asio::buffer(text.data(), text.size());
    return wait([&](auto done) {
      socket_.async_write(bytes,
                          [done](error_code p, std::size_t) { done(p); });
    });
  }
  error_code ping() {
    return wait(
      [&](auto done) { socket_.async_ping("are you there", std::move(done)); });
  }
  /// The next message; empty when none comes, and `problem` says why.
  std::string read() {
    boost::beast::flat_buffer heard;
    problem = wait([&](auto done) {
      socket_.async_read(heard, [done](error_code p, std::size_t) { done(p); });
    });
    return boost::beast::buffers_to_string(heard.data());
  }
  /// Reads until the server closes.
  int close_code() {
    while (!read().empty()) {
    }
    return problem == boost::beast::websocket::error::closed
             ? static_cast<int>(socket_.reason().code)
             : 0;
  }

  boost::beast::websocket::response_type answer;
  error_code problem;
  int pings = 0;
  std::function<void()> on_ping;
  int pongs = 0;

private:
  template <class Begin>
  error_code wait(Begin begin) {
    error_code outcome = boost::asio::error::timed_out;
    bool ended = false;
    begin([&](error_code p) {
      outcome = p;
      ended = true;
    });
    io_.restart();
    io_.run_for(std::chrono::seconds{10});
    if (!ended) {
      boost::beast::get_lowest_layer(socket_).close();
      io_.run(); // what waits must end before what it refers to
      return boost::asio::error::timed_out;
    }
    return outcome;
  }

  boost::asio::io_context io_;
  boost::beast::websocket::stream<Stream> socket_;
};

using plain_client = websocket_client<boost::asio::ip::tcp::socket>;

/// A server with a stream at `/feed`, one that refuses and one whose handler
/// throws, beside the routes of the other tests.
class StreamTest : public ServerTest {
protected:
  void start_streams() {
    auto routes = make_routes();
    routes.stream("/feed", [this](request& r) -> stream_answer {
      asked_
        = std::string{r.header("Last-Event-ID")} + "|" + std::string{r.query};
      stream_answer::header_list headers;
      headers.emplace_back("X-Extra", "yes");
      return {std::make_unique<feed_source>(feed_), std::move(headers)};
    });
    routes.stream("/closed", [](request&) -> stream_answer {
      return response{401, R"({"ok":false})"};
    });
    routes.stream("/throws", [](request&) -> stream_answer {
      throw std::runtime_error{"a bug"};
    });
    server_.emplace(runtime_, options_, std::move(routes), &seen_);
    server_->start();
  }

  /// Reads until `end` has come and returns all before and with it.
  static std::string read_to(support::http_connection& line,
                             std::string_view end) {
    std::string text;
    while (text.find(end) == std::string::npos
           && line.socket().receive_some(text)) {
    }
    return text;
  }
  support::http_connection open_events(std::string_view extra = {}) {
    auto line = connect();
    line.send_bytes("GET /feed HTTP/1.1\r\nHost: a\r\n" + std::string{extra}
                    + "\r\n");
    return line;
  }
  void wait_until_started() {
    ASSERT_TRUE(feed_->wait_until([this] { return feed_->started > 0; }));
  }

  std::shared_ptr<feed> feed_ = std::make_shared<feed>();
  std::string asked_; ///< written before the stream begins
};

} // namespace switchboard::net
