#pragma once

#include "persistence/rows.hpp"
#include "persistence/verify.hpp"

#include <functional>
#include <string>

namespace switchboard::persistence {

/// The part of `verify` that no event explains: the outbox, dead letters,
/// attempts and timers. Counts what it sees in `report`, and tells `problem`
/// what is wrong.
void verify_deliveries(const row_reader& rows, verify_report& report,
                       const std::function<void(std::string)>& problem);

} // namespace switchboard::persistence
