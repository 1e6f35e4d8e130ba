#include "api/telegram/intake_routes.hpp"

#include "api/errors.hpp"
#include "api/flood_limiter.hpp"
#include "api/query.hpp"
#include "channels/json/writer.hpp"
#include "channels/telegram/update_codec.hpp"
#include "net/url.hpp"

#include <utility>
#include <vector>

namespace switchboard::api::telegram {

namespace {

using channels::json::field_problem;

constexpr std::string_view secret_header = "X-Telegram-Bot-Api-Secret-Token";
constexpr error_kind telegram_failed{502, "telegram_failed"};
constexpr std::size_t webhook_url_size_max = 2'000;

net::response not_durable() {
  return refused_response({domain::errc::storage_unavailable,
                           "the update could not be stored; repeat it"});
}

/// What the setup call is asked for.
struct setup_query {
  std::string url;
  std::string bot = "desk";
  std::vector<field_problem> problems;
};

setup_query parse_setup(std::string_view query, bool https_only) {
  setup_query out;
  each_parameter(query, [&](std::string_view name, std::string&& value) {
    if (name == "webhook_url")
      out.url = std::move(value);
    else if (name == "bot")
      out.bot = std::move(value);
  });
  std::string problem;
  const auto url = net::parse_url(out.url, problem);
  if (out.url.empty())
    out.problems.push_back({"webhook_url", "is required"});
  else if (!url || out.url.size() > webhook_url_size_max)
    out.problems.push_back(
      {"webhook_url", url ? "is too long" : std::move(problem)});
  else if (https_only && !url->tls)
    out.problems.push_back(
      {"webhook_url", "must be an https address: Telegram calls no other"});
  if (out.bot != "desk" && out.bot != "executor")
    out.problems.push_back({"bot", "must be desk or executor"});
  return out;
}

net::response webhook_set(const setup_query& asked) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ok").boolean(true);
  out.key("webhook_url").string(asked.url);
  out.key("bot").string(asked.bot).end_object();
  return {200, std::move(body)};
}

} // namespace

intake_routes::intake_routes(intake& updates, intake_route_options options)
  : updates_{updates},
    options_{std::move(options)},
    desk_{door_of(options_.desk)},
    executor_{door_of(options_.executor)},
    failures_{options_.failures_per_minute} {}

intake_routes::door_of_bot
intake_routes::door_of(const std::optional<webhook_bot>& bot) {
  if (!bot)
    return {std::nullopt, secret{std::string_view{}}};
  return {bot->number, secret{bot->secret}};
}

void intake_routes::add_to(net::router& router, gate& door) {
  using boost::beast::http::verb;
  add_webhook(router, "/api/telegram/webhook", desk_);
  add_webhook(router, "/functions/v1/executor-ticket-webhook", executor_);
  door.add(router,
           {verb::post, "/api/setup/telegram-webhook", domain::scope::admin},
           this, &intake_routes::on_setup);
}

void intake_routes::add_webhook(net::router& router, std::string pattern,
                                const door_of_bot& bot) {
  net::route route;
  route.method = boost::beast::http::verb::post;
  route.pattern = std::move(pattern);
  route.body_bytes_max = wire::update_size_max;
  route.async = [this, &bot](auto& req) { return on_update(req, bot); };
  router.add(std::move(route));
}

intake_routes::answer intake_routes::on_update(net::request& req,
                                               const door_of_bot& bot) {
  if (req.header_count(secret_header) != 1
      || !bot.expected.equals(req.header(secret_header)))
    co_return refuse(req);
  auto update = wire::decode_update(req.body);
  std::string raw{req.body};
  const auto result
    = co_await updates_.take(*bot.number, std::move(update), std::move(raw));
  if (result == intake_result::not_durable)
    co_return not_durable();
  co_return net::response{200, R"({"ok":true})"};
}

net::response intake_routes::refuse(const net::request& req) {
  const auto verdict = failures_.take(req.client_address);
  if (!verdict.allowed)
    return too_many("too many calls with a wrong secret from your address",
                    verdict);
  return error_response(unauthorized,
                        "the secret token of the webhook is missing or wrong");
}

intake_routes::answer intake_routes::on_setup(net::request& req,
                                              const caller& /*who*/) {
  const auto asked = parse_setup(req.query, options_.https_only);
  if (!asked.problems.empty())
    co_return invalid_response(asked.problems);
  const auto number = asked.bot == "desk" ? desk_.number : executor_.number;
  if (!number)
    co_return error_response(conflict, "no token of this bot is configured");
  if (options_.is_polling)
    co_return error_response(conflict,
                             "telegram.mode is polling: updates are fetched");
  auto setting = options_.set_webhook(*number, asked.url);
  const auto told = co_await std::move(setting);
  if (!told.is_success())
    co_return error_response(telegram_failed,
                             "Telegram did not take it: " + told.description);
  co_return webhook_set(asked);
}

} // namespace switchboard::api::telegram
