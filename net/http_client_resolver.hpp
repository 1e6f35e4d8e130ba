#pragma once

#include "net/http_client_types.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace switchboard::net {

/// Looks names up on threads of its own, since getaddrinfo blocks, for up to
/// half a minute when a name's servers are dead. Callers who want the same name
/// share one look-up, so a dead name holds one thread, however often it is
/// asked for.
///
/// Thread contract: any thread may call; callbacks run on the strand. The
/// threads are detached and own what they touch, so nobody ever waits for a
/// look-up that hangs; after `stop` they no longer touch the strand.
class http_client_resolver {
public:
  using strand = boost::asio::strand<boost::asio::io_context::executor_type>;
  using callback = std::function<void(const resolved_host&)>;

  http_client_resolver(strand home, resolve_function resolve,
                       std::size_t threads_max);
  http_client_resolver(const http_client_resolver&) = delete;
  http_client_resolver& operator=(const http_client_resolver&) = delete;
  ~http_client_resolver();

  /// Threads start with the first names. After `stop`, `done` never comes.
  void look_up(const std::string& host, callback done);

  void stop();

private:
  struct shared_state;
  std::shared_ptr<shared_state> state_;
};

} // namespace switchboard::net
