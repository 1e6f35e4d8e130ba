#pragma once

#include "persistence/journal.hpp"

#include <chrono>
#include <cstddef>

namespace switchboard::persistence {

/// Hears what a journal does; the application turns it into metrics. Called on
/// the writer's thread (`refused` on the committer's too); must not block.
class journal_observer {
public:
  virtual ~journal_observer() = default;

  /// A group commit is durable; `took` is the time of its write and fsync.
  virtual void batch_committed(std::size_t events, std::size_t commits,
                               std::size_t bytes, std::chrono::nanoseconds took)
    = 0;
  /// How many commits wait, counted when the writer takes a batch.
  virtual void queue_depth(std::size_t commits) = 0;
  /// A commit was answered with a failure.
  virtual void refused(commit_failure why) = 0;
};

} // namespace switchboard::persistence
