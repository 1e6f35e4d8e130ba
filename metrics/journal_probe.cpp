#include "metrics/journal_probe.hpp"

namespace switchboard::metrics {

namespace {

const family_info commits_family{"switchboard_journal_commits_total",
                                 "Commits that became durable."};
const family_info events_family{"switchboard_journal_events_total",
                                "Events that became durable."};
const family_info bytes_family{"switchboard_journal_written_bytes_total",
                               "Bytes of the write batches."};
const family_info seconds_family{"switchboard_journal_commit_seconds",
                                 "One group commit: its write and its fsync."};
const family_info size_family{"switchboard_journal_batch_commits",
                              "Commits that shared one fsync."};
const family_info queue_family{"switchboard_journal_queue_commits",
                               "Commits that wait for the writer now."};
const family_info refused_family{"switchboard_journal_refused_total",
                                 "Commits that were not written, by reason.",
                                 {"reason"}};

const std::vector<std::string> reasons{
  "conflict", "stale", "fenced", "no_room", "overloaded", "closed", "unknown"};

} // namespace

journal_probe::journal_probe(registry& all)
  : commits_{all.counter(commits_family)},
    events_{all.counter(events_family)},
    bytes_{all.counter(bytes_family)},
    commit_seconds_{all.histogram(seconds_family, duration_bounds())},
    batch_commits_{all.histogram(size_family, count_bounds())},
    queue_{all.gauge(queue_family)},
    refused_{reasons, "other", [&all](const std::string& reason) {
               return &all.counter(refused_family, {{"reason", reason}});
             }} {}

void journal_probe::batch_committed(const journal_batch& batch,
                                    std::chrono::nanoseconds took) {
  commits_.Increment(static_cast<double>(batch.commits));
  events_.Increment(static_cast<double>(batch.events));
  bytes_.Increment(static_cast<double>(batch.bytes));
  commit_seconds_.observe(took);
  batch_commits_.observe(static_cast<double>(batch.commits));
}

void journal_probe::queue_depth(std::size_t commits) {
  queue_.Set(static_cast<double>(commits));
}

void journal_probe::refused(std::string_view reason) {
  refused_[reason]->Increment();
}

} // namespace switchboard::metrics
