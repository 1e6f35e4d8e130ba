#include "app/telegram_files.hpp"

#include "app/telegram_fetcher.hpp"
#include "channels/json/writer.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <variant>

namespace switchboard::app {

namespace telegram = channels::telegram;
using channels::http_answer;

namespace {

constexpr std::string_view lane_prefix = "telegram-files:";
constexpr std::string_view delivery_kind = "telegram.file";
/// Each holds its file in memory.
constexpr std::size_t downloads_max = 4;

std::vector<std::chrono::milliseconds> pauses() {
  using namespace std::chrono_literals;
  return {1s, 5s, 30s, 2min, 10min, 1h};
}

/// The carrier as the fetcher sees it: exchange, what came of it.
using files_desk
  = actors::carrier_actor::extend<caf::reacts_to<std::uint64_t, http_answer>>;

/// State and handlers of the CARRIER of one bot's files. Promises are kept
/// here, since the fetcher works on other threads.
class files_carrier_state {
public:
  using self_pointer = files_desk::stateful_pointer<files_carrier_state>;

  explicit files_carrier_state(self_pointer self) : self_{self} {}

  files_desk::behavior_type
  make_behavior(std::shared_ptr<telegram_files::fetcher> work) {
    fetcher_ = std::move(work);
    return {
      [this](persistence::delivery& what) { return on_delivery(what); },
      [this](std::uint64_t number, http_answer& answer) {
        on_answer(number, answer);
      },
    };
  }

  static inline constexpr const char* name = "telegram-files";

private:
  using promise = caf::typed_response_promise<http_answer>;

  /// One delivery on its way, and all who have asked for it.
  struct exchange {
    persistence::delivery_id delivery{};
    std::vector<promise> askers;
  };

  caf::result<http_answer> on_delivery(persistence::delivery& what) {
    auto reply = self_->make_response_promise<http_answer>();
    for (auto& [number, known] : exchanges_)
      if (known.delivery == what.id) {
        known.askers.push_back(reply);
        return reply;
      }
    const auto number = ++last_exchange_;
    auto& fresh = exchanges_[number];
    fresh.delivery = what.id;
    fresh.askers.push_back(reply);
    fetcher_->fetch(std::move(what),
                    [me = files_desk{self_}, number](http_answer answer) {
                      caf::anon_send(me, number, std::move(answer));
                    });
    return reply;
  }

  void on_answer(std::uint64_t number, const http_answer& answer) {
    auto found = exchanges_.extract(number);
    if (found.empty())
      return;
    for (auto& asker : found.mapped().askers)
      asker.deliver(answer);
  }

  self_pointer self_;
  std::shared_ptr<telegram_files::fetcher> fetcher_;
  std::uint64_t last_exchange_ = 0;
  std::unordered_map<std::uint64_t, exchange> exchanges_;
};

files_desk::behavior_type
files_carrier(files_carrier_state::self_pointer self,
              std::shared_ptr<telegram_files::fetcher> work) {
  return self->state.make_behavior(std::move(work));
}

} // namespace

std::string telegram_files_lane(telegram::bot_number bot) {
  return std::string{lane_prefix} + telegram::to_string(bot);
}

telegram_files::telegram_files(parts p)
  : fetcher_{std::make_shared<fetcher>(p, pauses().size() + 1)},
    records_{p.journal.rows()} {
  for (const auto& [lane, token] : fetcher_->tokens()) {
    const actors::carrier_actor carrier
      = p.actors.spawn(files_carrier, fetcher_);
    auto channel = std::make_shared<actors::lane_channel>();
    channel->carrier = carrier;
    channel->judge = channels::judge_http;
    channel->policy.concurrency = downloads_max;
    channel->policy.retry_delays = pauses();
    carriers_.emplace(lane, carrier);
    channels_.emplace(lane, std::move(channel));
  }
}

telegram_files::~telegram_files() = default;

std::vector<persistence::new_delivery> telegram_files::plan_downloads(
  const domain::ticket&, std::span<const domain::ticket_event> events) const {
  std::vector<persistence::new_delivery> out;
  for (const auto& event : events) {
    const auto* const added = std::get_if<domain::message_added>(&event.fact);
    if (added == nullptr)
      continue;
    for (const auto& one : added->message.attachments) {
      const auto known = records_.find(one.id);
      if (!known || !known->value.source
          || known->value.state != domain::attachment_state::pending)
        continue;
      persistence::new_delivery wanted;
      wanted.lane
        = telegram_files_lane(telegram::bot_number{known->value.source->bot});
      wanted.group = to_string(one.id.value);
      wanted.kind = delivery_kind;
      channels::json::writer json{wanted.payload};
      json.begin_object().key("attachment_id").string(wanted.group);
      json.end_object();
      wanted.created_at = event.at;
      out.push_back(std::move(wanted));
    }
  }
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
