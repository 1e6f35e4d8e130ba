#include "app/rest_api.hpp"

#include "app/courier.hpp"

#include <memory>
#include <utility>

namespace switchboard::app {

namespace {

api::gate_options door_options(const config::limits_section& limits) {
  api::gate_options out;
  out.per_second = limits.api_key_per_second;
  out.failures_per_minute = limits.public_miss_per_minute;
  return out;
}

/// Judges addresses that stand in a URL as the client will judge those that DNS
/// gives.
channels::webhooks::url_rules
url_rules_of(const config::webhooks_section& webhooks) {
  const auto rules
    = std::make_shared<const net::address_rules>(allowed_networks(webhooks));
  auto refusal_of_address = [rules](std::string_view text) {
    boost::system::error_code problem;
    const auto address
      = boost::asio::ip::make_address(std::string{text}, problem);
    return problem ? std::string{"no address"}
                   : std::string{rules->refusal(address)};
  };
  return {.allow_http = true,
          .refusal_of_address = std::move(refusal_of_address)};
}

api::webhook_tools webhook_tools_of(const rest_parts& p) {
  auto* const endpoints = &p.endpoints;
  auto* const client = &p.client;
  return {p.engine,
          p.ids,
          p.journal,
          p.box,
          actors::system_now,
          url_rules_of(p.config.webhooks),
          webhook_lane,
          [endpoints] { endpoints->reload(); },
          [endpoints](auto id) { endpoints->forgive(id); },
          [endpoints](auto id) { return endpoints->failing_since(id); },
          [endpoints](auto id, const auto& ticket, const auto& event) {
            return endpoints->plan_again(id, ticket, event);
          },
          [endpoints](auto id, auto type)
            -> std::optional<std::pair<std::string, channels::http_request>> {
            auto made = endpoints->sample(id, type);
            if (!made)
              return std::nullopt;
            return std::pair{std::move(made->id), std::move(made->request)};
          },
          [client](channels::http_request request, auto done) {
            send(*client, std::move(request), std::move(done));
          }};
}

} // namespace

std::vector<net::address_block>
allowed_networks(const config::webhooks_section& webhooks) {
  std::vector<net::address_block> out;
  for (const auto& text : webhooks.allow_networks)
    if (const auto block = net::parse_block(text))
      out.push_back(*block);
  return out;
}

rest_api::rest_api(const rest_parts& p)
  : door_{p.journal, p.admin_key, actors::system_now,
          door_options(p.config.limits)},
    tickets_{{p.engine, p.ids, actors::system_now, p.journal.rows()}},
    conversations_{{p.engine, p.ids, actors::system_now, p.journal.rows(),
                    &p.files.links()}},
    queue_{{p.engine, p.ids, actors::system_now, p.journal.rows(),
            &p.files.links()}},
    directory_{p.journal, actors::system_now},
    keys_{door_, p.journal, actors::system_now, p.box},
    webhooks_{webhook_tools_of(p)},
    deliveries_{p.engine, p.journal, actors::system_now},
    events_{p.journal, p.bell, {}},
    reports_{p.engine, p.journal.rows(), actors::system_now},
    attachments_{{p.journal.rows(), p.files.files(), p.files.links()}} {}

void rest_api::add_to(net::router& router) {
  tickets_.add_to(router, door_);
  conversations_.add_to(router, door_);
  queue_.add_to(router, door_);
  directory_.add_to(router, door_);
  keys_.add_to(router);
  webhooks_.add_to(router, door_);
  deliveries_.add_to(router, door_);
  events_.add_to(router, door_);
  reports_.add_to(router, door_);
  attachments_.add_to(router, door_);
}

} // namespace switchboard::app
