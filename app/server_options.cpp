#include "app/server_options.hpp"

#include "app/cross_origin.hpp"
#include "app/rest_api.hpp"
#include "app/version.hpp"

#include <chrono>

namespace switchboard::app {

namespace {

constexpr std::size_t unlimited_bytes = std::size_t{1} << 30U;

std::size_t or_unlimited(std::size_t limit) {
  return limit == 0 ? unlimited_bytes : limit;
}

} // namespace

actors::engine_options engine_options_of(const config::config& c) {
  actors::engine_options out;
  out.ticket.queue_max = c.actors.queue_max;
  out.ticket.reopen_window = c.ticket.reopen_window;
  out.ticket.waiting
    = {c.ticket.waiting_reminder, c.ticket.waiting_reminder_text,
       c.ticket.waiting_timeout};
  out.directory.awake_max = c.actors.awake_max;
  out.directory.idle_after = c.actors.idle_after;
  out.in_flight_max = c.actors.in_flight_max;
  out.command_timeout = c.actors.command_timeout;
  return out;
}

net::server_options server_options_of(const config::config& c,
                                      std::size_t connections_max) {
  net::server_options out;
  out.host = c.http.host;
  out.port = c.http.port;
  out.tls_cert = c.http.tls_cert;
  out.tls_key = c.http.tls_key;
  out.body_bytes_max = or_unlimited(c.limits.body_bytes);
  out.header_bytes_max = or_unlimited(c.limits.header_bytes);
  out.request_timeout = c.limits.request_timeout.count() == 0
                          ? std::chrono::hours{24}
                          : c.limits.request_timeout;
  out.idle_timeout = c.http.idle_timeout;
  out.connections_max = connections_max;
  out.trusted_proxies = c.http.trusted_proxies;
  out.cross_origin = cross_origin_of(c);
  return out;
}

net::http_client_options client_options_of(const config::config& c) {
  net::http_client_options out;
  out.allowed = allowed_networks(c.webhooks);
  // Endpoints may share a host, and a slow one must leave room for others.
  out.connections_per_host_max = 256;
  out.waiting_per_host_max = 4096;
  out.resolver_threads = 4;
  out.user_agent = "Switchboard/";
  out.user_agent += version;
  return out;
}

} // namespace switchboard::app
