#include "app/telegram_bots.hpp"

#include "actors/id_source.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <utility>

namespace switchboard::app {

namespace telegram = channels::telegram;
using namespace std::chrono_literals;

namespace {

/// Deliveries of a chat that its carrier has at once; it keeps their order and
/// merges them when they are many.
constexpr std::size_t concurrency = 256;
constexpr std::chrono::seconds call_timeout{30};
/// A message of 4096 characters comes back with all that Telegram knows of it.
constexpr std::size_t answer_body_max = std::size_t{256} * 1024;
/// Uploads take their time.
constexpr std::chrono::seconds upload_timeout{120};

actors::lane_policy policy_of_lanes() {
  actors::lane_policy out;
  out.concurrency = concurrency;
  // The carrier has tried for minutes already when something comes back.
  out.retry_delays = {10s, 1min, 5min, 15min, 1h, 3h};
  return out;
}

channels::verdict judge(const channels::http_answer& answer) {
  auto out = telegram::judge(telegram::decode_answer(answer));
  // Why there was nothing to do.
  if (answer.failure == channels::http_failure::none && !answer.detail.empty())
    out.reason += ": " + answer.detail;
  return out;
}

/// Letters and digits that stand in no file but by malice or a miracle.
std::string random_boundary() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto byte : actors::random_bytes()) {
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

channels::http_request request_of(const std::string& base,
                                  telegram::encoded_method made) {
  channels::http_request out;
  out.url = base + std::string{made.name};
  out.headers.emplace_back("content-type", std::move(made.content_type));
  out.body = std::move(made.body);
  out.total_timeout = call_timeout;
  out.public_only = false;
  out.answer_body_max = answer_body_max;
  return out;
}

/// A call whose files are being read, one after the other. What it needs goes
/// along: a file may come when the bots have ended.
struct upload_work {
  std::string base;
  telegram::method call;
  actors::telegram_carrier_world::request_handler done;
  std::function<void(std::string_view name,
                     telegram_bots_parts::upload_handler)>
    read;
  /// Those that were read, and the items that they belong to.
  std::vector<std::pair<std::size_t, telegram_upload>> files;
  std::size_t looked_at = 0; ///< items
};

/// The source of the next file to read; empty: all are there.
std::string next_source(upload_work& work) {
  if (const auto* file = std::get_if<telegram::send_file>(&work.call))
    return work.looked_at++ == 0 ? file->source : std::string{};
  const auto& items = std::get<telegram::send_media_group>(work.call).items;
  while (work.looked_at < items.size()) {
    const auto& source = items[work.looked_at++].source;
    if (source.starts_with(actors::upload_prefix))
      return source;
  }
  return {};
}

telegram::upload upload_of(const telegram_upload& file) {
  return {file.name, file.mime_type, file.bytes};
}

telegram::encoded_method encode(const upload_work& work) {
  if (const auto* file = std::get_if<telegram::send_file>(&work.call))
    return telegram::encode_upload(*file, upload_of(work.files.front().second),
                                   random_boundary());
  std::vector<telegram::album_upload> files;
  for (const auto& [item, file] : work.files)
    files.push_back({item, upload_of(file)});
  return telegram::encode_upload(
    std::get<telegram::send_media_group>(work.call), files, random_boundary());
}

void read_next(const std::shared_ptr<upload_work>& work) {
  const auto source = next_source(*work);
  if (source.empty()) {
    auto request = request_of(work->base, encode(*work));
    request.total_timeout = upload_timeout;
    work->done(std::move(request));
    return;
  }
  auto then
    = [work, item = work->looked_at - 1](std::optional<telegram_upload> read) {
        if (!read) {
          work->done(std::nullopt);
          return;
        }
        work->files.emplace_back(item, std::move(*read));
        read_next(work);
      };
  work->read(std::string_view{source}.substr(actors::upload_prefix.size()),
             std::move(then));
}

} // namespace

telegram_bots::telegram_bots(telegram_bots_options options,
                             telegram_bots_parts parts)
  : options_{std::move(options)}, parts_{std::move(parts)} {
  while (options_.api_url.ends_with('/'))
    options_.api_url.pop_back();
  for (const auto& token : options_.tokens)
    add(token);
  for (auto& [number, of] : bots_)
    start(number, of);
}

telegram_bots::~telegram_bots() {
  stop();
}

void telegram_bots::add(const std::string& token) {
  const auto number = telegram::bot_of_token(token);
  if (!number || bots_.contains(*number))
    return;
  order_.push_back(*number);
  auto& made = bots_[*number];
  made.base = options_.api_url + "/bot" + token + '/';
  made.world
    = std::make_shared<const actors::telegram_carrier_world>(world_of(*number));
}

void telegram_bots::start(bot_number number, bot& of) {
  actors::supervised what;
  what.name = actors::telegram_carrier_state::name;
  what.first = start_carrier(number);
  what.start = [this, number] { return start_carrier(number); };
  what.observer = parts_.actors_observer;
  what.gave_up = [this](const std::string& name) {
    if (parts_.gave_up)
      parts_.gave_up(name);
  };
  auto supervisor
    = parts_.system.spawn(actors::supervisor, std::move(what), parts_.restarts);
  const std::lock_guard lock{mutex_};
  of.supervisor = std::move(supervisor);
}

actors::telegram_carrier_world telegram_bots::world_of(bot_number number) {
  actors::telegram_carrier_world out;
  out.bot = number;
  out.render = [this, number](const persistence::delivery& d) {
    return parts_.render(number, d);
  };
  out.prepare = [this, number](const telegram::method& call, auto done) {
    prepare(number, call, std::move(done));
  };
  out.courier = parts_.courier;
  out.rates.total_per_second = options_.total_per_second;
  out.rates.chat_per_second = options_.chat_per_second;
  out.rates.group_per_minute = options_.group_per_minute;
  out.policy = parts_.policy;
  out.observer = parts_.observer;
  if (parts_.migrated)
    out.migrated
      = [this, number](telegram::chat_id from, telegram::chat_id to) {
          parts_.migrated(number, from, to);
        };
  out.report_error = parts_.report_error;
  return out;
}

caf::actor telegram_bots::start_carrier(bot_number number) {
  auto& of = bots_.at(number);
  auto handle = parts_.system.spawn(actors::telegram_carrier, of.world);
  auto channel = make_channel(number, handle);
  const std::lock_guard lock{mutex_};
  of.carrier = handle;
  of.channel = std::move(channel);
  return caf::actor_cast<caf::actor>(handle);
}

// -- lanes --------------------------------------------------------------------

actors::lane_channel_ptr
telegram_bots::make_channel(bot_number number,
                            const actors::carrier_actor& carrier) const {
  actors::lane_channel out;
  out.carrier = carrier;
  out.judge = judge;
  if (parts_.settled)
    out.on_settle
      = [this, number](const persistence::delivery& d,
                       const channels::http_answer& answer,
                       const channels::verdict&, domain::timestamp now,
                       persistence::changes& settling) {
          parts_.settled(number, d, telegram::decode_answer(answer),
                         answer.shared_by, now, settling);
        };
  out.policy = policy_of_lanes();
  return std::make_shared<const actors::lane_channel>(std::move(out));
}

actors::lane_channel_ptr telegram_bots::channel_of(std::string_view lane) {
  const auto name = telegram::parse_chat_lane(lane);
  if (!name)
    return nullptr;
  const auto found = bots_.find(name->bot);
  if (found == bots_.end())
    return nullptr;
  const std::lock_guard lock{mutex_};
  return found->second.channel;
}

void telegram_bots::say(bot_number number, actors::outgoing what) {
  const auto found = bots_.find(number);
  if (found == bots_.end())
    return;
  const std::lock_guard lock{mutex_};
  if (found->second.carrier)
    caf::anon_send(found->second.carrier, std::move(what));
}

// -- calls --------------------------------------------------------------------

void telegram_bots::prepare(
  bot_number number, const telegram::method& call,
  actors::telegram_carrier_world::request_handler done) const {
  const auto& base = bots_.at(number).base;
  if (!actors::is_upload(call)) {
    done(request_of(base, telegram::encode(call)));
    return;
  }
  if (!parts_.read_upload) {
    done(std::nullopt);
    return;
  }
  auto work = std::make_shared<upload_work>();
  work->base = base;
  work->call = call;
  work->done = std::move(done);
  work->read
    = [read = parts_.read_upload, number](std::string_view name, auto then) {
        read(number, name, std::move(then));
      };
  read_next(work);
}

// -- the end ------------------------------------------------------------------

void telegram_bots::stop() {
  std::vector<caf::actor> supervisors;
  {
    const std::lock_guard lock{mutex_};
    for (auto& [number, of] : bots_) {
      if (of.supervisor)
        supervisors.push_back(std::exchange(of.supervisor, nullptr));
      // No lane gets anything any more.
      of.channel = nullptr;
    }
  }
  if (supervisors.empty())
    return;
  for (const auto& supervisor : supervisors)
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  caf::scoped_actor self{parts_.system};
  self->wait_for(supervisors);
  // Nobody starts another one now.
  std::vector<caf::actor> carriers;
  {
    const std::lock_guard lock{mutex_};
    for (auto& [number, of] : bots_)
      carriers.push_back(caf::actor_cast<caf::actor>(
        std::exchange(of.carrier, actors::telegram_carrier_actor{})));
  }
  for (const auto& carrier : carriers)
    caf::anon_send_exit(carrier, caf::exit_reason::user_shutdown);
  self->wait_for(carriers);
}

} // namespace switchboard::app
