#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::persistence {

/// The sorted maps of the store (RocksDB column families). Key layouts stand in
/// keys.hpp. Values are array indexes; the names on disk are in `to_string`.
enum class family : std::uint8_t {
  meta,         ///< schema version, counters, cursors
  events,       ///< first offset of a group commit → its events
  entities,     ///< kind + id → state row
  messages,     ///< ticket + message sequence → message
  index,        ///< sorted keys of every list that the API offers
  unique,       ///< scope + external id → result, with an expiry
  outbox,       ///< lane + delivery id → delivery that waits
  attempts,     ///< delivery id + attempt → what happened, with an expiry
  dead_letters, ///< delivery id → delivery that was given up
  timers,       ///< due time + entity + name
  activities,   ///< ticket + sequence → event that people ask about
  places,       ///< message at Telegram ↔ what it shows of a ticket
  marks,        ///< what was told of messages since; their external ids
};

inline constexpr std::size_t family_count = 13;

std::string_view to_string(family f) noexcept;

/// One row to write (`value` set) or to remove (`value` empty).
struct row_change {
  family where = family::meta;
  std::string key;
  std::optional<std::string> value;

  friend bool operator==(const row_change&, const row_change&) = default;
};

/// Reads rows as of the last durable commit. Thread-safe; point reads cost
/// microseconds and may run on an event loop.
class row_reader {
public:
  virtual ~row_reader() = default;

  /// Fills `value` and returns true, or returns false when there is no row.
  virtual bool get(family where, std::string_view key,
                   std::string& value) const = 0;

  /// Calls `visit(key, value)` for each row with `from <= key < to` in order
  /// (`to` empty: to the end) until it returns false. Sees one consistent
  /// moment of the store.
  virtual void
  scan(family where, std::string_view from, std::string_view to,
       const std::function<bool(std::string_view, std::string_view)>& visit)
    const = 0;

  /// As `scan`, but from the last row before `to` downwards.
  virtual void
  scan_back(family where, std::string_view from, std::string_view to,
            const std::function<bool(std::string_view, std::string_view)>&
              visit) const = 0;
};

} // namespace switchboard::persistence
