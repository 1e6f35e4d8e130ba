#pragma once

#include "actors/interfaces.hpp"
#include "actors/lane_channel.hpp"
#include "app/background.hpp"
#include "persistence/deliveries.hpp"

#include <boost/asio/awaitable.hpp>

#include <caf/actor_system.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// What came of handing something parked back.
struct handed_back {
  enum class kind : std::uint8_t { done, failed, try_later };

  kind what = kind::done;
  std::string reason{}; ///< for people; empty when it is done
};

/// One lane of parked things.
struct replay_lane {
  std::string name;
  /// Handles the delivery's payload once more; runs on the executor of the
  /// background work.
  std::function<boost::asio::awaitable<handed_back>(persistence::delivery)>
    hand_back;
  /// Pauses before the 2nd, 3rd … time; what is `try_later` after the last one
  /// becomes a dead letter, as what `failed` does at once.
  std::vector<std::chrono::milliseconds> pauses;
  std::size_t at_once_max = 4;
};

/// Lanes where things lie that came in and could not be handled: they go back
/// to where they came from, a few times of their own accord and again whenever
/// a person replays the dead letter that comes of it.
///
/// They are served from `open` on, when all handlers are there. What
/// `hand_back` uses outlives the background work, which has ended before this
/// goes. Thread-safe but for `stop`.
class replay_lanes {
public:
  replay_lanes(caf::actor_system& system, background& beside,
               std::vector<replay_lane> lanes);
  replay_lanes(const replay_lanes&) = delete;
  replay_lanes& operator=(const replay_lanes&) = delete;
  ~replay_lanes();

  /// From now on the lanes have channels.
  void open() noexcept {
    is_open_ = true;
  }

  /// Null for other lanes, and before `open`.
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const;

  /// The names of all lanes.
  [[nodiscard]] std::vector<std::string> lanes() const;

  /// Ends the actors.
  void stop();

private:
  std::atomic<bool> is_open_{false};
  std::vector<actors::carrier_actor> carriers_;
  std::map<std::string, actors::lane_channel_ptr, std::less<>> channels_;
};

} // namespace switchboard::app
