#include "app/telegram_client.hpp"

#include "api/wait_for.hpp"
#include "app/courier.hpp"
#include "channels/telegram/update_codec.hpp"

#include <chrono>
#include <utility>
#include <variant>

namespace switchboard::app {

namespace asio = boost::asio;
namespace telegram = channels::telegram;

namespace {

constexpr auto call_timeout = std::chrono::seconds{20};
constexpr auto download_timeout = std::chrono::seconds{120};
/// Beyond what a long poll takes by itself.
constexpr auto poll_margin = std::chrono::seconds{15};

} // namespace

telegram_client::telegram_client(net::http_client& client, std::string api_url,
                                 const std::vector<std::string>& tokens)
  : client_{client}, api_url_{std::move(api_url)} {
  for (const auto& token : tokens)
    if (const auto bot = telegram::bot_of_token(token))
      tokens_.emplace(*bot, token);
}

asio::awaitable<telegram::api_answer>
telegram_client::call(bot_number bot, telegram::method what) const {
  const auto answer = co_await exchange(bot, std::move(what));
  co_return telegram::decode_answer(answer);
}

asio::awaitable<channels::http_answer>
telegram_client::exchange(bot_number bot, telegram::method what) const {
  auto encoded = telegram::encode(what);
  channels::http_request request;
  request.url = api_url_ + "/bot" + tokens_.at(bot) + "/";
  request.url += encoded.name;
  request.headers.emplace_back("Content-Type", std::move(encoded.content_type));
  request.body = std::move(encoded.body);
  request.total_timeout = call_timeout;
  request.public_only = false;
  if (const auto* poll = std::get_if<telegram::get_updates>(&what)) {
    request.total_timeout = std::chrono::seconds{poll->timeout_s} + poll_margin;
    request.answer_body_max = telegram::update_batch_size_max;
  }
  auto answer = co_await send(std::move(request));
  co_return answer;
}

asio::awaitable<telegram_download>
telegram_client::download(bot_number bot, std::string path,
                          std::size_t bytes_max) const {
  using outcome = telegram_download::outcome;
  channels::http_request request;
  request.method = "GET";
  request.url = api_url_ + "/file/bot" + tokens_.at(bot) + "/" + path;
  request.total_timeout = download_timeout;
  request.public_only = false;
  // One more than allowed tells that there is more.
  request.answer_body_max = bytes_max + 1;
  auto answer = co_await send(std::move(request));
  telegram_download out;
  if (answer.failure != channels::http_failure::none) {
    out.problem = to_string(answer.failure);
  } else if (answer.status != 200) {
    out.problem = "HTTP " + std::to_string(answer.status);
    if (answer.status == 400 || answer.status == 404 || answer.status == 410)
      out.what = outcome::gone;
  } else if (answer.body.size() > bytes_max) {
    out.what = outcome::too_large;
    out.problem = "larger than " + std::to_string(bytes_max) + " bytes";
  } else {
    out.what = outcome::complete;
    out.bytes = std::move(answer.body);
  }
  co_return out;
}

asio::awaitable<channels::http_answer>
telegram_client::send(channels::http_request request) const {
  auto start = [this, &request](auto done) {
    app::send(client_, std::move(request), std::move(done));
  };
  auto answer = co_await api::wait_for<channels::http_answer>(std::move(start));
  co_return answer;
}

} // namespace switchboard::app
