#pragma once

#include "domain/time.hpp"
#include "persistence/journal.hpp"

#include <optional>

namespace switchboard::api {

/// The offset behind which the events that happened at `at` or later begin.
/// Events lie in the order of their commits, which is that of their times but
/// for moments: begin a little earlier. A few point reads.
[[nodiscard]] domain::offset offset_before(const persistence::journal& journal,
                                           domain::timestamp at);

/// When a stored event of any kind happened; nothing when it cannot be read.
[[nodiscard]] std::optional<domain::timestamp>
time_of(const persistence::stored_event& event);

} // namespace switchboard::api
