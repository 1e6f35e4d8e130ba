#include "persistence/rocks_writer.hpp"

#include <pthread.h>
#include <chrono>
#include <utility>

namespace switchboard::persistence {

namespace {

using steady = std::chrono::steady_clock;

// How often an idle writer looks at the disk.
constexpr std::chrono::seconds idle_check{1};

/// About what a commit holds in memory while it waits.
std::size_t size_of(const changes& what) {
  std::size_t size = sizeof(changes);
  if (what.entity)
    size += what.entity->state.size();
  for (const auto& event : what.events)
    size += sizeof(event) + event.bytes.size();
  for (const auto& row : what.rows)
    size += sizeof(row) + row.key.size() + (row.value ? row.value->size() : 0);
  for (const auto& claim : what.claims)
    size += sizeof(claim) + claim.scope.size() + claim.id.size()
            + claim.result.size();
  for (const auto& delivery : what.deliveries)
    size += sizeof(delivery) + delivery.payload.size();
  return size + what.timers.size() * sizeof(timer_change);
}

} // namespace

rocks_journal::writer::writer(rocks_store& store, row_cache& cache,
                              rocks_journal_options options,
                              rocks_journal_hooks hooks)
  : store_(store),
    cache_(cache),
    options_(std::move(options)),
    hooks_(std::move(hooks)),
    builder_(store),
    batch_(store),
    space_(hooks_.free_bytes, options_.reserve_bytes) {
  last_offset_ = static_cast<std::uint64_t>(builder_.summary().last);
  watch_space();
  thread_ = std::thread{[this] { run(); }};
  ::pthread_setname_np(thread_.native_handle(), "journal");
}

rocks_journal::writer::~writer() {
  close();
}

void rocks_journal::writer::close() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void rocks_journal::writer::commit(changes what, commit_handler done) {
  const std::size_t bytes = size_of(what);
  std::optional<commit_failure> refusal;
  bool wake = false;
  {
    const std::lock_guard lock{mutex_};
    if (closing_) {
      refusal = commit_failure::closed;
    } else if (queue_.size() >= options_.queue_max
               || queue_bytes_ + bytes > options_.queue_bytes_max) {
      refusal = commit_failure::overloaded;
    } else {
      queue_.push_back({std::move(what), std::move(done), bytes});
      queue_bytes_ += bytes;
      wake = std::exchange(sleeping_, false);
    }
  }
  if (wake)
    wake_.notify_one();
  if (refusal)
    refuse(done, *refusal);
}

void rocks_journal::writer::on_batch(batch_handler handler) {
  const std::lock_guard lock{mutex_};
  handler_ = std::move(handler);
}

std::optional<std::string> rocks_journal::writer::obstacle() const {
  const std::lock_guard lock{mutex_};
  if (closing_)
    return "the journal is closed";
  return obstacle_.empty() ? std::nullopt : std::optional{obstacle_};
}

std::size_t rocks_journal::writer::queue_depth() const {
  const std::lock_guard lock{mutex_};
  return queue_.size();
}

void rocks_journal::writer::run() {
  while (take_queue()) {
    if (hooks_.observer != nullptr)
      hooks_.observer->queue_depth(taken_.size());
    for (std::size_t done = 0; done < taken_.size();)
      done = run_batch(done);
    taken_.clear();
  }
}

bool rocks_journal::writer::take_queue() {
  std::unique_lock lock{mutex_};
  while (queue_.empty()) {
    if (closing_)
      return false;
    sleeping_ = true;
    wake_.wait_for(lock, space_.has_room()
                           ? std::chrono::milliseconds{idle_check}
                           : disk_space::check_interval);
    sleeping_ = false;
    if (queue_.empty()) {
      lock.unlock();
      watch_space();
      lock.lock();
    }
  }
  std::swap(queue_, taken_);
  queue_bytes_ = 0;
  return true;
}

void rocks_journal::writer::watch_space() {
  if (!space_.look(steady::now()))
    return;
  std::string text;
  if (!space_.has_room())
    text = "no room on the disk of " + options_.path.string() + ": "
           + std::to_string(space_.free_bytes()) + " bytes are free, "
           + std::to_string(options_.reserve_bytes)
           + " are kept in reserve (storage.reserve_bytes)";
  if (hooks_.log)
    hooks_.log(text.empty() ? log_level::info : log_level::error,
               text.empty() ? "there is room on the disk again; writing goes on"
                            : std::string_view{text});
  const std::lock_guard lock{mutex_};
  obstacle_ = std::move(text);
}

std::size_t rocks_journal::writer::run_batch(std::size_t begin) {
  watch_space();
  outcomes_.clear();
  batch_.clear();
  builder_.begin(batch_, hooks_.now());
  std::size_t end = begin;
  std::size_t bytes = 0;
  for (; end < taken_.size() && end - begin < options_.batch_commits_max
         && bytes < options_.batch_bytes_max;
       ++end) {
    if (space_.has_room())
      outcomes_.push_back(builder_.add(taken_[end].what));
    else
      outcomes_.emplace_back(commit_failure::no_room);
    bytes += taken_[end].bytes;
  }
  builder_.end();
  if (!builder_.empty() && !write_rows())
    for (auto& outcome : outcomes_)
      outcome = commit_failure::unknown;
  answer(begin);
  return end;
}

bool rocks_journal::writer::write_rows() {
  const auto began = steady::now();
  const std::size_t bytes = batch_.bytes();
  auto rows = batch_.take();
  const auto status = store_.write(rows, options_.sync);
  if (!status.ok()) {
    hooks_.fatal("a write to the journal in " + options_.path.string()
                 + " failed: " + status.ToString());
    return false;
  }
  const auto took = steady::now() - began;
  batch_.show(cache_);
  const auto& summary = builder_.summary();
  last_offset_.store(static_cast<std::uint64_t>(summary.last),
                     std::memory_order_release);
  if (hooks_.observer != nullptr)
    hooks_.observer->batch_committed(builder_.event_count(),
                                     builder_.accepted(), bytes, took);
  batch_handler handler;
  {
    const std::lock_guard lock{mutex_};
    handler = handler_;
  }
  if (handler)
    handler(summary);
  return true;
}

void rocks_journal::writer::answer(std::size_t begin) {
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    auto& item = taken_[begin + i];
    if (const auto* why = std::get_if<commit_failure>(&outcomes_[i]);
        why != nullptr && hooks_.observer != nullptr)
      hooks_.observer->refused(*why);
    item.done(std::move(outcomes_[i]));
  }
}

void rocks_journal::writer::refuse(const commit_handler& done,
                                   commit_failure why) const {
  if (hooks_.observer != nullptr)
    hooks_.observer->refused(why);
  done(why);
}

} // namespace switchboard::persistence
