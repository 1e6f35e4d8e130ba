#pragma once

#include "metrics/delivery_probe.hpp"
#include "metrics/registry.hpp"
#include "persistence/rows.hpp"

namespace switchboard::app {

/// Shows at each exposition how many deliveries wait, for how long, and how
/// many were given up.
void expose_outbox(metrics::registry& all, metrics::delivery_probe& probe,
                   const persistence::row_reader& rows);

} // namespace switchboard::app
