#pragma once

#include "net/message.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::net {

/// One message of a stream. As a server-sent event it is the lines `id:`,
/// `event:` and `data:`; over a WebSocket it is one text frame,
/// `{"event":…,"id":…,"data":…}`.
struct stream_message {
  std::string event; ///< the type; without it a server-sent event has none
  std::string id;    ///< where a lost reader resumes; may be empty
  std::string data;  ///< JSON; nothing checks it
};

/// What a source says of itself after `take`.
enum class stream_progress : std::uint8_t {
  more,    ///< ask again at once when this is written, even if it is nothing
  drained, ///< ask again after `wake`
  ended,   ///< this was the last
};

/// Where the messages of one open stream come from. The connection pulls: it
/// asks for a batch only when everything before has been handed to the socket,
/// so a slow reader costs what its source keeps for it, and a source that reads
/// from storage keeps nothing.
///
/// Life: made by a route's handler, destroyed when the stream ends, however it
/// ends. One that is made for `HEAD` or for a bad handshake is destroyed
/// without `start`. The request is gone by then: copy what matters.
///
/// Thread contract: all calls, and the destructor, come from the connection's
/// executor, one at a time; they must not block. An exception ends the stream.
class stream_source {
public:
  stream_source() = default;
  stream_source(const stream_source&) = delete;
  stream_source& operator=(const stream_source&) = delete;
  virtual ~stream_source() = default;

  /// Comes once, first. `wake` says that `take` may find something; it may be
  /// called from any thread, as often as one likes, under locks, and after the
  /// stream has ended. A wake during `take` is not lost.
  virtual void start(std::function<void()> wake) = 0;

  /// Appends what is there now: about `bytes_max` bytes, at least one message.
  virtual stream_progress
  take(std::size_t bytes_max, std::vector<stream_message>& to)
    = 0;

  /// A text that the client sent over a WebSocket. `take` comes after it.
  virtual void received(std::string_view text) {
    static_cast<void>(text);
  }
};

/// What the handler of a stream route answers: a refusal, or a source.
class stream_answer {
public:
  using header_list = std::vector<std::pair<std::string, std::string>>;

  // Both are implicit, so that handlers simply return what they have.
  stream_answer(response refusal) // NOLINT(google-explicit-constructor)
    : refusal_{std::move(refusal)} {}
  template <class Source>
  stream_answer(std::unique_ptr<Source> source, // NOLINT
                header_list headers = {})
    : source_{std::move(source)} {
    refusal_.headers = std::move(headers);
  }

  [[nodiscard]] bool accepted() const noexcept {
    return source_ != nullptr;
  }
  /// When it is accepted, only its headers count: they go out beside the
  /// stream's own.
  response& refusal() noexcept {
    return refusal_;
  }
  std::unique_ptr<stream_source>& source() noexcept {
    return source_;
  }

private:
  response refusal_;
  std::unique_ptr<stream_source> source_;
};

/// Decides about a stream on the connection's executor, without waiting.
using stream_handler = std::function<stream_answer(request&)>;

} // namespace switchboard::net
