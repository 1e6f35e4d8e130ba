#pragma once

#include "actors/id_source.hpp"
#include "api/access.hpp"
#include "api/errors.hpp"
#include "api/rate_limiter.hpp"
#include "api/whatsapp/intake.hpp"
#include "channels/webhooks/signature.hpp"
#include "channels/whatsapp/form.hpp"
#include "net/router.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api::whatsapp {

/// A sidecar, or a workflow of n8n that stands in for one.
struct sidecar_door {
  std::string api_key; ///< not empty
  std::string own_jid; ///< or empty
};

struct route_options {
  std::optional<sidecar_door> baileys; ///< absent: it is not configured
  std::optional<sidecar_door> n8n;
  std::string twilio_auth_token; ///< empty: it is not configured
  /// Where Twilio believes that it calls, without a slash at its end.
  std::string public_url;
  std::string cloud_app_secret; ///< empty: it is not configured
  std::string cloud_verify_token;
  /// Of a sidecar's call, which may bring files in base64.
  std::size_t body_bytes_max = std::size_t{28} << 20U;
  /// Of one such file.
  std::size_t media_bytes_max = std::size_t{16} << 20U;
  /// Calls that are not who they say, from one address; 0: no limit.
  std::uint32_t failures_per_minute = 20;
};

/// Where the providers call: `POST /webhook/baileys` (or below it),
/// `POST /webhook/n8n/whatsapp`, `POST` and `GET /webhook/twilio/whatsapp`,
/// `POST` and `GET /webhook/whatsapp`. A call is answered with 200 once all
/// that it brings is durable or parked, and with 503 when it is to be repeated.
/// What cannot be read is refused with 400 where a sidecar sends it; Twilio and
/// Meta would repeat it for days, so a call that they have signed is parked.
class routes {
public:
  routes(intake& in, actors::clock_fn now, route_options options);
  routes(const routes&) = delete;
  routes& operator=(const routes&) = delete;

  void add_to(net::router& router);

private:
  using answer = boost::asio::awaitable<net::response>;

  /// A sidecar's door with what opens it.
  struct guarded {
    wire::provider via = wire::provider::baileys;
    bool is_open = false;
    std::string own_jid;
    secret key;
    /// The same key, for calls that are signed with it.
    std::optional<channels::webhooks::webhook_secret> signing;
  };

  static guarded guard(wire::provider via,
                       const std::optional<sidecar_door>& door);
  void add_route(net::router& router, boost::beast::http::verb method,
                 std::string pattern, net::async_handler handler,
                 std::size_t body_bytes_max);

  answer on_sidecar(net::request& req, const guarded& door);
  answer on_twilio(net::request& req);
  answer on_cloud(net::request& req);
  [[nodiscard]] net::response on_challenge(const net::request& req);

  /// Whether the call's headers show that it may; nothing: they say nothing,
  /// so its body has to.
  [[nodiscard]] std::optional<bool> is_known(const net::request& req,
                                             const guarded& door) const;
  [[nodiscard]] bool is_twilios(const net::request& req,
                                const wire::form& fields, bool is_form) const;
  /// Brings what Twilio or Meta has signed to the intake.
  boost::asio::awaitable<bool>
  take_signed(wire::provider via, domain::result<wire::inbound_batch> batch,
              std::string raw);
  /// 401 or 403, or 429 when it happens too often.
  net::response refuse(const net::request& req, const error_kind& kind,
                       std::string_view message);

  intake& in_;
  actors::clock_fn now_;
  route_options options_;
  guarded baileys_;
  guarded n8n_;
  rate_limiter failures_;
};

} // namespace switchboard::api::whatsapp
