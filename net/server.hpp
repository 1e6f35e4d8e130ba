#pragma once

#include "net/io_runtime.hpp"
#include "net/router.hpp"
#include "net/server_observer.hpp"
#include "net/server_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace switchboard::net {

/// An HTTP/1.1 server, plain or TLS, over one router.
///
/// Life: `start`, then `stop`. The destructor stops at once and waits until the
/// last connection has let go of the actor system, so destroy it before
/// `io_runtime::stop`, and on none of the runtime's threads. The runtime and
/// the observer must outlive it.
///
/// Thread contract: all members from any thread, one at a time.
class server {
public:
  /// Throws std::runtime_error with a sentence for the operator when the
  /// options make no sense.
  server(io_runtime& runtime, server_options options, router routes,
         server_observer* observer = nullptr);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  /// Listens and begins to serve. Throws std::runtime_error that says what
  /// stands in the way: the address, the certificate.
  void start();

  /// Where it listens.
  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] std::size_t connection_count() const;

  /// Stops accepting, closes idle connections, lets requests that have begun
  /// finish (with `Connection: close`), and cuts off what is left after
  /// `grace`. Returns at once; `done` is called on a thread of the runtime, or
  /// here when there is nothing to stop. A second call shortens the grace.
  void stop(std::chrono::milliseconds grace, std::function<void()> done = {});

  /// Blocks until it has stopped, or the time is over: false then.
  bool wait_stopped(std::chrono::milliseconds timeout);

private:
  class control;
  std::shared_ptr<control> control_;
};

} // namespace switchboard::net
