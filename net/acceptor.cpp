#include "net/acceptor.hpp"

#include "net/tls.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace switchboard::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds pause_time{100};
constexpr int backlog = 4096;
constexpr auto token = asio::as_tuple(asio::deferred);

tcp::endpoint find_endpoint(asio::io_context& io, const server_options& o) {
  error_code problem;
  const auto address = asio::ip::make_address(o.host, problem);
  if (!problem)
    return {address, o.port};
  tcp::resolver resolver{io};
  const auto found = resolver.resolve(o.host, std::to_string(o.port),
                                      tcp::resolver::passive, problem);
  if (problem || found.empty())
    throw std::runtime_error{"cannot listen on '" + o.host
                             + "': " + problem.message()};
  return found.begin()->endpoint();
}

} // namespace

acceptor::acceptor(std::shared_ptr<server_core> core)
  : core_{std::move(core)},
    executor_{core_->runtime.make_executor()},
    listener_{core_->runtime.io()},
    pause_{core_->runtime.io()} {}

void acceptor::listen() {
  const auto& options = core_->options;
  if (options.tls_cert.empty() != options.tls_key.empty())
    throw std::runtime_error{
      "TLS needs both a certificate and a key, or neither"};
  if (!options.tls_cert.empty())
    tls_.emplace(make_server_tls(options.tls_cert, options.tls_key));
  const auto where = find_endpoint(core_->runtime.io(), options);
  error_code problem;
  listener_.open(where.protocol(), problem);
  if (!problem)
    listener_.set_option(tcp::acceptor::reuse_address{true}, problem);
  if (!problem)
    listener_.bind(where, problem);
  if (!problem)
    listener_.listen(backlog, problem);
  if (problem)
    throw std::runtime_error{"cannot listen on " + options.host + ":"
                             + std::to_string(options.port) + ": "
                             + problem.message()};
  port_ = listener_.local_endpoint().port();
}

void acceptor::start(std::function<void()> ended) {
  auto on_end = [me = shared_from_this(),
                 ended = std::move(ended)](const std::exception_ptr& problem) {
    if (problem)
      spdlog::error("http: accepting ended by an exception");
    ended();
  };
  asio::co_spawn(executor_, run(), std::move(on_end));
}

void acceptor::close() {
  asio::post(executor_, [this, me = shared_from_this()] {
    closed_ = true;
    error_code ignored;
    listener_.close(ignored);
    pause_.cancel();
  });
}

void acceptor::room_made() {
  if (paused_.load())
    asio::post(executor_, [this, me = shared_from_this()] { pause_.cancel(); });
}

asio::awaitable<void> acceptor::run() {
  tcp_socket socket{core_->runtime.io()};
  while (!closed_) {
    if (is_full()) {
      co_await wait_for_room();
      continue;
    }
    auto accepting = listener_.async_accept(socket, token);
    const auto [problem] = co_await std::move(accepting);
    if (closed_)
      break;
    if (!problem)
      take_in(std::exchange(socket, tcp_socket{core_->runtime.io()}));
    else if (problem != asio::error::connection_aborted)
      co_await back_off(problem);
  }
}

bool acceptor::is_full() const {
  return core_->connections.size() >= core_->options.connections_max;
}

asio::awaitable<void> acceptor::wait_for_room() {
  begin_pause();
  while (!closed_ && is_full())
    co_await pause();
  paused_.store(false);
}

/// Out of descriptors, or of memory for sockets.
asio::awaitable<void> acceptor::back_off(error_code problem) {
  reserve_.give_up(); // first, since even a log may want a descriptor
  spdlog::warn("http: cannot accept ({}); new connections wait",
               problem.message());
  begin_pause();
  do
    co_await pause();
  while (!closed_ && !reserve_.take());
  paused_.store(false);
}

void acceptor::begin_pause() {
  paused_.store(true);
  if (core_->observer != nullptr)
    core_->observer->accept_paused();
}

/// Until a connection leaves, or a short time has passed: one may have left
/// just before `paused_` was set, and descriptors come free elsewhere too.
asio::awaitable<void> acceptor::pause() {
  pause_.expires_after(pause_time);
  auto waiting = pause_.async_wait(token);
  co_await std::move(waiting);
}

void acceptor::take_in(tcp_socket socket) {
  try {
    auto one = tls_ ? make_tls_connection(core_, std::move(socket), *tls_)
                    : make_plain_connection(core_, std::move(socket));
    one->start();
  } catch (const std::exception& e) {
    spdlog::error("http: a connection could not begin: {}", e.what());
  }
}

} // namespace switchboard::net
