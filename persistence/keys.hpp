#pragma once

#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "domain/time.hpp"
#include "persistence/journal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Layouts of all keys. Integers are big-endian, so that byte order is number
/// order; `|` joins fields and writes nothing; `0` is one zero byte.
///
///   events        first offset (8)                        → EventBlock
///   entities      kind (1) | uuid (16)                    → state row
///   messages      ticket uuid (16) | message number (4)   → MessageRow
///   index         'n' | ticket number (8)                 → uuid (16)
///                 'q' | status (1) | 255 - priority (1) | uuid (16) → ""
///                 'w' | status (1) | 255 - priority (1) | since ms (8)
///                   | uuid (16)                         → ""
///                 'a' | agent | 0 | uuid (16)            → ""
///                 'c' | category | 0 | uuid (16)         → ""
///                 't' | tag | 0 | uuid (16)              → ""
///   unique        scope | 0 | id                          → expiry | result
///                 "session.ticket" | 0 | session uuid (16) | place (4)
///                                                       → 0 | ticket uuid (16)
///                 "session.identity" | 0 | identity  → 0 | session uuid (16)
///   outbox        lane | 0 | delivery id (8)              → OutboxRow
///   attempts      delivery id (8) | attempt (4)           → expiry |
///   AttemptRow
///                 0xff | lane | 0 | at ms (8) | delivery id (8) | attempt (4)
///                                                       → expiry |
///                                                       LaneAttemptRow
///   dead_letters  delivery id (8)                         → DeadLetterRow
///   timers        due ms (8) | kind (1) | uuid (16) | name → ""
///   activities    ticket uuid (16) | sequence (8)         → EventRecord
///   places        'p' | bot (8) | chat (8) | message (4)  → PlaceRow
///                 't' | ticket uuid (16) | shows (1) | message (4) | part (4)
///                   | bot (8) | chat (8) | message (4)  → PlaceRow
///   marks         'm' | ticket uuid (16) | message (4) | 1 | who reacts
///                                                       → MarkRow
///                 'm' | ticket uuid (16) | message (4) | 2
///                                                       → MarkRow (deleted)
///                 'm' | ticket uuid (16) | message (4) | 3 | part (4)
///                   | delivery state (1)                → MarkRow
///                 'x' | external id                     → ExternalIdRow
///   meta          name                                    → 8 bytes
///                 "statistics"                            → Statistics
///
/// An expiry is 8 bytes of milliseconds, 0 for never; compaction drops rows
/// whose expiry has passed. A UUIDv7 sorts by its time, so that the 'q' rows of
/// one status and priority are in the order of creation. Only tickets that wait
/// for somebody (pending, escalated) have a 'w' row: those of one status are a
/// queue, urgent first, then the longest waiting.
namespace switchboard::persistence::keys {

inline constexpr std::string_view schema_version = "schema_version";
inline constexpr std::string_view next_delivery = "next_delivery";

/// `lane` and `scope` may not hold a zero byte: it ends them in a key.
[[nodiscard]] bool is_key_word(std::string_view word) noexcept;

void append_u32(std::string& out, std::uint32_t value);
void append_u64(std::string& out, std::uint64_t value);
/// 0 when `bytes` is shorter than the integer.
[[nodiscard]] std::uint32_t read_u32(std::string_view bytes) noexcept;
[[nodiscard]] std::uint64_t read_u64(std::string_view bytes) noexcept;
[[nodiscard]] std::string u64(std::uint64_t value);

/// The smallest key above all that begin with `prefix`; empty: there is none.
[[nodiscard]] std::string after_prefix(std::string_view prefix);

[[nodiscard]] std::string event_block(domain::offset first);
[[nodiscard]] std::string entity(domain::entity_kind kind,
                                 const domain::uuid& id);
[[nodiscard]] std::string ticket(const domain::ticket_id& id);
[[nodiscard]] std::string message(const domain::ticket_id& id,
                                  domain::message_sequence number);
[[nodiscard]] std::string number(domain::ticket_number number);
[[nodiscard]] std::string queue(domain::status s, domain::priority p,
                                const domain::ticket_id& id);
[[nodiscard]] std::string queue_of(domain::status s);
[[nodiscard]] std::string waiting(domain::status s, domain::priority p,
                                  domain::timestamp since,
                                  const domain::ticket_id& id);
/// What the keys of `waiting` begin with.
[[nodiscard]] std::string waiting_of(domain::status s, domain::priority p);
/// What a ticket may be labelled with beside its status and priority.
enum class label : char { agent = 'a', category = 'c', tag = 't' };

/// All tickets with a label; append a uuid for the row of one of them.
[[nodiscard]] std::string labelled(label kind, std::string_view text);
[[nodiscard]] std::string activity(const domain::ticket_id& id,
                                   domain::sequence number);
[[nodiscard]] std::string unique(std::string_view scope, std::string_view id);
[[nodiscard]] std::string outbox(std::string_view lane, delivery_id id);
[[nodiscard]] std::string attempt(delivery_id id, std::uint32_t number);
/// The same attempt in the list of its lane, which is sorted by time. No id of
/// a delivery begins with its first byte.
[[nodiscard]] std::string lane_attempt(std::string_view lane,
                                       domain::timestamp at, delivery_id id,
                                       std::uint32_t number);
/// What the keys of all listed attempts of a lane begin with.
[[nodiscard]] std::string lane_attempts_of(std::string_view lane);
[[nodiscard]] std::string dead_letter(delivery_id id);
[[nodiscard]] std::string timer(const timer_change& timer);
/// The smallest key of a timer that is due later than `at`.
[[nodiscard]] std::string timers_after(domain::timestamp at);

struct waiting_key {
  domain::timestamp since{};
  domain::ticket_id id;
};

/// Of a key that begins as `waiting_of` says.
[[nodiscard]] std::optional<waiting_key>
parse_waiting(std::string_view key) noexcept;

struct outbox_key {
  std::string_view lane;
  delivery_id id{};
};

struct lane_attempt_key {
  std::string_view lane;
  domain::timestamp at{};
  delivery_id id{};
  std::uint32_t number = 0;
};

/// Empty for the keys of attempts by delivery.
[[nodiscard]] std::optional<lane_attempt_key>
parse_lane_attempt(std::string_view key) noexcept;

[[nodiscard]] std::optional<outbox_key>
parse_outbox(std::string_view key) noexcept;
[[nodiscard]] std::optional<timer_change> parse_timer(std::string_view key);

// -- values that begin with their expiry --------------------------------------

void append_expiry(std::string& out, std::optional<domain::timestamp> expires);
[[nodiscard]] bool has_expired(std::string_view value,
                               domain::timestamp now) noexcept;
/// What follows the expiry; empty when `value` is too short.
[[nodiscard]] std::string_view after_expiry(std::string_view value) noexcept;

} // namespace switchboard::persistence::keys
