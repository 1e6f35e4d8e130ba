#pragma once

#include "metrics/registry.hpp"

#include <cstdint>
#include <functional>

namespace switchboard::metrics {

/// RocksDB's own figures and the disk's, as a scrape wants them.
struct storage_figures {
  std::uint64_t memtable_bytes = 0;     ///< rocksdb.cur-size-all-mem-tables
  std::uint64_t block_cache_bytes = 0;  ///< rocksdb.block-cache-usage
  std::uint64_t table_reader_bytes = 0; ///< rocksdb.estimate-table-readers-mem
  std::uint64_t live_bytes = 0;         ///< rocksdb.total-sst-files-size
  std::uint64_t estimated_rows = 0;     ///< rocksdb.estimate-num-keys
  std::uint64_t level0_files = 0;       ///< rocksdb.num-files-at-level0
  std::uint64_t pending_compaction_bytes = 0;
  std::uint64_t running_compactions = 0; ///< rocksdb.num-running-compactions
  std::uint64_t running_flushes = 0;     ///< rocksdb.num-running-flushes
  bool writes_stopped = false;           ///< rocksdb.is-write-stopped
  std::uint64_t disk_free_bytes = 0;     ///< what the free-space guard looks at
};

/// Shows what `read` tells at each exposition. `read` must stay callable until
/// the registry is gone or no longer exposed.
void expose_storage(registry& all, std::function<storage_figures()> read);

} // namespace switchboard::metrics
