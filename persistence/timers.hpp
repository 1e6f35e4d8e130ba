#pragma once

#include "domain/time.hpp"
#include "persistence/journal.hpp"
#include "persistence/rows.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace switchboard::persistence {

/// The durable timers, earliest first. Thread-safe, as of the last durable
/// commit. A timer stays until a commit takes it back, so one that fires twice
/// (after a crash) must find nothing left to do.
class timer_views {
public:
  explicit timer_views(const row_reader& rows) : rows_(rows) {}

  /// Up to `max` timers that are due at `now` or before.
  [[nodiscard]] std::vector<timer_change> due(domain::timestamp now,
                                              std::size_t max) const;

  /// When the earliest timer is due, whether past or to come.
  [[nodiscard]] std::optional<domain::timestamp> next_due() const;

private:
  const row_reader& rows_;
};

} // namespace switchboard::persistence
