#pragma once

#include "persistence/batch_builder.hpp"
#include "persistence/disk_space.hpp"
#include "persistence/rocks_journal.hpp"
#include "persistence/rocks_store.hpp"
#include "persistence/row_cache.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace switchboard::persistence {

/// The one thread that writes. Committers put their changes into a queue under
/// a short lock and wake the thread only when it sleeps; it takes the whole
/// queue, and cuts it into batches:
///
///   queue ──swap──► taken ──batch_builder──► WriteBatch ──write+fsync──►
///   handlers
class rocks_journal::writer {
public:
  writer(rocks_store& store, row_cache& cache, rocks_journal_options options,
         rocks_journal_hooks hooks);
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer();

  void commit(changes what, commit_handler done);
  void on_batch(batch_handler handler);
  void close();

  [[nodiscard]] domain::offset last_offset() const noexcept {
    return domain::offset{last_offset_.load(std::memory_order_acquire)};
  }

  [[nodiscard]] std::optional<std::string> obstacle() const;
  [[nodiscard]] std::size_t queue_depth() const;

private:
  struct waiting {
    changes what;
    commit_handler done;
    std::size_t bytes = 0;
  };

  void run();
  /// Sleeps until there is work; false when there never will be again.
  bool take_queue();
  void watch_space();
  /// Commits some of `taken_` from `begin` on; returns where it stopped.
  std::size_t run_batch(std::size_t begin);
  bool write_rows();
  void answer(std::size_t begin);
  void refuse(const commit_handler& done, commit_failure why) const;

  rocks_store& store_;
  row_cache& cache_;
  const rocks_journal_options options_;
  const rocks_journal_hooks hooks_;

  mutable std::mutex mutex_; // guards what follows, up to the thread's own part
  std::condition_variable wake_;
  std::vector<waiting> queue_;
  std::size_t queue_bytes_ = 0;
  batch_handler handler_;
  std::string obstacle_; ///< empty: none
  bool sleeping_ = false;
  bool closing_ = false;

  std::atomic<std::uint64_t> last_offset_{0};

  // The writer thread's own.
  std::vector<waiting> taken_;
  std::vector<commit_outcome> outcomes_;
  batch_builder builder_;
  rocks_batch batch_;
  disk_space space_;
  std::thread thread_; // last: it uses all of the above
};

} // namespace switchboard::persistence
