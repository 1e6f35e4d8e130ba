#include "tests/simulators/webhook_receiver.hpp"

#include "tests/simulators/webhook_book.hpp"

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
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace switchboard::simulators {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using beast_request = http::request<http::string_body>;
using beast_response = http::response<http::string_body>;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t body_max = 16'777'216;
constexpr std::size_t read_buffer_max = 65'536;
constexpr std::string_view garbage = "\x16\x03\x01 this is not HTTP\r\n\r\n";

std::string text_of(boost::beast::string_view from) {
  return {from.data(), from.size()};
}

webhook_request to_request(beast_request from) {
  webhook_request out;
  out.method = text_of(from.method_string());
  out.path = text_of(from.target());
  out.path.resize(std::min(out.path.find('?'), out.path.size()));
  out.http_version = from.version();
  for (const auto& field : from)
    out.headers.emplace_back(text_of(field.name_string()),
                             text_of(field.value()));
  out.body = std::move(from.body());
  return out;
}

beast_response make_answer(const webhook_reaction& reaction, bool keep_alive) {
  beast_response out;
  out.result(static_cast<unsigned>(reaction.status));
  out.set(http::field::content_type, "application/json");
  if (!reaction.retry_after.empty())
    out.set(http::field::retry_after, reaction.retry_after);
  if (!reaction.location.empty())
    out.set(http::field::location, reaction.location);
  if (reaction.what == webhook_reaction::kind::huge_body)
    out.body() = std::string(reaction.body_size, 'x');
  else if (reaction.status != 204)
    out.body() = reaction.status < 300 ? R"({"ok":true})" : R"({"ok":false})";
  out.keep_alive(keep_alive);
  out.prepare_payload();
  return out;
}

} // namespace

webhook_reaction webhook_reaction::ok() {
  return {};
}

webhook_reaction webhook_reaction::of(kind what) {
  webhook_reaction out;
  out.what = what;
  return out;
}

webhook_reaction webhook_reaction::with_status(int status,
                                               std::string retry_after) {
  webhook_reaction out;
  out.status = status;
  out.retry_after = std::move(retry_after);
  return out;
}

webhook_reaction webhook_reaction::redirect(std::string location, int status) {
  webhook_reaction out;
  out.status = status;
  out.location = std::move(location);
  return out;
}

webhook_reaction webhook_reaction::after(std::chrono::milliseconds delay) {
  webhook_reaction out;
  out.delay = delay;
  return out;
}

namespace {

/// The receiver between one start and the next stop: a listening socket, its
/// connections and the one thread that serves them.
class receiver_life {
public:
  receiver_life(webhook_book& book, std::atomic<std::size_t>& connections,
                std::uint16_t port)
    : book_{book},
      connections_{connections},
      acceptor_{io_, tcp::endpoint{asio::ip::address_v4::loopback(), port}},
      hanging_{io_, asio::steady_timer::time_point::max()} {
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, accept_all(), asio::detached);
    thread_ = std::thread{[this] { io_.run(); }};
  }

  receiver_life(const receiver_life&) = delete;
  receiver_life& operator=(const receiver_life&) = delete;

  ~receiver_life() {
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
      parser.body_limit(body_max);
      const auto [ec, size]
        = co_await http::async_read(socket, buffer, parser, use_tuple);
      if (ec)
        co_return;
      const auto keep_alive = parser.get().keep_alive();
      const auto reaction = book_.enter(to_request(parser.release()), number);
      const auto go_on = co_await react(socket, reaction, keep_alive);
      if (!go_on)
        co_return;
    }
  }

  /// Whether another request may follow.
  asio::awaitable<bool> react(tcp::socket& socket,
                              const webhook_reaction& reaction,
                              bool keep_alive) {
    using kind = webhook_reaction::kind;
    const auto what = reaction.what;
    if (reaction.delay.count() > 0) {
      asio::steady_timer timer{io_, reaction.delay};
      co_await timer.async_wait(use_tuple);
    }
    if (what == kind::hang)
      co_await hanging_.async_wait(use_tuple);
    if (what == kind::reset) {
      boost::system::error_code ignored;
      const asio::socket_base::linger at_once{true, 0};
      socket.set_option(at_once, ignored);
    }
    if (what == kind::garbage) {
      const auto bytes = asio::buffer(garbage.data(), garbage.size());
      co_await asio::async_write(socket, bytes, use_tuple);
    }
    if (what == kind::reset || what == kind::close || what == kind::garbage)
      co_return false;
    auto answer = make_answer(reaction, keep_alive);
    const auto [ec, size]
      = co_await http::async_write(socket, answer, use_tuple);
    co_return !ec && answer.keep_alive();
  }

  webhook_book& book_;
  std::atomic<std::size_t>& connections_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer hanging_; ///< never expires, only cancelled
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace

