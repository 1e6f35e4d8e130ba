#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/access.hpp"
#include "api/rate_limiter.hpp"
#include "channels/web/website.hpp"
#include "net/router.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api {

struct website_options {
  /// Where customers find this server, without a slash at its end; asked each
  /// time, since with port 0 it is known only when the server listens.
  std::function<const std::string&()> base_url;
  std::string agent_phone;    ///< E.164: messages from it are the manager's
  std::string inbound_secret; ///< `x-api-key` of the inbound route
  std::uint32_t creates_per_minute = 60;
  std::uint32_t misses_per_minute = 20;
};

/// Where the public sees a ticket: `<base_url>/api/ticket/<ref>`.
std::string ticket_url(std::string_view base_url, std::string_view ref);

/// The routes of the website dialect: create, read, inbound. Lives as long as
/// the server; handlers run on any of its threads.
class website_routes {
public:
  website_routes(actors::engine& engine, actors::id_source& ids,
                 actors::clock_fn now, const persistence::row_reader& rows,
                 website_options options);

  void add_to(net::router& router);

private:
  boost::asio::awaitable<net::response> on_create(net::request& req);
  boost::asio::awaitable<net::response> on_inbound(net::request& req);
  net::response on_read(net::request& req);

  domain::create_ticket
  new_ticket(channels::web::create_request&& wanted) const;
  domain::message_draft inbound_message(channels::web::inbound_request&& in,
                                        domain::sender_role role,
                                        const domain::ticket& ticket) const;
  net::response created(const net::request& req,
                        const actors::ticket_reply& reply) const;
  /// Who writes, judged by the number; nothing when nobody of this ticket.
  [[nodiscard]] std::optional<domain::sender_role>
  role_of(std::string_view from, const domain::ticket& ticket) const;

  actors::engine& engine_;
  actors::id_source& ids_;
  actors::clock_fn now_;
  persistence::ticket_views tickets_;
  website_options options_;
  secret inbound_secret_;
  rate_limiter creates_;
  rate_limiter misses_;
};

} // namespace switchboard::api
