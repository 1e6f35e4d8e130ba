#include "tests/simulators/http_caller.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <deque>
#include <map>
#include <thread>
#include <utility>

namespace switchboard::simulators {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t answer_max = std::uint64_t{128} * 1'024 * 1'024;

/// A call with all that belongs to it.
struct job {
  std::function<std::uint16_t()> port;
  outgoing_call what;
  std::vector<std::chrono::milliseconds> pauses;
  http_caller::done then;
  std::string line;
};

http::request<http::string_body> to_message(const outgoing_call& what,
                                            std::uint16_t port) {
  http::request<http::string_body> out;
  out.method_string(what.method);
  out.target(what.target);
  out.version(11);
  out.set(http::field::host,
          what.host.empty() ? "127.0.0.1:" + std::to_string(port) : what.host);
  for (const auto& [name, value] : what.headers)
    out.insert(name, value);
  out.body() = what.body;
  out.keep_alive(false);
  out.prepare_payload();
  return out;
}

call_reply to_reply(http::response<http::string_body> from) {
  call_reply out;
  out.status = static_cast<int>(from.result_int());
  for (const auto& field : from)
    out.headers.emplace_back(std::string{field.name_string()},
                             std::string{field.value()});
  out.body = std::move(from.body());
  return out;
}

} // namespace

std::string call_reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (boost::beast::iequals({key.data(), key.size()},
                              {name.data(), name.size()}))
      return value;
  return {};
}

class http_caller::impl {
public:
  explicit impl(std::chrono::milliseconds patience)
    : patience_{patience}, work_{asio::make_work_guard(io_)} {
    thread_ = std::thread{[this] { io_.run(); }};
  }

  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  ~impl() {
    stop();
  }

  void stop() {
    io_.stop();
    if (thread_.joinable())
      thread_.join();
  }

  void enter(job what) {
    asio::post(io_, [this, one = std::move(what)]() mutable {
      if (one.line.empty()) {
        asio::co_spawn(io_, run(std::move(one)), asio::detached);
        return;
      }
      const auto line = one.line;
      auto& waiting = lines_[line];
      waiting.push_back(std::move(one));
      if (waiting.size() == 1)
        asio::co_spawn(io_, run_line(line), asio::detached);
    });
  }

private:
  /// The first of the queue stays there while it is under way.
  asio::awaitable<void> run_line(std::string name) {
    auto& waiting = lines_[name];
    while (!waiting.empty()) {
      auto next = waiting.front();
      co_await run(std::move(next));
      waiting.pop_front();
    }
    lines_.erase(name);
  }

  asio::awaitable<void> run(job what) {
    call_reply reply;
    for (std::size_t attempt = 0;; ++attempt) {
      const auto port = what.port();
      reply = co_await exchange(what.what, port);
      reply.attempts = attempt + 1;
      if (reply.is_good() || attempt >= what.pauses.size())
        break;
      asio::steady_timer timer{io_, what.pauses[attempt]};
      co_await timer.async_wait(use_tuple);
    }
    if (what.then)
      what.then(reply);
  }

  asio::awaitable<call_reply> exchange(const outgoing_call& what,
                                       std::uint16_t port) {
    call_reply out;
    if (port == 0) {
      out.problem = "nobody to call";
      co_return out;
    }
    boost::beast::tcp_stream stream{io_};
    stream.expires_after(patience_);
    const tcp::endpoint peer{asio::ip::address_v4::loopback(), port};
    const auto [refused] = co_await stream.async_connect(peer, use_tuple);
    if (refused) {
      out.problem = refused.message();
      co_return out;
    }
    const auto message = to_message(what, port);
    const auto [unsent, written]
      = co_await http::async_write(stream, message, use_tuple);
    if (unsent) {
      out.problem = unsent.message();
      co_return out;
    }
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(answer_max);
    const auto [unread, size]
      = co_await http::async_read(stream, buffer, parser, use_tuple);
    if (unread) {
      out.problem = unread.message();
      co_return out;
    }
    co_return to_reply(parser.release());
  }

  const std::chrono::milliseconds patience_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::map<std::string, std::deque<job>> lines_;
  std::thread thread_;
};

http_caller::http_caller(std::chrono::milliseconds patience)
  : impl_{std::make_unique<impl>(patience)} {}

http_caller::~http_caller() = default;

void http_caller::stop() {
  impl_->stop();
}

void http_caller::call(std::function<std::uint16_t()> port, outgoing_call what,
                       std::vector<std::chrono::milliseconds> pauses, done then,
                       const std::string& line) {
  impl_->enter({std::move(port), std::move(what), std::move(pauses),
                std::move(then), line});
}

} // namespace switchboard::simulators