struct webhook_receiver::impl {
  explicit impl(webhook_receiver_options options) : book{std::move(options)} {}

  webhook_book book;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::uint16_t> port = 0;
  std::mutex mutex;
  std::optional<receiver_life> life;
};

webhook_receiver::webhook_receiver(webhook_receiver_options options)
  : impl_{std::make_unique<impl>(std::move(options))} {
  impl_->port = impl_->book.options().port;
  start();
}

webhook_receiver::~webhook_receiver() {
  stop();
}

void webhook_receiver::stop() {
  const std::lock_guard lock{impl_->mutex};
  impl_->life.reset();
}

void webhook_receiver::start() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    return;
  impl_->life.emplace(impl_->book, impl_->connections, impl_->port);
  impl_->port = impl_->life->port();
}

std::uint16_t webhook_receiver::port() const {
  return impl_->port;
}

std::string webhook_receiver::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string{path};
}

void webhook_receiver::add(const std::string& path,
                           webhook_endpoint_options options) {
  impl_->book.add(path, std::move(options));
}

void webhook_receiver::set_secrets(const std::string& path,
                                   std::vector<std::string> secrets) {
  impl_->book.set_secrets(path, std::move(secrets));
}

void webhook_receiver::script(const std::string& path,
                              std::vector<webhook_reaction> next) {
  impl_->book.script(path, std::move(next));
}

void webhook_receiver::usually(const std::string& path,
                               webhook_reaction usual) {
  impl_->book.usually(path, std::move(usual));
}

void webhook_receiver::release_hanging() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    impl_->life->release_hanging();
}

std::vector<webhook_call> webhook_receiver::calls() const {
  return impl_->book.calls({});
}

std::vector<webhook_call> webhook_receiver::calls(std::string_view path) const {
  return impl_->book.calls(path);
}

webhook_tally webhook_receiver::tally() const {
  return impl_->book.tally({});
}

webhook_tally webhook_receiver::tally(std::string_view path) const {
  return impl_->book.tally(path);
}

std::size_t webhook_receiver::connection_count() const {
  return impl_->connections;
}

bool webhook_receiver::wait_until(
  const std::function<bool(const webhook_tally&)>& enough,
  std::chrono::milliseconds timeout) {
  return impl_->book.wait_until({}, enough, timeout);
}

bool webhook_receiver::wait_until(
  std::string_view path,
  const std::function<bool(const webhook_tally&)>& enough,
  std::chrono::milliseconds timeout) {
  return impl_->book.wait_until(path, enough, timeout);
}

bool webhook_receiver::wait_for_calls(std::uint64_t count,
                                      std::chrono::milliseconds timeout) {
  return wait_until(
    [count](const webhook_tally& now) { return now.calls >= count; }, timeout);
}

bool webhook_receiver::wait_for_messages(std::uint64_t count,
                                         std::chrono::milliseconds timeout) {
  return wait_until(
    [count](const webhook_tally& now) { return now.messages >= count; },
    timeout);
}

void webhook_receiver::forget() {
  impl_->book.forget();
}

std::vector<std::string> webhook_receiver::violations() const {
  return impl_->book.violations();
}

} // namespace switchboard::simulators
