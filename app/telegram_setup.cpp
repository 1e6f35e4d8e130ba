#include "app/telegram_setup.hpp"

#include "channels/telegram/answer.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace switchboard::app {

namespace asio = boost::asio;
namespace telegram = channels::telegram;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds rest_min{1'000};
constexpr milliseconds rest_max{60'000};
constexpr milliseconds watch_every{60'000};

/// A repetition would be refused as well.
bool is_final(telegram::answer_class meaning) {
  using enum telegram::answer_class;
  return meaning != slow_down && meaning != unauthorized && meaning != conflict
         && meaning != retry_later;
}

std::string name_of(telegram::bot_number bot) {
  return telegram::to_string(bot);
}

} // namespace

telegram_setup::telegram_setup(parts p) : parts_{std::move(p)} {}

asio::awaitable<void> telegram_setup::prepare(bot_number bot,
                                              telegram_setup_plan plan) {
  telegram::method who{telegram::get_me{}};
  const auto told = co_await insist(bot, std::move(who));
  if (parts_.beside.is_stopping())
    co_return;
  if (const auto me = telegram::read_me(told.result)) {
    spdlog::info("bot {} is @{}", name_of(bot), me->self.username);
    const std::lock_guard lock{mutex_};
    identities_[bot] = *me;
  }
  if (!plan.commands.empty()) {
    telegram::method commands{
      telegram::set_my_commands{std::move(plan.commands)}};
    co_await insist(bot, std::move(commands));
  }
  if (plan.uses_webhook && !parts_.beside.is_stopping())
    co_await prepare_webhook(bot, std::move(plan));
}

asio::awaitable<void>
telegram_setup::prepare_webhook(bot_number bot, telegram_setup_plan plan) {
  if (!plan.webhook_url.empty()) {
    telegram::set_webhook set;
    set.url = plan.webhook_url;
    set.secret_token = std::move(plan.webhook_secret);
    telegram::method what{std::move(set)};
    const auto answer = co_await insist(bot, std::move(what));
    if (answer.is_success())
      spdlog::info("bot {} has its webhook at {}", name_of(bot),
                   plan.webhook_url);
    co_return;
  }
  telegram::method ask{telegram::get_webhook_info{}};
  const auto answer = co_await insist(bot, std::move(ask));
  const auto known = telegram::read_webhook_info(answer.result);
  if (known && known->url.empty())
    spdlog::warn(
      "bot {} has no webhook, so it hears nothing: set telegram.webhook_url, "
      "call POST /api/setup/telegram-webhook, or set telegram.mode to polling",
      name_of(bot));
}

asio::awaitable<void> telegram_setup::watch(bot_number bot) {
  bool was_up = true;
  while (!parts_.beside.is_stopping()) {
    co_await parts_.beside.pause(watch_every);
    if (parts_.beside.is_stopping())
      co_return;
    telegram::method who{telegram::get_me{}};
    const auto answer = co_await parts_.client.call(bot, std::move(who));
    const bool is_up = answer.is_success();
    parts_.on_call(bot, is_up);
    if (was_up && !is_up && !parts_.beside.is_stopping())
      complain(bot, "getMe", answer);
    else if (!was_up && is_up)
      spdlog::info("bot {} can be reached again", name_of(bot));
    was_up = is_up;
  }
}

asio::awaitable<telegram::api_answer>
telegram_setup::set_webhook(bot_number bot, std::string url,
                            std::string secret) {
  telegram::set_webhook set;
  set.url = std::move(url);
  set.secret_token = std::move(secret);
  telegram::method what{std::move(set)};
  auto answer = co_await parts_.client.call(bot, std::move(what));
  co_return answer;
}

std::optional<telegram::bot_identity>
telegram_setup::identity_of(bot_number bot) const {
  const std::lock_guard lock{mutex_};
  const auto found = identities_.find(bot);
  if (found == identities_.end())
    return std::nullopt;
  return found->second;
}

asio::awaitable<telegram::api_answer>
telegram_setup::insist(bot_number bot, telegram::method what) {
  const auto name = telegram::encode(what).name;
  std::string told;
  milliseconds rest{0};
  for (;;) {
    auto again = what;
    auto answer = co_await parts_.client.call(bot, std::move(again));
    if (parts_.beside.is_stopping())
      co_return answer;
    parts_.on_call(bot, answer.is_success());
    if (answer.is_success())
      co_return answer;
    if (answer.description != told)
      complain(bot, name, answer);
    told = answer.description;
    if (is_final(answer.meaning))
      co_return answer;
    rest = std::clamp(rest * 2, rest_min, rest_max);
    auto pause = rest;
    if (answer.retry_after)
      pause = std::max<milliseconds>(pause, *answer.retry_after);
    co_await parts_.beside.pause(pause);
  }
}

void telegram_setup::complain(bot_number bot, std::string_view what,
                              const telegram::api_answer& answer) const {
  spdlog::error("Telegram's answer to {} of bot {}: {}", what, name_of(bot),
                answer.description);
  if (!parts_.report_error)
    return;
  actors::error_note note;
  note.where = "telegram:" + name_of(bot);
  note.code = to_string(answer.meaning);
  note.message = std::string{what} + ": " + answer.description;
  parts_.report_error(std::move(note));
}

} // namespace switchboard::app
