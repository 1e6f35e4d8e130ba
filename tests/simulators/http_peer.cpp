#include "tests/simulators/http_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace switchboard::simulators {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using beast_request = http::request<http::string_body>;
using beast_response = http::response<http::string_body>;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_buffer_max = 65'536;
constexpr std::string_view garbage = "\x16\x03\x01 this is not HTTP\r\n\r\n";

std::string text_of(boost::beast::string_view from) {
  return {from.data(), from.size()};
}

bool is_same(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

peer_request to_request(beast_request from, std::size_t connection) {
  peer_request out;
  out.method = text_of(from.method_string());
  out.target = text_of(from.target());
  const auto question = std::min(out.target.find('?'), out.target.size());
  out.path = out.target.substr(0, question);
  out.query = out.target.substr(std::min(question + 1, out.target.size()));
  out.version = from.version();
  for (const auto& field : from)
    out.headers.emplace_back(text_of(field.name_string()),
                             text_of(field.value()));
  out.body = std::move(from.body());
  out.connection = connection;
  return out;
}

beast_response to_response(peer_answer from, bool keep_alive) {
  beast_response out;
  out.result(static_cast<unsigned>(from.status));
  if (!from.content_type.empty())
    out.set(http::field::content_type, from.content_type);
  for (const auto& [name, value] : from.headers)
    out.insert(name, value);
  if (from.status != 204)
    out.body() = std::move(from.body);
  out.keep_alive(keep_alive);
  out.prepare_payload();
  return out;
}

/// The server between one start and the next stop: a listening socket, its
/// connections and the one thread that serves them.
class peer_life {
public:
  peer_life(const http_peer::handler& answer,
            std::atomic<std::size_t>& connections, std::uint16_t port,
            std::uint64_t body_max)
    : answer_{answer},
      connections_{connections},
      body_max_{body_max},
      acceptor_{io_, tcp::endpoint{asio::ip::address_v4::loopback(), port}},
      hanging_{io_, asio::steady_timer::time_point::max()} {
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, accept_all(), asio::detached);
    thread_ = std::thread{[this] { io_.run(); }};
  }

  peer_life(const peer_life&) = delete;
  peer_life& operator=(const peer_life&) = delete;

  ~peer_life() {
    io_.stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }

  void release_hanging() {
    asio::post(io_, [this] { hanging_.cancel(); });
  }

private:
  asio::awaitable<void> accept_all() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(use_tuple);
      if (ec)
        continue;
      boost::system::error_code ignored;
      const tcp::no_delay no_delay{true};
      socket.set_option(no_delay, ignored);
      asio::co_spawn(io_, serve(std::move(socket), ++connections_),
                     asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket, std::size_t number) {
    boost::beast::flat_buffer buffer{read_buffer_max};
    for (;;) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(body_max_);
      const auto [ec, size]
        = co_await http::async_read(socket, buffer, parser, use_tuple);
      if (ec)
        co_return;
      const auto keep_alive = parser.get().keep_alive();
      const auto request = to_request(parser.release(), number);
      auto answer = answer_(request);
      const auto go_on = co_await send(socket, std::move(answer), keep_alive);
      if (!go_on)
        co_return;
    }
  }

  /// Whether another request may follow.
  asio::awaitable<bool> send(tcp::socket& socket, peer_answer what,
                             bool keep_alive) {
    using kind = peer_answer::kind;
    const auto how = what.what;
    if (what.delay.count() > 0) {
      asio::steady_timer timer{io_, what.delay};
      co_await timer.async_wait(use_tuple);
    }
    if (how == kind::hang)
      co_await hanging_.async_wait(use_tuple);
    if (how == kind::reset) {
      boost::system::error_code ignored;
      const asio::socket_base::linger at_once{true, 0};
      socket.set_option(at_once, ignored);
    }
    if (how == kind::garbage) {
      const auto bytes = asio::buffer(garbage.data(), garbage.size());
      co_await asio::async_write(socket, bytes, use_tuple);
    }
    if (how == kind::reset || how == kind::close || how == kind::garbage)
      co_return false;
    auto response = to_response(std::move(what), keep_alive);
    const auto [ec, size]
      = co_await http::async_write(socket, response, use_tuple);
    co_return !ec && response.keep_alive();
  }

  const http_peer::handler& answer_;
  std::atomic<std::size_t>& connections_;
  const std::uint64_t body_max_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer hanging_; ///< never expires, only cancelled
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace

std::string peer_request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (is_same(key, name))
      return value;
  return {};
}

std::size_t peer_request::header_count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
    headers, [name](const auto& one) { return is_same(one.first, name); }));
}

struct http_peer::impl {
  impl(handler given, std::uint16_t wanted, std::uint64_t largest)
    : answer{std::move(given)}, body_max{largest}, port{wanted} {}

  const handler answer;
  const std::uint64_t body_max;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::uint16_t> port;
  std::mutex mutex;
  std::optional<peer_life> life;
};

http_peer::http_peer(handler answer, std::uint16_t port, std::uint64_t body_max)
  : impl_{std::make_unique<impl>(std::move(answer), port, body_max)} {}

http_peer::~http_peer() {
  stop();
}

void http_peer::start() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    return;
  impl_->life.emplace(impl_->answer, impl_->connections, impl_->port,
                      impl_->body_max);
  impl_->port = impl_->life->port();
}

void http_peer::stop() {
  const std::lock_guard lock{impl_->mutex};
  impl_->life.reset();
}

std::uint16_t http_peer::port() const {
  return impl_->port;
}

std::string http_peer::url(std::string_view target) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string{target};
}

std::size_t http_peer::connection_count() const {
  return impl_->connections;
}

void http_peer::release_hanging() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    impl_->life->release_hanging();
}

} // namespace switchboard::simulators
