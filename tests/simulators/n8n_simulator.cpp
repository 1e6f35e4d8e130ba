#include "tests/simulators/n8n_simulator.hpp"

#include "tests/simulators/n8n_book.hpp"

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
#include <boost/beast/http/write.hpp>

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

namespace switchboard::simulators {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using n8n_response = http::response<http::string_body>;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t body_max = 16'777'216; // n8n's own default
constexpr std::size_t read_buffer_max = 65'536;
constexpr std::string_view garbage = "\x16\x03\x01 this is not HTTP\r\n\r\n";

n8n_response make_answer(int status, const char* type, std::string body,
                         bool keep_alive) {
  n8n_response out;
  out.result(static_cast<unsigned>(status));
  out.set(http::field::content_type, type);
  out.body() = std::move(body);
  out.keep_alive(keep_alive);
  out.prepare_payload();
  return out;
}

std::string not_registered_body(const n8n_request& request) {
  const auto target = request.target();
  const auto method = request.method_string();
  std::string out = R"({"code":404,"message":"The requested webhook \")";
  out.append(method.data(), method.size()).append(" ");
  out.append(target.data(), target.size());
  out.append(R"(\" is not registered.","hint":"The workflow must be active )"
             R"(for a production URL to run successfully."})");
  return out;
}

n8n_response answer_to(const n8n_request& request,
                       const n8n_book::decision& decided) {
  using kind = reaction::kind;
  const auto& react = decided.react;
  const auto keep = request.keep_alive();
  constexpr auto json = "application/json; charset=utf-8";
  if (decided.unknown_path || react.what == kind::not_registered)
    return make_answer(404, json, not_registered_body(request), keep);
  if (decided.wrong_key)
    return make_answer(403, "text/html; charset=utf-8",
                       "Authorization data is wrong!", keep);
  if (react.what == kind::huge_body)
    return make_answer(
      200, json,
      R"({"message":")" + std::string(react.body_size, 'x') + R"("})", keep);
  if (react.what == kind::status) {
    auto out = make_answer(react.status, json,
                           R"({"message":"Error in workflow"})", keep);
    if (!react.retry_after.empty())
      out.set(http::field::retry_after, react.retry_after);
    return out;
  }
  return make_answer(200, json, R"({"message":"Workflow was started"})", keep);
}

} // namespace

reaction reaction::ok() {
  return {};
}

reaction reaction::of(kind what) {
  reaction out;
  out.what = what;
  return out;
}

reaction reaction::with_status(int status, std::string retry_after) {
  reaction out;
  out.what = kind::status;
  out.status = status;
  out.retry_after = std::move(retry_after);
  return out;
}

reaction reaction::after(std::chrono::milliseconds delay) {
  reaction out;
  out.delay = delay;
  return out;
}

namespace {

/// The simulator between one start and the next stop: a listening socket, its
/// connections and the one thread that serves them.
class n8n_life {
public:
  n8n_life(n8n_book& book, std::atomic<std::size_t>& connections,
           std::uint16_t port)
    : book_{book},
      connections_{connections},
      acceptor_{io_, tcp::endpoint{asio::ip::address_v4::loopback(), port}},
      hanging_{io_, asio::steady_timer::time_point::max()} {
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, accept_all(), asio::detached);
    thread_ = std::thread{[this] { io_.run(); }};
  }

  n8n_life(const n8n_life&) = delete;
  n8n_life& operator=(const n8n_life&) = delete;

  ~n8n_life() {
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
      const auto request = parser.release();
      const auto decided = book_.enter(request, number);
      const auto go_on = co_await react(socket, request, decided);
      if (!go_on)
        co_return;
    }
  }

  /// Whether another request may follow.
  asio::awaitable<bool> react(tcp::socket& socket, const n8n_request& request,
                              const n8n_book::decision& decided) {
    using kind = reaction::kind;
    const auto what = decided.react.what;
    if (decided.react.delay.count() > 0) {
      asio::steady_timer timer{io_, decided.react.delay};
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
    auto answer = answer_to(request, decided);
    const auto [ec, size]
      = co_await http::async_write(socket, answer, use_tuple);
    co_return !ec && answer.keep_alive();
  }

  n8n_book& book_;
  std::atomic<std::size_t>& connections_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer hanging_; ///< never expires, only cancelled
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace

struct n8n_simulator::impl {
  explicit impl(n8n_simulator_options options) : book{std::move(options)} {}

  n8n_book book;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::uint16_t> port = 0;
  std::mutex mutex;
  std::optional<n8n_life> life;
};

n8n_simulator::n8n_simulator(n8n_simulator_options options)
  : impl_{std::make_unique<impl>(std::move(options))} {
  impl_->port = impl_->book.options().port;
  start();
}

n8n_simulator::~n8n_simulator() {
  stop();
}

void n8n_simulator::stop() {
  const std::lock_guard lock{impl_->mutex};
  impl_->life.reset();
}

void n8n_simulator::start() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    return;
  impl_->life.emplace(impl_->book, impl_->connections, impl_->port);
  impl_->port = impl_->life->port();
}

std::uint16_t n8n_simulator::port() const {
  return impl_->port;
}

std::string n8n_simulator::url() const {
  return "http://127.0.0.1:" + std::to_string(port())
         + impl_->book.options().path;
}

const std::string& n8n_simulator::api_key() const {
  return impl_->book.options().api_key;
}

void n8n_simulator::script(std::vector<reaction> next) {
  impl_->book.script(std::move(next));
}

void n8n_simulator::usually(reaction usual) {
  impl_->book.usually(std::move(usual));
}

void n8n_simulator::release_hanging() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    impl_->life->release_hanging();
}

std::vector<received_call> n8n_simulator::calls() const {
  return impl_->book.calls();
}

std::size_t n8n_simulator::call_count() const {
  return impl_->book.call_count();
}

std::size_t n8n_simulator::connection_count() const {
  return impl_->connections;
}

bool n8n_simulator::wait_for_calls(std::size_t count,
                                   std::chrono::milliseconds timeout) {
  return wait_until([count](const auto& all) { return all.size() >= count; },
                    timeout);
}

bool n8n_simulator::wait_until(
  const std::function<bool(const std::vector<received_call>&)>& enough,
  std::chrono::milliseconds timeout) {
  return impl_->book.wait_until(enough, timeout);
}

void n8n_simulator::forget() {
  impl_->book.forget();
}

std::vector<std::string> n8n_simulator::violations() const {
  return impl_->book.violations();
}

} // namespace switchboard::simulators
