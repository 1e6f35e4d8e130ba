#pragma once

#include "actors/actors_observer.hpp"
#include "actors/id_source.hpp"
#include "actors/interfaces.hpp"
#include "channels/outcome.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
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

struct lane_policy {
  /// Deliveries on their way at once; those of one group go one at a time.
  std::size_t concurrency = 16;
  /// Pauses before the 2nd, 3rd … attempt; after the last one it is a dead
  /// letter.
  std::vector<std::chrono::milliseconds> retry_delays;
  /// Each pause is stretched or shrunk by up to this share, at random.
  double jitter = 0.2;
  /// The longest pause that a peer may ask for by Retry-After.
  std::chrono::seconds slow_down_max{3600};
  /// A delivery that peers have put off for so long is a dead letter.
  std::chrono::hours slow_down_age_max{24};
  /// Deliveries in memory at once; the rest waits on disk.
  std::size_t window_max = 1024;
  /// A pause before the journal is asked again to settle a delivery.
  std::chrono::milliseconds settle_pause{1000};
};

/// How the lanes of one kind speak with their peers.
struct lane_channel {
  std::function<channels::http_request(const persistence::delivery&)> encode;
  std::function<channels::verdict(const channels::http_answer&)> judge;
  lane_policy policy;
};

/// Hears of attempts. Called on actor threads.
class delivery_observer {
public:
  virtual ~delivery_observer() = default;
  /// `lane_kind` is the lane's name up to the colon.
  virtual void attempted(std::string_view lane_kind, std::string_view outcome,
                         std::chrono::nanoseconds took)
    = 0;
  virtual void delivered(std::string_view lane_kind,
                         std::chrono::milliseconds since_commit)
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
  std::function<const lane_channel*(std::string_view lane)> channel_of;
  actors_observer* actors = nullptr;     ///< may be null
  delivery_observer* observer = nullptr; ///< may be null
};

using lane_world_ptr = std::shared_ptr<const lane_world>;

/// The part of a lane's name in front of the colon.
std::string_view lane_kind(std::string_view lane) noexcept;

/// State and handlers of the LANE.
///
/// Reads its deliveries from the outbox in the order of their ids. Deliveries
/// of one group keep their order: while one of them is on its way or pauses
/// before a retry, the later ones of its group wait; other groups go on. What
/// came of an attempt is committed before the group moves on, so a lane that
/// dies repeats at most what was on its way.
class lane_state {
public:
  using self_pointer = lane_actor::stateful_pointer<lane_state>;

  explicit lane_state(self_pointer self) : self_{self} {}

  lane_actor::behavior_type make_behavior(lane_world_ptr world,
                                          std::string lane);

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
  };

  using group_map = std::unordered_map<std::string, group_queue>;
  using group_entry = group_map::value_type;

  void on_poll();
  void on_retry_group(const std::string& group_name);
  void on_retry_lane();
  void on_replayed(persistence::delivery_id id);
  void on_settled(const settle_note& note);

  void load_more();
  void accept(persistence::delivery d);
  void send_ready();
  void send(group_entry& g);
  void on_answer(const std::string& group_name,
                 const channels::http_answer& answer);
  void conclude(group_entry& g, const channels::http_answer& answer);
  void settle_pause(group_entry& g, const persistence::attempt& attempt,
                    std::chrono::milliseconds pause, bool spends_attempt);
  void settle(group_entry& g, persistence::changes what,
              std::optional<std::chrono::milliseconds> pause);
  void commit_bookkeeping(const group_entry& g);
  void pause_group(group_entry& g, std::chrono::milliseconds pause);
  void pause_lane(std::chrono::seconds pause);
  void finish(group_entry& g);
  void become_ready(group_entry& g);
  void observe(const channels::verdict& verdict, const persistence::delivery& d,
               std::chrono::milliseconds latency) const;
  [[nodiscard]] std::chrono::milliseconds
  jittered(std::chrono::milliseconds pause) const;

  self_pointer self_;
  lane_world_ptr world_;
  const lane_channel* channel_ = nullptr;
  std::string lane_;

  group_map groups_;
  std::deque<std::string> ready_; ///< groups whose turn it is
  std::unordered_map<std::uint64_t, std::string> settling_; ///< id → group
  persistence::delivery_id cursor_{}; ///< the last one that was read
  std::unordered_set<std::uint64_t> loaded_; ///< ids in memory
  std::size_t sending_ = 0;
  bool paused_ = false;
};

/// Spawns with `sys.spawn(lane, world, name)`.
lane_actor::behavior_type lane(lane_state::self_pointer self,
                               lane_world_ptr world, std::string lane_name);

} // namespace switchboard::actors
