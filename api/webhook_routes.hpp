#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/gate.hpp"
#include "api/sealed_box.hpp"
#include "channels/http_exchange.hpp"
#include "channels/rest/webhook_forms.hpp"
#include "channels/webhooks/endpoint_rules.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <functional>
#include <optional>
#include <string>

namespace switchboard::api {

/// What the routes need of the part that calls the endpoints. The functions are
/// thread-safe and quick.
struct webhook_tools {
  actors::engine& engine;
  actors::id_source& ids;
  persistence::journal& journal;
  const sealed_box& box;
  actors::clock_fn now;
  channels::webhooks::url_rules url_rules;

  /// `webhook:<id>`.
  std::function<std::string(domain::webhook_id)> lane_of;
  /// An endpoint has changed.
  std::function<void()> reload;
  std::function<void(domain::webhook_id)> forgive;
  std::function<std::optional<domain::timestamp>(domain::webhook_id)>
    failing_since;
  std::function<std::optional<persistence::new_delivery>(
    domain::webhook_id, const domain::ticket&, const domain::ticket_event&)>
    plan_again;
  /// The id and the call of a sample; nothing when it cannot be made.
  std::function<std::optional<std::pair<std::string, channels::http_request>>(
    domain::webhook_id, std::string_view event_type)>
    sample;
  std::function<void(channels::http_request,
                     std::function<void(channels::http_answer)>)>
    send;
};

/// `/api/v1/webhooks…`. Built once; thread-safe.
class webhook_routes {
public:
  explicit webhook_routes(webhook_tools tools);

  void add_to(net::router& router, gate& door);

private:
  using answer = boost::asio::awaitable<net::response>;

  answer on_create(net::request& req, const caller& who);
  net::response on_list(net::request& req) const;
  net::response on_read(net::request& req) const;
  answer on_change(net::request& req, const caller& who);
  answer on_remove(net::request& req, const caller& who);
  answer on_test(net::request& req, const caller& who);
  answer on_rotate(net::request& req, const caller& who);
  answer on_replay(net::request& req, const caller& who);
  net::response on_attempts(net::request& req) const;

  [[nodiscard]] channels::rest::problem_list
  check(const channels::rest::webhook_change& wanted) const;
  /// What to do after an endpoint changed.
  void changed(domain::webhook_id id);
  [[nodiscard]] net::response
  show(unsigned status, const persistence::versioned<domain::webhook>& hook,
       std::string_view secret = {}) const;

  answer replay_one(domain::webhook_id id, persistence::delivery_id wanted);
  answer replay_dead(domain::webhook_id id);
  answer replay_range(domain::webhook_id id, domain::timestamp from,
                      domain::timestamp to);
  boost::asio::awaitable<bool>
  send_again(std::vector<persistence::new_delivery> what);

  webhook_tools tools_;
  persistence::record_views records_;
  persistence::delivery_views deliveries_;
};

} // namespace switchboard::api
