#pragma once

#include "net/server_options.hpp"
#include "net/stream_pump.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::net {

/// An open stream as its route's handler and the request's head left it.
struct stream_opening {
  std::unique_ptr<stream_source> source;
  bool websocket = false;
  bool chunked = true; ///< a server-sent body; otherwise the close ends it
  std::string hello;   ///< for a WebSocket: see `websocket_hello`
  std::vector<std::pair<std::string, std::string>> headers; ///< likewise
};

/// Limits the time of what waits for the client; beyond it, the operations of
/// the socket are cancelled.
class wait_limit {
public:
  virtual void begin_wait(std::chrono::milliseconds time) = 0;
  virtual void end_wait() = 0;

protected:
  ~wait_limit() = default;
};

/// What a streaming answer works with. `owner` has `stream` (one of those of
/// `connection_streams.hpp`) and `limit`. The coroutines that serve the stream
/// share the line, so it is there until the last of them has ended; the one
/// that reads keeps the owner as well.
///
/// Thread contract: all on `executor`.
template <class Stream>
class stream_line {
public:
  stream_line(std::weak_ptr<void> keeper, Stream& s, wait_limit& l,
              boost::asio::any_io_executor e, const server_options& o,
              stream_opening how)
    : owner{std::move(keeper)},
      stream{s},
      limit{l},
      executor{std::move(e)},
      options{o},
      opening{std::move(how)},
      pump{executor, std::move(opening.source)} {}

  std::weak_ptr<void> owner;
  Stream& stream;
  wait_limit& limit;
  boost::asio::any_io_executor executor;
  const server_options& options;
  stream_opening opening;
  stream_pump pump;
  bool leaving = false; ///< whoever reads should not go on
  bool reading = false; ///< someone reads, in a coroutine of its own
};

/// Serves server-sent events, the head of which has been written, until one
/// side has enough. False when the way to the client is broken.
template <class Stream>
boost::asio::awaitable<bool>
serve_events(std::shared_ptr<stream_line<Stream>> line);

/// Shakes hands and speaks WebSocket until one side has enough.
template <class Stream>
boost::asio::awaitable<void>
serve_websocket(std::shared_ptr<stream_line<Stream>> line);

} // namespace switchboard::net
