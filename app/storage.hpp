#pragma once

#include "config/config.hpp"
#include "metrics/registry.hpp"
#include "persistence/journal_observer.hpp"
#include "persistence/rocks_journal.hpp"

#include <memory>

namespace switchboard::app {

/// Opens the journal of the configured data folder; what RocksDB says goes to
/// the log, and a write that failed ends the process with status 70.
domain::result<std::unique_ptr<persistence::rocks_journal>>
open_journal(const config::config& c, persistence::journal_observer* observer);

/// Shows the store's figures at each exposition of `all`.
void expose_journal(metrics::registry& all,
                    const persistence::rocks_journal& journal,
                    const std::string& path);

} // namespace switchboard::app
