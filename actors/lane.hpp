#pragma once

#include "actors/actors_observer.hpp"
#include "actors/id_source.hpp"
#include "actors/interfaces.hpp"
#include "actors/lane_channel.hpp"
#include "actors/token_bucket.hpp"
#include "channels/outcome.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"

#include <caf/system_messages.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace switchboard::actors {

/// Hears of attempts. Called on actor threads.
class delivery_observer {
public:
  virtual ~delivery_observer() = default;
  /// `lane_kind` is the lane's name up to the colon.
  virtual void attempted(std::string_view lane_kind, std::string_view outcome,
                         std::chrono::nanoseconds took)
    = 0;
  virtual void
  delivered(std::string_view lane_kind, std::chrono::milliseconds since_commit)
    = 0;
  /// A delivery became a dead letter. `reason` is fit for a log.
  virtual void gave_up(std::string_view lane, persistence::delivery_id id,
                       std::string_view reason)
    = 0;
};

/// What all lanes share; outlives them.
struct lane_world {
  persistence::journal& journal;
  clock_fn now;
  courier_actor courier;
  /// The channel of a lane by its name, or null when nothing serves it now.
  std::function<lane_channel_ptr(std::string_view lane)> channel_of;
  actors_observer* actors = nullptr;     ///< may be null
  delivery_observer* observer = nullptr; ///< may be null
  /// Told of every dead letter; may be empty.
  std::function<void(error_note)> report_error{};
};

using lane_world_ptr = std::shared_ptr<const lane_world>;

/// State and handlers of the LANE.
///
/// Reads its deliveries from the outbox in the order of their ids. Deliveries
/// of one group keep their order: while one of them is on its way or pauses
/// before a retry, the later ones of its group wait; other groups go on. What
/// came of an attempt is committed before the group moves on, so a lane that
/// dies repeats at most what was on its way. Those that wait for a later
/// attempt are held without their payloads, which are read again when needed.
///
/// With a carrier, the lane hands its deliveries over and waits without a limit
/// of its own; a carrier that dies loses nothing, since what it had is handed
/// to its successor.
///
/// A lane never ends of its own will: one that has been idle, or whose
/// destination takes nothing now, tells its keeper, which knows whether there
/// is work that the lane has not heard of yet.
class lane_state {
public:
  using self_pointer = lane_actor::stateful_pointer<lane_state>;

  explicit lane_state(self_pointer self) : self_{self} {}
  ~lane_state();
  lane_state(const lane_state&) = delete;
  lane_state& operator=(const lane_state&) = delete;

  lane_actor::behavior_type make_behavior(lane_world_ptr world,
                                          std::string lane,
                                          lane_keeper_actor keeper);

  static inline constexpr const char* name = "lane";

private:
  enum class phase : unsigned char { ready, sending, settling, pausing };

  /// The deliveries of one group; the first one is being worked on.
  struct group_queue {
    std::deque<persistence::delivery> queue;
    phase now = phase::ready;
    /// While settling: what is being committed (a refused commit is asked for
    /// again), and the pause before the next attempt, or none when this
    /// delivery is done with.
    persistence::changes bookkeeping;
    std::optional<std::chrono::milliseconds> pause;
    bool spends_attempt = false;
    /// Names the request to a carrier that is on its way, or was lost; 0: none.
    std::uint64_t asked = 0;
    caf::actor_addr carrier{}; ///< who was asked
  };

  using group_map = std::unordered_map<std::string, group_queue>;
  using group_entry = group_map::value_type;

  void on_poll();
  void on_pace();
  void on_idle();
  void on_retry_group(const std::string& group_name);
  void on_retry_lane();
  void on_replayed(persistence::delivery_id id);
  void on_settled(const settle_note& note);

  void take_channel();
  void load_more();
  void accept(persistence::delivery d);
  void send_ready();
  bool has_token();
  void send(group_entry& g);
  void hand_over(group_entry& g);
  void watch(const carrier_actor& carrier);
  void on_down(const caf::down_msg& msg);
  void on_carried(const std::string& group_name, std::uint64_t asked,
                  const channels::http_answer& answer);
  void on_lost(const std::string& group_name, std::uint64_t asked);
  void take_back(group_entry& g);
  bool fetch_payload(persistence::delivery& d);
  void drop_payload(persistence::delivery& d);
  void on_answer(const std::string& group_name,
                 const channels::http_answer& answer);
  void conclude(group_entry& g, const channels::http_answer& answer);
  void give_up(group_entry& g, const channels::http_answer& answer,
               const persistence::attempt& attempt,
               const channels::verdict& verdict, domain::timestamp now);
  void settle_for_good(group_entry& g, const channels::http_answer& answer,
                       const channels::verdict& verdict, domain::timestamp now,
                       persistence::changes what);
  void settle_pause(group_entry& g, const persistence::attempt& attempt,
                    std::chrono::milliseconds pause, bool spends_attempt);
  void settle(group_entry& g, persistence::changes what,
              std::optional<std::chrono::milliseconds> pause);
  void commit_bookkeeping(const group_entry& g);
  void pause_group(group_entry& g, std::chrono::milliseconds pause);
  void pause_lane(std::chrono::milliseconds pause);
  void finish(group_entry& g);
  void become_ready(group_entry& g);
  void observe(const channels::verdict& verdict, const persistence::delivery& d,
               std::chrono::milliseconds latency) const;
  void rest();
  void arm_idle(std::chrono::nanoseconds pause);
  void tell_keeper();

  self_pointer self_;
  lane_world_ptr world_;
  lane_keeper_actor keeper_; ///< may be null: then the lane stays
  lane_channel_ptr channel_;
  std::string lane_;

  group_map groups_;
  std::deque<std::string> ready_; ///< groups whose turn it is
  std::unordered_map<std::uint64_t, std::string> settling_; ///< id → group
  persistence::delivery_id cursor_{};        ///< the last one that was read
  std::unordered_set<std::uint64_t> loaded_; ///< ids in memory
  std::size_t payloads_ = 0;                 ///< how many of them are held
  std::size_t sending_ = 0;
  token_bucket bucket_;
  std::uint64_t polls_ = 0; ///< how often the lane was told of work
  std::uint64_t last_asked_ = 0;
  std::vector<caf::actor_addr> watched_; ///< carriers, as good as always one
  std::chrono::steady_clock::time_point idle_since_{};
  bool paused_ = false;
  bool has_lost_carrier_ = false; ///< the channel names one that is dead
  bool is_served_ = false;        ///< its destination takes deliveries
  bool has_more_ = false;         ///< there may be deliveries behind the cursor
  bool pace_armed_ = false;
  bool idle_armed_ = false;
};

/// Spawns with `sys.spawn(lane, world, name, keeper)`.
lane_actor::behavior_type lane(lane_state::self_pointer self,
                               lane_world_ptr world, std::string lane_name,
                               lane_keeper_actor keeper);

} // namespace switchboard::actors
