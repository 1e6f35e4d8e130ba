#include "tests/support/http_call.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>

namespace switchboard::support {

namespace {

namespace http = boost::beast::http;
using clock = std::chrono::steady_clock;
using reply_parser = http::response_parser<http::string_body>;

constexpr std::size_t reply_body_max = 268'435'456;
constexpr std::uint32_t reply_header_max = 65'536;

std::chrono::milliseconds left_until(clock::time_point deadline) {
  return std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
}

bool has_name(const header_list& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& x) {
    return boost::beast::iequals(x.first, {name.data(), name.size()});
  });
}

http_reply to_reply(reply_parser& parser) {
  http_reply out;
  out.keep_alive = parser.keep_alive();
  auto message = parser.release();
  out.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    out.headers.emplace_back(std::string{field.name_string()},
                             std::string{field.value()});
  out.body = std::move(message.body());
  return out;
}

http_reply broken(std::string why) {
  http_reply out;
  out.problem = std::move(why);
  return out;
}

reply_observer& observer() {
  static reply_observer one;
  return one;
}

/// Feeds what has arrived to the parser; what it does not need stays.
boost::system::error_code feed(reply_parser& parser, std::string& unread) {
  boost::system::error_code ec;
  while (!unread.empty() && !parser.is_done()) {
    const auto used
      = parser.put(boost::asio::buffer(unread.data(), unread.size()), ec);
    unread.erase(0, used);
    if (ec == http::error::need_more)
      return {};
    if (ec)
      return ec;
  }
  return ec;
}

} // namespace

std::string http_reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (boost::beast::iequals(key, {name.data(), name.size()}))
      return value;
  }
  return {};
}

std::size_t http_reply::header_count(std::string_view name) const {
  return static_cast<std::size_t>(
    std::count_if(headers.begin(), headers.end(), [&](const auto& x) {
      return boost::beast::iequals(x.first, {name.data(), name.size()});
    }));
}

void observe_replies(reply_observer told) {
  observer() = std::move(told);
}

http_connection::http_connection(std::uint16_t port)
  : port_{port}, socket_{connect_to(port)} {}

http_reply http_connection::call(http::verb method, std::string_view target,
                                 const header_list& headers,
                                 std::string_view body,
                                 std::chrono::milliseconds timeout) {
  std::string out{http::to_string(method)};
  out.append(" ").append(target).append(" HTTP/1.1\r\n");
  if (!has_name(headers, "Host"))
    out.append("Host: 127.0.0.1:").append(std::to_string(port_)).append("\r\n");
  for (const auto& [name, value] : headers)
    out.append(name).append(": ").append(value).append("\r\n");
  const auto has_body = !body.empty() || method == http::verb::post
                        || method == http::verb::put
                        || method == http::verb::patch;
  if (has_body && !has_name(headers, "Content-Length")
      && !has_name(headers, "Transfer-Encoding"))
    out.append("Content-Length: ")
      .append(std::to_string(body.size()))
      .append("\r\n");
  out.append("\r\n").append(body);
  // A server that refuses answers before it has read everything.
  send_bytes(out);
  auto reply = read_reply(method == http::verb::head, timeout);
  if (observer())
    observer()(method, target, reply);
  return reply;
}

bool http_connection::send_bytes(std::string_view bytes) {
  return socket_.is_open() && socket_.send_all(bytes);
}

http_reply http_connection::read_reply(bool head_only,
                                       std::chrono::milliseconds timeout) {
  if (!socket_.is_open())
    return broken("no connection");
  const auto deadline = clock::now() + timeout;
  reply_parser parser;
  parser.eager(true);
  parser.skip(head_only);
  parser.body_limit(reply_body_max);
  parser.header_limit(reply_header_max);
  for (;;) {
    const auto problem = feed(parser, unread_);
    if (problem)
      return broken(problem.message());
    if (parser.is_done())
      return to_reply(parser);
    if (socket_.receive_some(unread_, 65'536, left_until(deadline)))
      continue;
    if (clock::now() >= deadline)
      return broken("no full answer in time");
    boost::system::error_code ec;
    if (parser.got_some())
      parser.put_eof(ec);
    if (!ec && parser.is_done())
      return to_reply(parser);
    return broken("closed before the end of an answer");
  }
}

std::optional<std::string>
http_connection::read_until_close(std::chrono::milliseconds timeout) {
  const auto deadline = clock::now() + timeout;
  auto out = std::move(unread_);
  unread_.clear();
  while (socket_.is_open()) {
    if (!socket_.receive_some(out, 65'536, left_until(deadline))) {
      if (clock::now() >= deadline)
        return std::nullopt;
      break;
    }
  }
  return out;
}

http_reply call(std::uint16_t port, http::verb method, std::string_view target,
                const header_list& headers, std::string_view body,
                std::chrono::milliseconds timeout) {
  http_connection one{port};
  return one.call(method, target, headers, body, timeout);
}

std::optional<std::string> call_raw(std::uint16_t port, std::string_view bytes,
                                    std::chrono::milliseconds timeout) {
  http_connection one{port};
  one.send_bytes(bytes);
  return one.read_until_close(timeout);
}

} // namespace switchboard::support
