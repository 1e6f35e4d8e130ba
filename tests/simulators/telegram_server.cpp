#include "tests/simulators/telegram_server.hpp"

#include "tests/simulators/telegram_delivery.hpp"
#include "tests/simulators/telegram_input.hpp"
#include "tests/simulators/telegram_page.hpp"

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
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using http_request = http::request<http::string_body>;
using http_response = http::response<http::string_body>;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t body_max = std::uint64_t{64} * 1'024 * 1'024;
constexpr std::size_t read_buffer_max = 65'536;
constexpr std::chrono::milliseconds tick{5};
constexpr std::int64_t poll_seconds_max = 50;
constexpr std::string_view garbage = "\x16\x03\x01 this is not HTTP\r\n\r\n";
constexpr std::string_view bot_prefix = "/bot";
constexpr std::string_view file_prefix = "/file/bot";

std::string_view view_of(boost::beast::string_view from) {
  return {from.data(), from.size()};
}

/// What is sent, and what the line does to it.
struct reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  int retry_after = 0;
  std::optional<telegram_fault> fault;
};

reply error_reply(int code, const std::string& description) {
  reply out;
  out.status = code;
  out.body = json::serialize(json::object{
    {"ok", false}, {"error_code", code}, {"description", description}});
  return out;
}

reply to_reply(call_outcome from) {
  reply out;
  out.status = from.status;
  out.body = std::move(from.body);
  out.retry_after = from.retry_after;
  out.fault = std::move(from.fault);
  if (out.fault && out.fault->what == telegram_fault::kind::html)
    out.content_type = "text/html";
  return out;
}

http_response to_response(reply from, bool keep_alive) {
  http_response out;
  out.result(static_cast<unsigned>(from.status == 0 ? 504 : from.status));
  out.set(http::field::server, "nginx/1.18.0");
  out.set(http::field::content_type, from.content_type);
  if (from.retry_after > 0)
    out.set(http::field::retry_after, std::to_string(from.retry_after));
  out.body() = std::move(from.body);
  out.keep_alive(keep_alive);
  out.prepare_payload();
  return out;
}

/// `/bot<token>/<method>?<query>` in its parts.
struct address {
  std::string path;
  std::string query;
  std::string token;
  std::string rest; ///< the method, or the file's path
  bool is_call = false;
  bool is_file = false;
};

address read_address(std::string_view target) {
  address out;
  const auto question = std::min(target.find('?'), target.size());
  out.query = target.substr(std::min(question + 1, target.size()));
  out.path = target.substr(0, question);
  auto rest = std::string_view{out.path};
  out.is_file = rest.starts_with(file_prefix);
  out.is_call = !out.is_file && rest.starts_with(bot_prefix);
  if (!out.is_file && !out.is_call)
    return out;
  rest.remove_prefix(out.is_file ? file_prefix.size() : bot_prefix.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) {
    out.is_file = out.is_call = false;
    return out;
  }
  out.token = from_url_encoding(rest.substr(0, slash));
  out.rest = rest.substr(slash + 1);
  return out;
}

} // namespace

