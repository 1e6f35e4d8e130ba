#include "net/websocket_handshake.hpp"

#include "net/server_response.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <string_view>

namespace switchboard::net {

namespace {

using boost::beast::iequals;

constexpr std::string_view version_supported = "13";
constexpr std::size_t key_size = 24; // 16 bytes in base64

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool lists(std::string_view value, std::string_view token) {
  for (;;) {
    const auto comma = value.find(',');
    if (iequals(trim(value.substr(0, comma)), token))
      return true;
    if (comma == std::string_view::npos)
      return false;
    value.remove_prefix(comma + 1);
  }
}

bool has_token(const request_reader& asked, std::string_view name,
               std::string_view token) {
  return std::ranges::any_of(asked.fields(), [&](const auto& field) {
    return iequals(asked.name(field), name) && lists(asked.value(field), token);
  });
}

/// The value of a header that was sent exactly once, else nothing.
std::string_view only_value(const request_reader& asked,
                            std::string_view name) {
  std::string_view value;
  std::size_t count = 0;
  for (const auto& field : asked.fields())
    if (iequals(asked.name(field), name)) {
      value = asked.value(field);
      ++count;
    }
  return count == 1 ? value : std::string_view{};
}

bool is_key(std::string_view text) {
  if (text.size() != key_size || !text.ends_with("=="))
    return false;
  text.remove_suffix(2);
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
           || (c >= 'a' && c <= 'z') || c == '+' || c == '/';
  });
}

} // namespace

bool asks_for_websocket(const request_reader& asked) {
  return asked.version() == 11
         && asked.method() == boost::beast::http::verb::get
         && has_token(asked, "Upgrade", "websocket");
}

std::optional<response> websocket_refusal(const request_reader& asked) {
  if (only_value(asked, "Sec-WebSocket-Version") != version_supported) {
    auto answer = error_response(426, "upgrade_required",
                                 "only version 13 of WebSocket is spoken here");
    answer.headers.emplace_back("Sec-WebSocket-Version", version_supported);
    answer.headers.emplace_back("Upgrade", "websocket");
    return answer;
  }
  if (!has_token(asked, "Connection", "upgrade")
      || !is_key(only_value(asked, "Sec-WebSocket-Key"))
      || !asked.body().empty() || asked.rest().size() > early_bytes_max)
    return error_response(400, "bad_handshake",
                          "this is not a valid WebSocket handshake");
  return std::nullopt;
}

std::string websocket_hello(const request_reader& asked) {
  std::string hello
    = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: ";
  hello += only_value(asked, "Sec-WebSocket-Key");
  hello += "\r\n\r\n";
  hello += asked.rest();
  return hello;
}

} // namespace switchboard::net
