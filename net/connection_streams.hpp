#pragma once

#include "net/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace switchboard::net {

/// The two kinds of streams that a connection can run on, alike but for what
/// surrounds the requests.
class plain_stream {
public:
  /// A write that does not wait may go to the socket without Asio's queue.
  static constexpr bool writes_directly = true;
  static constexpr bool is_tls = false;

  explicit plain_stream(tcp_socket socket) : socket_{std::move(socket)} {}

  tcp_socket& stream() noexcept {
    return socket_;
  }
  tcp_socket& socket() noexcept {
    return socket_;
  }

private:
  tcp_socket socket_;
};

class tls_stream {
public:
  static constexpr bool writes_directly = false;
  static constexpr bool is_tls = true;

  tls_stream(tcp_socket socket, boost::asio::ssl::context& context)
    : stream_{std::move(socket), context} {}

  boost::asio::ssl::stream<tcp_socket>& stream() noexcept {
    return stream_;
  }
  tcp_socket& socket() noexcept {
    return stream_.next_layer();
  }

private:
  boost::asio::ssl::stream<tcp_socket> stream_;
};

} // namespace switchboard::net
