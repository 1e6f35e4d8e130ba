#pragma once

#include "api/access.hpp"
#include "api/gate.hpp"
#include "api/rate_limiter.hpp"
#include "api/telegram/intake.hpp"
#include "channels/telegram/answer.hpp"
#include "net/router.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api::telegram {

/// A bot as its webhook knows it.
struct webhook_bot {
  wire::bot_number number{};
  /// What its calls carry in `X-Telegram-Bot-Api-Secret-Token`.
  std::string secret;
};

struct intake_route_options {
  std::optional<webhook_bot> desk; ///< absent: there is no such bot
  /// May be the same bot as `desk`.
  std::optional<webhook_bot> executor;
  /// Calls with a wrong secret from one address; 0: no limit.
  std::uint32_t failures_per_minute = 20;
  /// Telegram itself calls https alone.
  bool https_only = true;
  /// Updates are fetched: a webhook would get in the way.
  bool is_polling = false;
  /// Calls `setWebhook` with the bot's secret.
  std::function<boost::asio::awaitable<wire::api_answer>(wire::bot_number,
                                                         std::string url)>
    set_webhook;
};

/// `POST /api/telegram/webhook`, `POST /functions/v1/executor-ticket-webhook`
/// and `POST /api/setup/telegram-webhook` (scope `admin`). A webhook call is
/// answered with 200 once the update's effect is durable, with 503 when
/// Telegram is to repeat it, and otherwise, whatever the update is, with 200.
class intake_routes {
public:
  intake_routes(intake& updates, intake_route_options options);

  void add_to(net::router& router, gate& door);

private:
  using answer = boost::asio::awaitable<net::response>;

  /// A bot's door.
  struct door_of_bot {
    std::optional<wire::bot_number> number;
    secret expected;
  };

  static door_of_bot door_of(const std::optional<webhook_bot>& bot);
  void add_webhook(net::router& router, std::string pattern,
                   const door_of_bot& bot);
  answer on_update(net::request& req, const door_of_bot& bot);
  answer on_setup(net::request& req, const caller& who);
  net::response refuse(const net::request& req);

  intake& updates_;
  intake_route_options options_;
  door_of_bot desk_;
  door_of_bot executor_;
  rate_limiter failures_;
};

} // namespace switchboard::api::telegram
