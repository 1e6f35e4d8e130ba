#include "net/connection_streams.hpp"
#include "net/stream_lines.hpp"
#include "net/stream_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace switchboard::net {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using clock = stream_pump::clock;
using ending = stream_pump::ending;

constexpr auto token = asio::as_tuple(asio::deferred);

// A client of server-sent events has nothing to say; this much is overlooked.
constexpr std::size_t heard_bytes_max = std::size_t{64} * 1024;

/// A host that is gone without a word is noticed when what was sent to it stays
/// unconfirmed for this long, rather than after the kernel's quarter of an
/// hour.
void limit_silence(tcp_socket& socket, std::chrono::milliseconds time) {
  const auto value = static_cast<unsigned>(time.count());
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &value,
               sizeof value);
}

/// Notices when the client goes.
template <class Stream>
asio::awaitable<void> watch(std::shared_ptr<stream_line<Stream>> line) {
  std::array<char, 512> waste;
  std::size_t heard = 0;
  while (!line->leaving) {
    auto room = asio::buffer(waste);
    auto reading = line->stream.stream().async_read_some(room, token);
    const auto [problem, size] = co_await std::move(reading);
    heard += size;
    if (!problem && heard <= heard_bytes_max)
      continue;
    if (!line->leaving) {
      line->pump.end(ending::gone);
      error_code ignored;
      line->stream.socket().cancel(ignored); // ends a write that waits
    }
    break;
  }
}

template <class Stream>
void start_watching(const std::shared_ptr<stream_line<Stream>>& line) {
  line->reading = true;
  auto done = [keep = line->owner.lock(), line](const std::exception_ptr&) {
    line->reading = false;
    line->pump.poke();
  };
  asio::co_spawn(line->executor, watch(line), std::move(done));
}

template <class Stream>
asio::awaitable<bool>
write_all(stream_line<Stream>& line, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    if (line.pump.ended() == ending::gone)
      co_return false;
    line.limit.begin_wait(line.options.request_timeout);
    const asio::const_buffer rest{text.data() + written, text.size() - written};
    auto writing = line.stream.stream().async_write_some(rest, token);
    const auto [problem, size] = co_await std::move(writing);
    line.limit.end_wait();
    if (problem) {
      line.pump.end(ending::gone);
      co_return false;
    }
    written += size;
  }
  co_return true;
}

/// Beyond this the memory of a large batch goes back.
constexpr std::size_t text_kept_max = std::size_t{4} * 1024;

template <class Stream>
asio::awaitable<void> write_batches(stream_line<Stream>& line) {
  auto& pump = line.pump;
  auto spoke = clock::now();
  std::string text;
  append_retry(text, line.options.stream_retry);
  while (pump.refill()) {
    for (const auto& message : pump.batch())
      append_event(text, message);
    if (line.opening.chunked)
      wrap_chunk(text, 0);
    if (!text.empty())
      spoke = clock::now();
    if (!co_await write_all(line, text))
      co_return;
    if (text.capacity() > text_kept_max)
      std::string{}.swap(text);
    else
      text.clear();
    const auto until = spoke + line.options.stream_heartbeat;
    const bool silent = co_await pump.pause(until);
    if (silent)
      append_heartbeat(text);
  }
}

} // namespace

template <class Stream>
asio::awaitable<bool> serve_events(std::shared_ptr<stream_line<Stream>> line) {
  limit_silence(line->stream.socket(), line->options.request_timeout);
  start_watching(line);
  line->pump.start();
  co_await write_batches(*line);
  // A source that failed has not said all, and its clients should see that.
  const auto why = line->pump.ended();
  if (line->opening.chunked
      && (why == ending::finished || why == ending::stopping)) {
    const std::string end{last_chunk};
    co_await write_all(*line, end);
  }
  line->leaving = true;
  error_code ignored;
  line->stream.socket().cancel(ignored);
  while (line->reading)
    co_await line->pump.sleep(clock::time_point::max());
  co_return line->pump.ended() != ending::gone;
}

template asio::awaitable<bool>
  serve_events(std::shared_ptr<stream_line<plain_stream>>);
template asio::awaitable<bool>
  serve_events(std::shared_ptr<stream_line<tls_stream>>);

} // namespace switchboard::net
