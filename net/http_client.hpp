#pragma once

#include "net/http_client_types.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace switchboard::net {

class http_client_core;

/// The one HTTP/1.1 client of the process: every channel sends through it.
///
/// Connections are pooled by scheme, host, port and `public_only`, kept alive,
/// and limited in number; requests beyond that limit wait in a bounded queue,
/// on their own time. Redirects are not followed: a 3xx is an answer. TLS
/// verifies the chain and the host's name and is at least version 1.2.
///
/// A request with `public_only` goes to an address only after it passed
/// `address_rules`, and to that very address: the name is not looked up again.
///
/// Deliveries through it happen AT LEAST ONCE. When a kept connection turns out
/// to be closed before a byte of the answer arrived, the request, whatever its
/// method, is sent once more on a fresh one; a peer that closes after it acted
/// but before it answered thus sees it twice. Nothing else is repeated here.
///
/// Thread contract: all members may be called from any thread. The work is done
/// on the `io_context`, on one strand, so callbacks come one at a time and must
/// be short. The `io_context` must outlive the client, and must keep running
/// until each callback has come when somebody waits for them.
class http_client {
public:
  using callback = std::function<void(client_answer)>;

  /// Throws std::runtime_error with a sentence for the operator when `ca_file`
  /// cannot be read.
  http_client(boost::asio::io_context& io, http_client_options options);
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;
  /// As `stop()`.
  ~http_client();

  /// Sends; `done` is called exactly once, on a thread of the `io_context` and
  /// never within this call. It must not throw.
  void send(client_request request, callback done);

  /// The same for coroutines; resumes on the coroutine's own executor.
  boost::asio::awaitable<client_answer> exchange(client_request request);

  /// Fails what is in flight, and what comes later, with `shutting_down`, and
  /// closes all connections. Returns at once; the callbacks follow.
  void stop();

  [[nodiscard]] http_client_figures figures() const;

private:
  std::shared_ptr<http_client_core> core_;
};

} // namespace switchboard::net
