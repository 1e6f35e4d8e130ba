#include "app/storage.hpp"

#include "metrics/storage_probe.hpp"

#include <spdlog/spdlog.h>

#include <unistd.h>
#include <filesystem>
#include <map>
#include <string>

namespace switchboard::app {

namespace {

constexpr int write_failed_status = 70; // EX_SOFTWARE of sysexits.h

void log_journal(persistence::log_level level, std::string_view text) {
  switch (level) {
    case persistence::log_level::info:
      spdlog::info("journal: {}", text);
      return;
    case persistence::log_level::warning:
      spdlog::warn("journal: {}", text);
      return;
    case persistence::log_level::error:
      spdlog::error("journal: {}", text);
      return;
  }
}

/// Nobody knows what is durable after a write that failed, and RocksDB cannot
/// go on from one; a restart recovers all that was acknowledged.
[[noreturn]] void end_process(const std::string& text) {
  spdlog::critical("journal: {}; ending, so that a restart can recover", text);
  spdlog::shutdown();
  ::_exit(write_failed_status);
}

metrics::storage_figures read_figures(const persistence::rocks_journal& journal,
                                      const std::string& path) {
  std::map<std::string, std::uint64_t> all;
  for (const auto& [name, value] : journal.figures())
    all[name] = static_cast<std::uint64_t>(value);
  metrics::storage_figures out;
  out.memtable_bytes = all["memtable_bytes"];
  out.block_cache_bytes = all["block_cache_bytes"];
  out.table_reader_bytes = all["table_readers_bytes"];
  out.live_bytes = all["sst_bytes"];
  out.estimated_rows = all["live_keys"];
  out.level0_files = all["level0_files"];
  out.pending_compaction_bytes = all["pending_compaction_bytes"];
  out.running_compactions = all["running_compactions"];
  out.running_flushes = all["running_flushes"];
  out.writes_stopped = all["write_stopped"] != 0;
  std::error_code ignored;
  out.disk_free_bytes = std::filesystem::space(path, ignored).available;
  return out;
}

} // namespace

domain::result<std::unique_ptr<persistence::rocks_journal>>
open_journal(const config::config& c, persistence::journal_observer* observer) {
  persistence::rocks_journal_options options;
  options.path = c.storage.path;
  options.reserve_bytes = c.storage.reserve_bytes;
  options.queue_max = c.storage.queue_max;
  options.block_cache_bytes = c.storage.block_cache_bytes;
  options.row_cache_bytes = c.storage.row_cache_bytes;
  options.write_buffer_bytes = c.storage.write_buffer_bytes;
  persistence::rocks_journal_hooks hooks;
  hooks.log = log_journal;
  hooks.fatal = end_process;
  hooks.observer = observer;
  return persistence::rocks_journal::open(options, hooks);
}

void expose_journal(metrics::registry& all,
                    const persistence::rocks_journal& journal,
                    const std::string& path) {
  metrics::expose_storage(
    all, [&journal, path] { return read_figures(journal, path); });
}

} // namespace switchboard::app
