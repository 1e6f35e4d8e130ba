#include "app/telegram_fetcher.hpp"

#include "api/wait_for.hpp"
#include "app/courier.hpp"
#include "channels/telegram/methods.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace switchboard::app {

namespace telegram = channels::telegram;
using channels::http_answer;

namespace {

constexpr std::chrono::milliseconds download_timeout{60'000};
constexpr std::string_view too_large = "the file is larger than 20 MiB";

/// Telegram's paths are plain; whatever else stands there must not change the
/// address.
std::string path_in_url(std::string_view path) {
  constexpr std::string_view plain = "/-._~";
  constexpr std::string_view hex_digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                         || (c >= 'A' && c <= 'Z');
    if (is_word || plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += hex_digits[byte >> 4U];
      out += hex_digits[byte & 0x0FU];
    }
  }
  return out;
}

bool says(const telegram::api_answer& answer, std::string_view words) {
  return answer.description.find(words) != std::string::npos;
}

http_answer as_setback(const telegram::api_answer& answer) {
  if (answer.meaning != telegram::answer_class::slow_down)
    return file_trouble(answer.description).answer;
  auto out = file_answer(429, answer.description);
  out.retry_after = answer.retry_after;
  return out;
}

} // namespace

telegram_files::fetcher::fetcher(const parts& p)
  : client_{p.client},
    io_{p.io},
    files_{p.journal, p.files, file_pauses().size() + 1},
    api_url_{p.api_url},
    bytes_max_{p.bytes_max} {
  for (const auto& token : p.tokens)
    if (const auto bot = telegram::bot_of_token(token))
      tokens_.emplace(telegram_files_lane(*bot), token);
}

void telegram_files::fetcher::fetch(persistence::delivery what,
                                    done_handler done) {
  boost::asio::co_spawn(
    io_, serve(std::move(what)),
    [me = shared_from_this(), done = std::move(done)](
      const std::exception_ptr& problem, http_answer answer) {
      done(problem ? file_trouble("an exception").answer : std::move(answer));
    });
}

boost::asio::awaitable<http_answer>
telegram_files::fetcher::serve(persistence::delivery what) {
  const auto token = tokens_.find(what.lane);
  if (token == tokens_.end())
    co_return file_answer(400, "this names no file");
  auto obtain_this = [this, token = token->second](domain::attachment file) {
    return obtain(std::move(file), token);
  };
  auto bringing = files_.bring(std::move(what), std::move(obtain_this));
  co_return co_await std::move(bringing);
}

boost::asio::awaitable<file_result<std::string>>
telegram_files::fetcher::obtain(domain::attachment file, std::string token) {
  if (!file.source)
    co_return file_setback{
      file_answer(400, "this attachment comes from nowhere")};
  auto locating = locate(file.source->file_id, token);
  auto place = co_await std::move(locating);
  if (auto* const refused = std::get_if<file_refusal>(&place))
    co_return std::move(*refused);
  if (auto* const failed = std::get_if<file_setback>(&place))
    co_return std::move(*failed);
  auto downloading = download(std::get<telegram::file_place>(std::move(place)),
                              std::move(token));
  co_return co_await std::move(downloading);
}

boost::asio::awaitable<file_result<telegram::file_place>>
telegram_files::fetcher::locate(std::string file_id, std::string token) {
  telegram::get_file call;
  call.file_id = std::move(file_id);
  const telegram::method wanted{std::move(call)};
  if (auto fault = telegram::find_fault(wanted); !fault.empty())
    co_return file_refusal{"its name at Telegram is not right"};
  auto encoded = telegram::encode(wanted);
  channels::http_request request;
  request.url = api_url_ + "/bot" + token + '/' + std::string{encoded.name};
  request.headers.emplace_back("Content-Type", encoded.content_type);
  request.body = std::move(encoded.body);
  request.public_only = false;
  auto start = [this, &request](auto done) {
    send(client_, std::move(request), std::move(done));
  };
  auto asking = api::wait_for<http_answer>(start);
  const auto raw = co_await std::move(asking);
  const auto answer = telegram::decode_answer(raw);
  if (answer.is_success()) {
    auto place = telegram::read_file(answer.result);
    if (!place)
      co_return file_trouble("Telegram's answer is no file");
    if (place->path.empty() || place->size > bytes_max_)
      co_return file_refusal{std::string{too_large}};
    co_return std::move(*place);
  }
  if (says(answer, "too big"))
    co_return file_refusal{std::string{too_large}};
  // Wrong ids are refused in the same words as files that are away for a while.
  if (answer.meaning == telegram::answer_class::bad_request
      && !says(answer, "temporarily"))
    co_return file_refusal{"Telegram does not have it"};
  co_return file_setback{as_setback(answer)};
}

boost::asio::awaitable<file_result<std::string>>
telegram_files::fetcher::download(telegram::file_place place,
                                  std::string token) {
  channels::http_request request;
  request.method = "GET";
  request.url = api_url_ + "/file/bot" + token + '/' + path_in_url(place.path);
  request.public_only = false;
  request.total_timeout = download_timeout;
  // One more than is taken, so that what is too large shows.
  request.answer_body_max = bytes_max_ + 1;
  auto start = [this, &request](auto done) {
    send(client_, std::move(request), std::move(done));
  };
  auto fetching = api::wait_for<http_answer>(start);
  auto answer = co_await std::move(fetching);
  if (answer.failure != channels::http_failure::none)
    co_return file_setback{std::move(answer)};
  if (answer.status == 429) {
    answer.body.clear();
    co_return file_setback{std::move(answer)};
  }
  // The path is good for an hour; a new one may be had.
  if (answer.status != 200)
    co_return file_trouble("the download was answered with "
                           + std::to_string(answer.status));
  if (answer.body.size() > bytes_max_)
    co_return file_refusal{std::string{too_large}};
  if (place.size != 0 && answer.body.size() != place.size)
    co_return file_trouble("the download was cut off");
  co_return std::move(answer.body);
}

} // namespace switchboard::app
