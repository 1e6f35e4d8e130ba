#include "app/telegram_fetcher.hpp"

#include "actors/id_source.hpp"
#include "api/commits.hpp"
#include "api/wait_for.hpp"
#include "app/courier.hpp"
#include "channels/json/reader.hpp"
#include "channels/telegram/methods.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace switchboard::app {

namespace telegram = channels::telegram;
using channels::http_answer;

namespace {

constexpr std::size_t uuid_text_size = 36;
constexpr int record_tries_max = 16;
constexpr std::chrono::milliseconds download_timeout{60'000};
constexpr std::string_view too_large = "the file is larger than 20 MiB";

http_answer answer_of(int status, std::string detail) {
  http_answer out;
  out.status = status;
  out.detail = std::move(detail);
  return out;
}

http_answer ask_again(std::string detail) {
  return answer_of(503, std::move(detail));
}

std::optional<domain::attachment_id> read_payload(std::string_view payload) {
  static constexpr std::array<std::string_view, 1> fields{"attachment_id"};
  channels::json::object_reader in{payload, fields};
  if (!in.is_object())
    return std::nullopt;
  const auto id
    = domain::parse_uuid(in.text(fields[0], {.length_max = uuid_text_size}));
  return id ? std::optional{domain::attachment_id{*id}} : std::nullopt;
}

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
    return ask_again(answer.description);
  auto out = answer_of(429, answer.description);
  out.retry_after = answer.retry_after;
  return out;
}

} // namespace

telegram_files::fetcher::fetcher(const parts& p, std::size_t tries_max)
  : client_{p.client},
    io_{p.io},
    journal_{p.journal},
    files_{p.files},
    records_{p.journal.rows()},
    api_url_{p.api_url},
    bytes_max_{p.bytes_max},
    tries_max_{tries_max} {
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
      done(problem ? ask_again("an exception") : std::move(answer));
    });
}

boost::asio::awaitable<http_answer>
telegram_files::fetcher::serve(persistence::delivery what) {
  const auto id = read_payload(what.payload);
  const auto token = tokens_.find(what.lane);
  if (!id || token == tokens_.end())
    co_return answer_of(400, "this names no file");
  const auto known = records_.find(*id);
  if (!known || known->value.state == domain::attachment_state::ready)
    co_return answer_of(200, "nothing to do");
  if (!known->value.source)
    co_return answer_of(400, "this attachment comes from nowhere");
  auto obtaining = obtain(known->value, token->second);
  auto obtained = co_await std::move(obtaining);
  if (auto* const refused = std::get_if<refusal>(&obtained)) {
    auto giving_up = give_up(*id, std::move(refused->reason));
    co_return co_await std::move(giving_up);
  }
  if (auto* const failed = std::get_if<setback>(&obtained)) {
    // After the last try nobody waits for it any longer.
    const bool is_last = what.attempts + 1 >= tries_max_;
    if (is_last && failed->answer.status != 429) {
      auto giving_up = give_up(*id, "it could not be fetched");
      const auto written = co_await std::move(giving_up);
      if (written.status != 200)
        co_return written;
    }
    co_return std::move(failed->answer);
  }
  const auto& stored = std::get<persistence::stored_file>(obtained);
  auto settling = settle(*id, [stored](domain::attachment& file) {
    file.state = domain::attachment_state::ready;
    file.mime_type = stored.media_type;
    file.size = stored.size;
    file.sha256 = stored.sha256;
    file.failure.clear();
  });
  const bool is_settled = co_await std::move(settling);
  if (!is_settled)
    co_return ask_again("the journal takes nothing now");
  co_return answer_of(200, "fetched");
}

boost::asio::awaitable<telegram_files::fetcher::got<persistence::stored_file>>
telegram_files::fetcher::obtain(domain::attachment file, std::string token) {
  auto locating = locate(file.source->file_id, token);
  auto place = co_await std::move(locating);
  if (auto* const refused = std::get_if<refusal>(&place))
    co_return std::move(*refused);
  if (auto* const failed = std::get_if<setback>(&place))
    co_return std::move(*failed);
  auto downloading = download(std::get<telegram::file_place>(std::move(place)),
                              std::move(token));
  auto bytes = co_await std::move(downloading);
  if (auto* const refused = std::get_if<refusal>(&bytes))
    co_return std::move(*refused);
  if (auto* const failed = std::get_if<setback>(&bytes))
    co_return std::move(*failed);
  persistence::new_file fresh;
  fresh.bytes = std::get<std::string>(std::move(bytes));
  fresh.name = std::move(file.name);
  fresh.declared_type = std::move(file.mime_type);
  auto keeping = keep(std::move(fresh));
  co_return co_await std::move(keeping);
}

