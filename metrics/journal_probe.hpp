#pragma once

#include "metrics/registry.hpp"
#include "metrics/word_table.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace switchboard::metrics {

/// What one group commit wrote.
struct journal_batch {
  std::size_t commits = 0; ///< how many callers it served
  std::size_t events = 0;
  std::size_t bytes = 0;
};

/// Hears from the journal's writer thread. Thread-safe and without locks.
class journal_probe {
public:
  explicit journal_probe(registry& all);

  /// `took`: the write and its fsync.
  void batch_committed(const journal_batch& batch,
                       std::chrono::nanoseconds took);
  /// How many commits wait now.
  void queue_depth(std::size_t commits);
  /// `reason` is a word of persistence::commit_failure, or `conflict`.
  void refused(std::string_view reason);

private:
  prometheus::Counter& commits_;
  prometheus::Counter& events_;
  prometheus::Counter& bytes_;
  histogram& commit_seconds_;
  histogram& batch_commits_;
  prometheus::Gauge& queue_;
  word_table<prometheus::Counter*> refused_;
};

} // namespace switchboard::metrics
