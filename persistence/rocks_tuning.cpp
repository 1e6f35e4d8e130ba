#include "persistence/rocks_tuning.hpp"

#include "persistence/keys.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string>

namespace switchboard::persistence {

namespace {

constexpr int cache_shard_bits = 2;
constexpr std::size_t mebibyte = std::size_t{1} << 20U;

/// Passes RocksDB's warnings on; it keeps no log file of its own.
class warning_logger final : public rocksdb::Logger {
public:
  using sink = std::function<void(log_level, std::string_view)>;

  explicit warning_logger(sink log)
    : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL),
      log_(std::move(log)) {}

  using rocksdb::Logger::Logv;

  void Logv(const char* format, std::va_list args) override {
    Logv(rocksdb::InfoLogLevel::WARN_LEVEL, format, args);
  }

  void Logv(const rocksdb::InfoLogLevel level, const char* format,
            std::va_list args) override {
    if (level < rocksdb::InfoLogLevel::WARN_LEVEL
        || level == rocksdb::InfoLogLevel::HEADER_LEVEL || !log_)
      return;
    std::array<char, 1024> text{};
    std::vsnprintf(text.data(), text.size(), format, args);
    log_(level == rocksdb::InfoLogLevel::WARN_LEVEL ? log_level::warning
                                                    : log_level::error,
         std::string{"rocksdb: "} + text.data());
  }

private:
  sink log_;
};

/// A flush or compaction that fails leaves a store that refuses all writes and
/// cannot be resumed: the process has to end.
class failure_listener final : public rocksdb::EventListener {
public:
  explicit failure_listener(std::function<void(std::string)> fatal)
    : fatal_(std::move(fatal)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason,
                         rocksdb::Status* status) override {
    if (fatal_)
      fatal_("the store failed in the background: " + status->ToString());
  }

private:
  std::function<void(std::string)> fatal_;
};

/// Drops rows whose value begins with an expiry that has passed.
class expiry_filter final : public rocksdb::CompactionFilter {
public:
  explicit expiry_filter(domain::timestamp now) : now_(now) {}

  [[nodiscard]] const char* Name() const override {
    return "switchboard.expiry";
  }

  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value,
              std::string*, bool*) const override {
    return keys::has_expired({value.data(), value.size()}, now_);
  }

private:
  domain::timestamp now_;
};

class expiry_filter_factory final : public rocksdb::CompactionFilterFactory {
public:
  explicit expiry_filter_factory(std::function<domain::timestamp()> now)
    : now_(std::move(now)) {}

  std::unique_ptr<rocksdb::CompactionFilter>
  CreateCompactionFilter(const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<expiry_filter>(now_());
  }

  [[nodiscard]] const char* Name() const override {
    return "switchboard.expiry_factory";
  }

private:
  std::function<domain::timestamp()> now_;
};

struct family_tuning {
  /// Its part of the write buffers, in 64ths: as many bytes as it takes of a
  /// ticket, so that all of them fill up at the same pace.
  std::size_t buffer_share = 1;
  std::size_t block_kib = 4;
  bool point_reads = false;  ///< bloom filters in the sorted files
  bool point_misses = false; ///< and in memory: most reads find nothing
  /// New keys fall between old ones everywhere, so that leveled compaction
  /// would rewrite the whole family for every few flushes; merging runs of
  /// similar size costs a logarithm, and as much room again while it merges
  /// (these rows are small). Where new keys follow the old ones, files are
  /// moved from level to level as they are.
  bool scattered = false;
  bool expires = false;
  bool deletes_often = false; ///< a queue: rows come and go
  /// Keys with the same prefix of this length come in ascending order.
  std::size_t ascending_prefix = 0;
};

family_tuning tuning_of(family f) {
  switch (f) {
    case family::meta: return {.point_reads = true};
    case family::events: return {.buffer_share = 18, .block_kib = 16};
    case family::entities: return {.buffer_share = 9, .point_reads = true};
    case family::messages: return {.buffer_share = 10, .point_reads = true};
    case family::index:
      return {.buffer_share = 6,
              .point_reads = true,
              .scattered = true,
              .ascending_prefix = 3};
    case family::unique:
      return {.buffer_share = 6,
              .point_reads = true,
              .point_misses = true,
              .scattered = true,
              .expires = true};
    case family::outbox: return {.buffer_share = 12, .deletes_often = true};
    case family::attempts: return {.buffer_share = 2, .expires = true};
    case family::dead_letters: return {.point_reads = true};
    case family::timers: return {.deletes_often = true};
    case family::activities: return {.buffer_share = 2};
    case family::places:
    case family::marks:
      return {.buffer_share = 2, .point_reads = true, .scattered = true};
  }
  return {};
}

