#pragma once

#include "actors/id_source.hpp"
#include "actors/interfaces.hpp"
#include "actors/lane.hpp"
#include "persistence/journal.hpp"
#include "persistence/statistics.hpp"
#include "persistence/ticket_views.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::actors {

struct statistician_options {
  /// Events that are counted in one turn; others have theirs in between.
  std::size_t slice_max = 1000;
  /// A pause after having read all, so that many small commits cost one look.
  std::chrono::milliseconds pause{100};
  /// While a long history is read, figures are shown this often.
  std::chrono::milliseconds show_every{1000};
  /// What a crash may cost: events of this time are counted again, what was
  /// heard of deliveries in it is lost.
  std::chrono::milliseconds store_every{10'000};
};

enum class delivery_result : std::uint8_t { delivered, failed_attempt, dead };

/// An immutable state of the figures.
using statistics_ptr = std::shared_ptr<const persistence::statistics_row>;

/// What the statistician shares with those who tell it of news and those who
/// read its figures; outlives it. Thread-safe.
class statistician_world {
public:
  statistician_world(persistence::journal& journal, clock_fn now,
                     statistician_options options);

  persistence::journal& journal;
  const clock_fn now;
  const statistician_options options;

  /// The newest figures; never null.
  [[nodiscard]] statistics_ptr latest() const;
  void show(statistics_ptr figures);

  /// Counts until the statistician takes it.
  void count(std::string_view lane_kind, delivery_result result);
  [[nodiscard]] std::vector<persistence::delivery_count> take_deliveries();

  /// There may be something new. True: tell the statistician so; false: it
  /// knows already and will look.
  [[nodiscard]] bool ring() noexcept {
    return !bell_.exchange(true);
  }
  /// The statistician has looked; what comes from now on must ring.
  void silence() noexcept {
    bell_ = false;
  }

private:
  mutable std::mutex mutex_; ///< guards what follows
  statistics_ptr latest_;
  std::vector<persistence::delivery_count> deliveries_;
  std::atomic<bool> bell_{false};
};

using statistician_world_ptr = std::shared_ptr<statistician_world>;

/// State and handlers of the STATISTICIAN: keeps the figures of all tickets.
///
/// Follows the feed from where the row in the store ends, in slices, so that a
/// restart costs a few events and a history without a row is read without
/// holding others up. A row that cannot be read, or that knows more events than
/// the journal has, is made anew from the first event (what it had heard of
/// deliveries is lost with it).
///
///     ring ──► read a slice ──► all read? ──► show, pause ──► silence the bell
///                 ▲      no, go on │                               │
///                 └────────────────┴──── something new meanwhile ──┘
///
/// The row is written `store_every` after the first news that it lacks, and
/// when the statistician ends.
class statistician_state {
public:
  using self_pointer = statistician_actor::stateful_pointer<statistician_state>;

  explicit statistician_state(self_pointer self) : self_{self} {}
  ~statistician_state();
  statistician_state(const statistician_state&) = delete;
  statistician_state& operator=(const statistician_state&) = delete;

  statistician_actor::behavior_type make_behavior(statistician_world_ptr world);

  static inline constexpr const char* name = "statistician";

private:
  void load();
  void on_slice();
  void on_pause_over();
  void on_store();
  void on_stored(const commit_note& note);

  void fold(const persistence::stored_event& stored);
  void take_deliveries();
  void show();
  void mark_changed();
  void arm_store();
  [[nodiscard]] persistence::changes row() const;

  self_pointer self_;
  statistician_world_ptr world_;
  persistence::statistics_row counted_;
  domain::offset looked_at_{}; ///< the journal's end at the last look
  domain::timestamp shown_at_{};
  bool is_shown_ = false; ///< whether `counted_` is what readers see
  bool is_stored_ = true; ///< ... and what the row says
  bool store_armed_ = false;
  bool store_in_flight_ = false;
};

/// Spawns with `sys.spawn(statistician, world)`.
statistician_actor::behavior_type
statistician(statistician_state::self_pointer self,
             statistician_world_ptr world);

/// Counts what lanes tell, and passes it on. Thread-safe.
class delivery_counter final : public delivery_observer {
public:
  /// `counted(kind, result)` must be thread-safe and quick; `next` may be null
  /// and outlives this.
  using count_fn = std::function<void(std::string_view, delivery_result)>;

  delivery_counter(count_fn counted, delivery_observer* next)
    : counted_{std::move(counted)}, next_{next} {}

  void attempted(std::string_view lane_kind, std::string_view outcome,
                 std::chrono::nanoseconds took) override;
  void delivered(std::string_view lane_kind,
                 std::chrono::milliseconds since_commit) override;
  void gave_up(std::string_view lane, persistence::delivery_id id,
               std::string_view reason) override;

private:
  count_fn counted_;
  delivery_observer* next_;
};

} // namespace switchboard::actors
