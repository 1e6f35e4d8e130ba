#include "channels/webhooks/endpoint_rules.hpp"

#include "domain/text.hpp"
#include "domain/webhook.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace switchboard::channels::webhooks {

namespace {

constexpr std::size_t host_size_max = 253; // RFC 1035, section 2.3.4
constexpr std::size_t label_size_max = 63;
constexpr std::size_t shown_name_max = 60; // code points

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string to_lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_size_max
         && label.front() != '-' && label.back() != '-'
         && std::all_of(label.begin(), label.end(), [](char c) {
              return is_alphanumeric(c) || c == '-' || c == '_';
            });
}

/// `name` in lower case. A last label that is a number would be read as IPv4 in
/// one of its historic spellings (`127.1`, `0x7f000001`).
bool is_host_name(std::string_view name) {
  if (name.size() > host_size_max)
    return false;
  for (;;) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    if (!is_label(label))
      return false;
    if (dot == std::string_view::npos)
      return !std::all_of(label.begin(), label.end(), is_digit)
             && !label.starts_with("0x");
    name.remove_prefix(dot + 1);
  }
}

/// RFC 6761 keeps these names for the machine itself.
bool is_local_name(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

/// Empty when the host is fine.
std::string find_host_problem(const boost::urls::url_view& url,
                              const url_rules& rules) {
  using boost::urls::host_type;
  std::string address;
  switch (url.host_type()) {
    case host_type::ipv4: address = url.host_ipv4_address().to_string(); break;
    case host_type::ipv6: address = url.host_ipv6_address().to_string(); break;
    case host_type::name: {
      const auto encoded = url.encoded_host();
      const auto name
        = to_lower(std::string_view{encoded.data(), encoded.size()});
      if (!is_host_name(name))
        return "its host is not a valid name or IP address";
      if (is_local_name(name))
        address = "127.0.0.1";
      break;
    }
    case host_type::none:
    case host_type::ipvfuture:
      return "its host is not a valid name or IP address";
  }
  if (address.empty() || !rules.refusal_of_address)
    return {};
  const auto range = rules.refusal_of_address(address);
  return range.empty() ? "" : "its host is not allowed: " + range;
}

bool has_valid_port(const boost::urls::url_view& url) {
  // The number is 0 also when it is too large.
  return !url.has_port() || url.port().empty() || url.port_number() != 0;
}

/// Boost.URL 1.81 takes the rest of `1.2.3.4.5` or of `host:http` for a path.
bool has_rooted_path(const boost::urls::url_view& url) {
  const auto path = url.encoded_path();
  return path.empty() || path.front() == '/';
}

std::string find_url_problem(std::string_view text, const url_rules& rules) {
  if (text.empty())
    return "is required";
  if (text.size() > endpoint_url_size_max)
    return "is longer than " + std::to_string(endpoint_url_size_max) + " bytes";
  const auto parsed = boost::urls::parse_uri(
    boost::urls::string_view{text.data(), text.size()});
  if (!parsed)
    return "must be an absolute address such as https://example.com/hook, in "
           "plain ASCII";
  const auto& url = *parsed;
  using boost::urls::scheme;
  if (url.scheme_id() == scheme::http && !rules.allow_http)
    return "must begin with https://";
  if (url.scheme_id() != scheme::http && url.scheme_id() != scheme::https)
    return rules.allow_http ? "must begin with https:// or http://"
                            : "must begin with https://";
  if (!url.has_authority() || url.encoded_host().empty())
    return "names no host";
  if (url.has_userinfo())
    return "must not hold a user name or a password; use a header";
  if (url.has_fragment())
    return "must not end in a #fragment";
  if (!has_rooted_path(url))
    return "its host or port is not valid";
  if (!has_valid_port(url))
    return "its port must lie between 1 and 65535";
  return find_host_problem(url, rules);
}

bool is_token(std::string_view text) {
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || symbols.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!text.empty() && (is_blank(text.front()) || is_blank(text.back())))
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (c >= ' ' && c <= '~');
  });
}

/// Headers that are set for each call, name the connection rather than the
/// message, or would change what comes back. `name` is in lower case.
bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 13> names{"accept-encoding",
                                                   "connection",
                                                   "date",
                                                   "expect",
                                                   "host",
                                                   "keep-alive",
                                                   "proxy-authenticate",
                                                   "proxy-authorization",
                                                   "proxy-connection",
                                                   "te",
                                                   "trailer",
                                                   "transfer-encoding",
                                                   "upgrade"};
  // Verifiers take the `svix-` names for aliases of the `webhook-` ones.
  constexpr std::array<std::string_view, 3> prefixes{"content-", "webhook-",
                                                     "svix-"};
  return std::ranges::find(names, name) != names.end()
         || std::ranges::any_of(
           prefixes, [name](auto prefix) { return name.starts_with(prefix); });
}

void check_header(const std::pair<std::string, std::string>& header,
                  std::string_view name, problem_list& to) {
  if (!is_token(name)) {
    to.push_back({"headers", "has a name that is empty or not a token"});
    return;
  }
  auto field = "headers." + std::string{domain::clip(name, shown_name_max)};
  if (is_reserved(name))
    to.push_back({std::move(field),
                  "is set by Switchboard or by the "
                  "connection; choose another name"});
  else if (!is_header_value(header.second))
    to.push_back(
      {std::move(field), "must be printable ASCII without blanks at its ends"});
}

} // namespace

void check_url(std::string_view url, const url_rules& rules, problem_list& to) {
  if (auto problem = find_url_problem(url, rules); !problem.empty())
    to.push_back({"url", std::move(problem)});
}

void check_headers(const header_list& headers, problem_list& to) {
  if (headers.size() > endpoint_headers_max) {
    to.push_back(
      {"headers",
       "has more than " + std::to_string(endpoint_headers_max) + " entries"});
    return;
  }
  std::size_t bytes = 0;
  std::vector<std::string> seen;
  for (const auto& header : headers) {
    bytes += header.first.size() + header.second.size();
    auto name = to_lower(header.first);
    if (std::ranges::find(seen, name) != seen.end())
      to.push_back({"headers", "names a header more than once"});
    else
      check_header(header, name, to);
    seen.push_back(std::move(name));
  }
  if (bytes > endpoint_header_bytes_max)
    to.push_back({"headers", "is larger than "
                               + std::to_string(endpoint_header_bytes_max)
                               + " bytes"});
}

void check_events(std::span<const std::string> events, problem_list& to) {
  if (events.empty()) {
    to.push_back({"events", "must name at least one event type, or *"});
    return;
  }
  // Every known one, once, and the star: more must be wrong somewhere.
  if (events.size() > event_types.size() + 1) {
    to.push_back({"events", "has more entries than there are event types"});
    return;
  }
  for (auto at = events.begin(); at != events.end(); ++at) {
    const auto shown = std::string{domain::clip(*at, shown_name_max)};
    if (*at != domain::every_event
        && std::ranges::find(event_types, *at) == event_types.end())
      to.push_back({"events", "unknown event type: " + shown});
    else if (std::find(events.begin(), at, *at) != at)
      to.push_back({"events", "is given more than once: " + shown});
  }
}

} // namespace switchboard::channels::webhooks
