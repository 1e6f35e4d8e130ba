#pragma once

#include "actors/engine.hpp"
#include "actors/ticket_timers.hpp"
#include "api/telegram/desk.hpp"
#include "api/telegram/executors.hpp"
#include "api/visitor_signals.hpp"
#include "app/attachments.hpp"
#include "app/telegram_api.hpp"
#include "app/telegram_bots.hpp"
#include "app/telegram_desk.hpp"
#include "app/telegram_executors.hpp"
#include "app/telegram_metrics.hpp"
#include "config/config.hpp"
#include "metrics/registry.hpp"
#include "persistence/journal.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// What the desk and the executors are built on; all of it outlives them.
struct telegram_service_parts {
  const config::config& config;
  persistence::journal& journal;
  caf::actor_system& system;
  actors::courier_actor courier;
  metrics::registry& metrics;
  telegram_api& updates;
  attachments& files;
  actors::actors_observer* observer = nullptr; ///< may be null
  std::function<void(actors::error_note)> report_error;
  /// Called when a carrier keeps dying.
  std::function<void(const std::string& actor)> gave_up;
};

/// What is done at Telegram: the visitors' desk and the executors' bot, with
/// the bots that carry their messages. Without a token there are no bots; then
/// nothing is planned, and no lane is served.
///
/// Life: build it before the engine, whose planner, lanes and timers ask here;
/// `serve` before updates are taken; `stop` when the engine has ended. All but
/// these two are thread-safe.
class telegram_service {
public:
  explicit telegram_service(telegram_service_parts parts);
  telegram_service(const telegram_service&) = delete;
  telegram_service& operator=(const telegram_service&) = delete;

  /// Lets the desk and the executors take the updates of their bots.
  void serve(actors::engine& engine, actors::id_source& ids);
  /// Ends the bots' carriers. Not on a thread of the runtime.
  void stop();

  // -- for the engine
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const;
  [[nodiscard]] actors::lane_channel_ptr channel_of(std::string_view lane);
  [[nodiscard]] actors::desk_rules desk_rules() const;
  void wake(const persistence::timer_change& timer) const;

  // -- for the visitors' routes
  [[nodiscard]] api::visitor_signals signals();
  [[nodiscard]] std::string opening_notice(const domain::session& who) const;

private:
  using bot_number = channels::telegram::bot_number;

  telegram_desk_parts desk_parts(bot_number bot);
  [[nodiscard]] telegram_bots_options bots_options() const;
  telegram_bots_parts bots_parts();
  void read_upload(std::string_view name,
                   const telegram_bots_parts::upload_handler& done) const;
  [[nodiscard]] std::optional<api::telegram::executor_bot> executor_bot() const;
  [[nodiscard]] std::string username_of(bot_number bot) const;

  telegram_service_parts parts_;
  std::optional<telegram_desk> desk_;
  std::optional<telegram_executors> executors_;
  std::optional<telegram_metrics> metrics_;
  std::optional<telegram_bots> bots_;
  std::optional<api::telegram::executors> executor_updates_;
  std::optional<api::telegram::desk> desk_updates_;
};

} // namespace switchboard::app