class server::impl {
public:
  impl(world& all, std::uint16_t port)
    : all_{all},
      acceptor_{io_, tcp::endpoint{asio::ip::address_v4::loopback(), port}},
      hanging_{io_, asio::steady_timer::time_point::max()},
      deliveries_{all, io_} {
    port_ = acceptor_.local_endpoint().port();
    {
      const std::lock_guard lock{all_.mutex};
      forget_what_was_under_way();
      all_.on_change = [this] { wake(); };
    }
    asio::co_spawn(io_, accept_all(), asio::detached);
    asio::co_spawn(io_, keep_time(), asio::detached);
    thread_ = std::thread{[this] { io_.run(); }};
  }

  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  ~impl() {
    {
      const std::lock_guard lock{all_.mutex};
      all_.on_change = nullptr;
    }
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
  void forget_what_was_under_way() {
    for (auto& [id, bot] : all_.bots) {
      bot.under_way = 0;
      for (auto& one : bot.updates)
        one.under_way = false;
    }
  }

  void wake() {
    if (!woken_.exchange(true))
      asio::post(io_, [this] {
        woken_ = false;
        deliveries_.pump();
        for (auto* one : polls_)
          one->cancel();
      });
  }

  /// What becomes due is noticed here, whoever moves the clock.
  asio::awaitable<void> keep_time() {
    asio::steady_timer timer{io_};
    for (;;) {
      timer.expires_after(tick);
      co_await timer.async_wait(use_tuple);
      deliveries_.pump();
      for (auto* one : polls_)
        one->cancel();
    }
  }

  asio::awaitable<void> accept_all() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(use_tuple);
      if (ec)
        continue;
      boost::system::error_code ignored;
      const tcp::no_delay no_delay{true};
      socket.set_option(no_delay, ignored);
      asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    boost::beast::flat_buffer buffer{read_buffer_max};
    for (;;) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(body_max);
      const auto [ec, size]
        = co_await http::async_read(socket, buffer, parser, use_tuple);
      if (ec)
        co_return;
      const auto request = parser.release();
      const auto where = read_address(view_of(request.target()));
      auto answer = answer_to(request, where);
      if (where.is_call && answer.status == 200 && !answer.fault
          && facts::get().method_named(where.rest) == "getUpdates")
        answer = co_await poll(request, where, std::move(answer));
      const auto go_on
        = co_await send(socket, std::move(answer), request.keep_alive());
      if (!go_on)
        co_return;
    }
  }

  reply answer_to(const http_request& request, const address& where) {
    if (where.is_file)
      return download(where);
    if (where.is_call) {
      std::string problem;
      const auto input = read_given(request, where, problem);
      if (!problem.empty())
        return error_reply(400, problem);
      return to_reply(all_.call(where.token, where.rest, input));
    }
    if (!all_.options.page)
      return error_reply(404, "Not Found");
    auto page = answer_page(
      all_, view_of(request.method_string()), where.path, where.query,
      view_of(request[http::field::content_type]), request.body());
    reply out;
    out.status = page.status;
    out.content_type = std::move(page.content_type);
    out.body = std::move(page.body);
    return out;
  }

  static call_input read_given(const http_request& request,
                               const address& where, std::string& problem) {
    return read_input(where.query, view_of(request[http::field::content_type]),
                      request.body(), problem);
  }

  reply download(const address& where) {
    const std::lock_guard lock{all_.mutex};
    const auto* by = all_.bot_with_token(where.token);
    if (by == nullptr)
      return error_reply(401, "Unauthorized");
    const auto fault = all_.faults.meet("file", by->who.id, 0, all_.now());
    if (fault)
      return to_reply(spoil(*fault, {}));
    for (const auto& [id, file] : all_.files) {
      if (file.path != where.rest)
        continue;
      reply out;
      out.content_type = "application/octet-stream";
      out.body = file.bytes;
      return out;
    }
    return error_reply(404, "Not Found");
  }

  /// Waits until a long poll has something to tell, or has waited enough.
  asio::awaitable<reply> poll(const http_request& request, const address& where,
                              reply first) {
    std::string problem;
    const auto input = read_given(request, where, problem);
    const auto given = facts::get().check("getUpdates", input).args;
    const auto limit = member_number(given, "limit", 100);
    const std::chrono::seconds patience{std::clamp<std::int64_t>(
      member_number(given, "timeout"), 0, poll_seconds_max)};
    std::unique_lock lock{all_.mutex};
    auto* const by = all_.bot_with_token(where.token);
    const auto number = by->poll_number;
    const auto deadline = all_.now() + patience;
    auto out = std::move(first);
    for (;;) {
      if (number != by->poll_number) {
        out = error_reply(409,
                          "Conflict: terminated by other getUpdates request; "
                          "make sure that only one bot instance is running");
        break;
      }
      if (!by->hook.url.empty()) {
        out = error_reply(409, "Conflict: terminated by setWebhook request");
        break;
      }
      const auto ready = all_.ready_updates(*by, limit);
      if (!ready.empty() || all_.now() >= deadline) {
        out.body
          = json::serialize(json::object{{"ok", true}, {"result", ready}});
        break;
      }
      lock.unlock();
      asio::steady_timer timer{io_, asio::steady_timer::time_point::max()};
      polls_.push_back(&timer);
      co_await timer.async_wait(use_tuple);
      std::erase(polls_, &timer);
      lock.lock();
    }
    co_return out;
  }

  /// Whether another request may follow.
  asio::awaitable<bool> send(tcp::socket& socket, reply what, bool keep_alive) {
    using kind = telegram_fault::kind;
    const auto fault = what.fault ? what.fault->what : kind::slow;
    if (what.fault && what.fault->delay.count() > 0) {
      asio::steady_timer timer{io_, what.fault->delay};
      co_await timer.async_wait(use_tuple);
    }
    if (fault == kind::hang)
      co_await hanging_.async_wait(use_tuple);
    if (fault == kind::reset) {
      boost::system::error_code ignored;
      const asio::socket_base::linger at_once{true, 0};
      socket.set_option(at_once, ignored);
    }
    if (fault == kind::garbage) {
      const auto bytes = asio::buffer(garbage.data(), garbage.size());
      co_await asio::async_write(socket, bytes, use_tuple);
    }
    if (fault == kind::reset || fault == kind::close || fault == kind::garbage)
      co_return false;
    auto answer = to_response(std::move(what), keep_alive);
    const auto [ec, size]
      = co_await http::async_write(socket, answer, use_tuple);
    co_return !ec && answer.keep_alive();
  }

  world& all_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer hanging_; ///< never expires, only cancelled
  delivery deliveries_;
  std::vector<asio::steady_timer*> polls_;
  std::atomic<bool> woken_ = false;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

server::server(world& all, std::uint16_t port)
  : impl_{std::make_unique<impl>(all, port)} {}

server::~server() = default;

std::uint16_t server::port() const noexcept {
  return impl_->port();
}

void server::release_hanging() {
  impl_->release_hanging();
}

} // namespace switchboard::simulators::telegram
