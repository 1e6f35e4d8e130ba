#pragma once

#include "domain/result.hpp"
#include "domain/time.hpp"
#include "persistence/journal.hpp"
#include "persistence/journal_observer.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::persistence {

struct rocks_journal_options {
  /// The data folder; the store lies in `path`/journal.
  std::filesystem::path path{};
  /// Below this much free space commits are refused with `no_room`.
  std::uint64_t reserve_bytes = std::uint64_t{256} << 20U;
  /// Commits that may wait for the writer; beyond, `overloaded`.
  std::size_t queue_max = 16384;
  std::size_t queue_bytes_max = std::size_t{64} << 20U;
  /// A group commit ends at whichever it reaches first.
  std::size_t batch_commits_max = 1024;
  std::size_t batch_bytes_max = std::size_t{4} << 20U;
  std::size_t block_cache_bytes = std::size_t{48} << 20U;
  /// Rows that were read lately, ready to be read again.
  std::size_t row_cache_bytes = std::size_t{64} << 20U;
  /// Rows in memory before they go to sorted files, all families together.
  std::size_t write_buffer_bytes = std::size_t{64} << 20U;
  /// Whether a commit waits for the disk. Only a benchmark may say no.
  bool sync = true;
};

enum class log_level : std::uint8_t { info, warning, error };

/// What a journal needs from the outside; every one has a default.
struct rocks_journal_hooks {
  std::function<void(log_level, std::string_view)> log{};
  /// A write failed, so nobody knows what is durable: must end the process.
  /// Default: prints the text and exits with status 70.
  std::function<void(std::string)> fatal{};
  std::function<domain::timestamp()> now{};
  /// Free bytes on the file system of the data folder; nothing: unknown.
  std::function<std::optional<std::uint64_t>()> free_bytes{};
  journal_observer* observer = nullptr; ///< must outlive the journal
};

class cached_rows;
class rocks_store;
class row_cache;

/// The journal on disk: RocksDB behind one writer thread, which commits all
/// that queued up during the last fsync as one WriteBatch with one fsync.
///
/// Life: `open` recovers what was acknowledged and starts the writer; the
/// destructor commits what still waits and closes the store. Thread-safe.
/// Handlers run on the writer's thread: short, and never waiting for a commit.
///
/// Limits: the queue is bounded (`overloaded`); free space is watched
/// (`no_room`); a failed write ends the process (`fatal`), since RocksDB cannot
/// go on from one and the state on disk is known again only after a restart.
class rocks_journal final : public journal {
public:
  /// Refuses, with a text for people, a folder that is in use, damaged (but for
  /// a torn last record, which is cut off and reported) or written by a newer
  /// version.
  [[nodiscard]] static domain::result<std::unique_ptr<rocks_journal>>
  open(rocks_journal_options options, rocks_journal_hooks hooks = {});

  rocks_journal(const rocks_journal&) = delete;
  rocks_journal& operator=(const rocks_journal&) = delete;
  ~rocks_journal() override;

  void commit(changes what, commit_handler done) override;
  [[nodiscard]] const row_reader& rows() const override;
  [[nodiscard]] std::vector<stored_event>
  read_events(domain::offset after, std::size_t max) const override;
  [[nodiscard]] domain::offset last_offset() const override;
  void on_batch(batch_handler handler) override;
  [[nodiscard]] std::optional<std::string> write_obstacle() const override;

  /// Commits what waits and refuses what comes later with `closed`. Idempotent;
  /// reads go on. Not to be called from a handler.
  void close();

  /// Commits that wait now.
  [[nodiscard]] std::size_t queue_depth() const;

  /// Makes a consistent copy of the store in `folder`, which must not exist,
  /// while writing goes on (hard links where the file system has them).
  [[nodiscard]] domain::result<void>
  checkpoint(const std::filesystem::path& folder) const;

  /// Reads every file of the store and compares the checksums; what is wrong,
  /// or nothing. Takes as long as reading the store takes.
  [[nodiscard]] std::optional<std::string> check_files() const;

  /// RocksDB's own figures as `name`, value: sizes, files, stalls, caches.
  [[nodiscard]] std::vector<std::pair<std::string, double>> figures() const;

private:
  class writer;

  rocks_journal(std::unique_ptr<rocks_store> store,
                rocks_journal_options options, rocks_journal_hooks hooks);

  std::unique_ptr<rocks_store> store_;
  std::unique_ptr<row_cache> cache_;
  std::unique_ptr<cached_rows> rows_;
  std::unique_ptr<writer> writer_; // last: its thread uses all of the above
};

/// The folder of the store within a data folder.
[[nodiscard]] std::filesystem::path
journal_folder(const std::filesystem::path& data);

} // namespace switchboard::persistence
