#pragma once

#include "domain/result.hpp"
#include "persistence/journal.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace switchboard::persistence {

/// Writes every event after `after` as one line of JSON, in the order of their
/// offsets, and returns how many there were:
///
///   {"offset":1,"ticket":"<uuid>","sequence":1,"at":"<RFC 3339>",
///    "type":"ticket_created", …the fields of the fact…}
///
/// `write` gets each line with its newline, and ends the export with false
/// (its own failure: no room). Fails where an event cannot be read. Sees what
/// is durable when it comes there, so a live journal may be exported too.
[[nodiscard]] domain::result<std::uint64_t>
export_events(const journal& from, domain::offset after,
              const std::function<bool(std::string_view)>& write);

} // namespace switchboard::persistence
