#pragma once

#include "actors/interfaces.hpp"
#include "actors/lane_channel.hpp"
#include "api/telegram/intake.hpp"
#include "app/background.hpp"
#include "channels/telegram/lanes.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// The lanes `telegram-in:<bot>`, where updates lie that could not be handled:
/// they go back to the intake, once of their own accord and again whenever a
/// person replays the dead letter that comes of it.
///
/// They are served from `open` on, when all handlers are there. The intake and
/// `beside` outlive it; its actors have ended before `beside` goes. Thread-safe
/// but for `stop`.
class telegram_replays {
public:
  using bot_number = channels::telegram::bot_number;

  telegram_replays(caf::actor_system& system, background& beside,
                   api::telegram::intake& updates,
                   const std::vector<bot_number>& bots);
  telegram_replays(const telegram_replays&) = delete;
  telegram_replays& operator=(const telegram_replays&) = delete;
  ~telegram_replays();

  /// From now on the lanes have channels.
  void open() noexcept {
    is_open_ = true;
  }

  /// Null for other lanes, for bots that are not configured, and before `open`.
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const;

  /// The lanes of all bots.
  [[nodiscard]] std::vector<std::string> lanes() const;

  /// Ends the actors.
  void stop();

private:
  std::atomic<bool> is_open_{false};
  std::map<std::string, actors::carrier_actor, std::less<>> carriers_;
  std::map<std::string, actors::lane_channel_ptr, std::less<>> channels_;
};

} // namespace switchboard::app
