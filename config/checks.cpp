#include "config/checks.hpp"

#include "domain/contact.hpp"
#include "domain/text.hpp"
#include "domain/ticket.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace switchboard::config {

namespace {

using domain::errc;
using domain::fail;
using domain::result;

constexpr std::size_t host_size_max = 253;
constexpr std::size_t url_size_max = 2'000;
constexpr std::size_t path_size_max = 4'000;
constexpr std::size_t secret_size_min = 8;
constexpr std::size_t secret_size_max = 512;
constexpr std::size_t bot_number_size_max = 16; // 52 bits
constexpr std::size_t bot_secret_size_max = 200;
constexpr std::size_t webhook_secret_size_max = 256;

auto wrong(std::string_view what_would_be_right) {
  return fail(errc::invalid, std::string{what_would_be_right});
}

bool is_control(char c) {
  return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9');
}

bool is_token_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}

enum class ip { none, v4, v6 };

ip ip_version(std::string_view text) {
  const std::string address{text};
  std::array<unsigned char, 16> bytes{};
  if (address.find('\0') != std::string::npos)
    return ip::none;
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1)
    return ip::v4;
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1)
    return ip::v6;
  return ip::none;
}

/// Decimal, without a leading zero, at most `max`.
bool is_number(std::string_view digits, unsigned max) {
  if (digits.empty() || digits.size() > 5
      || (digits.size() > 1 && digits.front() == '0'))
    return false;
  unsigned value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9')
      return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= max;
}

bool is_http_url(std::string_view text) {
  if (text.size() > url_size_max)
    return false;
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed)
    return false;
  const auto url = parsed.value();
  const bool is_web = url.scheme_id() == boost::urls::scheme::http
                      || url.scheme_id() == boost::urls::scheme::https;
  // port_number() wraps around at 65536.
  const std::string_view port{url.port().data(), url.port().size()};
  const bool is_port
    = !url.has_port() || (is_number(port, 65'535) && port != "0");
  return is_web && !url.host().empty() && !url.has_userinfo()
         && !url.has_fragment() && is_port;
}

result<std::string> one_of(std::string_view text,
                           std::span<const std::string_view> words) {
  if (std::ranges::find(words, text) != words.end())
    return std::string{text};
  std::string expected = "must be one of";
  for (const auto word : words) {
    expected += expected.ends_with("of") ? " " : ", ";
    expected += word;
  }
  return wrong(expected);
}

} // namespace

result<std::string> check_host(std::string_view text) {
  const bool is_name = !text.empty() && text.size() <= host_size_max
                       && is_alphanumeric(text.front())
                       && std::ranges::all_of(text, [](char c) {
                            return is_alphanumeric(c) || c == '.' || c == '-';
                          });
  if (!is_name && ip_version(text) == ip::none)
    return wrong(
      "must be an address to listen on, like 127.0.0.1, 0.0.0.0, "
      "::1 or a host name");
  return std::string{text};
}

result<std::string> check_base_url(std::string_view text) {
  if (text.empty())
    return std::string{};
  if (!is_http_url(text) || text.find('?') != std::string_view::npos)
    return wrong(
      "must be an http or https address without user name, query "
      "or fragment, like https://support.example.com");
  while (text.ends_with('/'))
    text.remove_suffix(1);
  return std::string{text};
}

result<std::string> check_url(std::string_view text) {
  if (!text.empty() && !is_http_url(text))
    return wrong(
      "must be an http or https address without user name or "
      "fragment, like https://n8n.example.com/webhook/created");
  return std::string{text};
}

result<std::string> check_api_url(std::string_view text) {
  auto checked = check_base_url(text);
  if (!checked || text.empty())
    return wrong(
      "must be an http or https address without user name, query "
      "or fragment, like https://api.telegram.org");
  return checked;
}

