#pragma once

#include "tests/support/http_call.hpp"
#include "tests/support/socket.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::test {

/// What a stream of `GET /api/v1/stream` said.
struct streamed_event {
  std::string id;
  std::string type;
  boost::json::value data;
};

/// One open stream, read as bytes by a client that shares nothing with the
/// server. Every wait has a deadline. One thread.
class event_reader {
public:
  event_reader(std::uint16_t port, std::string_view target,
               const support::header_list& headers);

  /// The status of the answer; 0 when there was none.
  [[nodiscard]] int status() const noexcept {
    return status_;
  }
  /// Whether the server ended the stream, rather than said nothing.
  [[nodiscard]] bool at_end() const noexcept {
    return at_end_;
  }

protected:
  std::optional<std::string> take(std::size_t size);
  std::optional<std::string> take_until(std::string_view end);
  void note_end() noexcept {
    at_end_ = true;
  }

private:
  bool receive();

  support::socket_handle socket_;
  std::string heard_;
  int status_ = 0;
  bool at_end_ = false;
};

/// Server-sent events.
class sse_reader : public event_reader {
public:
  sse_reader(std::uint16_t port, std::string_view target,
             support::header_list headers);

  /// The next event; nothing when none comes. Comments are passed over.
  std::optional<streamed_event> next();

private:
  std::optional<std::string> next_block();

  std::string text_; ///< out of the chunks
};

/// Text frames of a WebSocket.
class websocket_reader : public event_reader {
public:
  websocket_reader(std::uint16_t port, std::string_view target,
                   support::header_list headers);

  /// The next event; nothing when none comes. Pings are passed over.
  std::optional<streamed_event> next();
};

} // namespace switchboard::test
