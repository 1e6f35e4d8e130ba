#pragma once

#include "net/http_client_types.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/error_code.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::net {

/// What reading an answer came to.
struct read_outcome {
  boost::system::error_code problem; ///< none: a full answer
  bool any_byte = false;             ///< of an answer arrived
  bool reusable = false;             ///< another request may follow
  int status = 0;
  std::string body;
  std::string retry_after;
  std::string location;
};

/// One client connection, plain TCP or TLS, that exchanges HTTP/1.1 messages
/// one after the other. It keeps no time and no pool.
///
/// Thread contract: all calls on one strand, one operation at a time; `close`
/// may come in between and makes the operation end with an error.
class client_connection {
public:
  explicit client_connection(boost::asio::io_context& io);
  client_connection(const client_connection&) = delete;
  client_connection& operator=(const client_connection&) = delete;

  boost::asio::awaitable<boost::system::error_code>
  connect(boost::asio::ip::tcp::endpoint to);

  /// Encrypts. `host` is what the certificate must be for.
  boost::asio::awaitable<boost::system::error_code>
  handshake(boost::asio::ssl::context& context, std::string host,
            bool host_is_address);
  /// Why verification failed, in words; empty when it did not.
  [[nodiscard]] std::string verification_problem() const;

  /// Both views must live until the end.
  boost::asio::awaitable<boost::system::error_code>
  write(std::string_view head, std::string_view body);

  struct read_limits {
    std::size_t header_max = 0;
    std::size_t body_max = 0; ///< the rest stays unread
    bool head_only = false;   ///< the answer to HEAD has no body
  };
  boost::asio::awaitable<read_outcome> read(read_limits limits);

  /// Whether an idle connection is still open and silent, without waiting.
  [[nodiscard]] bool looks_alive();

  void close() noexcept;

private:
  using tls_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

  boost::asio::ip::tcp::socket socket_;
  std::optional<tls_stream> tls_;
  boost::beast::flat_buffer buffer_;
};

} // namespace switchboard::net
