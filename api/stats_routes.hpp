#pragma once

#include "domain/time.hpp"
#include "net/message.hpp"
#include "persistence/statistics.hpp"

namespace switchboard::api {

/// The answer of `GET /api/v1/stats`: the figures `row` with their windows
/// ending at `now`. Pure.
[[nodiscard]] net::response
stats_response(const persistence::statistics_row& row, domain::timestamp now);

} // namespace switchboard::api
