#pragma once

#include "actors/messages.hpp"
#include "app/background.hpp"
#include "app/telegram_client.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::app {

/// What a bot is to be set up with.
struct telegram_setup_plan {
  std::vector<channels::telegram::bot_command> commands;
  bool uses_webhook = true;
  std::string webhook_url; ///< empty: the webhook stays as it is
  std::string webhook_secret;
};

/// Makes each bot ready at the start, and again and again until it succeeds:
/// asks who it is, tells its commands, and sets its webhook. Then it looks
/// every minute whether Telegram still knows the bot. Nothing of the server
/// waits for it. Thread-safe.
class telegram_setup {
public:
  using bot_number = channels::telegram::bot_number;

  /// What it works with; all of it outlives its coroutines.
  struct parts {
    const telegram_client& client;
    background& beside;
    std::function<void(actors::error_note)> report_error;
    /// Told after each call whether it succeeded.
    std::function<void(bot_number, bool is_up)> on_call;
  };

  explicit telegram_setup(parts p);

  /// Ends when the bot is ready, or `beside` stops.
  boost::asio::awaitable<void> prepare(bot_number bot,
                                       telegram_setup_plan plan);
  /// Looks after a bot that is ready, until `beside` stops.
  boost::asio::awaitable<void> watch(bot_number bot);

  /// Sets a webhook now; what Telegram says of it.
  boost::asio::awaitable<channels::telegram::api_answer>
  set_webhook(bot_number bot, std::string url, std::string secret);

  /// Who the bot is; nothing until Telegram has told.
  [[nodiscard]] std::optional<channels::telegram::bot_identity>
  identity_of(bot_number bot) const;

private:
  /// Calls until that succeeds or is refused for good; the last answer.
  boost::asio::awaitable<channels::telegram::api_answer>
  insist(bot_number bot, channels::telegram::method what);
  boost::asio::awaitable<void> prepare_webhook(bot_number bot,
                                               telegram_setup_plan plan);
  void complain(bot_number bot, std::string_view what,
                const channels::telegram::api_answer& answer) const;

  parts parts_;
  mutable std::mutex mutex_; ///< guards what follows
  std::map<bot_number, channels::telegram::bot_identity> identities_;
};

} // namespace switchboard::app
