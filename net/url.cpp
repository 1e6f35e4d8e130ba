#include "net/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace switchboard::net {

namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;
constexpr std::size_t host_size_max = 253; // RFC 1035, section 2.3.4
constexpr std::size_t label_size_max = 63;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Underscores are no part of host names, but names of container services have
/// them.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_size_max
         && label.front() != '-' && label.back() != '-'
         && std::all_of(label.begin(), label.end(), [](char c) {
              return is_letter(c) || is_digit(c) || c == '-' || c == '_';
            });
}

/// Resolvers read a name whose last label is a number as IPv4 in one of its
/// historic spellings.
bool looks_numeric(std::string_view label) {
  return std::all_of(label.begin(), label.end(), is_digit)
         || label.starts_with("0x");
}

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > host_size_max)
    return false;
  for (;;) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    if (!is_label(label))
      return false;
    if (dot == std::string_view::npos)
      return !looks_numeric(label);
    name.remove_prefix(dot + 1);
  }
}

bool read_host(const boost::urls::url_view& from, url& to) {
  using boost::urls::host_type;
  switch (from.host_type()) {
    case host_type::ipv4:
      to.host = from.host_ipv4_address().to_string();
      to.host_is_address = true;
      return true;
    case host_type::ipv6:
      to.host = from.host_ipv6_address().to_string();
      to.host_is_address = true;
      return true;
    case host_type::name: {
      const auto encoded = from.encoded_host();
      to.host.assign(encoded.data(), encoded.size());
      std::transform(to.host.begin(), to.host.end(), to.host.begin(), lower);
      return is_host_name(to.host);
    }
    case host_type::none:
    case host_type::ipvfuture: return false;
  }
  return false;
}

bool read_port(const boost::urls::url_view& from, url& to) {
  to.port = to.tls ? https_port : http_port;
  if (!from.has_port() || from.port().empty())
    return true;
  to.port = from.port_number(); // 0 also when the number is too large
  return to.port != 0;
}

bool is_path_rooted(const boost::urls::url_view& from) {
  const auto path = from.encoded_path();
  return path.empty() || path.front() == '/';
}

void read_target(const boost::urls::url_view& from, url& to) {
  const auto path = from.encoded_path();
  to.target.assign(path.data(), path.size());
  if (to.target.empty())
    to.target = "/";
  if (from.has_query()) {
    const auto query = from.encoded_query();
    to.target += '?';
    to.target.append(query.data(), query.size());
  }
}

} // namespace

std::string url::authority() const {
  auto out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? https_port : http_port))
    out += ":" + std::to_string(port);
  return out;
}

std::optional<url> parse_url(std::string_view text, std::string& problem) {
  const auto refuse = [&problem](std::string_view why) {
    problem = why;
    return std::nullopt;
  };
  if (text.size() > url_size_max)
    return refuse("the address is too long");
  const auto parsed = boost::urls::parse_uri(
    boost::urls::string_view{text.data(), text.size()});
  if (!parsed)
    return refuse(
      "this is not an absolute address of the form "
      "http(s)://host/path in plain ASCII");
  const auto& view = *parsed;
  const auto scheme = view.scheme_id();
  if (scheme != boost::urls::scheme::http
      && scheme != boost::urls::scheme::https)
    return refuse("the address must begin with http:// or https://");
  if (!view.has_authority() || view.encoded_host().empty())
    return refuse("the address names no host");
  if (view.has_userinfo())
    return refuse("the address must not hold a user name or a password");
  if (view.has_fragment())
    return refuse("the address must not end in a #fragment");
  url out;
  out.tls = scheme == boost::urls::scheme::https;
  if (!read_host(view, out))
    return refuse("the address's host is not a valid name or IP address");
  if (!read_port(view, out))
    return refuse("the address's port must lie between 1 and 65535");
  // Boost.URL 1.81 takes the rest of `1.2.3.4.5` or of `host:http` for a path.
  if (!is_path_rooted(view))
    return refuse("the address's host or port is not valid");
  read_target(view, out);
  return out;
}

} // namespace switchboard::net
