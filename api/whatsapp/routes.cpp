#include "api/whatsapp/routes.hpp"

#include "api/errors.hpp"
#include "api/flood_limiter.hpp"
#include "channels/json/writer.hpp"
#include "channels/whatsapp/baileys_inbound.hpp"
#include "channels/whatsapp/cloud_inbound.hpp"
#include "channels/whatsapp/signature.hpp"
#include "channels/whatsapp/twilio_inbound.hpp"

#include <chrono>
#include <utility>

namespace switchboard::api::whatsapp {

namespace {

namespace webhooks = channels::webhooks;
using boost::beast::http::verb;

/// Meta's calls are at most so large; Twilio's are far smaller.
constexpr std::size_t cloud_bytes_max = std::size_t{4} << 20U;
constexpr std::size_t twilio_bytes_max = std::size_t{1} << 20U;
constexpr std::string_view form_type = "application/x-www-form-urlencoded";
/// Where some sidecars put the key; no use in reading other bodies for it.
constexpr std::string_view token_field = "\"webhookVerifyToken\"";

/// As much as a body may hold.
constexpr wire::form_limits signed_form{twilio_bytes_max, 10'000, false};

domain::result<wire::inbound_batch> decode_form(std::string_view raw) {
  const auto fields = wire::parse_form(raw);
  if (!fields)
    return domain::fail(fields.error().code, fields.error().detail);
  return wire::decode_twilio(fields.value());
}

net::response not_configured(std::string_view provider) {
  std::string message = "WhatsApp by ";
  message += provider;
  message += " is not configured";
  return error_response(not_found, message);
}

net::response not_durable() {
  return refused_response({domain::errc::storage_unavailable,
                           "not all of it could be stored; repeat it"});
}

net::response malformed(const domain::error& problem) {
  const channels::json::field_problem wrong{{}, problem.detail};
  return invalid_response({&wrong, 1});
}

net::response taken(const take_result& result) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ok").boolean(true);
  out.key("accepted").number(result.accepted);
  out.key("ignored").number(result.ignored);
  out.end_object();
  return {200, std::move(body)};
}

/// TwiML that says nothing; anything else might be sent to the customer.
net::response no_words() {
  return {200, "<Response></Response>", "text/xml"};
}

std::string with_query(std::string_view url, const net::request& req) {
  std::string out{url};
  out += req.path;
  if (!req.query.empty()) {
    out += '?';
    out += req.query;
  }
  return out;
}

} // namespace

routes::routes(intake& in, actors::clock_fn now, route_options options)
  : in_{in},
    now_{std::move(now)},
    options_{std::move(options)},
    baileys_{guard(wire::provider::baileys, options_.baileys)},
    n8n_{guard(wire::provider::n8n, options_.n8n)},
    failures_{options_.failures_per_minute} {
  while (options_.public_url.ends_with('/'))
    options_.public_url.pop_back();
}

routes::guarded routes::guard(wire::provider via,
                              const std::optional<sidecar_door>& door) {
  if (!door || door->api_key.empty())
    return {via, false, {}, secret{std::string_view{}}, std::nullopt};
  auto signing = webhooks::webhook_secret::parse(door->api_key);
  if (!signing)
    signing = webhooks::webhook_secret::from_bytes(door->api_key);
  return {via, true, door->own_jid, secret{door->api_key}, std::move(signing)};
}

void routes::add_to(net::router& router) {
  // Evolution API can add the event's name, which stands in the body as well.
  for (const auto* const pattern :
       {"/webhook/baileys", "/webhook/baileys/:event"})
    add_route(
      router, verb::post, pattern,
      [this](auto& req) { return on_sidecar(req, baileys_); },
      options_.body_bytes_max);
  add_route(
    router, verb::post, "/webhook/n8n/whatsapp",
    [this](auto& req) { return on_sidecar(req, n8n_); },
    options_.body_bytes_max);
  const auto twilio = [this](auto& req) { return on_twilio(req); };
  add_route(router, verb::post, "/webhook/twilio/whatsapp", twilio,
            twilio_bytes_max);
  add_route(router, verb::get, "/webhook/twilio/whatsapp", twilio, 0);
  add_route(
    router, verb::post, "/webhook/whatsapp",
    [this](auto& req) { return on_cloud(req); }, cloud_bytes_max);
  router.get("/webhook/whatsapp", net::sync_handler{[this](auto& req) {
               return on_challenge(req);
             }});
}

void routes::add_route(net::router& router, verb method, std::string pattern,
                       net::async_handler handler, std::size_t body_bytes_max) {
  net::route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.async = std::move(handler);
  route.body_bytes_max = body_bytes_max;
  router.add(std::move(route));
}

// -- sidecars -----------------------------------------------------------------

routes::answer routes::on_sidecar(net::request& req, const guarded& door) {
  if (!door.is_open)
    co_return not_configured(to_string(door.via));
  const auto known = is_known(req, door);
  const bool asks_body
    = !known && req.body.find(token_field) != std::string_view::npos;
  if (!known.value_or(asks_body))
    co_return refuse(req, unauthorized, "the key is missing or wrong");
  wire::baileys_reading how;
  how.via = door.via;
  how.own_jid = door.own_jid;
  how.media_bytes_max = options_.media_bytes_max;
  how.now = now_();
  auto call = wire::decode_baileys(req.body, how);
  if (!known && (!call || !door.key.equals(call.value().verify_token)))
    co_return refuse(req, unauthorized, "the key is missing or wrong");
  if (!call)
    co_return malformed(call.error());
  auto taking = in_.take(std::move(call.value().batch));
  const auto result = co_await std::move(taking);
  co_return result.not_durable > 0 ? not_durable() : taken(result);
}

std::optional<bool> routes::is_known(const net::request& req,
                                     const guarded& door) const {
  if (req.header_count("x-api-key") > 0
      || req.header_count("authorization") > 0)
    return door.key.equals(presented_key(req));
  if (req.header_count("webhook-signature") == 0)
    return std::nullopt;
  if (!door.signing)
    return false;
  const webhooks::received_headers headers{req.header("webhook-id"),
                                           req.header("webhook-timestamp"),
                                           req.header("webhook-signature")};
  const auto now
    = std::chrono::floor<std::chrono::seconds>(now_()).time_since_epoch();
  return webhooks::verify({&*door.signing, 1}, headers, req.body, now.count())
         == webhooks::signature_check::valid;
}

// -- Twilio -------------------------------------------------------------------

routes::answer routes::on_twilio(net::request& req) {
  if (options_.twilio_auth_token.empty())
    co_return not_configured("twilio");
  const bool is_get = req.method != verb::post;
  const bool is_form
    = is_get || req.body.empty()
      || req.header("content-type").substr(0, form_type.size()) == form_type;
  const auto raw = is_get ? req.query : req.body;
  // What is signed is known before it is judged.
  const auto fields = is_form ? wire::parse_form(raw, signed_form)
                              : domain::result<wire::form>{wire::form{}};
  if (!fields)
    co_return malformed(fields.error());
  const wire::form none;
  if (!is_twilios(req, is_get ? none : fields.value(), is_form))
    co_return refuse(req, forbidden, "the signature is missing or wrong");
  auto batch = is_form ? decode_form(raw) : wire::decode_twilio(none);
  std::string kept{raw};
  auto taking
    = take_signed(wire::provider::twilio, std::move(batch), std::move(kept));
  const bool is_safe = co_await std::move(taking);
  co_return is_safe ? no_words() : not_durable();
}

bool routes::is_twilios(const net::request& req, const wire::form& fields,
                        bool is_form) const {
  constexpr std::string_view name = "X-Twilio-Signature";
  if (req.header_count(name) != 1)
    return false;
  const auto url = with_query(options_.public_url, req);
  const auto given = req.header(name);
  return is_form ? wire::is_signed_by_twilio(options_.twilio_auth_token, url,
                                             fields, given)
                 : wire::is_body_signed_by_twilio(options_.twilio_auth_token,
                                                  url, req.body, given);
}

// -- Meta ---------------------------------------------------------------------

routes::answer routes::on_cloud(net::request& req) {
  if (options_.cloud_app_secret.empty())
    co_return not_configured("cloud");
  constexpr std::string_view name = "X-Hub-Signature-256";
  if (req.header_count(name) != 1
      || !wire::is_signed_by_meta(options_.cloud_app_secret, req.body,
                                  req.header(name)))
    co_return refuse(req, forbidden, "the signature is missing or wrong");
  auto batch = wire::decode_cloud(req.body);
  std::string kept{req.body};
  auto taking
    = take_signed(wire::provider::cloud, std::move(batch), std::move(kept));
  const bool is_safe = co_await std::move(taking);
  if (!is_safe)
    co_return not_durable();
  co_return net::response{200, R"({"ok":true})"};
}

net::response routes::on_challenge(const net::request& req) {
  if (options_.cloud_app_secret.empty())
    return not_configured("cloud");
  const auto query = wire::parse_form(req.query);
  if (!query)
    return malformed(query.error());
  const auto& fields = query.value();
  auto challenge = wire::answer_challenge(
    wire::find_field(fields, "hub.mode"),
    wire::find_field(fields, "hub.verify_token"),
    wire::find_field(fields, "hub.challenge"), options_.cloud_verify_token);
  if (!challenge)
    return refuse(req, forbidden, "the verify token is missing or wrong");
  return {200, std::move(*challenge), "text/plain"};
}

// -- both ---------------------------------------------------------------------

boost::asio::awaitable<bool>
routes::take_signed(wire::provider via,
                    domain::result<wire::inbound_batch> batch,
                    std::string raw) {
  if (!batch) {
    unread_call call;
    call.via = via;
    call.raw = std::move(raw);
    call.reason = batch.error().detail;
    auto parking = in_.park(std::move(call));
    co_return co_await std::move(parking);
  }
  auto taking = in_.take(std::move(batch.value()));
  const auto result = co_await std::move(taking);
  co_return result.not_durable == 0;
}

net::response routes::refuse(const net::request& req, const error_kind& kind,
                             std::string_view message) {
  const auto verdict = failures_.take(req.client_address);
  if (!verdict.allowed)
    return too_many("too many calls from your address that may not", verdict);
  return error_response(kind, message);
}

} // namespace switchboard::api::whatsapp
