#include "app/whatsapp_files.hpp"

#include "app/job_carrier.hpp"
#include "channels/outcome.hpp"

#include <caf/send.hpp>

#include <sodium.h>

#include <spdlog/spdlog.h>

#include <exception>
#include <memory>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using channels::http_answer;
using channels::http_failure;
using channels::http_request;
using whatsapp::provider;

namespace {

constexpr std::string_view delivery_kind = "whatsapp.file";
/// Each holds its file in memory.
constexpr std::size_t downloads_max = 4;
constexpr std::chrono::milliseconds download_timeout{60'000};

/// `https://host:port` of an address, in lower case; empty when it has none.
std::string origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos)
    return {};
  auto end = url.find_first_of("/?#", scheme + 3);
  end = std::min(end, url.size());
  std::string out{url.substr(0, end)};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_same_origin(std::string_view a, std::string_view b) {
  const auto of_a = origin_of(a);
  return !of_a.empty() && of_a.find('@') == std::string::npos
         && of_a == origin_of(b);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307
         || status == 308;
}

std::string as_base64(std::string_view text) {
  std::string out(
    sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_ORIGINAL),
    '\0');
  sodium_bin2base64(out.data(), out.size(),
                    reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.size() - 1); // its NUL
  return out;
}

} // namespace

whatsapp_files::whatsapp_files(parts p)
  : parts_{std::move(p)},
    files_{parts_.journal, parts_.files, file_pauses().size() + 1},
    records_{parts_.journal.rows()} {
  for (const auto via : whatsapp::all_providers) {
    if (!parts_.ends.is_on(via))
      continue;
    const auto carrier = spawn_carrier(
      parts_.system,
      [this, via](persistence::delivery what, done_handler done) {
        parts_.beside.run("a file from WhatsApp",
                          run(via, std::move(what), std::move(done)));
      });
    carriers_.push_back(carrier);
    actors::lane_channel channel;
    channel.carrier = carrier;
    channel.judge = channels::judge_http;
    channel.policy.concurrency = downloads_max;
    channel.policy.retry_delays = file_pauses();
    channels_.emplace(
      whatsapp::files_lane(via),
      std::make_shared<const actors::lane_channel>(std::move(channel)));
  }
}

std::vector<persistence::new_delivery> whatsapp_files::plan_downloads(
  std::span<const domain::ticket_event> events) const {
  std::vector<persistence::new_delivery> out;
  for (const auto& file : pending_files(records_, events)) {
    const auto via
      = file.provider_source
          ? whatsapp::parse_provider(file.provider_source->provider)
          : std::nullopt;
    if (via)
      out.push_back(file_delivery(whatsapp::files_lane(*via),
                                  std::string{delivery_kind}, file.id,
                                  events.front().at));
  }
  return out;
}

actors::lane_channel_ptr
whatsapp_files::channel_of(std::string_view lane) const {
  const auto found = channels_.find(lane);
  return found == channels_.end() ? nullptr : found->second;
}

void whatsapp_files::stop() {
  for (const auto& carrier : carriers_)
    caf::anon_send_exit(carrier, caf::exit_reason::user_shutdown);
  carriers_.clear();
}

boost::asio::awaitable<void> whatsapp_files::run(provider via,
                                                 persistence::delivery what,
                                                 done_handler done) {
  http_answer answer;
  try {
    auto obtain_this = [this, via](domain::attachment file) {
      return obtain(via, std::move(file));
    };
    auto bringing = files_.bring(std::move(what), std::move(obtain_this));
    answer = co_await std::move(bringing);
  } catch (const std::exception& problem) {
    spdlog::error("a file from WhatsApp: {}", problem.what());
    answer = file_answer(503, "an exception");
  }
  done(std::move(answer));
}

boost::asio::awaitable<file_result<std::string>>
whatsapp_files::obtain(provider via, domain::attachment file) {
  if (!file.provider_source || file.provider_source->provider != to_string(via)
      || file.provider_source->reference.empty())
    co_return file_refusal{"it did not come along, and cannot be fetched"};
  auto reference = std::move(file.provider_source->reference);
  if (via == provider::cloud) {
    auto obtaining = obtain_from_cloud(std::move(reference));
    co_return co_await std::move(obtaining);
  }
  auto getting = get(via, std::move(reference));
  co_return co_await std::move(getting);
}

// -- Meta's files are asked for twice -----------------------------------------

