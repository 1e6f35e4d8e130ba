#pragma once

#include "actors/engine.hpp"
#include "api/whatsapp/intake.hpp"
#include "api/whatsapp/routes.hpp"
#include "app/attachments.hpp"
#include "app/background.hpp"
#include "app/replay_lanes.hpp"
#include "app/whatsapp_bot.hpp"
#include "app/whatsapp_carrier.hpp"
#include "app/whatsapp_ends.hpp"
#include "app/whatsapp_files.hpp"
#include "app/whatsapp_health.hpp"
#include "app/whatsapp_plan.hpp"
#include "app/whatsapp_render.hpp"
#include "app/whatsapp_uploads.hpp"
#include "channels/whatsapp/greeting.hpp"
#include "config/config.hpp"
#include "metrics/whatsapp_probe.hpp"
#include "net/asker.hpp"
#include "net/http_client.hpp"
#include "net/io_runtime.hpp"
#include "net/router.hpp"
#include "persistence/journal.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// What WhatsApp is built on; all of it outlives it.
struct whatsapp_service_parts {
  const config::config& config;
  persistence::journal& journal;
  net::io_runtime& runtime;
  net::http_client& client;
  metrics::registry& metrics;
  attachments& files;
  /// Where customers find this server, without a slash at its end.
  std::function<const std::string&()> public_url;
  std::function<void(actors::error_note)> report_error;
  /// Tells a lane that it is served now.
  std::function<void(const std::string& lane)> take_up_lane;
};

/// All of WhatsApp: its providers' webhooks, what goes out through them, their
/// files and their health. Without a provider's secret there is nothing of it.
///
/// Life: build it before the engine, whose planner and lanes ask here; `serve`
/// when the engine is there; `start` when the server listens. At the end
/// `begin_stop`, stop the HTTP client, then `wait_stopped`, let the engine end,
/// and then `stop`. `plan`, `channel_of` and `obstacles` from any thread.
class whatsapp_service {
public:
  explicit whatsapp_service(whatsapp_service_parts parts);
  whatsapp_service(const whatsapp_service&) = delete;
  whatsapp_service& operator=(const whatsapp_service&) = delete;

  /// Lets the intake take what comes in.
  void serve(actors::engine& engine, actors::id_source& ids);
  /// After `serve`.
  void add_to(net::router& router);

  void start();
  void begin_stop();
  /// Not on a thread of the runtime.
  void wait_stopped();
  void stop();

  // -- for the engine
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const;
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const;

  /// Why no traffic should come now.
  [[nodiscard]] std::vector<std::string> obstacles() const {
    return health_.obstacles();
  }

private:
  using provider = channels::whatsapp::provider;

  [[nodiscard]] std::string ticket_url(const std::string& ref) const;
  [[nodiscard]] whatsapp_planner::options planner_options() const;
  [[nodiscard]] std::string greet(const domain::session& who,
                                  domain::ticket_number number,
                                  std::string_view ref) const;
  whatsapp_exchange exchange();
  whatsapp_health::hooks health_hooks();
  whatsapp_renderer::parts renderer_parts();
  whatsapp_uploads::parts upload_parts();
  whatsapp_carrier::parts carrier_parts();
  whatsapp_files::parts files_parts();
  std::vector<replay_lane> parked();
  boost::asio::awaitable<handed_back> hand_back(provider via,
                                                persistence::delivery what);
  api::whatsapp::intake_parts intake_parts(actors::engine& engine,
                                           actors::id_source& ids);
  [[nodiscard]] api::whatsapp::intake_options intake_options() const;
  [[nodiscard]] api::whatsapp::route_options route_options() const;

  whatsapp_service_parts parts_;
  whatsapp_ends ends_;
  channels::whatsapp::greetings greetings_;
  metrics::whatsapp_probe probe_;
  background inward_;  ///< what comes in
  background outward_; ///< what goes out
  whatsapp_health health_;
  whatsapp_planner planner_;
  whatsapp_renderer renderer_;
  whatsapp_uploads uploads_;
  whatsapp_carrier carrier_;
  whatsapp_files files_;
  std::optional<api::whatsapp::intake> intake_;
  std::optional<api::whatsapp::routes> routes_;
  std::optional<net::asker> asker_;
  std::optional<whatsapp_bot> bot_;
  replay_lanes parked_; ///< asks for the intake and the bot once it is open
};

} // namespace switchboard::app
