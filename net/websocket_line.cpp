#include "net/connection_streams.hpp"
#include "net/stream_lines.hpp"
#include "net/stream_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/beast/websocket/stream_base.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace switchboard::net {

namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using clock = stream_pump::clock;
using ending = stream_pump::ending;

constexpr auto token = asio::as_tuple(asio::deferred);

// For a client to answer the last words, or to close when it said them.
constexpr std::chrono::seconds goodbye_timeout{2};

/// A line with Beast's stream over it. Beast answers pings and closes, sends
/// pings of its own, and closes the socket when nothing is heard for too long.
template <class Stream>
class websocket_line {
public:
  using next_layer
    = std::remove_reference_t<decltype(std::declval<Stream&>().stream())>;

  explicit websocket_line(std::shared_ptr<stream_line<Stream>> line)
    : line_{std::move(line)}, socket_{line_->stream.stream()} {
    const auto& options = line_->options;
    websocket::stream_base::timeout times{};
    times.handshake_timeout = options.request_timeout;
    times.idle_timeout = options.stream_silence_max;
    times.keep_alive_pings = true;
    socket_.set_option(times);
    socket_.set_option(websocket::stream_base::decorator(
      [this](websocket::response_type& answer) { decorate(answer); }));
    socket_.control_callback([this](websocket::frame_type kind, auto&&) {
      if (kind == websocket::frame_type::close)
        client_closes();
    });
    socket_.read_message_max(options.stream_message_bytes_max);
    socket_.auto_fragment(false);
    socket_.text(true);
  }

  asio::awaitable<bool> shake_hands();
  /// Takes what the client says, until there will be no more.
  asio::awaitable<void> listen();
  asio::awaitable<void> talk();
  asio::awaitable<void> say_goodbye();

  stream_line<Stream>& line() noexcept {
    return *line_;
  }

private:
  void decorate(websocket::response_type& answer) const {
    for (const auto& [name, value] : line_->opening.headers)
      answer.insert(name, value);
    answer.set(boost::beast::http::field::server, "switchboard");
  }
  [[nodiscard]] websocket::close_reason reason() const;
  /// Beast answers within the read at hand, and then waits for the client to
  /// close the connection.
  void client_closes() {
    client_closes_ = true;
    line_->pump.end(ending::gone);
  }
  void cancel() {
    error_code ignored;
    line_->stream.socket().cancel(ignored);
  }

  std::shared_ptr<stream_line<Stream>> line_;
  websocket::stream<next_layer&, false> socket_;
  bool binary_ = false; ///< the client has sent what is no text
  bool client_closes_ = false;
};

template <class Stream>
asio::awaitable<bool> websocket_line<Stream>::shake_hands() {
  const auto hello = asio::buffer(line_->opening.hello);
  auto shaking = socket_.async_accept(hello, token);
  const auto [problem] = co_await std::move(shaking);
  if (problem)
    line_->pump.end(ending::gone);
  co_return !problem;
}

template <class Stream>
asio::awaitable<void> websocket_line<Stream>::listen() {
  boost::beast::flat_buffer heard;
  for (;;) {
    auto reading = socket_.async_read(heard, token);
    const auto [problem, size] = co_await std::move(reading);
    if (problem)
      break;
    if (line_->leaving || binary_) {
      // The close is on its way; what comes before the answer to it is late.
    } else if (socket_.got_text()) {
      const auto text = heard.cdata();
      line_->pump.heard({static_cast<const char*>(text.data()), size});
    } else {
      binary_ = true;
      line_->pump.end(ending::failed);
    }
    heard.consume(size);
  }
  if (line_->leaving)
    co_return;
  line_->pump.end(ending::gone);
  cancel(); // ends a write that waits
}

template <class Stream>
asio::awaitable<void> websocket_line<Stream>::talk() {
  auto& pump = line_->pump;
  while (pump.refill()) {
    for (const auto& message : pump.batch()) {
      if (pump.ended() == ending::gone)
        co_return;
      const auto text = frame_text(message);
      const auto bytes = asio::buffer(text);
      line_->limit.begin_wait(line_->options.request_timeout);
      auto writing = socket_.async_write(bytes, token);
      const auto [problem, size] = co_await std::move(writing);
      line_->limit.end_wait();
      if (problem) {
        pump.end(ending::gone);
        co_return;
      }
    }
    const auto until = clock::time_point::max();
    co_await pump.pause(until);
  }
}

template <class Stream>
websocket::close_reason websocket_line<Stream>::reason() const {
  using websocket::close_code;
  if (binary_)
    return {close_code::unknown_data, "only text is understood here"};
  switch (line_->pump.ended()) {
    case ending::stopping:
      return {close_code::going_away, "the server is stopping"};
    case ending::failed:
      return {close_code::internal_error, "something went wrong here"};
    case ending::none:
    case ending::finished:
    case ending::gone: break;
  }
  return {close_code::normal};
}

template <class Stream>
asio::awaitable<void> websocket_line<Stream>::say_goodbye() {
  line_->leaving = true;
  line_->pump.release();
  line_->limit.begin_wait(goodbye_timeout);
  if (line_->pump.ended() != ending::gone) {
    const auto why = reason();
    auto closing = socket_.async_close(why, token);
    co_await std::move(closing);
  } else if (!client_closes_) {
    cancel();
  }
  while (line_->reading) {
    const auto until = clock::time_point::max();
    co_await line_->pump.sleep(until);
  }
  line_->limit.end_wait();
}

} // namespace

template <class Stream>
asio::awaitable<void>
serve_websocket(std::shared_ptr<stream_line<Stream>> line) {
  auto socket = std::make_shared<websocket_line<Stream>>(line);
  if (!co_await socket->shake_hands())
    co_return;
  line->reading = true;
  auto done = [keep = line->owner.lock(), socket](const std::exception_ptr&) {
    socket->line().reading = false;
    socket->line().pump.poke();
  };
  asio::co_spawn(line->executor, socket->listen(), std::move(done));
  line->pump.start();
  co_await socket->talk();
  co_await socket->say_goodbye();
}

template asio::awaitable<void>
  serve_websocket(std::shared_ptr<stream_line<plain_stream>>);
template asio::awaitable<void>
  serve_websocket(std::shared_ptr<stream_line<tls_stream>>);

} // namespace switchboard::net
