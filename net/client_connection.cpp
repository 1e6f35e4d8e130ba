#include "net/client_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

namespace switchboard::net {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using answer_parser = http::response_parser<http::buffer_body>;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_chunk = 16'384;
constexpr std::size_t read_buffer_first = 4096;
constexpr int interim_answers_max = 8;

/// Reads the head of the final answer into `parser`; interim ones (1xx) are
/// skipped.
template <class Stream>
asio::awaitable<error_code> read_head(Stream& stream,
                                      boost::beast::flat_buffer& buffer,
                                      client_connection::read_limits limits,
                                      std::optional<answer_parser>& parser) {
  for (int i = 0; i < interim_answers_max; ++i) {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(limits.header_max));
    parser->body_limit(boost::none);
    parser->skip(limits.head_only);
    const auto [ec, size]
      = co_await http::async_read_header(stream, buffer, *parser, use_tuple);
    if (ec)
      co_return ec;
    const auto status = parser->get().result_int();
    if (status >= 200)
      co_return error_code{};
    // 101 would mean that the peer now speaks something else.
    if (status < 100 || status == 101)
      break;
  }
  co_return make_error_code(http::error::bad_status);
}

/// Appends to `body` until the message is complete or `body_max` is reached.
template <class Stream>
asio::awaitable<error_code>
read_body(Stream& stream, boost::beast::flat_buffer& buffer,
          answer_parser& parser, std::size_t body_max, std::string& body) {
  while (!parser.is_done() && body.size() < body_max) {
    const auto before = body.size();
    const auto room = std::min(read_chunk, body_max - before);
    body.resize(before + room);
    auto& sink = parser.get().body();
    sink.data = body.data() + before;
    sink.size = room;
    const auto [ec, size]
      = co_await http::async_read(stream, buffer, parser, use_tuple);
    body.resize(before + room - sink.size);
    if (ec && ec != http::error::need_buffer)
      co_return ec;
  }
  co_return error_code{};
}

template <class Stream>
asio::awaitable<read_outcome>
read_answer(Stream& stream, boost::beast::flat_buffer& buffer,
            client_connection::read_limits limits) {
  read_outcome out;
  std::optional<answer_parser> parser;
  out.problem = co_await read_head(stream, buffer, limits, parser);
  out.any_byte = parser->got_some() || buffer.size() > 0;
  if (out.problem)
    co_return out;
  const auto& message = parser->get();
  out.status = static_cast<int>(message.result_int());
  const auto retry_after = message[http::field::retry_after];
  out.retry_after.assign(retry_after.data(), retry_after.size());
  const auto location = message[http::field::location];
  out.location.assign(location.data(), location.size());
  out.problem
    = co_await read_body(stream, buffer, *parser, limits.body_max, out.body);
  // Bytes beyond the message would be taken for the answer to the next request.
  out.reusable = !out.problem && parser->is_done() && parser->keep_alive()
                 && buffer.size() == 0;
  co_return out;
}

} // namespace

client_connection::client_connection(asio::io_context& io) : socket_{io} {}

asio::awaitable<error_code>
client_connection::connect(asio::ip::tcp::endpoint to) {
  const auto [ec] = co_await socket_.async_connect(to, use_tuple);
  if (!ec) {
    error_code ignored;
    const asio::ip::tcp::no_delay no_delay{true};
    socket_.set_option(no_delay, ignored);
  }
  co_return ec;
}

asio::awaitable<error_code>
client_connection::handshake(asio::ssl::context& context, std::string host,
                             bool host_is_address) {
  tls_.emplace(socket_, context);
  auto* ssl = tls_->native_handle();
  auto* rules = ::SSL_get0_param(ssl);
  ::X509_VERIFY_PARAM_set_hostflags(rules,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const auto ready
    = host_is_address
        ? ::X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
        : ::X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1
            && ::SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  // Without its host name the verification would accept any.
  if (!ready)
    co_return make_error_code(boost::system::errc::invalid_argument);
  ::SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  const auto [ec]
    = co_await tls_->async_handshake(asio::ssl::stream_base::client, use_tuple);
  co_return ec;
}

std::string client_connection::verification_problem() const {
  if (!tls_)
    return {};
  auto& stream = const_cast<tls_stream&>(*tls_);
  const auto code = ::SSL_get_verify_result(stream.native_handle());
  return code == X509_V_OK ? std::string{}
                           : std::string{::X509_verify_cert_error_string(code)};
}

asio::awaitable<error_code> client_connection::write(std::string_view head,
                                                     std::string_view body) {
  const std::array<asio::const_buffer, 2> buffers{
    asio::buffer(head.data(), head.size()),
    asio::buffer(body.data(), body.size())};
  if (tls_) {
    const auto [ec, size]
      = co_await asio::async_write(*tls_, buffers, use_tuple);
    co_return ec;
  }
  const auto [ec, size]
    = co_await asio::async_write(socket_, buffers, use_tuple);
  co_return ec;
}

asio::awaitable<read_outcome> client_connection::read(read_limits limits) {
  buffer_.max_size(limits.header_max + read_chunk);
  buffer_.reserve(std::min(read_buffer_first, buffer_.max_size()));
  read_outcome out;
  if (tls_)
    out = co_await read_answer(*tls_, buffer_, limits);
  else
    out = co_await read_answer(socket_, buffer_, limits);
  buffer_.consume(buffer_.size());
  buffer_.shrink_to_fit(); // an idle connection needs none
  co_return out;
}

bool client_connection::looks_alive() {
  if (!socket_.is_open())
    return false;
  if (tls_ && ::SSL_pending(tls_->native_handle()) > 0)
    return false;
  char byte = 0;
  const auto got
    = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void client_connection::close() noexcept {
  error_code ignored;
  socket_.close(ignored);
}

} // namespace switchboard::net
