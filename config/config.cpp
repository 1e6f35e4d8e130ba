#include "config/config.hpp"

namespace switchboard::config {

std::string public_url(const http_section& http, std::uint16_t bound_port) {
  if (!http.base_url.empty())
    return http.base_url;
  std::string url = http.tls_cert.empty() ? "http://" : "https://";
  // Nobody can call "every address of this machine"; its own one always works.
  const bool is_any = http.host == "0.0.0.0" || http.host == "::";
  const std::string host = is_any ? "127.0.0.1" : http.host;
  const bool is_v6 = host.find(':') != std::string::npos;
  url += is_v6 ? '[' + host + ']' : host;
  const std::uint16_t usual = http.tls_cert.empty() ? 80 : 443;
  if (bound_port != usual)
    url += ':' + std::to_string(bound_port);
  return url;
}

} // namespace switchboard::config
