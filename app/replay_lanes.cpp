#include "app/replay_lanes.hpp"

#include "app/job_carrier.hpp"

#include <caf/send.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace switchboard::app {

namespace asio = boost::asio;
using channels::http_answer;

namespace {

/// What stands for the results in the words of HTTP.
constexpr int done_status = 200;
constexpr int failed_status = 422;
constexpr int try_later_status = 503;

http_answer to_answer(handed_back result) {
  using kind = handed_back::kind;
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

using hand_back_function = decltype(replay_lane::hand_back);

asio::awaitable<void>
hand_back(std::shared_ptr<const hand_back_function> handler,
          persistence::delivery what, std::function<void(http_answer)> done) {
  handed_back result;
  try {
    auto handling = (*handler)(std::move(what));
    result = co_await std::move(handling);
  } catch (const std::exception& problem) {
    result.what = handed_back::kind::failed;
    result.reason = problem.what();
  }
  done(to_answer(std::move(result)));
}

delivery_job job_of(background& beside, hand_back_function handler) {
  return [&beside, handler = std::make_shared<const hand_back_function>(
                     std::move(handler))](auto what, auto done) {
    auto name = "the replay of " + what.lane;
    beside.run(std::move(name),
               hand_back(handler, std::move(what), std::move(done)));
  };
}

} // namespace

replay_lanes::replay_lanes(caf::actor_system& system, background& beside,
                           std::vector<replay_lane> lanes) {
  for (auto& lane : lanes) {
    const auto carrier
      = spawn_carrier(system, job_of(beside, std::move(lane.hand_back)));
    carriers_.push_back(carrier);
    actors::lane_channel channel;
    channel.carrier = carrier;
    channel.judge = judge;
    channel.policy.concurrency = lane.at_once_max;
    channel.policy.retry_delays = std::move(lane.pauses);
    channels_.emplace(
      std::move(lane.name),
      std::make_shared<const actors::lane_channel>(std::move(channel)));
  }
}

replay_lanes::~replay_lanes() {
  stop();
}

actors::lane_channel_ptr replay_lanes::channel_of(std::string_view lane) const {
  const auto found = channels_.find(lane);
  return is_open_ && found != channels_.end() ? found->second : nullptr;
}

std::vector<std::string> replay_lanes::lanes() const {
  std::vector<std::string> out;
  for (const auto& [lane, channel] : channels_)
    out.push_back(lane);
  return out;
}

void replay_lanes::stop() {
  is_open_ = false;
  for (const auto& carrier : carriers_)
    caf::anon_send_exit(carrier, caf::exit_reason::user_shutdown);
  carriers_.clear();
}

} // namespace switchboard::app
