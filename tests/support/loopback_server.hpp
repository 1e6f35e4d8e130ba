#pragma once

#include "tests/support/certificates.hpp"
#include "tests/support/socket.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

struct ssl_ctx_st;
struct ssl_st;

namespace switchboard::support {

/// A request as it came, taken apart just enough for tests.
struct raw_request {
  std::string method;
  std::string target;
  std::string head; ///< request line and headers, as sent
  std::string body;

  /// The first value of a header (name in any case), or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// One accepted connection, in the hands of a script. Its thread only, but for
/// `shut_down`.
class loopback_peer {
public:
  loopback_peer(socket_handle socket, std::size_t index, ssl_ctx_st* tls);
  loopback_peer(const loopback_peer&) = delete;
  loopback_peer& operator=(const loopback_peer&) = delete;
  ~loopback_peer();

  /// Counts the server's connections from 0.
  [[nodiscard]] std::size_t index() const noexcept {
    return index_;
  }

  /// The next request with its body (by Content-Length); nullopt when the
  /// client closes or is silent for too long.
  std::optional<raw_request> read_request();
  bool write(std::string_view bytes);
  /// A complete answer with its length.
  bool answer(int status, std::string_view body = {},
              std::string_view more_headers = {});
  bool wait_for_close() {
    return socket_.wait_for_close();
  }
  void close();
  void reset(); ///< the client sees an RST
  void shut_down();

private:
  bool receive_more();

  std::mutex mutex_; ///< so that `shut_down` meets no closed descriptor
  socket_handle socket_;
  std::size_t index_;
  ssl_st* tls_ = nullptr;
  bool usable_ = true;
  std::string unread_;
};

/// A server on 127.0.0.1 that plays a script on each connection, each in a
/// thread of its own; the connection closes where the script ends. Joins all
/// its threads at its end, after shutting their sockets down.
class loopback_server {
public:
  using script = std::function<void(loopback_peer&)>;

  explicit loopback_server(script play);
  loopback_server(script play, const identity& tls);
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;
  ~loopback_server();

  [[nodiscard]] std::uint16_t port() const noexcept {
    return listener_.port();
  }
  [[nodiscard]] std::size_t accepted() const noexcept {
    return accepted_;
  }
  /// `http://127.0.0.1:<port><path>`, or https.
  [[nodiscard]] std::string url(std::string_view path = "/") const;

private:
  struct visit {
    std::unique_ptr<loopback_peer> peer;
    std::thread thread;
  };
  struct free_context {
    void operator()(ssl_ctx_st* x) const noexcept;
  };

  void accept_all();

  script play_;
  std::unique_ptr<ssl_ctx_st, free_context> tls_;
  listener listener_;
  std::atomic<std::size_t> accepted_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::list<visit> visits_;
  std::thread thread_;
};

} // namespace switchboard::support
