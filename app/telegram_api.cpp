#include "app/telegram_api.hpp"

#include "actors/id_source.hpp"
#include "net/timer_wheel.hpp"

#include <boost/asio/post.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

namespace switchboard::app {

namespace asio = boost::asio;
namespace telegram = channels::telegram;
using api::telegram::intake_result;

namespace {

/// What cannot be cut off: an update's command that waits for its commit.
constexpr auto stop_timeout = std::chrono::seconds{15};

const std::string& executor_token(const config::config& c) {
  return c.telegram_executor.bot_token.empty() ? c.telegram.bot_token
                                               : c.telegram_executor.bot_token;
}

std::vector<std::string> tokens_of(const config::config& c) {
  std::vector<std::string> out;
  for (const auto& token : {c.telegram.bot_token, executor_token(c)})
    if (!token.empty() && std::ranges::find(out, token) == out.end())
      out.push_back(token);
  return out;
}

std::vector<telegram::bot_number>
numbers_of(const std::vector<std::string>& tokens) {
  std::vector<telegram::bot_number> out;
  for (const auto& token : tokens)
    if (const auto bot = telegram::bot_of_token(token))
      out.push_back(*bot);
  return out;
}

std::vector<std::string> words_of(const std::vector<telegram::bot_number>& of) {
  std::vector<std::string> out;
  for (const auto bot : of)
    out.push_back(telegram::to_string(bot));
  return out;
}

std::vector<std::string> result_words() {
  using enum intake_result;
  std::vector<std::string> out;
  for (const auto result : {handled, repeated, ignored, parked, not_durable})
    out.emplace_back(to_string(result));
  return out;
}

handed_back to_handed_back(api::telegram::replay_result result) {
  using from = api::telegram::replay_result::kind;
  using to = handed_back::kind;
  handed_back out{to::done, std::move(result.reason)};
  switch (result.what) {
    case from::done: break;
    case from::failed: out.what = to::failed; break;
    case from::try_later: out.what = to::try_later; break;
  }
  return out;
}

asio::awaitable<handed_back> replay(api::telegram::intake& updates,
                                    telegram::bot_number bot,
                                    persistence::delivery what) {
  auto replaying = updates.replay(bot, std::move(what.payload));
  auto result = co_await std::move(replaying);
  co_return to_handed_back(std::move(result));
}

void append(std::vector<telegram::bot_command>& to, std::string name,
            std::string description) {
  to.push_back({std::move(name), std::move(description)});
}

} // namespace

telegram_api::telegram_api(telegram_parts parts)
  : parts_{std::move(parts)},
    desk_{telegram::bot_of_token(parts_.config.telegram.bot_token)},
    executor_{telegram::bot_of_token(executor_token(parts_.config))},
    tokens_{tokens_of(parts_.config)},
    bots_{numbers_of(tokens_)},
    probe_{parts_.metrics, words_of(bots_), result_words()},
    beside_{parts_.runtime.make_executor()},
    client_{parts_.client, parts_.config.telegram.api_url, tokens_},
    setup_{{client_, beside_, parts_.report_error,
            [this](auto bot, bool is_up) { note_call(bot, is_up); }}},
    updates_{intake_parts()},
    routes_{updates_, route_options()},
    replays_{parts_.runtime.actors(), beside_, parked()} {}

std::vector<replay_lane> telegram_api::parked() {
  using namespace std::chrono_literals;
  std::vector<replay_lane> out;
  for (const auto bot : bots_)
    out.push_back({telegram::intake_lane(bot),
                   [this, bot](persistence::delivery what) {
                     return replay(updates_, bot, std::move(what));
                   },
                   {1s, 5s, 30s, 2min, 10min, 1h}});
  return out;
}

void telegram_api::add_to(net::router& router, api::gate& staff) {
  routes_.add_to(router, staff);
}

void telegram_api::start() {
  if (bots_.empty())
    spdlog::info("Telegram is off: telegram.bot_token is not set");
  for (const auto bot : bots_)
    start(bot);
  replays_.open();
  for (const auto& lane : replays_.lanes())
    parts_.take_up_lane(lane);
}

void telegram_api::start(bot_number bot) {
  telegram_polling* polling = nullptr;
  if (parts_.config.telegram.mode == "polling") {
    pollings_.push_back(std::make_unique<telegram_polling>(
      telegram_polling::parts{
        client_, updates_, beside_,
        [this](auto which, bool is_up) { note_call(which, is_up); }},
      bot));
    polling = pollings_.back().get();
  }
  beside_.run("bot " + telegram::to_string(bot), live(bot, polling));
}

asio::awaitable<void> telegram_api::live(bot_number bot,
                                         telegram_polling* polling) {
  auto plan = plan_of(bot);
  co_await setup_.prepare(bot, std::move(plan));
  if (beside_.is_stopping())
    co_return;
  if (polling != nullptr)
    co_await polling->run();
  else
    co_await setup_.watch(bot);
}

void telegram_api::begin_stop() {
  beside_.begin_stop();
}

void telegram_api::wait_stopped() {
  std::promise<void> closed;
  asio::post(updates_.executor(), [this, &closed] {
    updates_.close();
    closed.set_value();
  });
  closed.get_future().wait();
  replays_.stop();
  if (!beside_.wait_stopped(stop_timeout))
    spdlog::error("an update of Telegram is still being handled");
}

api::telegram::intake_parts telegram_api::intake_parts() {
  return {parts_.journal,
          actors::system_now,
          parts_.runtime.actors(),
          net::timer_wheel::of(parts_.runtime.io()),
          beside_.executor(),
          [this](auto bot, auto result) {
            probe_.taken(telegram::to_string(bot), to_string(result));
          }};
}

api::telegram::intake_route_options telegram_api::route_options() {
  api::telegram::intake_route_options out;
  if (desk_)
    out.desk = api::telegram::webhook_bot{*desk_, secret_of(*desk_)};
  if (executor_)
    out.executor
      = api::telegram::webhook_bot{*executor_, secret_of(*executor_)};
  out.failures_per_minute = parts_.config.limits.public_miss_per_minute;
  out.https_only
    = parts_.config.telegram.api_url == config::telegram_section{}.api_url;
  out.is_polling = parts_.config.telegram.mode == "polling";
  out.set_webhook = [this](bot_number bot, std::string url) {
    return setup_.set_webhook(bot, std::move(url), secret_of(bot));
  };
  return out;
}

telegram_setup_plan telegram_api::plan_of(bot_number bot) const {
  telegram_setup_plan out;
  const auto& c = parts_.config;
  out.uses_webhook = c.telegram.mode == "webhook";
  out.webhook_secret = secret_of(bot);
  if (bot == executor_)
    append(out.commands, "start", "Show my tickets");
  if (bot == desk_) {
    append(out.commands, "tickets", "Show the tickets that I have");
    append(out.commands, "close", "Close the ticket");
    append(out.commands, "release", "Give the ticket back to the queue");
    append(out.commands, "transfer", "Hand the ticket to @somebody");
    append(out.commands, "help", "Show what I can do here");
    out.webhook_url = c.telegram.webhook_url;
  } else {
    out.webhook_url = c.telegram_executor.webhook_url;
  }
  return out;
}

const std::string& telegram_api::secret_of(bot_number bot) const {
  return bot == desk_ ? parts_.secrets.telegram_webhook.value
                      : parts_.secrets.telegram_executor_webhook.value;
}

void telegram_api::note_call(bot_number bot, bool is_up) {
  probe_.up(telegram::to_string(bot), is_up);
}

} // namespace switchboard::app
