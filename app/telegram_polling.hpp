#pragma once

#include "api/telegram/intake.hpp"
#include "app/background.hpp"
#include "app/telegram_client.hpp"
#include "channels/telegram/update_codec.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::app {

/// Fetches a bot's updates, for who has no public address. Updates of different
/// chats are handled at once, those of one chat in their order. Telegram is
/// told that a batch has arrived when all of it is durable, so what a crash
/// leaves undone comes again.
class telegram_polling {
public:
  /// What it works with; all of it outlives its coroutine.
  struct parts {
    const telegram_client& client;
    api::telegram::intake& updates;
    background& beside;
    /// Told after each call whether it succeeded.
    std::function<void(channels::telegram::bot_number, bool is_up)> on_call;
  };

  telegram_polling(parts p, channels::telegram::bot_number bot);

  /// Fetches until `beside` stops.
  boost::asio::awaitable<void> run();

private:
  using update_list = std::vector<channels::telegram::polled_update>;

  boost::asio::awaitable<void> end_webhook();
  boost::asio::awaitable<void> take_all(update_list batch);
  boost::asio::awaitable<void> take_queue(update_list queue);
  /// A pause after a failure; it grows with each.
  boost::asio::awaitable<void>
  rest_after(const channels::telegram::api_answer& answer);

  parts parts_;
  channels::telegram::bot_number bot_;
  std::optional<channels::telegram::update_id> offset_;
  std::chrono::milliseconds rest_{0};
  std::string told_; ///< the last failure that the log has
};

} // namespace switchboard::app
