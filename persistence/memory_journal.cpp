#include "persistence/memory_journal.hpp"

#include <chrono>
#include <utility>

namespace switchboard::persistence {

namespace {

// Most scans stop early.
constexpr std::size_t rows_at_once_min = 16;
constexpr std::size_t rows_at_once_max = 1024;

std::size_t index_of(family where) noexcept {
  return static_cast<std::size_t>(where);
}

domain::timestamp system_now() {
  return std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
}

/// Gathers a batch's rows until all of it is built.
class row_list final : public row_sink {
public:
  void put(family where, std::string_view key,
           std::string_view value) override {
    rows_.push_back({where, std::string{key}, std::string{value}});
  }

  void remove(family where, std::string_view key) override {
    rows_.push_back({where, std::string{key}, std::nullopt});
  }

  void write_to(row_sink& sink) const {
    for (const auto& row : rows_)
      if (row.value)
        sink.put(row.where, row.key, *row.value);
      else
        sink.remove(row.where, row.key);
  }

private:
  std::vector<row_change> rows_;
};

} // namespace

// -- memory_rows --------------------------------------------------------------

bool memory_rows::get(family where, std::string_view key,
                      std::string& value) const {
  const std::lock_guard lock{mutex_};
  const auto& rows = families_[index_of(where)];
  const auto found = rows.find(key);
  if (found == rows.end())
    return false;
  value = found->second;
  return true;
}

std::vector<memory_rows::copied_row>
memory_rows::copy(family where, std::string_view from, std::string_view to,
                  bool back, std::size_t max) const {
  const std::lock_guard lock{mutex_};
  const auto& rows = families_[index_of(where)];
  std::vector<copied_row> found;
  if (!to.empty() && to <= from)
    return found;
  auto first = rows.lower_bound(from);
  auto last = to.empty() ? rows.end() : rows.lower_bound(to);
  while (first != last && found.size() < max)
    found.push_back(back ? *--last : *first++);
  return found;
}

// The visitors run on copies, outside the lock: they may read or commit.

void memory_rows::scan(
  family where, std::string_view from, std::string_view to,
  const std::function<bool(std::string_view, std::string_view)>& visit) const {
  std::string next{from};
  for (std::size_t max = rows_at_once_min;; max = rows_at_once_max) {
    const auto rows = copy(where, next, to, false, max);
    for (const auto& [key, value] : rows)
      if (!visit(key, value))
        return;
    if (rows.size() < max)
      return;
    next.assign(rows.back().first).push_back('\0');
  }
}

void memory_rows::scan_back(
  family where, std::string_view from, std::string_view to,
  const std::function<bool(std::string_view, std::string_view)>& visit) const {
  std::string end{to};
  for (std::size_t max = rows_at_once_min;; max = rows_at_once_max) {
    const auto rows = copy(where, from, end, true, max);
    for (const auto& [key, value] : rows)
      if (!visit(key, value))
        return;
    if (rows.size() < max || rows.back().first.empty())
      return;
    end = rows.back().first;
  }
}

void memory_rows::put(family where, std::string_view key,
                      std::string_view value) {
  const std::lock_guard lock{mutex_};
  families_[index_of(where)].insert_or_assign(std::string{key},
                                              std::string{value});
}

void memory_rows::remove(family where, std::string_view key) {
  const std::lock_guard lock{mutex_};
  auto& rows = families_[index_of(where)];
  if (const auto found = rows.find(key); found != rows.end())
    rows.erase(found);
}

// -- memory_journal -----------------------------------------------------------

memory_journal::memory_journal() : memory_journal(system_now) {}

memory_journal::memory_journal(clock now)
  : now_(std::move(now)), builder_(rows_) {}

void memory_journal::commit(changes what, commit_handler done) {
  {
    const std::lock_guard lock{mutex_};
    queue_.push_back({std::move(what), std::move(done)});
    if (holding_)
      return;
  }
  run_queue();
}

const row_reader& memory_journal::rows() const {
  return rows_;
}

std::vector<stored_event> memory_journal::read_events(domain::offset after,
                                                      std::size_t max) const {
  return persistence::read_events(rows_, after, max);
}

domain::offset memory_journal::last_offset() const {
  const std::lock_guard lock{mutex_};
  return last_;
}

void memory_journal::on_batch(batch_handler handler) {
  const std::lock_guard lock{mutex_};
  handler_ = std::move(handler);
}

std::optional<std::string> memory_journal::write_obstacle() const {
  const std::lock_guard lock{mutex_};
  return obstacle_ ? std::optional{obstacle_->text} : std::nullopt;
}

void memory_journal::hold() {
  const std::lock_guard lock{mutex_};
  holding_ = true;
}

void memory_journal::release() {
  {
    const std::lock_guard lock{mutex_};
    holding_ = false;
  }
  run_queue();
}

void memory_journal::release_batch() {
  run_queue();
}

std::size_t memory_journal::held() const {
  const std::lock_guard lock{mutex_};
  return queue_.size();
}

void memory_journal::fail_next(commit_failure why) {
  const std::lock_guard lock{mutex_};
  failures_.push_back(why);
}

void memory_journal::lose_next_answer() {
  const std::lock_guard lock{mutex_};
  ++answers_to_lose_;
}

void memory_journal::obstruct(commit_failure why, std::string text) {
  const std::lock_guard lock{mutex_};
  obstacle_ = obstacle{why, std::move(text)};
}

void memory_journal::recover() {
  const std::lock_guard lock{mutex_};
  obstacle_.reset();
}

void memory_journal::run_queue() {
  std::unique_lock lock{mutex_};
  if (running_)
    return; // whoever runs the queue takes what was added
  running_ = true;
  // What is committed while held handlers run waits for the next release.
  do {
    std::vector<waiting> batch = std::exchange(queue_, {});
    lock.unlock();
    if (!batch.empty())
      run_batch(std::move(batch));
    lock.lock();
  } while (!holding_ && !queue_.empty());
  running_ = false;
}

void memory_journal::run_batch(std::vector<waiting> batch) {
  row_list rows;
  builder_.begin(rows, now_());
  std::vector<commit_outcome> outcomes;
  outcomes.reserve(batch.size());
  for (const auto& item : batch) {
    if (const auto failure = take_failure())
      outcomes.emplace_back(*failure);
    else
      outcomes.push_back(builder_.add(item.what));
  }
  builder_.end();
  rows.write_to(rows_);
  batch_handler handler;
  {
    const std::lock_guard lock{mutex_};
    last_ = builder_.summary().last;
    handler = handler_;
    for (auto& outcome : outcomes)
      if (answers_to_lose_ > 0 && std::holds_alternative<committed>(outcome)) {
        outcome = commit_failure::unknown;
        --answers_to_lose_;
      }
  }
  if (handler && !builder_.empty())
    handler(builder_.summary());
  for (std::size_t i = 0; i < batch.size(); ++i)
    batch[i].done(std::move(outcomes[i]));
}

std::optional<commit_failure> memory_journal::take_failure() {
  const std::lock_guard lock{mutex_};
  if (obstacle_)
    return obstacle_->failure;
  if (failures_.empty())
    return std::nullopt;
  const commit_failure why = failures_.front();
  failures_.pop_front();
  return why;
}

} // namespace switchboard::persistence
