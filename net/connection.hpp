#pragma once

#include "net/server_core.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace switchboard::net {

/// A socket whose executor is not type-erased: that would cost on each use.
using tcp_socket
  = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                     boost::asio::io_context::executor_type>;

/// One accepted connection, plain or TLS: a coroutine that reads requests, has
/// them answered and writes the answers, in order, until one side has enough.
///
/// Life: kept by its coroutine, listed in `server_core::connections` until the
/// coroutine has ended and everything of the actor system is let go.
///
/// Time: a request must arrive within `request_timeout` of its first byte (or
/// it gets 408), the next one begin within `idle_timeout`, and the client take
/// some of an answer within `request_timeout`. While a handler works there is
/// no limit here; whoever waits in one has a deadline of its own.
///
/// A stream (see `stream_source`) is the last answer of its connection. It has
/// the same limit on what the client takes, and heartbeats instead of the idle
/// one. `stop` ends it as its protocol wants, before its next batch.
///
/// Cost in the steady state: one read and one write for each request, or fewer
/// when requests are pipelined; no allocation but the handler's.
///
/// Thread contract: `start`, `stop` and `cut` from any thread; the rest runs on
/// an executor of its own.
class connection : public std::enable_shared_from_this<connection> {
public:
  connection() = default;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  virtual ~connection() = default;

  virtual void start() = 0;
  /// Ends now when it is idle, otherwise after the answer it works on.
  virtual void stop() = 0;
  /// Ends now.
  virtual void cut() = 0;

private:
  friend class connection_list;

  // For the list, under its lock.
  connection* next_ = nullptr;
  connection* previous_ = nullptr;
  bool listed_ = false;
};

std::shared_ptr<connection>
make_plain_connection(std::shared_ptr<server_core> core, tcp_socket socket);

/// `context` must outlive the connection.
std::shared_ptr<connection>
make_tls_connection(std::shared_ptr<server_core> core, tcp_socket socket,
                    boost::asio::ssl::context& context);

} // namespace switchboard::net
