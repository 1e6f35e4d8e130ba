#pragma once

#include "bench/answer_parser.hpp"
#include "bench/client_socket.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// Why a request has no answer.
enum class loss : std::uint8_t {
  closed,    ///< the server ended the connection before the answer
  malformed, ///< what came is not an HTTP answer
  abandoned, ///< the caller gave up waiting
};

/// Hears what came of the requests. Both may send the connection's next request
/// at once. `reply` is valid during the call.
class pool_listener {
public:
  virtual ~pool_listener() = default;

  virtual void on_answer(std::uint32_t connection, const answer& reply) = 0;
  virtual void on_loss(std::uint32_t connection, loss why) = 0;
};

/// Keep-alive connections on one epoll, each with at most one request on its
/// way. A request costs two system calls and no allocation, since the generator
/// shares the machine with the server. A connection that ends is opened anew
/// (and waited for). One thread; everything happens inside `poll`.
class connection_pool {
public:
  /// Opens all. This, `poll` and `abandon` throw std::system_error when the
  /// server cannot be connected to. `listener` must outlive the pool.
  connection_pool(endpoint server, std::uint32_t size, pool_listener& listener);

  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(connections_.size());
  }

  /// Sends a whole request; no other may be on its way on this connection.
  void send(std::uint32_t connection, std::string_view request);

  /// Waits until something happens, at most `longest`, and handles it.
  void poll(std::chrono::nanoseconds longest);

  /// Gives up the request that is on its way: it is lost as `abandoned`.
  void abandon(std::uint32_t connection);

private:
  struct slot {
    descriptor socket;
    bool busy = false;            ///< a request is on its way
    std::string unsent;           ///< what did not fit into the socket
    std::string received;         ///< an answer that has not come in full
    std::size_t received_min = 0; ///< no use to parse before
  };

  void open(std::uint32_t index);
  void watch(std::uint32_t index, int operation, std::uint32_t events) const;
  void write(std::uint32_t index, std::string_view bytes);
  void write_rest(std::uint32_t index);
  void read(std::uint32_t index);
  void take(std::uint32_t index, std::string_view bytes);
  void lose(std::uint32_t index, loss why);

  endpoint server_;
  pool_listener& listener_;
  descriptor epoll_;
  std::vector<slot> connections_;
  std::vector<char> buffer_;
};

} // namespace switchboard::bench