boost::asio::awaitable<telegram_files::fetcher::got<telegram::file_place>>
telegram_files::fetcher::locate(std::string file_id, std::string token) {
  telegram::get_file call;
  call.file_id = std::move(file_id);
  const telegram::method wanted{std::move(call)};
  if (auto fault = telegram::find_fault(wanted); !fault.empty())
    co_return refusal{"its name at Telegram is not right"};
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
      co_return setback{ask_again("Telegram's answer is no file")};
    if (place->path.empty() || place->size > bytes_max_)
      co_return refusal{std::string{too_large}};
    co_return std::move(*place);
  }
  if (says(answer, "too big"))
    co_return refusal{std::string{too_large}};
  // Wrong ids are refused in the same words as files that are away for a while.
  if (answer.meaning == telegram::answer_class::bad_request
      && !says(answer, "temporarily"))
    co_return refusal{"Telegram does not have it"};
  co_return setback{as_setback(answer)};
}

boost::asio::awaitable<telegram_files::fetcher::got<std::string>>
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
    co_return setback{std::move(answer)};
  if (answer.status == 429) {
    answer.body.clear();
    co_return setback{std::move(answer)};
  }
  // The path is good for an hour; a new one may be had.
  if (answer.status != 200)
    co_return setback{ask_again("the download was answered with "
                                + std::to_string(answer.status))};
  if (answer.body.size() > bytes_max_)
    co_return refusal{std::string{too_large}};
  if (place.size != 0 && answer.body.size() != place.size)
    co_return setback{ask_again("the download was cut off")};
  co_return std::move(answer.body);
}

boost::asio::awaitable<telegram_files::fetcher::got<persistence::stored_file>>
telegram_files::fetcher::keep(persistence::new_file file) {
  using kind = persistence::file_problem::kind;
  using outcome
    = std::variant<persistence::stored_file, persistence::file_problem>;
  auto start = [this, &file](auto done) {
    files_.write(std::move(file), std::move(done));
  };
  auto writing = api::wait_for<outcome>(start);
  auto written = co_await std::move(writing);
  if (auto* const stored = std::get_if<persistence::stored_file>(&written))
    co_return std::move(*stored);
  auto& problem = std::get<persistence::file_problem>(written);
  if (problem.what == kind::program || problem.what == kind::too_large)
    co_return refusal{std::move(problem.detail)};
  co_return setback{ask_again(std::move(problem.detail))};
}

boost::asio::awaitable<bool>
telegram_files::fetcher::settle(domain::attachment_id id,
                                std::function<void(domain::attachment&)> edit) {
  for (int tries = 0; tries < record_tries_max; ++tries) {
    const auto before = records_.find(id);
    if (!before)
      co_return true;
    const auto now = actors::system_now();
    auto after = before->value;
    edit(after);
    if (after == before->value)
      co_return true;
    after.updated_at = now;
    auto what = persistence::save(before, after, now);
    auto committing = api::commit(journal_, std::move(what));
    const auto outcome = co_await std::move(committing);
    if (std::holds_alternative<persistence::committed>(outcome))
      co_return true;
    const auto* const failure
      = std::get_if<persistence::commit_failure>(&outcome);
    if (failure == nullptr || *failure != persistence::commit_failure::stale)
      co_return false;
  }
  co_return false;
}

boost::asio::awaitable<http_answer>
telegram_files::fetcher::give_up(domain::attachment_id id, std::string reason) {
  spdlog::warn("attachment {} cannot be had: {}", to_string(id.value), reason);
  auto settling = settle(id, [reason](domain::attachment& file) {
    file.state = domain::attachment_state::failed;
    file.failure = reason;
  });
  const bool is_settled = co_await std::move(settling);
  if (!is_settled)
    co_return ask_again("the journal takes nothing now");
  co_return answer_of(200, std::move(reason));
}

} // namespace switchboard::app
