#pragma once

#include "domain/ids.hpp"
#include "persistence/rows.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace switchboard::persistence {

/// Holds the rows of family::marks against the events that made them, while
/// these are replayed. A row may be written again or removed by a later event,
/// which then explains it. Keeps 8 bytes for each row, beside those that are
/// wrong. Not thread-safe.
class marks_verification {
public:
  using reporter
    = std::function<void(const domain::uuid& ticket, std::string_view problem)>;
  using finder = std::function<bool(const domain::uuid& ticket)>;

  explicit marks_verification(const row_reader& rows) : rows_{rows} {}

  /// An event of `ticket` leaves this row.
  void replay(const domain::uuid& ticket, const row_change& row);

  /// All events have been replayed: tells `report` what is wrong. `has_ticket`
  /// knows which tickets there are.
  void finish(const finder& has_ticket, const reporter& report) const;

private:
  const row_reader& rows_;
  std::unordered_set<std::size_t> expected_; ///< hashes of keys
  std::unordered_map<std::string, domain::uuid> odd_;
};

} // namespace switchboard::persistence
