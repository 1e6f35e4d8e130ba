#include "app/serve.hpp"

#include "actors/engine.hpp"
#include "api/docs_routes.hpp"
#include "api/operations_routes.hpp"
#include "api/website_routes.hpp"
#include "app/attachments.hpp"
#include "app/courier.hpp"
#include "app/descriptors.hpp"
#include "app/executor_api.hpp"
#include "app/n8n_hook.hpp"
#include "app/observers.hpp"
#include "app/outbox_levels.hpp"
#include "app/rest_api.hpp"
#include "app/server_metrics.hpp"
#include "app/server_options.hpp"
#include "app/signals.hpp"
#include "app/storage.hpp"
#include "app/telegram_api.hpp"
#include "app/telegram_files.hpp"
#include "app/telegram_service.hpp"
#include "app/version.hpp"
#include "app/visitor_api.hpp"
#include "app/webhook_endpoints.hpp"
#include "app/whatsapp_service.hpp"
#include "config/loader.hpp"
#include "config/secrets.hpp"
#include "metrics/process_probe.hpp"
#include "net/io_runtime.hpp"
#include "net/server.hpp"
#include "persistence/backup.hpp"

#include <spdlog/spdlog.h>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <unistd.h>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace switchboard::app {

namespace {

constexpr int engine_failed_status = 71; // EX_OSERR of sysexits.h
/// For what cannot be cut off: a command that waits for its commit.
constexpr auto stop_margin = std::chrono::seconds{10};

template <class T>
T value_or_end(domain::result<T> result) {
  if (!result)
    throw std::runtime_error{result.error().detail};
  return std::move(result).value();
}

std::vector<std::string> patterns_of(const net::router& routes) {
  std::vector<std::string> out;
  for (const auto* route : routes.routes())
    out.push_back(route->pattern);
  return out;
}

void say_about_secret(std::string_view what, const config::secret& s) {
  if (s.generated)
    spdlog::info("made a new {} in {}", what, s.file.string());
  else if (!s.file.empty())
    spdlog::info("the {} is in {}", what, s.file.string());
}

[[noreturn]] void engine_gave_up(const std::string& actor) {
  spdlog::critical(
    "the actor '{}' keeps failing; ending, so that a restart "
    "can recover",
    actor);
  spdlog::shutdown();
  ::_exit(engine_failed_status);
}

class actor_system_config final : public caf::actor_system_config {
public:
  actor_system_config() {
    add_message_types<caf::id_block::switchboard>();
  }
};

/// The parts of a running server, in the order in which they are built; the
/// order of their end is in `stop`.
class running_server {
public:
  explicit running_server(const config::config& c)
    : config_{c},
      secrets_{value_or_end(config::load_or_generate_secrets(c))},
      admin_key_{secrets_.admin_key.value},
      box_{secrets_.sealing_key.value},
      journal_{value_or_end(open_journal(c, &journal_metrics_))},
      attachments_{c, *journal_, secrets_.sealing_key.value},
      ids_{actors::system_now, c.ticket.ref_length,
           persistence::ticket_views{journal_->rows()}.last_number()},
      public_url_{config::public_url(c.http, c.http.port)},
      hook_{c,
            [this](const std::string& ref) {
              return api::ticket_url(public_url_, ref);
            }},
      endpoints_{c.webhooks, endpoint_parts()},
      runtime_{actor_config_, c.http.threads},
      bell_{runtime_.io()},
      client_{runtime_.io(), client_options_of(c)},
      telegram_files_{telegram_files_parts()},
      telegram_{
        {c, secrets_, *journal_, runtime_, client_, registry_,
         [this](actors::error_note note) {
           engine_.report_error(std::move(note));
         },
         [this](const std::string& lane) { engine_.take_up_lane(lane); }}},
      courier_{spawn_courier(runtime_.actors(), client_)},
      telegram_people_{telegram_people_parts()},
      whatsapp_{whatsapp_parts()},
      engine_{runtime_.actors(), engine_parts(), engine_options()},
      website_{engine_, ids_, actors::system_now, journal_->rows(),
               website_options()},
      rest_{{c, engine_, ids_, *journal_, admin_key_, box_, endpoints_, client_,
             bell_, attachments_}},
      visitors_{{c, secrets_.visitor_jwt_key.value, engine_, ids_, *journal_,
                 bell_, runtime_.io(), rest_.door(), attachments_,
                 telegram_people_.signals(),
                 [this](const domain::session& who) {
                   return telegram_people_.opening_notice(who);
                 }}},
      executor_api_{{engine_, ids_, *journal_, telegram_}},
      operations_{operations_parts(), *journal_, actors::system_now},
      docs_{[this]() -> const std::string& { return public_url_; }} {
    metrics::expose_process(registry_, version);
    expose_journal(registry_, *journal_, c.storage.path);
    telegram_people_.serve(engine_, ids_);
    whatsapp_.serve(engine_, ids_);
    expose_outbox(registry_, delivery_metrics_.probe(), journal_->rows());
    net::router routes;
    website_.add_to(routes);
    rest_.add_to(routes);
    visitors_.add_to(routes);
    telegram_.add_to(routes, rest_.door());
    executor_api_.add_to(routes, rest_.door());
    whatsapp_.add_to(routes);
    operations_.add_to(routes, rest_.door());
    docs_.add_to(routes);
    server_metrics_.emplace(registry_, patterns_of(routes));
    server_.emplace(runtime_, server_options_of(c, usable_connections(c)),
                    std::move(routes), &*server_metrics_);
  }

