#include "net/server_response.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace switchboard::net {

namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 24> digits;
  const auto end
    = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_status_line(std::string& out, unsigned status) {
  switch (status) {
    case 200: out += "HTTP/1.1 200 OK\r\n"; return;
    case 201: out += "HTTP/1.1 201 Created\r\n"; return;
    default: break;
  }
  const auto reason = boost::beast::http::obsolete_reason(
    boost::beast::http::int_to_status(status));
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  out.append(reason.data(), reason.size());
  out += "\r\n";
}

/// `Date: ...` with its line end; written anew once a second on each thread.
std::string_view date_header() {
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  thread_local std::time_t written_at = 0;
  thread_local std::array<char, 48> text;
  thread_local std::size_t size = 0;
  const auto now = std::time(nullptr);
  if (now == written_at)
    return {text.data(), size};
  // strftime would use the locale's names.
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 40> tail;
  const auto tail_size
    = std::strftime(tail.data(), tail.size(), " %Y %H:%M:%S GMT\r\n", &parts);
  std::string line = "Date: ";
  line += days.substr(static_cast<std::size_t>(parts.tm_wday) * 3, 3);
  line += ", ";
  line += static_cast<char>('0' + parts.tm_mday / 10);
  line += static_cast<char>('0' + parts.tm_mday % 10);
  line += ' ';
  line += months.substr(static_cast<std::size_t>(parts.tm_mon) * 3, 3);
  line.append(tail.data(), tail_size);
  size = std::min(line.size(), text.size());
  std::copy_n(line.data(), size, text.data());
  written_at = now;
  return {text.data(), size};
}

void append_body_end(std::string& out, const response& answer, body_end how) {
  switch (how) {
    case body_end::length:
      out += "Content-Length: ";
      append_number(out, answer.body.size());
      out += "\r\n";
      return;
    case body_end::last_chunk: out += "Transfer-Encoding: chunked\r\n"; return;
    case body_end::close: return;
  }
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool is_servers_own(std::string_view name) {
  constexpr std::array<boost::beast::string_view, 4> reserved{
    "content-length", "transfer-encoding", "connection", "content-type"};
  return std::ranges::any_of(reserved, [name](auto one) {
    return boost::beast::iequals(one, {name.data(), name.size()});
  });
}

} // namespace

bool has_body(unsigned status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

bool headers_are_safe(const response& answer) noexcept {
  return std::ranges::none_of(answer.headers, [](const auto& header) {
    const auto& [name, value] = header;
    return name.empty() || has_control(name) || has_control(value)
           || name.find_first_of(": \t") != std::string::npos
           || is_servers_own(name);
  });
}

void append_head(std::string& out, const response& answer,
                 const response_framing& framing) {
  append_status_line(out, answer.status);
  out += date_header();
  if (has_body(answer.status)) {
    if (!answer.content_type.empty()) {
      out += "Content-Type: ";
      out += answer.content_type;
      out += "\r\n";
    }
    append_body_end(out, answer, framing.end);
  }
  out += "X-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : answer.headers) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  if (answer.status >= 400) {
    out += "X-Request-Id: ";
    append_number(out, framing.request_id);
    out += "\r\n";
  }
  if (!framing.keep_alive)
    out += "Connection: close\r\n";
  else if (framing.version == 10)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

response error_response(unsigned status, std::string_view code,
                        std::string_view message) {
  std::string body = R"({"ok":false,"error":{"code":")";
  body += code;
  body += R"(","message":")";
  body += message;
  body += R"(","details":[]}})";
  return response{status, std::move(body)};
}

} // namespace switchboard::net
