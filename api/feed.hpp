#pragma once

#include "persistence/journal.hpp"
#include "persistence/ticket_views.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api {

/// The public face of the journal's feed. Thread-safe.
class feed {
public:
  explicit feed(const persistence::journal& journal)
    : journal_{journal}, tickets_{journal.rows()} {}

  struct entry {
    domain::offset at{};
    std::string type;
    std::string json;
  };

  struct slice {
    std::vector<entry> entries;
    domain::offset last{}; ///< how far it has looked
    bool at_end = false;   ///< there was nothing more
  };

  /// Up to `max` entries of `types` (empty: all) after `after`. Looks at a
  /// bounded number of events, so it may give fewer and not be at the end.
  [[nodiscard]] slice read(domain::offset after, std::size_t max,
                           const std::vector<std::string>& types) const;

private:
  [[nodiscard]] std::optional<entry>
  describe(const persistence::stored_event& stored,
           const std::vector<std::string>& types) const;

  const persistence::journal& journal_;
  persistence::ticket_views tickets_;
};

} // namespace switchboard::api
