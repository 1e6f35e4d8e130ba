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
///   unique        scope | 0 | id                          → expiry | result
///   outbox        lane | 0 | delivery id (8)              → OutboxRow
///   attempts      delivery id (8) | attempt (4)           → expiry |
///   AttemptRow dead_letters  delivery id (8)                         →
///   DeadLetterRow timers        due ms (8) | kind (1) | uuid (16) | name → ""
///   meta          name                                    → 8 bytes
///
/// An expiry is 8 bytes of milliseconds, 0 for never; compaction drops rows
/// whose expiry has passed. A UUIDv7 sorts by its time, so that the 'q' rows of
/// one status are the queue: urgent first, then by age.
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
[[nodiscard]] std::string unique(std::string_view scope, std::string_view id);
[[nodiscard]] std::string outbox(std::string_view lane, delivery_id id);
[[nodiscard]] std::string attempt(delivery_id id, std::uint32_t number);
[[nodiscard]] std::string dead_letter(delivery_id id);
[[nodiscard]] std::string timer(const timer_change& timer);
/// The smallest key of a timer that is due later than `at`.
[[nodiscard]] std::string timers_after(domain::timestamp at);

struct outbox_key {
  std::string_view lane;
  delivery_id id{};
};

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