boost::asio::awaitable<file_result<std::string>>
whatsapp_files::obtain_from_cloud(std::string media_id) {
  const auto& end = *parts_.ends.cloud();
  // An address is good for five minutes; then another one may be had.
  for (int looks = 0; looks < 2; ++looks) {
    auto asking = parts_.exchange(whatsapp::encode_media_query(end, media_id));
    auto told = co_await std::move(asking);
    const auto place = whatsapp::decode_media_place(told);
    if (!place) {
      const auto judged = whatsapp::judge(provider::cloud, told);
      using outcome = channels::delivery_outcome;
      if (judged.what.outcome == outcome::refused && told.status == 404)
        co_return file_refusal{"Meta does not have it (any more)"};
      co_return file_trouble(judged.what.reason);
    }
    if (place->size > parts_.bytes_max)
      co_return file_refusal{"it is too large"};
    auto request = request_of(provider::cloud, place->url);
    auto fetching = fetch(std::move(request));
    auto answer = co_await std::move(fetching);
    if (answer.status == 404 && looks == 0)
      continue;
    co_return judge(std::move(answer));
  }
  co_return file_trouble("its address was outdated twice");
}

// -- the others' lie at an address --------------------------------------------

boost::asio::awaitable<file_result<std::string>>
whatsapp_files::get(provider via, std::string url) {
  auto fetching = fetch(request_of(via, url));
  auto answer = co_await std::move(fetching);
  if (is_redirect(answer.status) && !answer.location.empty()) {
    if (answer.location.starts_with('/'))
      answer.location.insert(0, origin_of(url));
    auto following = fetch(request_of(via, std::move(answer.location)));
    answer = co_await std::move(following);
  }
  co_return judge(std::move(answer));
}

http_request whatsapp_files::request_of(provider via, std::string url) const {
  http_request out;
  out.method = "GET";
  const auto trust
    = [&](std::string_view ours, std::string name, std::string value) {
        if (url.starts_with('/'))
          url.insert(0, origin_of(ours));
        if (!is_same_origin(url, ours))
          return;
        out.public_only = false;
        out.headers.emplace_back(std::move(name), std::move(value));
      };
  switch (via) {
    case provider::baileys:
      if (const auto& end = parts_.ends.baileys())
        trust(end->url,
              end->dialect == whatsapp::sidecar_dialect::evolution
                ? "apikey"
                : "x-api-key",
              end->api_key);
      break;
    case provider::n8n:
      if (const auto& end = parts_.ends.n8n())
        trust(end->url, "x-api-key", end->api_key);
      break;
    case provider::twilio:
      if (const auto& end = parts_.ends.twilio())
        trust(end->api_url, "Authorization",
              "Basic " + as_base64(end->account_sid + ':' + end->auth_token));
      break;
    case provider::cloud:
      // Meta itself has said where it is.
      if (const auto& end = parts_.ends.cloud()) {
        out.public_only = false;
        out.headers.emplace_back("Authorization",
                                 "Bearer " + end->access_token);
      }
      break;
  }
  out.url = std::move(url);
  out.total_timeout = download_timeout;
  // One more than is taken, so that what is too large shows.
  out.answer_body_max = parts_.bytes_max + 1;
  return out;
}

boost::asio::awaitable<http_answer>
whatsapp_files::fetch(http_request request) {
  auto asking = parts_.exchange(std::move(request));
  co_return co_await std::move(asking);
}

file_result<std::string> whatsapp_files::judge(http_answer answer) const {
  if (answer.failure == http_failure::address_refused)
    return file_refusal{"it lies where nothing may be fetched from"};
  if (answer.failure == http_failure::bad_url)
    return file_refusal{"it lies at no address"};
  if (answer.failure != http_failure::none) {
    answer.body.clear();
    return file_setback{std::move(answer)};
  }
  if (answer.status == 429) {
    answer.body.clear();
    return file_setback{std::move(answer)};
  }
  if (answer.status == 410)
    return file_refusal{"the provider does not have it any more"};
  if (answer.status != 200)
    return file_trouble("the download was answered with "
                        + std::to_string(answer.status));
  if (answer.body.size() > parts_.bytes_max)
    return file_refusal{"it is too large"};
  if (answer.body.empty())
    return file_trouble("the download was empty");
  return std::move(answer.body);
}

} // namespace switchboard::app
