#pragma once

#include "actors/lane_channel.hpp"
#include "actors/supervisor.hpp"
#include "actors/telegram_carrier.hpp"
#include "channels/telegram/answer.hpp"
#include "channels/telegram/lanes.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

struct telegram_bots_options {
  std::string api_url = "https://api.telegram.org";
  std::vector<std::string> tokens; ///< of different bots
  std::uint32_t total_per_second = 30;
  std::uint32_t chat_per_second = 1;
  std::uint32_t group_per_minute = 20;
};

/// A file that a call takes along.
struct telegram_upload {
  std::string name;
  std::string mime_type;
  std::string bytes;
};

/// What the bots are built on; all of it outlives them. The functions are
/// called on actor threads and must be quick; those with a default may be
/// empty.
struct telegram_bots_parts {
  using bot_number = channels::telegram::bot_number;
  using chat_id = channels::telegram::chat_id;
  using upload_handler = std::function<void(std::optional<telegram_upload>)>;

  caf::actor_system& system;
  actors::courier_actor courier;
  /// What a delivery of a chat's lane comes to, as things are now.
  std::function<actors::rendering(bot_number, const persistence::delivery&)>
    render;
  /// Called when a delivery was delivered or is given up: rows and deliveries
  /// that are added to `settling` become durable with that. `shared_by` is how
  /// many deliveries the message shows.
  std::function<void(bot_number, const persistence::delivery&,
                     const channels::telegram::api_answer&,
                     std::uint32_t shared_by, domain::timestamp now,
                     persistence::changes& settling)>
    settled{};
  /// Reads a file whose `send_file::source` is `actors::upload_prefix` and
  /// `name`; the handler is called on any thread, with nothing when it is gone.
  std::function<void(bot_number, std::string_view name, upload_handler)>
    read_upload{};
  std::function<void(bot_number, chat_id from, chat_id to)> migrated{};
  std::function<void(actors::error_note)> report_error{};
  actors::telegram_observer* observer = nullptr;      ///< may be null
  actors::actors_observer* actors_observer = nullptr; ///< may be null
  /// Called when a carrier keeps dying.
  std::function<void(const std::string& actor)> gave_up{};
  actors::carrier_policy policy{};
  actors::restart_policy restarts{};
};

/// The bots as lanes see them: one carrier for each, which is restarted when it
/// dies, and the channels of the lanes `telegram:<bot>:<chat>`. Lanes of bots
/// that are not configured have no channel; what waits there stays.
///
/// Its carriers run from the beginning. Thread-safe but for `stop`.
class telegram_bots {
public:
  using bot_number = channels::telegram::bot_number;

  /// A token that is none is left out.
  telegram_bots(telegram_bots_options options, telegram_bots_parts parts);
  telegram_bots(const telegram_bots&) = delete;
  telegram_bots& operator=(const telegram_bots&) = delete;
  /// As `stop`.
  ~telegram_bots();

  /// The bots, in the order of their tokens.
  [[nodiscard]] const std::vector<bot_number>& bots() const noexcept {
    return order_;
  }

  /// For lane_world::channel_of; what it gives must not outlive this.
  [[nodiscard]] actors::lane_channel_ptr channel_of(std::string_view lane);

  /// Makes a call that nothing durable stands behind, if it can be made.
  void say(bot_number number, actors::outgoing what);

  /// Ends the carriers and waits for them. What they had on their way stays in
  /// the outbox. Not for actors' threads.
  void stop();

private:
  struct bot {
    std::string base; ///< of its methods' addresses; holds the token
    actors::telegram_carrier_world_ptr world;
    actors::telegram_carrier_actor carrier; ///< the one of now
    actors::lane_channel_ptr channel;       ///< with it
    caf::actor supervisor;
  };

  void add(const std::string& token);
  void start(bot_number number, bot& of);
  [[nodiscard]] actors::telegram_carrier_world world_of(bot_number number);
  [[nodiscard]] caf::actor start_carrier(bot_number number);
  [[nodiscard]] actors::lane_channel_ptr
  make_channel(bot_number number, const actors::carrier_actor& carrier) const;
  void prepare(bot_number number, const channels::telegram::method& call,
               actors::telegram_carrier_world::request_handler done) const;

  telegram_bots_options options_;
  telegram_bots_parts parts_;
  std::vector<bot_number> order_;
  mutable std::mutex mutex_;       ///< guards the handles within `bots_`
  std::map<bot_number, bot> bots_; ///< as they were configured
};

} // namespace switchboard::app