  void start() {
    for (const auto& warning : secrets_.warnings)
      spdlog::warn("{}", warning);
    say_about_secret("admin key", secrets_.admin_key);
    say_about_secret("inbound key", secrets_.inbound_secret);
    say_about_secret("visitors' JWT key", secrets_.visitor_jwt_key);
    if (config_.n8n.ticket_created_url.empty())
      spdlog::info("n8n is off: n8n.ticket_created_url is not set");
    attachments_.start();
    server_->start();
    // With port 0 nobody knows where to call before this line's successor.
    public_url_ = config::public_url(config_.http, server_->port());
    const auto scheme = config_.http.tls_cert.empty() ? "http" : "https";
    spdlog::info("listening on {}:{}", config_.http.host, server_->port());
    std::cout << "switchboard: listening on " << scheme << "://"
              << config_.http.host << ':' << server_->port() << std::endl;
    telegram_.start();
    whatsapp_.start();
  }

  /// First nothing comes in, then nothing goes out, then nothing is written.
  void stop() {
    rest_.stop_waiting();
    telegram_.begin_stop();
    whatsapp_.begin_stop();
    server_->stop(config_.http.shutdown_grace);
    server_->wait_stopped(config_.http.shutdown_grace + stop_margin);
    server_.reset();
    client_.stop();
    telegram_.wait_stopped();
    whatsapp_.wait_stopped();
    engine_.stop();
    telegram_people_.stop();
    telegram_files_.stop();
    whatsapp_.stop();
    attachments_.stop();
    caf::anon_send_exit(courier_, caf::exit_reason::user_shutdown);
    if (backup_.joinable())
      backup_.join();
    journal_->close();
  }

private:
  actors::engine_parts engine_parts() {
    return {
      *journal_,
      ids_,
      actors::system_now,
      [this](const auto& after, auto events) { return plan(after, events); },
      courier_,
      [this](std::string_view lane) { return channel_of(lane); },
      &actors_metrics_,
      &delivery_metrics_,
      engine_gave_up,
      [this](const auto& after, const auto& event) {
        return endpoints_.plan_error(after, event);
      },
      [this] { bell_.ring(); },
      [this](const auto& timer) { telegram_people_.wake(timer); }};
  }

  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const {
    auto out = hook_.plan(after, events);
    const auto append = [&out](std::vector<persistence::new_delivery> more) {
      std::move(more.begin(), more.end(), std::back_inserter(out));
    };
    append(endpoints_.plan(after, events));
    append(telegram_files_.plan_downloads(after, events));
    append(telegram_people_.plan(after, events));
    append(whatsapp_.plan(after, events));
    return out;
  }

  actors::lane_channel_ptr channel_of(std::string_view lane) {
    auto channel = hook_.channel_of(lane);
    if (!channel)
      channel = telegram_files_.channel_of(lane);
    if (!channel)
      channel = telegram_.channel_of(lane);
    if (!channel)
      channel = telegram_people_.channel_of(lane);
    if (!channel)
      channel = whatsapp_.channel_of(lane);
    return channel ? channel : endpoints_.channel_of(lane);
  }

  actors::engine_options engine_options() const {
    auto out = engine_options_of(config_);
    out.ticket.desk = telegram_people_.desk_rules();
    return out;
  }

