#include "app/webhook_endpoints.hpp"

#include "channels/webhooks/delivery.hpp"
#include "persistence/keys.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

namespace switchboard::app {

namespace webhooks = channels::webhooks;
using channels::delivery_outcome;

namespace {

constexpr std::string_view lane_prefix = "webhook:";
constexpr std::size_t endpoints_max = 10'000;
constexpr int disable_tries_max = 10;
constexpr std::string_view failing_prefix = "webhook_failing:";

std::string failing_row(domain::webhook_id id) {
  return std::string{failing_prefix} + to_string(id.value);
}

std::optional<domain::webhook_id> id_of(std::string_view lane) {
  if (!lane.starts_with(lane_prefix))
    return std::nullopt;
  const auto id = domain::parse_uuid(lane.substr(lane_prefix.size()));
  return id ? std::optional{domain::webhook_id{*id}} : std::nullopt;
}

std::int64_t seconds_of(domain::timestamp at) {
  return std::chrono::floor<std::chrono::seconds>(at)
    .time_since_epoch()
    .count();
}

channels::rest::error_entry entry_of(const persistence::error_event& event) {
  channels::rest::error_entry out;
  out.number = event.number;
  out.when = event.at;
  out.where = event.where;
  out.code = event.code;
  out.message = event.message;
  out.count = event.count;
  out.ticket = event.ticket;
  return out;
}

} // namespace

std::string webhook_lane(domain::webhook_id id) {
  return std::string{lane_prefix} + to_string(id.value);
}

const webhooks::payload_template& webhook_endpoints::endpoint::body() const {
  return form ? *form : webhooks::payload_template::standard();
}

webhook_endpoints::webhook_endpoints(config::webhooks_section options, parts p)
  : options_{std::move(options)},
    parts_{std::move(p)},
    records_{parts_.journal.rows()},
    tickets_{parts_.journal.rows()} {
  reload();
  load_failing();
}

// -- the snapshot -------------------------------------------------------------

webhook_endpoints::endpoint_ptr
webhook_endpoints::prepare(domain::webhook settings) const {
  auto out = std::make_shared<endpoint>();
  out->lane = webhook_lane(settings.id);
  for (const auto* sealed : {&settings.secret, &settings.previous_secret}) {
    const auto text = sealed->empty() ? std::nullopt : parts_.box.open(*sealed);
    const auto secret
      = text ? webhooks::webhook_secret::parse(*text) : std::nullopt;
    if (secret)
      out->secrets.push_back(*secret);
  }
  if (!settings.payload_template.empty())
    out->form
      = webhooks::payload_template::parse(settings.payload_template).value;
  out->settings = std::move(settings);
  return out;
}

void webhook_endpoints::reload() {
  auto fresh = std::make_shared<endpoint_map>();
  for (auto& settings : records_.webhooks(std::nullopt, endpoints_max)) {
    const auto id = settings.id.value;
    fresh->emplace(id, prepare(std::move(settings)));
  }
  const std::lock_guard lock{mutex_};
  endpoints_ = std::move(fresh);
  channels_.clear();
}

void webhook_endpoints::load_failing() {
  std::string value;
  for (const auto& [id, known] : *endpoints_)
    if (parts_.journal.rows().get(persistence::family::meta,
                                  failing_row(known->settings.id), value))
      failing_.emplace(
        id, domain::timestamp{std::chrono::milliseconds{
              static_cast<std::int64_t>(persistence::keys::read_u64(value))}});
}

std::shared_ptr<const webhook_endpoints::endpoint_map>
webhook_endpoints::snapshot() const {
  const std::lock_guard lock{mutex_};
  return endpoints_;
}

webhook_endpoints::endpoint_ptr
webhook_endpoints::find(std::string_view lane) const {
  const auto id = id_of(lane);
  if (!id)
    return nullptr;
  const auto all = snapshot();
  const auto found = all->find(id->value);
  return found == all->end() ? nullptr : found->second;
}

// -- what goes out ------------------------------------------------------------

std::string webhook_endpoints::describe(
  const domain::ticket& ticket,
  std::span<const domain::ticket_event> events) const {
  if (!ticket.description.empty())
    return ticket.description;
  for (const auto& event : events)
    if (const auto* added = std::get_if<domain::message_added>(&event.fact);
        added != nullptr && added->number == domain::message_sequence{1})
      return added->message.body;
  auto first = tickets_.messages(ticket, domain::message_sequence{}, 1);
  return first.empty() ? std::string{} : std::move(first.front().message.body);
}

std::optional<persistence::new_delivery>
webhook_endpoints::deliver(const endpoint& to,
                           const webhooks::event_payload& payload,
                           const domain::uuid& about, std::string group,
                           domain::sequence number,
                           domain::timestamp at) const {
  if (!to.settings.enabled || !to.settings.wants(payload.type()))
    return std::nullopt;
  persistence::new_delivery out;
  out.message_id
    = webhooks::make_webhook_id(to.settings.id.value, about, number);
  auto body = payload.render(to.body(), out.message_id);
  if (!body) {
    parts_.report({to.lane,
                   "too_large",
                   "an event gave a body that is too large to send",
                   {},
                   at});
    return std::nullopt;
  }
  out.lane = to.lane;
  out.group = std::move(group);
  out.kind = payload.type();
  out.payload = std::move(*body);
  out.created_at = at;
  out.sequence = number;
  return out;
}

std::vector<persistence::new_delivery>
webhook_endpoints::plan(const domain::ticket& after,
                        std::span<const domain::ticket_event> events) const {
  std::vector<persistence::new_delivery> out;
  const auto all = snapshot();
  if (all->empty())
    return out;
  const auto description = describe(after, events);
  const auto url = parts_.ticket_url(after.ref);
  for (const auto& event : events) {
    const webhooks::event_payload payload{after, description, url, event};
    for (const auto& [id, known] : *all)
      if (auto one
          = deliver(*known, payload, after.id.value,
                    std::string{after.id.value.view()}, event.number, event.at))
        out.push_back(std::move(*one));
  }
  return out;
}

std::vector<persistence::new_delivery>
webhook_endpoints::plan_error(const persistence::error_record& after,
                              const persistence::error_event& event) const {
  std::vector<persistence::new_delivery> out;
  const webhooks::event_payload payload{entry_of(event)};
  const auto all = snapshot();
  for (const auto& [id, known] : *all)
    if (known->lane != after.where)
      if (auto one
          = deliver(*known, payload, event.id, std::string{event.id.view()},
                    event.number, event.at))
        out.push_back(std::move(*one));
  return out;
}

std::optional<persistence::new_delivery>
webhook_endpoints::plan_again(domain::webhook_id id,
                              const domain::ticket& ticket,
                              const domain::ticket_event& event) const {
  const auto known = find(webhook_lane(id));
  if (!known)
    return std::nullopt;
  const webhooks::event_payload payload{ticket, describe(ticket, {}),
                                        parts_.ticket_url(ticket.ref), event};
  return deliver(*known, payload, ticket.id.value,
                 std::string{ticket.id.value.view()}, event.number, event.at);
}

// -- calls --------------------------------------------------------------------

channels::http_request webhook_endpoints::call(const endpoint& to,
                                               std::string_view id,
                                               std::string body) const {
  const auto now = parts_.now();
  const auto& settings = to.settings;
  const bool is_rotating
    = settings.previous_until && now < *settings.previous_until;
  webhooks::endpoint_view view;
  view.url = settings.url;
  view.secrets = std::span{to.secrets}.first(
    std::min<std::size_t>(to.secrets.size(), is_rotating ? 2 : 1));
  view.headers = settings.headers;
  view.timeout = options_.timeout;
  return webhooks::encode(view, id, std::move(body), seconds_of(now));
}

std::optional<webhook_endpoints::sample_call>
webhook_endpoints::sample(domain::webhook_id id,
                          std::string_view event_type) const {
  const auto known = find(webhook_lane(id));
  if (!known || known->secrets.empty())
    return std::nullopt;
  const auto now = parts_.now();
  std::optional<webhooks::event_payload> payload;
  if (event_type == channels::rest::error_type) {
    channels::rest::error_entry error;
    error.when = now;
    error.where = "test";
    error.code = "test";
    error.message = "a sample error";
    payload.emplace(error);
  } else if (const auto made = webhooks::sample_of(event_type, now)) {
    payload.emplace(made->ticket, "A sample ticket.",
                    parts_.ticket_url(made->ticket.ref), made->event);
  } else {
    return std::nullopt;
  }
  sample_call out;
  const domain::sequence number{
    static_cast<std::uint64_t>(now.time_since_epoch().count())};
  out.id = webhooks::make_webhook_id(id.value, domain::uuid{}, number, "test");
  auto body = payload->render(known->body(), out.id);
  if (!body)
    return std::nullopt;
  out.request = call(*known, out.id, std::move(*body));
  return out;
}

actors::lane_channel_ptr webhook_endpoints::channel_of(std::string_view lane) {
  const auto known = find(lane);
  if (!known || !known->settings.enabled || known->secrets.empty())
    return nullptr;
  const auto id = known->settings.id;
  const std::lock_guard lock{mutex_};
  auto& kept = channels_[id.value];
  if (kept)
    return kept;
  actors::lane_channel made;
  made.encode =
    [this](
      const persistence::delivery& d) -> std::optional<channels::http_request> {
    const auto now_known = find(d.lane);
    if (!now_known || !now_known->settings.enabled)
      return std::nullopt;
    return call(*now_known, d.message_id, d.payload);
  };
  made.judge = webhooks::judge;
  made.on_verdict = [this, id](const auto&, const auto& verdict, auto now) {
    judge(id, verdict, now);
  };
  made.listing = persistence::attempt_listing::by_lane;
  made.policy.concurrency = options_.concurrency;
  made.policy.per_second = options_.per_second;
  made.policy.retry_delays = config::retry_delays(options_);
  kept = std::make_shared<const actors::lane_channel>(std::move(made));
  return kept;
}

// -- endpoints that fail ------------------------------------------------------

void webhook_endpoints::judge(domain::webhook_id id,
                              const channels::verdict& verdict,
                              domain::timestamp now) {
  const auto since = failing_since(id);
  switch (verdict.outcome) {
    case delivery_outcome::delivered:
      if (since)
        set_failing(id, std::nullopt);
      return;
    case delivery_outcome::slow_down: return;
    case delivery_outcome::gone:
      disable(id, "the endpoint answered 410 Gone");
      return;
    case delivery_outcome::retry_later:
    case delivery_outcome::refused: break;
  }
  if (!since)
    set_failing(id, now);
  else if (now - *since >= options_.disable_after)
    disable(id, "nothing has succeeded since " + domain::to_rfc3339(*since));
}

std::optional<domain::timestamp>
webhook_endpoints::failing_since(domain::webhook_id id) const {
  const std::lock_guard lock{mutex_};
  const auto known = failing_.find(id.value);
  return known == failing_.end() ? std::nullopt : std::optional{known->second};
}

void webhook_endpoints::set_failing(domain::webhook_id id,
                                    std::optional<domain::timestamp> at) {
  persistence::row_change row{persistence::family::meta, failing_row(id),
                              std::nullopt};
  if (at)
    row.value = persistence::keys::u64(
      static_cast<std::uint64_t>(at->time_since_epoch().count()));
  {
    const std::lock_guard lock{mutex_};
    if (at)
      failing_.insert_or_assign(id.value, *at);
    else
      failing_.erase(id.value);
  }
  persistence::changes what;
  what.rows.push_back(std::move(row));
  // Bookkeeping: if it is lost, the next attempt finds out again.
  parts_.journal.commit(std::move(what), [](const auto&) {});
}

void webhook_endpoints::forgive(domain::webhook_id id) {
  if (failing_since(id))
    set_failing(id, std::nullopt);
}

void webhook_endpoints::disable(domain::webhook_id id, std::string reason,
                                int tries) {
  const auto before = records_.find(id);
  if (!before || !before->value.enabled || tries == disable_tries_max)
    return;
  auto after = before->value;
  after.enabled = false;
  after.disabled_reason = reason;
  after.updated_at = parts_.now();
  auto what = persistence::save(before, after, after.updated_at);
  parts_.journal.commit(
    std::move(what), [this, id, reason = std::move(reason),
                      tries](const persistence::commit_outcome& outcome) {
      if (std::holds_alternative<persistence::committed>(outcome)) {
        reload();
        spdlog::warn("webhook {} is disabled: {}", to_string(id.value), reason);
        parts_.report({webhook_lane(id), "disabled", reason, {}, parts_.now()});
        return;
      }
      const auto* failure = std::get_if<persistence::commit_failure>(&outcome);
      if (failure != nullptr && *failure == persistence::commit_failure::stale)
        disable(id, reason, tries + 1);
      // Anything else: the next attempt comes here again.
    });
}

} // namespace switchboard::app
