#pragma once

#include "persistence/rocks_journal.hpp"
#include "persistence/rows.hpp"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <vector>

/// RocksDB's settings; rocks_store.cpp is the only user.
namespace switchboard::persistence {

[[nodiscard]] rocksdb::DBOptions
database_options(const rocks_journal_options& options,
                 const rocks_journal_hooks& hooks);

/// One descriptor for each family, in the order of `family`.
[[nodiscard]] std::vector<rocksdb::ColumnFamilyDescriptor>
family_descriptors(const rocks_journal_options& options,
                   const rocks_journal_hooks& hooks);

} // namespace switchboard::persistence
