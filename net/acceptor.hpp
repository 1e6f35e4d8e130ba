#pragma once

#include "net/connection.hpp"
#include "net/descriptor_reserve.hpp"
#include "net/server_core.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace switchboard::net {

/// Takes connections in, one at a time between other work. It pauses while
/// `connections_max` are open, and when descriptors have run out; clients then
/// wait in the kernel's backlog, and connections that are open are served.
///
/// Thread contract: `listen` and `start` once, in that order; `close` and
/// `room_made` from any thread.
class acceptor : public std::enable_shared_from_this<acceptor> {
public:
  explicit acceptor(std::shared_ptr<server_core> core);

  /// Throws std::runtime_error that names the address and the reason.
  void listen();
  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }
  /// `ended` is called once, when it has stopped after `close`.
  void start(std::function<void()> ended);
  void close();
  /// A connection has left.
  void room_made();

private:
  using listener = boost::asio::basic_socket_acceptor<
    boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> wait_for_room();
  boost::asio::awaitable<void> back_off(boost::system::error_code problem);
  boost::asio::awaitable<void> pause();
  void begin_pause();
  [[nodiscard]] bool is_full() const;
  void take_in(tcp_socket socket);

  std::shared_ptr<server_core> core_;
  boost::asio::any_io_executor executor_;
  std::optional<boost::asio::ssl::context> tls_;
  listener listener_;
  boost::asio::steady_timer pause_;
  descriptor_reserve reserve_;
  std::uint16_t port_ = 0;
  bool closed_ = false;
  std::atomic<bool> paused_{false};
};

} // namespace switchboard::net
