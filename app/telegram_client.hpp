#pragma once

#include "channels/http_exchange.hpp"
#include "channels/telegram/answer.hpp"
#include "channels/telegram/lanes.hpp"
#include "channels/telegram/methods.hpp"
#include "net/http_client.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// A file that was fetched, or why it was not.
struct telegram_download {
  enum class outcome : std::uint8_t {
    complete,
    too_large,
    gone,      ///< Telegram does not have it (any more)
    try_later, ///< nothing is known of it
  };

  outcome what = outcome::try_later;
  std::string bytes;
  std::string problem; ///< for people; no secrets
};

/// Calls of the Bot API that do not go through lanes: a bot's own affairs, its
/// updates and its files. Each is made once; who calls repeats it. Messages to
/// chats must not be sent by it, since nobody counts them then.
///
/// The HTTP client outlives it. Thread-safe; coroutines go on on their own
/// executors.
class telegram_client {
public:
  using bot_number = channels::telegram::bot_number;

  /// What is no token is left out.
  telegram_client(net::http_client& client, std::string api_url,
                  const std::vector<std::string>& tokens);

  /// `what` must be without fault, and `bot` one of the tokens' bots.
  boost::asio::awaitable<channels::telegram::api_answer>
  call(bot_number bot, channels::telegram::method what) const;

  /// The same, and the answer as it came.
  boost::asio::awaitable<channels::http_answer>
  exchange(bot_number bot, channels::telegram::method what) const;

  /// Fetches the file at `path`, which `getFile` told.
  boost::asio::awaitable<telegram_download>
  download(bot_number bot, std::string path, std::size_t bytes_max) const;

private:
  boost::asio::awaitable<channels::http_answer>
  send(channels::http_request request) const;

  net::http_client& client_;
  std::string api_url_;
  std::map<bot_number, std::string> tokens_;
};

} // namespace switchboard::app
