#pragma once

#include "actors/engine.hpp"
#include "api/attachment_routes.hpp"
#include "api/conversation_routes.hpp"
#include "api/delivery_routes.hpp"
#include "api/directory_routes.hpp"
#include "api/event_routes.hpp"
#include "api/gate.hpp"
#include "api/key_routes.hpp"
#include "api/queue_routes.hpp"
#include "api/report_routes.hpp"
#include "api/sealed_box.hpp"
#include "api/ticket_routes.hpp"
#include "api/webhook_routes.hpp"
#include "app/attachments.hpp"
#include "app/webhook_endpoints.hpp"
#include "config/config.hpp"
#include "net/address_rules.hpp"
#include "net/http_client.hpp"
#include "net/wake_list.hpp"

#include <vector>

namespace switchboard::app {

/// Private networks that webhooks may reach all the same.
[[nodiscard]] std::vector<net::address_block>
allowed_networks(const config::webhooks_section& webhooks);

/// What REST v1 is built on; all of it outlives it.
struct rest_parts {
  const config::config& config;
  actors::engine& engine;
  actors::id_source& ids;
  persistence::journal& journal;
  const api::secret& admin_key;
  const api::sealed_box& box;
  webhook_endpoints& endpoints;
  net::http_client& client;
  net::wake_list& bell;
  attachments& files;
};

/// The routes under `/api/v1` and those of the agents' queue, and the door in
/// front of them.
class rest_api {
public:
  explicit rest_api(const rest_parts& parts);

  void add_to(net::router& router);

  /// Lets nobody wait any longer, so that the server can end.
  void stop_waiting() noexcept {
    attachments_.stop();
  }

  /// For the routes that others keep behind the same door.
  [[nodiscard]] api::gate& door() noexcept {
    return door_;
  }

private:
  api::gate door_;
  api::ticket_routes tickets_;
  api::conversation_routes conversations_;
  api::queue_routes queue_;
  api::directory_routes directory_;
  api::key_routes keys_;
  api::webhook_routes webhooks_;
  api::delivery_routes deliveries_;
  api::event_routes events_;
  api::report_routes reports_;
  api::attachment_routes attachments_;
};

} // namespace switchboard::app
