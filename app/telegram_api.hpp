#pragma once

#include "actors/messages.hpp"
#include "api/gate.hpp"
#include "api/telegram/intake.hpp"
#include "api/telegram/intake_routes.hpp"
#include "app/background.hpp"
#include "app/replay_lanes.hpp"
#include "app/telegram_client.hpp"
#include "app/telegram_polling.hpp"
#include "app/telegram_setup.hpp"
#include "config/config.hpp"
#include "config/secrets.hpp"
#include "metrics/telegram_intake_probe.hpp"
#include "net/http_client.hpp"
#include "net/io_runtime.hpp"
#include "net/router.hpp"
#include "persistence/journal.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::app {

/// What the way in from Telegram is built on; all of it outlives it.
struct telegram_parts {
  const config::config& config;
  const config::secret_set& secrets;
  persistence::journal& journal;
  net::io_runtime& runtime;
  net::http_client& client;
  metrics::registry& metrics;
  std::function<void(actors::error_note)> report_error;
  /// Tells a lane that it is served now.
  std::function<void(const std::string& lane)> take_up_lane;
};

/// The way in from Telegram: the bots of the configuration, their setup, their
/// updates by webhook or polling, and the handlers that take them.
///
/// Life: build it before the actors' engine, whose lanes ask `channel_of`; then
/// `add` the handlers and the routes; `start` when the server listens. At the
/// end `begin_stop`, stop the HTTP client, then `wait_stopped`, and then let
/// the engine and the handlers go.
class telegram_api {
public:
  using bot_number = channels::telegram::bot_number;

  explicit telegram_api(telegram_parts parts);
  telegram_api(const telegram_api&) = delete;
  telegram_api& operator=(const telegram_api&) = delete;

  /// The bot of the visitors' desk, when it has a token.
  [[nodiscard]] std::optional<bot_number> desk_bot() const noexcept {
    return desk_;
  }
  /// The executors' bot, which may be the same.
  [[nodiscard]] std::optional<bot_number> executor_bot() const noexcept {
    return executor_;
  }
  /// The tokens of both, each once; empty when Telegram is off.
  [[nodiscard]] const std::vector<std::string>& tokens() const noexcept {
    return tokens_;
  }

  /// Before `start`; a bot's handlers are asked in this order.
  void add(bot_number bot, api::telegram::update_handler& handler) {
    updates_.add(bot, handler);
  }
  void add_to(net::router& router, api::gate& staff);

  /// For lane_world::channel_of.
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const {
    return replays_.channel_of(lane);
  }

  /// Who a bot is; nothing until Telegram has told. Thread-safe.
  [[nodiscard]] std::optional<channels::telegram::bot_identity>
  identity_of(bot_number bot) const {
    return setup_.identity_of(bot);
  }
  [[nodiscard]] const telegram_client& client() const noexcept {
    return client_;
  }

  void start();
  void begin_stop();
  /// Not on a thread of the runtime.
  void wait_stopped();

private:
  api::telegram::intake_parts intake_parts();
  api::telegram::intake_route_options route_options();
  [[nodiscard]] telegram_setup_plan plan_of(bot_number bot) const;
  [[nodiscard]] const std::string& secret_of(bot_number bot) const;
  void start(bot_number bot);
  boost::asio::awaitable<void> live(bot_number bot, telegram_polling* polling);
  std::vector<replay_lane> parked();
  void note_call(bot_number bot, bool is_up);

  telegram_parts parts_;
  std::optional<bot_number> desk_;
  std::optional<bot_number> executor_;
  std::vector<std::string> tokens_;
  std::vector<bot_number> bots_;
  metrics::telegram_intake_probe probe_;
  background beside_;
  telegram_client client_;
  telegram_setup setup_;
  api::telegram::intake updates_;
  api::telegram::intake_routes routes_;
  replay_lanes replays_;
  std::vector<std::unique_ptr<telegram_polling>> pollings_;
};

} // namespace switchboard::app
