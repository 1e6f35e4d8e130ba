#include "metrics/storage_probe.hpp"

#include <array>
#include <utility>

namespace switchboard::metrics {

namespace {

/// A gauge and the member that it shows.
struct row {
  const char* name;
  const char* help;
  std::uint64_t storage_figures::*figure;
};

constexpr std::array table{
  row{"switchboard_storage_memtable_bytes",
      "Memory of rows that are not yet in a table file.",
      &storage_figures::memtable_bytes},
  row{"switchboard_storage_block_cache_bytes",
      "Memory of blocks read from table files.",
      &storage_figures::block_cache_bytes},
  row{"switchboard_storage_table_reader_bytes",
      "Memory of indexes and filters outside the block cache.",
      &storage_figures::table_reader_bytes},
  row{"switchboard_storage_table_bytes", "Size of all table files.",
      &storage_figures::live_bytes},
  row{"switchboard_storage_rows", "Rows in the store, estimated.",
      &storage_figures::estimated_rows},
  row{"switchboard_storage_level0_files",
      "Table files that compaction has not sorted in; many of them slow reads.",
      &storage_figures::level0_files},
  row{"switchboard_storage_pending_compaction_bytes",
      "Bytes that compaction has still to rewrite, estimated.",
      &storage_figures::pending_compaction_bytes},
  row{"switchboard_storage_running_compactions", "Compactions that run now.",
      &storage_figures::running_compactions},
  row{"switchboard_storage_running_flushes", "Flushes that run now.",
      &storage_figures::running_flushes},
  row{"switchboard_storage_disk_free_bytes",
      "Free space of the disk that holds the data folder.",
      &storage_figures::disk_free_bytes},
};

const family_info stopped_family{
  "switchboard_storage_writes_stopped",
  "1 while the store holds back writes to catch up with compaction."};

} // namespace

void expose_storage(registry& all, std::function<storage_figures()> read) {
  std::vector<prometheus::Gauge*> gauges;
  gauges.reserve(table.size());
  for (const auto& r : table)
    gauges.push_back(&all.gauge({r.name, r.help}));
  auto* stopped = &all.gauge(stopped_family);
  all.on_expose([read = std::move(read), gauges = std::move(gauges), stopped] {
    const auto figures = read();
    for (std::size_t i = 0; i < table.size(); ++i)
      gauges[i]->Set(static_cast<double>(figures.*table[i].figure));
    stopped->Set(figures.writes_stopped ? 1 : 0);
  });
}

} // namespace switchboard::metrics