result<std::string> check_bot_token(std::string_view text) {
  if (text.empty())
    return std::string{};
  const auto colon = text.find(':');
  const auto number = text.substr(0, colon);
  const auto secret
    = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const bool is_numbered
    = !number.empty() && number.size() <= bot_number_size_max
      && number.front() != '0' && std::ranges::all_of(number, [](char c) {
           return c >= '0' && c <= '9';
         });
  if (!is_numbered || secret.empty() || secret.size() > bot_secret_size_max
      || !std::ranges::all_of(secret, is_token_character))
    return wrong(
      "must be a bot's token as @BotFather gives it: a number, a colon, "
      "and letters, digits, - or _");
  return std::string{text};
}

result<std::string> check_webhook_secret(std::string_view text) {
  if (text.size() > webhook_secret_size_max
      || !std::ranges::all_of(text, is_token_character))
    return wrong("must be 1 to 256 letters (A to Z), digits, - or _");
  return std::string{text};
}

result<std::string> check_telegram_mode(std::string_view text) {
  static constexpr std::array<std::string_view, 2> words{"webhook", "polling"};
  return one_of(text, words);
}

result<std::string> check_origin(std::string_view text) {
  if (text == "*")
    return std::string{text};
  while (text.ends_with('/'))
    text.remove_suffix(1);
  const auto mark = text.find("://");
  // A star within a name would never match, since no browser sends one.
  if (!is_http_url(text) || text.find_first_of("/?*", mark + 3) != text.npos)
    return wrong(
      "must be *, or a website's scheme, name and port as browsers name it, "
      "like https://shop.example");
  std::string origin{text};
  std::ranges::transform(origin, origin.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string_view own_port
    = origin.starts_with("https:") ? ":443" : ":80";
  if (origin.ends_with(own_port))
    origin.resize(origin.size() - own_port.size());
  return origin;
}

result<std::string> check_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto version = ip_version(text.substr(0, slash));
  const bool has_length = slash != std::string_view::npos;
  if (version == ip::none
      || (has_length
          && !is_number(text.substr(slash + 1),
                        version == ip::v4 ? 32U : 128U)))
    return wrong("must be an address or a CIDR block, like 10.0.0.0/8 or ::1");
  return std::string{text};
}

result<std::string> check_pause(std::string_view text) {
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto decimals
    = point == std::string_view::npos ? "0" : text.substr(point + 1);
  constexpr std::size_t digits_max = 6;
  const auto is_digits = [](std::string_view part, std::size_t max) {
    return !part.empty() && part.size() <= max
           && std::all_of(part.begin(), part.end(),
                          [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!is_digits(whole, digits_max) || !is_digits(decimals, 3)
      || std::stol(std::string{whole}) > 604'800)
    return wrong("must be a number of seconds from 0 to 604800");
  return std::string{text};
}

result<std::string> check_phone(std::string_view text) {
  if (text.empty())
    return std::string{};
  return domain::parse_phone(text);
}

result<std::string> check_path(std::string_view text) {
  if (text.empty())
    return wrong("must be a path");
  return check_optional_path(text);
}

result<std::string> check_optional_path(std::string_view text) {
  if (text.size() > path_size_max || !domain::is_clean_utf8(text)
      || std::ranges::any_of(text, is_control))
    return wrong("must be a path without control characters");
  return std::string{text};
}

result<std::string> check_secret(std::string_view text) {
  if (text.empty())
    return std::string{};
  const bool is_visible
    = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  if (text.size() < secret_size_min || text.size() > secret_size_max
      || !is_visible)
    return wrong("must be 8 to 512 visible ASCII characters without spaces");
  return std::string{text};
}

result<std::string> check_category(std::string_view text) {
  const auto name = domain::trim(text);
  if (name.empty() || !domain::is_clean_utf8(name)
      || domain::count_code_points(name) > domain::category_length_max
      || std::ranges::any_of(name, is_control))
    return wrong(
      "must be the name of a category: 1 to 60 characters, no "
      "control characters");
  return std::string{name};
}

result<std::string> check_log_level(std::string_view text) {
  static constexpr std::array<std::string_view, 7> words{
    "trace", "debug", "info", "warn", "error", "critical", "off"};
  return one_of(text, words);
}

result<std::string> check_log_format(std::string_view text) {
  static constexpr std::array<std::string_view, 2> words{"text", "json"};
  return one_of(text, words);
}

} // namespace switchboard::config
