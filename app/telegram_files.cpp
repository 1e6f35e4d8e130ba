#include "app/telegram_files.hpp"

#include "app/job_carrier.hpp"
#include "app/telegram_fetcher.hpp"

#include <caf/send.hpp>

#include <utility>

namespace switchboard::app {

namespace telegram = channels::telegram;

namespace {

constexpr std::string_view lane_prefix = "telegram-files:";
constexpr std::string_view delivery_kind = "telegram.file";
/// Each holds its file in memory.
constexpr std::size_t downloads_max = 4;

} // namespace

std::string telegram_files_lane(telegram::bot_number bot) {
  return std::string{lane_prefix} + telegram::to_string(bot);
}

telegram_files::telegram_files(parts p)
  : fetcher_{std::make_shared<fetcher>(p)}, records_{p.journal.rows()} {
  for (const auto& [lane, token] : fetcher_->tokens()) {
    const auto carrier
      = spawn_carrier(p.actors, [work = fetcher_](auto what, auto done) {
          work->fetch(std::move(what), std::move(done));
        });
    auto channel = std::make_shared<actors::lane_channel>();
    channel->carrier = carrier;
    channel->judge = channels::judge_http;
    channel->policy.concurrency = downloads_max;
    channel->policy.retry_delays = file_pauses();
    carriers_.emplace(lane, carrier);
    channels_.emplace(lane, std::move(channel));
  }
}

telegram_files::~telegram_files() = default;

std::vector<persistence::new_delivery> telegram_files::plan_downloads(
  const domain::ticket&, std::span<const domain::ticket_event> events) const {
  std::vector<persistence::new_delivery> out;
  for (const auto& file : pending_files(records_, events))
    if (file.source)
      out.push_back(file_delivery(
        telegram_files_lane(telegram::bot_number{file.source->bot}),
        std::string{delivery_kind}, file.id, events.front().at));
  return out;
}

actors::lane_channel_ptr
telegram_files::channel_of(std::string_view lane) const {
  const auto found = channels_.find(lane);
  return found == channels_.end() ? nullptr : found->second;
}

void telegram_files::stop() {
  channels_.clear();
  for (const auto& [lane, carrier] : carriers_)
    caf::anon_send_exit(carrier, caf::exit_reason::user_shutdown);
  carriers_.clear();
}

} // namespace switchboard::app
