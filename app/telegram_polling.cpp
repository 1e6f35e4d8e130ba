#include "app/telegram_polling.hpp"

#include "api/wait_for.hpp"
#include "channels/telegram/answer.hpp"

#include <boost/asio/co_spawn.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <utility>

namespace switchboard::app {

namespace asio = boost::asio;
namespace telegram = channels::telegram;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds rest_min{500};
constexpr milliseconds rest_max{30'000};
/// Telegram holds a poll for nearly a minute; one that brings nothing sooner
/// than this must not be repeated at once.
constexpr milliseconds empty_poll_min{1'000};
constexpr milliseconds retry_min{200};
constexpr milliseconds retry_max{10'000};

/// Those that must come one after the other.
using queue_map = std::map<std::int64_t, std::vector<telegram::polled_update>>;

telegram::update_id after(telegram::update_id id) {
  return telegram::update_id{static_cast<std::int64_t>(id) + 1};
}

} // namespace

telegram_polling::telegram_polling(parts p, telegram::bot_number bot)
  : parts_{std::move(p)}, bot_{bot} {}

asio::awaitable<void> telegram_polling::run() {
  co_await end_webhook();
  while (!parts_.beside.is_stopping()) {
    telegram::get_updates poll;
    poll.offset = offset_;
    telegram::method what{poll};
    const auto raw = co_await parts_.client.exchange(bot_, std::move(what));
    const auto answer = telegram::decode_answer(raw);
    if (parts_.beside.is_stopping())
      co_return;
    parts_.on_call(bot_, answer.is_success());
    if (!answer.is_success()) {
      co_await rest_after(answer);
      continue;
    }
    rest_ = {};
    told_.clear();
    auto batch = telegram::decode_update_batch(raw.body);
    const auto before = offset_;
    for (const auto& one : batch)
      if (one.update.id != telegram::update_id{}
          && (!offset_ || after(one.update.id) > *offset_))
        offset_ = after(one.update.id);
    const bool is_moving = offset_ != before;
    co_await take_all(std::move(batch));
    if (!is_moving && raw.latency < empty_poll_min)
      co_await parts_.beside.pause(empty_poll_min);
  }
}

/// With a webhook there are no updates to fetch.
asio::awaitable<void> telegram_polling::end_webhook() {
  while (!parts_.beside.is_stopping()) {
    telegram::method what{telegram::delete_webhook{}};
    const auto answer = co_await parts_.client.call(bot_, std::move(what));
    parts_.on_call(bot_, answer.is_success());
    if (answer.is_success())
      co_return;
    co_await rest_after(answer);
  }
}

asio::awaitable<void>
telegram_polling::rest_after(const telegram::api_answer& answer) {
  if (answer.description != told_)
    spdlog::warn("cannot fetch the updates of bot {}: {}",
                 telegram::to_string(bot_), answer.description);
  told_ = answer.description;
  rest_ = std::clamp(rest_ * 2, rest_min, rest_max);
  milliseconds rest = rest_;
  if (answer.retry_after)
    rest = std::max<milliseconds>(rest, *answer.retry_after);
  co_await parts_.beside.pause(rest);
}

asio::awaitable<void> telegram_polling::take_all(update_list batch) {
  if (batch.empty())
    co_return;
  queue_map queues;
  for (auto& one : batch) {
    const auto queue = api::telegram::queue_of(one.update);
    queues[queue].push_back(std::move(one));
  }
  auto left = std::make_shared<std::size_t>(queues.size());
  auto failure = std::make_shared<std::exception_ptr>();
  auto start = [this, &queues, left, failure](auto done) {
    // The executor runs one handler at a time, so the count needs no lock.
    for (auto& [queue, updates] : queues)
      asio::co_spawn(parts_.beside.executor(), take_queue(std::move(updates)),
                     [left, failure, done](std::exception_ptr problem) {
                       if (problem)
                         *failure = problem;
                       if (--*left == 0)
                         done(true);
                     });
  };
  co_await api::wait_for<bool>(std::move(start));
  if (*failure)
    std::rethrow_exception(*failure);
}

asio::awaitable<void> telegram_polling::take_queue(update_list queue) {
  for (auto& one : queue) {
    auto pause = retry_min;
    for (;;) {
      auto update = one.update;
      auto raw = one.json;
      const auto result
        = co_await parts_.updates.take(bot_, std::move(update), std::move(raw));
      if (result != api::telegram::intake_result::not_durable)
        break;
      co_await parts_.beside.pause(pause);
      // What is not done with now comes again after the next start.
      if (parts_.beside.is_stopping())
        co_return;
      pause = std::min(pause * 2, retry_max);
    }
  }
}

} // namespace switchboard::app
