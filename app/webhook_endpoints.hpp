#pragma once

#include "actors/engine.hpp"
#include "api/sealed_box.hpp"
#include "channels/webhooks/event_payload.hpp"
#include "channels/webhooks/payload_template.hpp"
#include "channels/webhooks/signature.hpp"
#include "config/config.hpp"
#include "domain/webhook.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace switchboard::app {

/// The webhook endpoints as tickets and lanes see them: which events go where,
/// how a call looks, and what becomes of an endpoint that keeps failing.
///
/// Works on a snapshot of the stored endpoints; `reload` after one changed.
/// Thread-safe.
class webhook_endpoints {
public:
  struct parts {
    persistence::journal& journal;
    const api::sealed_box& box;
    actors::clock_fn now;
    std::function<std::string(const std::string& ref)> ticket_url;
    /// Something went wrong that people should know.
    std::function<void(actors::error_note)> report;
  };

  webhook_endpoints(config::webhooks_section options, parts p);

  void reload();

  /// What goes out because of `events`, which led to `after`.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const;
  /// The same for an error; an endpoint hears nothing of its own ones.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan_error(const persistence::error_record& after,
             const persistence::error_event& event) const;
  /// The delivery that tells one endpoint of an event of the past, with the
  /// ticket as it is now. Nothing when the endpoint does not want it.
  [[nodiscard]] std::optional<persistence::new_delivery>
  plan_again(domain::webhook_id id, const domain::ticket& ticket,
             const domain::ticket_event& event) const;

  [[nodiscard]] actors::lane_channel_ptr channel_of(std::string_view lane);

  /// The call of a sample event; nothing when there is no such endpoint or
  /// event.
  struct sample_call {
    std::string id;
    channels::http_request request;
  };
  [[nodiscard]] std::optional<sample_call>
  sample(domain::webhook_id id, std::string_view event_type) const;

  /// Since when nothing has succeeded; nothing: all is well.
  [[nodiscard]] std::optional<domain::timestamp>
  failing_since(domain::webhook_id id) const;
  /// Begins anew with an endpoint that was switched on again.
  void forgive(domain::webhook_id id);

private:
  /// One endpoint, ready for use. Immutable.
  struct endpoint {
    domain::webhook settings;
    std::vector<channels::webhooks::webhook_secret> secrets;
    std::optional<channels::webhooks::payload_template> form;
    std::string lane;

    [[nodiscard]] const channels::webhooks::payload_template& body() const;
  };

  using endpoint_ptr = std::shared_ptr<const endpoint>;
  using endpoint_map = std::unordered_map<domain::uuid, endpoint_ptr>;

  /// What an earlier process knew; once, at the start.
  void load_failing();
  [[nodiscard]] endpoint_ptr prepare(domain::webhook settings) const;
  [[nodiscard]] std::shared_ptr<const endpoint_map> snapshot() const;
  [[nodiscard]] endpoint_ptr find(std::string_view lane) const;
  [[nodiscard]] std::string
  describe(const domain::ticket& ticket,
           std::span<const domain::ticket_event> events) const;
  [[nodiscard]] std::optional<persistence::new_delivery>
  deliver(const endpoint& to, const channels::webhooks::event_payload& payload,
          const domain::uuid& about, std::string group, domain::sequence number,
          domain::timestamp at) const;
  [[nodiscard]] channels::http_request
  call(const endpoint& to, std::string_view id, std::string body) const;
  void judge(domain::webhook_id id, const channels::verdict& verdict,
             domain::timestamp now);
  void set_failing(domain::webhook_id id, std::optional<domain::timestamp> at);
  void disable(domain::webhook_id id, std::string reason, int tries = 0);

  config::webhooks_section options_;
  parts parts_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;

  mutable std::mutex mutex_; ///< guards what follows
  std::shared_ptr<const endpoint_map> endpoints_;
  std::unordered_map<domain::uuid, actors::lane_channel_ptr> channels_;
  std::unordered_map<domain::uuid, domain::timestamp> failing_;
};

/// `webhook:<id>`.
[[nodiscard]] std::string webhook_lane(domain::webhook_id id);

} // namespace switchboard::app
