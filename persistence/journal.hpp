#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "persistence/rows.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The only door through which anything becomes durable.
namespace switchboard::persistence {

/// Says that `scope` + `id` may have one effect only. When the pair is taken,
/// the whole `changes` is refused with what the first effect left as `result`.
struct unique_claim {
  std::string scope;
  std::string id;
  std::string result;
  std::optional<domain::timestamp> expires; ///< empty: never

  friend bool operator==(const unique_claim&, const unique_claim&) = default;
};

/// Something to send out. The journal gives it its id (`delivery_id`), which
/// grows, so a lane sends in the order of the commits.
struct new_delivery {
  std::string lane;    ///< the destination, e.g. `n8n:ticket-created`
  std::string group;   ///< what must stay in order within the lane (ticket id)
  std::string kind;    ///< e.g. `ticket.created`; for people and metrics
  std::string payload; ///< the body as it goes out
  domain::timestamp created_at{};
  /// The receiver's name for it, the same in every attempt; empty: it has none.
  std::string message_id{};
  /// The place of its event within the ticket; 0: none.
  domain::sequence sequence{};

  friend bool operator==(const new_delivery&, const new_delivery&) = default;
};

enum class delivery_id : std::uint64_t {};

/// Wakes an entity at `due` (`set`) or takes that back.
struct timer_change {
  domain::timestamp due{};
  domain::entity_kind kind = domain::entity_kind::ticket;
  domain::uuid entity;
  std::string name;
  bool set = true;

  friend bool operator==(const timer_change&, const timer_change&) = default;
};

/// An event in its stored form: a serialized `EventRecord` of
/// schema/journal.proto without its offset, which the commit gives.
struct encoded_event {
  std::string bytes;

  friend bool operator==(const encoded_event&, const encoded_event&) = default;
};

/// What becomes durable together or not at all.
struct changes {
  /// The entity that changes; absent for pure bookkeeping (settling a
  /// delivery), which then may carry no events and no state.
  struct subject {
    domain::entity_kind kind = domain::entity_kind::ticket;
    domain::uuid id;
    domain::sequence expected{}; ///< its last event before this commit
    domain::sequence next{};     ///< its last event after it
    std::string state;           ///< the serialized state row after it
  };

  std::optional<subject> entity;
  std::vector<encoded_event> events;
  std::vector<row_change> rows; ///< view and bookkeeping rows
  std::vector<unique_claim> claims;
  std::vector<new_delivery> deliveries;
  std::vector<timer_change> timers;
};

/// Durable. `first` is the offset of the first event (of what would have been
/// it, when there were none).
struct committed {
  domain::offset first{};
  std::uint32_t event_count = 0;
  std::vector<delivery_id> deliveries; ///< in the order of `changes`
};

/// Nothing was written: `scope` + `id` is taken.
struct conflict {
  std::string scope;
  std::string id;
  std::string result; ///< what the first effect left
};

enum class commit_failure : std::uint8_t {
  stale,      ///< the entity has moved on: not written, load it afresh
  fenced,     ///< another owner has taken over: not written
  no_room,    ///< below storage.reserve_bytes: not written
  overloaded, ///< the queue is full: not written
  closed,     ///< shutting down: not written
  unknown,    ///< may or may not have been written: load it afresh
};

std::string_view to_string(commit_failure f) noexcept;

using commit_outcome = std::variant<committed, conflict, commit_failure>;

/// Told about every group commit, on the writer's thread, after its fsync and
/// before the committers hear of it. Must not block.
struct batch_summary {
  domain::offset last{};          ///< the last offset that is durable now
  std::vector<std::string> lanes; ///< that have new deliveries, no duplicates
  std::vector<timer_change> timers;
};

struct stored_event {
  domain::offset at{};
  std::string bytes; ///< a serialized `EventRecord`
};

/// Thread-safe. Implementations: rocks_journal (on disk), memory_journal (for
/// the actor tests), later a replicated log.
class journal {
public:
  using commit_handler = std::function<void(commit_outcome)>;
  using batch_handler = std::function<void(const batch_summary&)>;

  virtual ~journal() = default;

  /// Queues `what` for the next group commit and returns at once. `done` is
  /// called exactly once, on any thread (the caller's included).
  virtual void commit(changes what, commit_handler done) = 0;

  /// The views, as of the last durable commit.
  [[nodiscard]] virtual const row_reader& rows() const = 0;

  /// The feed: up to `max` events after `after`, in order, without gaps.
  [[nodiscard]] virtual std::vector<stored_event>
  read_events(domain::offset after, std::size_t max) const = 0;

  [[nodiscard]] virtual domain::offset last_offset() const = 0;

  /// Replaces the one that hears of group commits. Call before the first
  /// commit.
  virtual void on_batch(batch_handler handler) = 0;

  /// Whether writes are possible now; otherwise why not, for people.
  [[nodiscard]] virtual std::optional<std::string> write_obstacle() const = 0;
};

} // namespace switchboard::persistence
