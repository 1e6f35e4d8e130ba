#include "app/telegram_replays.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

namespace switchboard::app {

namespace asio = boost::asio;
namespace telegram = channels::telegram;
using api::telegram::replay_result;
using channels::http_answer;

namespace {

/// What stands for the results of a replay in the words of HTTP.
constexpr int done_status = 200;
constexpr int failed_status = 422;
constexpr int try_later_status = 503;
constexpr std::size_t at_once_max = 4;

http_answer to_answer(replay_result result) {
  using kind = replay_result::kind;
  http_answer out;
  out.detail = std::move(result.reason);
  switch (result.what) {
    case kind::done: out.status = done_status; break;
    case kind::failed: out.status = failed_status; break;
    case kind::try_later: out.status = try_later_status; break;
  }
  return out;
}

channels::verdict judge(const http_answer& answer) {
  channels::verdict out;
  out.reason = answer.detail;
  if (answer.status == done_status)
    out.outcome = channels::delivery_outcome::delivered;
  else if (answer.status == failed_status)
    out.outcome = channels::delivery_outcome::refused;
  return out;
}

/// The carrier as the coroutines see it: exchange, what came of it.
using replay_desk
  = actors::carrier_actor::extend<caf::reacts_to<std::uint64_t, http_answer>>;

/// State and handlers of the CARRIER of one bot's parked updates. Promises are
/// kept here, since the intake's coroutines are no actors.
class replay_state {
public:
  using self_pointer = replay_desk::stateful_pointer<replay_state>;

  explicit replay_state(self_pointer self) : self_{self} {}

  replay_desk::behavior_type make_behavior(background* beside,
                                           api::telegram::intake* updates,
                                           telegram::bot_number bot) {
    beside_ = beside;
    updates_ = updates;
    bot_ = bot;
    return {
      [this](persistence::delivery& what) { return on_delivery(what); },
      [this](std::uint64_t exchange, http_answer& answer) {
        on_answer(exchange, answer);
      },
    };
  }

  static inline constexpr const char* name = "telegram-in";

private:
  caf::result<http_answer> on_delivery(persistence::delivery& what) {
    const auto exchange = ++last_exchange_;
    auto reply = self_->make_response_promise<http_answer>();
    waiting_.emplace(exchange, reply);
    beside_->run("the replay of an update",
                 replay(updates_, bot_, std::move(what.payload),
                        replay_desk{self_}, exchange));
    return reply;
  }

  static asio::awaitable<void>
  replay(api::telegram::intake* updates, telegram::bot_number bot,
         std::string raw, replay_desk desk, std::uint64_t exchange) {
    auto result = co_await updates->replay(bot, std::move(raw));
    auto answer = to_answer(std::move(result));
    caf::anon_send(desk, exchange, std::move(answer));
  }

  void on_answer(std::uint64_t exchange, http_answer& answer) {
    auto found = waiting_.extract(exchange);
    if (!found.empty())
      found.mapped().deliver(std::move(answer));
  }

  self_pointer self_;
  background* beside_ = nullptr;
  api::telegram::intake* updates_ = nullptr;
  telegram::bot_number bot_{};
  std::uint64_t last_exchange_ = 0;
  std::unordered_map<std::uint64_t, caf::typed_response_promise<http_answer>>
    waiting_;
};

replay_desk::behavior_type
replayer(replay_state::self_pointer self, background* beside,
         api::telegram::intake* updates, telegram::bot_number bot) {
  return self->state.make_behavior(beside, updates, bot);
}

actors::lane_channel_ptr make_channel(const actors::carrier_actor& carrier) {
  using namespace std::chrono_literals;
  actors::lane_channel out;
  out.carrier = carrier;
  out.judge = judge;
  out.policy.concurrency = at_once_max;
  out.policy.retry_delays = {1s, 5s, 30s, 2min, 10min, 1h};
  return std::make_shared<const actors::lane_channel>(std::move(out));
}

} // namespace

telegram_replays::telegram_replays(caf::actor_system& system,
                                   background& beside,
                                   api::telegram::intake& updates,
                                   const std::vector<bot_number>& bots) {
  for (const auto bot : bots) {
    const auto lane = telegram::intake_lane(bot);
    const actors::carrier_actor carrier
      = system.spawn(replayer, &beside, &updates, bot);
    carriers_.emplace(lane, carrier);
    channels_.emplace(lane, make_channel(carrier));
  }
}

telegram_replays::~telegram_replays() {
  stop();
}

actors::lane_channel_ptr
telegram_replays::channel_of(std::string_view lane) const {
  const auto found = channels_.find(lane);
  return is_open_ && found != channels_.end() ? found->second : nullptr;
}

std::vector<std::string> telegram_replays::lanes() const {
  std::vector<std::string> out;
  for (const auto& [lane, channel] : channels_)
    out.push_back(lane);
  return out;
}

void telegram_replays::stop() {
  is_open_ = false;
  for (const auto& [lane, carrier] : carriers_)
    caf::anon_send_exit(carrier, caf::exit_reason::user_shutdown);
  carriers_.clear();
}

} // namespace switchboard::app
