#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::domain {

/// Wall-clock time, UTC, in milliseconds: what people and due dates use.
/// Durations are measured with the steady clock instead.
using timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 with milliseconds, e.g. `2026-01-31T12:00:00.000Z`.
std::string to_rfc3339(timestamp at);

/// Reads what `to_rfc3339` writes; any other form is refused.
std::optional<timestamp> parse_rfc3339(std::string_view text);

/// `YYYYMMDD` of the UTC day, as it stands in a ticket's ref.
std::string to_compact_date(timestamp at);

} // namespace switchboard::domain
