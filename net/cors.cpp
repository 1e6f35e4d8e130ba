#include "net/cors.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace switchboard::net {

namespace {

constexpr std::string_view any = "*";
constexpr std::string_view request_headers
  = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-API-Key";
constexpr std::string_view readable_headers
  = "Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Location, Content-Disposition, X-Request-Id";
/// Two hours, which is as long as browsers remember.
constexpr std::string_view remembered_s = "7200";

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(std::min<std::size_t>(path.size(), 1)); // the slash
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(path);
    if (given.empty() || (wanted != any && wanted != given))
      return false;
    if (wanted == any && pattern.empty())
      return true;
  }
  return pattern.empty() && path.empty();
}

/// The host and port of `https://host:port`.
std::string_view authority_of(std::string_view origin) {
  const auto mark = origin.find("://");
  return mark == std::string_view::npos ? std::string_view{}
                                        : origin.substr(mark + 3);
}

} // namespace

bool cors::covers(std::string_view path) const {
  return !off() && std::ranges::any_of(options_.paths, [&](const auto& one) {
    return matches(one, path);
  });
}

bool cors::knows_all() const {
  return std::ranges::find(options_.origins, any) != options_.origins.end();
}

bool cors::knows(std::string_view origin) const {
  return !origin.empty()
         && (knows_all()
             || std::ranges::find(options_.origins, origin)
                  != options_.origins.end());
}

void cors::add_to(header_list& headers, const request& asked) const {
  if (!covers(asked.path))
    return;
  const auto origin = asked.header("Origin");
  const bool all = knows_all();
  if (!all) // also where nothing else is said, as the next one may be known
    headers.emplace_back("Vary", "Origin");
  if (!knows(origin))
    return;
  headers.emplace_back("Access-Control-Allow-Origin", all ? any : origin);
  headers.emplace_back("Access-Control-Expose-Headers", readable_headers);
}

std::optional<response> cors::preflight(const request& asked,
                                        std::string_view allow) const {
  if (asked.method != boost::beast::http::verb::options || !covers(asked.path)
      || !knows(asked.header("Origin"))
      || asked.header("Access-Control-Request-Method").empty())
    return std::nullopt;
  response answer{204, {}};
  answer.headers.emplace_back("Access-Control-Allow-Methods", allow);
  answer.headers.emplace_back("Access-Control-Allow-Headers", request_headers);
  answer.headers.emplace_back("Access-Control-Max-Age", remembered_s);
  return answer;
}

bool cors::lets_upgrade(const request& asked) const {
  const auto origin = asked.header("Origin");
  if (off() || origin.empty() || knows(origin))
    return true;
  const auto own = asked.header("Host");
  return !own.empty() && boost::beast::iequals(authority_of(origin), own);
}

} // namespace switchboard::net
