#include "net/http_client_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace switchboard::net {

namespace {

constexpr std::size_t request_headers_max = 64;
constexpr std::size_t request_header_bytes_max = 16'384;
constexpr std::chrono::seconds retry_after_max = std::chrono::hours{24 * 7};

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view text) {
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9')
           || symbols.find(c) != std::string_view::npos;
  });
}

/// A line break in a value would end the header and begin one of its author's
/// choice.
bool is_header_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

bool is_own_header(std::string_view name) {
  constexpr std::array<std::string_view, 4> own{
    "Host", "Content-Length", "Transfer-Encoding", "Connection"};
  return std::any_of(own.begin(), own.end(),
                     [&](std::string_view x) { return same_name(x, name); });
}

bool has_header(const client_request& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const auto& x) { return same_name(x.first, name); });
}

std::optional<int> read_number(std::string_view text) {
  int out = 0;
  const auto* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, out);
  if (text.empty() || problem != std::errc{} || at != end || out < 0)
    return std::nullopt;
  return out;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr",
                                                    "May", "Jun", "Jul", "Aug",
                                                    "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' '
      || text[11] != ' ' || text[16] != ' ' || text[19] != ':'
      || text[22] != ':' || text.substr(25) != " GMT")
    return std::nullopt;
  const auto* month
    = std::find(months.begin(), months.end(), text.substr(8, 3));
  const auto day = read_number(text.substr(5, 2));
  const auto year = read_number(text.substr(12, 4));
  const auto hour = read_number(text.substr(17, 2));
  const auto minute = read_number(text.substr(20, 2));
  const auto second = read_number(text.substr(23, 2));
  if (month == months.end() || !day || !year || !hour || !minute || !second)
    return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  const auto number = static_cast<unsigned>(month - months.begin()) + 1;
  const std::chrono::year_month_day date{
    std::chrono::year{*year}, std::chrono::month{number},
    std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok())
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour}
         + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

/// Servers that insist on a length even when there is no body do so for these.
bool method_has_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

} // namespace

std::string find_request_problem(const client_request& request,
                                 const http_client_options& options) {
  if (!is_token(request.method) || request.method == "CONNECT")
    return "the request's method cannot be sent";
  if (request.body.size() > options.request_body_max)
    return "the request's body is too large";
  if (request.headers.size() > request_headers_max)
    return "the request has too many headers";
  std::size_t total = 0;
  for (const auto& [name, value] : request.headers) {
    total += name.size() + value.size();
    if (!is_token(name))
      return "a header's name has characters that are not allowed";
    if (!is_header_value(value))
      return "header " + name + " has a control character in its value";
    if (is_own_header(name))
      return "header " + name + " cannot be set by hand";
  }
  if (total > request_header_bytes_max)
    return "the request's headers are too large";
  return {};
}

std::string write_request_head(const client_request& request, const url& to,
                               std::string_view user_agent) {
  std::string out;
  out.reserve(256 + to.target.size());
  out.append(request.method).append(" ").append(to.target);
  out.append(" HTTP/1.1\r\nHost: ").append(to.authority()).append("\r\n");
  if (!has_header(request, "User-Agent"))
    out.append("User-Agent: ").append(user_agent).append("\r\n");
  if (!has_header(request, "Accept"))
    out.append("Accept: */*\r\n");
  for (const auto& [name, value] : request.headers)
    out.append(name).append(": ").append(value).append("\r\n");
  if (!request.body.empty() || method_has_body(request.method)) {
    out.append("Content-Length: ")
      .append(std::to_string(request.body.size()))
      .append("\r\n");
  }
  out.append("\r\n");
  return out;
}

std::optional<std::chrono::seconds>
parse_retry_after(std::string_view value,
                  std::chrono::system_clock::time_point now) {
  const auto all_digits = std::all_of(
    value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!value.empty() && all_digits) {
    // A number that does not fit is far beyond the cap.
    const auto number = read_number(value);
    return number ? std::min(std::chrono::seconds{*number}, retry_after_max)
                  : retry_after_max;
  }
  const auto date = parse_http_date(value);
  if (!date)
    return std::nullopt;
  // Rounded up: to come back a moment too early is to be refused again. In
  // seconds, since the clock's own units do not reach to all years.
  const auto wait = *date - std::chrono::floor<std::chrono::seconds>(now);
  return std::clamp(wait, std::chrono::seconds{0}, retry_after_max);
}

} // namespace switchboard::net
