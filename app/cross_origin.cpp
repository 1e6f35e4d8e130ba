#include "app/cross_origin.hpp"

#include <string>

namespace switchboard::app {

namespace {

/// Scheme, host and port of an address that has them.
std::string origin_of(const std::string& url) {
  const auto host = url.find("://") + 3;
  return url.substr(0, url.find('/', host));
}

} // namespace

net::cors_options cross_origin_of(const config::config& c) {
  net::cors_options out;
  out.origins = c.http.allowed_origins;
  if (!out.origins.empty() && !c.http.base_url.empty())
    out.origins.push_back(origin_of(c.http.base_url));
  out.paths = {"/api/session", "/api/session/*", "/api/categories",
               "/api/tickets/*/close", "/api/v1/attachments/*"};
  return out;
}

} // namespace switchboard::app