rocksdb::BlockBasedTableOptions
table_options(const family_tuning& tuning,
              const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = tuning.block_kib * 1024;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  if (tuning.point_reads)
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  if (tuning.point_misses) {
    // Each commit looks through these filters. Outside of the cache they cost
    // 10 bits a row, and a look is one line of memory.
    table.cache_index_and_filter_blocks = false;
  } else if (tuning.point_reads) {
    // In small pieces: a filter of one piece would grow with its file until the
    // cache cannot hold it, and then be read anew, all of it, for each look.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
  }
  return table;
}

void use_levels(rocksdb::ColumnFamilyOptions& family) {
  family.max_bytes_for_level_base = 256 * mebibyte;
  // Bounds what one compaction writes, well below storage.reserve_bytes.
  family.max_compaction_bytes = 64 * mebibyte;
  // Young data is rewritten often or read often: not worth compressing.
  family.compression_per_level
    = {rocksdb::kNoCompression,  rocksdb::kNoCompression,
       rocksdb::kNoCompression,  rocksdb::kLZ4Compression,
       rocksdb::kLZ4Compression, rocksdb::kLZ4Compression,
       rocksdb::kLZ4Compression};
}

void use_runs(rocksdb::ColumnFamilyOptions& family) {
  family.compaction_style = rocksdb::kCompactionStyleUniversal;
  family.level0_file_num_compaction_trigger = 6;
  family.compaction_options_universal.size_ratio = 10;
  family.compaction_options_universal.max_size_amplification_percent = 300;
}

rocksdb::ColumnFamilyOptions
family_options(const family_tuning& tuning,
               const rocks_journal_options& options,
               const rocks_journal_hooks& hooks,
               const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(
    rocksdb::NewBlockBasedTableFactory(table_options(tuning, cache)));
  family.write_buffer_size
    = options.write_buffer_bytes / 64 * tuning.buffer_share;
  family.max_write_buffer_number = 3;
  family.target_file_size_base = 16 * mebibyte;
  family.compression = rocksdb::kNoCompression;
  if (tuning.scattered)
    use_runs(family);
  else
    use_levels(family);
  if (tuning.point_misses) {
    family.memtable_whole_key_filtering = true;
    family.memtable_prefix_bloom_size_ratio = 0.1;
  }
  if (tuning.ascending_prefix > 0)
    family.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewCappedPrefixTransform(tuning.ascending_prefix));
  if (tuning.expires)
    family.compaction_filter_factory
      = std::make_shared<expiry_filter_factory>(hooks.now);
  if (tuning.deletes_often)
    family.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(4096, 1024));
  return family;
}

} // namespace

rocksdb::DBOptions database_options(const rocks_journal_options& options,
                                    const rocks_journal_hooks& hooks) {
  rocksdb::DBOptions db;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  db.wal_recovery_mode
    = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  // One thread writes: what helps many writers only costs.
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;
  db.enable_pipelined_write = false;
  db.max_background_jobs = 2;
  db.max_open_files = 256;
  db.db_write_buffer_size = options.write_buffer_bytes * 3 / 2;
  db.max_total_wal_size = std::uint64_t{2} * options.write_buffer_bytes;
  db.bytes_per_sync = mebibyte;
  db.info_log = std::make_shared<warning_logger>(hooks.log);
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.listeners.push_back(std::make_shared<failure_listener>(hooks.fatal));
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor>
family_descriptors(const rocks_journal_options& options,
                   const rocks_journal_hooks& hooks) {
  // Few shards: few threads read, and a shard must have room for big blocks.
  const auto cache
    = rocksdb::NewLRUCache(options.block_cache_bytes, cache_shard_bits);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(family_count);
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto f = static_cast<family>(i);
    descriptors.emplace_back(
      std::string{to_string(f)},
      family_options(tuning_of(f), options, hooks, cache));
  }
  return descriptors;
}

} // namespace switchboard::persistence