  telegram_service_parts telegram_people_parts() {
    return {config_,
            *journal_,
            runtime_.actors(),
            courier_,
            registry_,
            telegram_,
            attachments_,
            &actors_metrics_,
            [this](actors::error_note note) {
              engine_.report_error(std::move(note));
            },
            engine_gave_up};
  }

  whatsapp_service_parts whatsapp_parts() {
    return {config_,
            *journal_,
            runtime_,
            client_,
            registry_,
            attachments_,
            [this]() -> const std::string& { return public_url_; },
            [this](actors::error_note note) {
              engine_.report_error(std::move(note));
            },
            [this](const std::string& lane) { engine_.take_up_lane(lane); }};
  }

  telegram_files::parts telegram_files_parts() {
    return {runtime_.actors(),
            runtime_.io(),
            client_,
            *journal_,
            attachments_.files(),
            config_.telegram.api_url,
            {config_.telegram.bot_token, config_.telegram_executor.bot_token}};
  }

  webhook_endpoints::parts endpoint_parts() {
    return {*journal_, box_, actors::system_now,
            [this](const std::string& ref) {
              return api::ticket_url(public_url_, ref);
            },
            [this](actors::error_note note) {
              engine_.report_error(std::move(note));
            }};
  }

  api::website_options website_options() {
    return {[this]() -> const std::string& { return public_url_; },
            config_.website.agent_phone, secrets_.inbound_secret.value,
            config_.limits.public_create_per_minute,
            config_.limits.public_miss_per_minute};
  }

  api::operations_parts operations_parts() {
    return {[this] { return registry_.expose(); },
            [this] { return obstacles(); },
            [this](const std::string& folder, auto done) {
              back_up(folder, std::move(done));
            }};
  }

  std::vector<std::string> obstacles() const {
    std::vector<std::string> out;
    if (auto obstacle = journal_->write_obstacle())
      out.push_back(std::move(*obstacle));
    for (auto& obstacle : whatsapp_.obstacles())
      out.push_back(std::move(obstacle));
    return out;
  }

  void back_up(const std::string& folder,
               std::function<void(std::optional<std::string>)> done) {
    if (is_backing_up_.exchange(true)) {
      done("another backup is being made");
      return;
    }
    if (backup_.joinable())
      backup_.join();
    backup_ = std::thread{[this, folder, done = std::move(done)] {
      const auto secrets
        = std::filesystem::path{config_.storage.path} / "secrets";
      const auto result = persistence::backup(
        *journal_, folder, secrets,
        persistence::attachments_folder(config_.storage.path));
      is_backing_up_ = false;
      if (result)
        spdlog::info("made a backup in {}", folder);
      else
        spdlog::error("backup failed: {}", result.error().detail);
      done(result ? std::nullopt : std::optional{result.error().detail});
    }};
  }

  const config::config& config_;
  metrics::registry registry_;
  journal_metrics journal_metrics_{registry_};
  actors_metrics actors_metrics_{registry_};
  delivery_metrics delivery_metrics_{registry_};
  config::secret_set secrets_;
  api::secret admin_key_;
  api::sealed_box box_;
  std::unique_ptr<persistence::rocks_journal> journal_;
  attachments attachments_;
  actors::id_source ids_;
  std::string public_url_; ///< where customers find this server
  n8n_hook hook_;
  webhook_endpoints endpoints_;
  actor_system_config actor_config_;
  net::io_runtime runtime_;
  net::wake_list bell_;
  net::http_client client_;
  telegram_files telegram_files_;
  telegram_api telegram_;
  actors::courier_actor courier_;
  telegram_service telegram_people_;
  whatsapp_service whatsapp_;
  actors::engine engine_;
  api::website_routes website_;
  rest_api rest_;
  visitor_api visitors_;
  executor_api executor_api_;
  api::operations_routes operations_;
  api::docs_routes docs_;
  std::optional<server_metrics> server_metrics_;
  std::optional<net::server> server_;
  std::atomic<bool> is_backing_up_{false};
  std::thread backup_;
};

} // namespace

int serve(const config::config& c) {
  // Before any thread starts, so that all of them leave signals to this one.
  const stop_signals signals;
  spdlog::info("switchboard {} starts", version);
  for (const auto& line : config::describe(c))
    spdlog::info("config: {}", line);
  try {
    running_server server{c};
    server.start();
    const auto signal = signals.wait();
    spdlog::info("signal {}: stopping", signal);
    server.stop();
  } catch (const std::exception& problem) {
    spdlog::critical("{}", problem.what());
    return 1;
  }
  spdlog::info("stopped");
  return 0;
}

} // namespace switchboard::app
