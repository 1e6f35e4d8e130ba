#pragma once

#include "tests/support/socket.hpp"

#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::support {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// An answer as a test sees it; `status` 0 means that none came, or none that
/// is HTTP, and `problem` says why.
struct http_reply {
  int status = 0;
  header_list headers;
  std::string body;
  bool keep_alive = false;
  std::string problem;

  /// The first value of a header (name in any case), or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::size_t header_count(std::string_view name) const;
};

/// What is told of every answer that `http_connection::call` and `call` bring,
/// so that a fixture can judge them all; on the thread that called.
using reply_observer
  = std::function<void(boost::beast::http::verb method, std::string_view target,
                       const http_reply& reply)>;

/// Sets the one observer of the process, before anybody calls.
void observe_replies(reply_observer observer);

/// A keep-alive connection to a server on 127.0.0.1. One thread at a time.
class http_connection {
public:
  explicit http_connection(std::uint16_t port);

  /// Sends a request with `Host` and, when there is a body or the method is
  /// meant to have one, `Content-Length`, and waits for the answer.
  http_reply call(boost::beast::http::verb method, std::string_view target,
                  const header_list& headers = {}, std::string_view body = {},
                  std::chrono::milliseconds timeout = patience);

  /// Raw bytes, for what no proper client sends.
  bool send_bytes(std::string_view bytes);
  /// The next answer on the connection; pipelined ones come one at a time.
  http_reply read_reply(bool head_only = false,
                        std::chrono::milliseconds timeout = patience);
  /// All that comes until the server closes; nullopt when it does not in time.
  std::optional<std::string> read_until_close(std::chrono::milliseconds timeout
                                              = patience);

  [[nodiscard]] bool is_open() const noexcept {
    return socket_.is_open();
  }
  socket_handle& socket() noexcept {
    return socket_;
  }

private:
  std::uint16_t port_;
  socket_handle socket_;
  std::string unread_;
};

/// One request on a connection of its own.
http_reply call(std::uint16_t port, boost::beast::http::verb method,
                std::string_view target, const header_list& headers = {},
                std::string_view body = {},
                std::chrono::milliseconds timeout = patience);

/// Sends raw bytes on a connection of its own and returns everything that
/// comes back until the server closes, or nullopt when it keeps it open.
std::optional<std::string> call_raw(std::uint16_t port, std::string_view bytes,
                                    std::chrono::milliseconds timeout
                                    = patience);

} // namespace switchboard::support
