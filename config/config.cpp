#include "config/config.hpp"

#include <cmath>
#include <string>

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

std::vector<std::chrono::milliseconds>
retry_delays(const webhooks_section& webhooks) {
  std::vector<std::chrono::milliseconds> out;
  for (const auto& text : webhooks.retry_schedule)
    out.emplace_back(std::llround(std::stod(text) * 1000));
  // What stands in front of the first attempt.
  if (!out.empty())
    out.erase(out.begin());
  return out;
}

} // namespace switchboard::config
