#pragma once

#include "actors/id_source.hpp"
#include "actors/interfaces.hpp"
#include "persistence/error_records.hpp"
#include "persistence/journal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace switchboard::actors {

struct error_book_options {
  /// What goes wrong in the meantime is gathered into one commit.
  std::chrono::milliseconds commit_every{200};
  /// A pause before the journal is asked again after it refused.
  std::chrono::milliseconds refused_pause{1000};
  /// Notes on their way to the book; beyond them they are only counted.
  std::size_t notes_max = 10'000;
};

/// Says what must be sent out because of an error. The errors of a destination
/// must not be sent to itself: that would make errors without end.
using error_planner = std::function<std::vector<persistence::new_delivery>(
  const persistence::error_record& after, const persistence::error_event&)>;

/// What the book is built on; it outlives the book. The counters are shared
/// with those who send notes.
struct error_book_world {
  error_book_world(persistence::journal& book_journal, clock_fn clock,
                   error_planner planner, error_book_options book_options = {})
    : journal{book_journal},
      now{std::move(clock)},
      plan_deliveries{std::move(planner)},
      options{book_options} {}

  persistence::journal& journal;
  clock_fn now;
  error_planner plan_deliveries; ///< may be empty
  error_book_options options;
  std::atomic<std::size_t> on_the_way{0};
  std::atomic<std::uint64_t> dropped{0};
};

using error_book_world_ptr = std::shared_ptr<error_book_world>;

/// State and handlers of the ERROR BOOK.
///
/// Notes of one kind add up while a commit is in flight, and for at least
/// `commit_every`. At most `error_kinds_max` kinds are told apart, so memory is
/// bounded; what comes beyond is counted as `other`. When a commit is refused,
/// its occurrences wait for the next one. What has gathered is committed when
/// the book ends, unless a commit of the same kind is in flight then.
class error_book_state {
public:
  using self_pointer = error_book_actor::stateful_pointer<error_book_state>;

  explicit error_book_state(self_pointer self) : self_{self} {}
  ~error_book_state();
  error_book_state(const error_book_state&) = delete;
  error_book_state& operator=(const error_book_state&) = delete;

  error_book_actor::behavior_type make_behavior(error_book_world_ptr world);

  static inline constexpr const char* name = "error_book";

private:
  using event_map = std::unordered_map<domain::uuid, persistence::error_event>;

  void on_note(const error_note& note);
  void on_settled(const error_settled& note);
  void on_tick();

  void gather(persistence::error_event what);
  void merge(persistence::error_event what);
  void count_dropped();
  void flush();
  void arm(std::chrono::milliseconds pause);
  persistence::changes numbered(persistence::error_event& what) const;
  [[nodiscard]] std::optional<persistence::error_record>
  record_of(const domain::uuid& id) const;
  void reload(const domain::uuid& id);
  bool is_written(const persistence::error_event& what) const;

  self_pointer self_;
  error_book_world_ptr world_;
  std::unordered_map<domain::uuid, persistence::error_record> records_;
  std::unordered_set<domain::uuid> kinds_; ///< stored, pending or in flight
  event_map pending_;
  event_map in_flight_;
  bool armed_ = false;
  bool was_refused_ = false;
};

/// Spawns with `sys.spawn(error_book, world)`.
error_book_actor::behavior_type error_book(error_book_state::self_pointer self,
                                           error_book_world_ptr world);

/// Hands a note to the book, or only counts it when too many are on their way.
/// Thread-safe.
void send_note(error_book_world& world, const error_book_actor& book,
               error_note note);

} // namespace switchboard::actors
