#pragma once

#include "persistence/batch_builder.hpp"
#include "persistence/journal.hpp"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::persistence {

/// The store of `memory_journal`: one sorted map per family. Thread-safe; but a
/// long scan sees rows that other threads write meanwhile.
class memory_rows final : public row_reader, public row_sink {
public:
  bool get(family where, std::string_view key,
           std::string& value) const override;
  void
  scan(family where, std::string_view from, std::string_view to,
       const std::function<bool(std::string_view, std::string_view)>& visit)
    const override;
  void scan_back(family where, std::string_view from, std::string_view to,
                 const std::function<bool(std::string_view, std::string_view)>&
                   visit) const override;
  void put(family where, std::string_view key, std::string_view value) override;
  void remove(family where, std::string_view key) override;

private:
  using row_map = std::map<std::string, std::string, std::less<>>;
  using copied_row = std::pair<std::string, std::string>;

  /// Up to `max` rows of a range, from its front or from its back.
  [[nodiscard]] std::vector<copied_row>
  copy(family where, std::string_view from, std::string_view to, bool back,
       std::size_t max) const;

  mutable std::mutex mutex_;
  std::array<row_map, family_count> families_;
};

/// A journal that forgets everything with its end; for the tests of what stands
/// on a journal. Obeys the same rules as the one on disk (batch_builder), and
/// answers on the committer's thread before `commit` returns, unless it is told
/// to `hold`. Thread-safe; a commit handler may commit again, and is then
/// served after the one that is running.
class memory_journal final : public journal {
public:
  using clock = std::function<domain::timestamp()>;

  memory_journal();
  /// `now` decides which claims have expired.
  explicit memory_journal(clock now);

  void commit(changes what, commit_handler done) override;
  [[nodiscard]] const row_reader& rows() const override;
  [[nodiscard]] std::vector<stored_event>
  read_events(domain::offset after, std::size_t max) const override;
  [[nodiscard]] domain::offset last_offset() const override;
  void on_batch(batch_handler handler) override;
  [[nodiscard]] std::optional<std::string> write_obstacle() const override;

  /// From now on commits wait for `release`.
  void hold();
  /// Commits all that waits as one batch; later commits go through at once.
  void release();
  /// Commits all that waits as one batch and goes on holding.
  void release_batch();
  [[nodiscard]] std::size_t held() const;

  /// The next commit is refused with `why`; calls add up.
  void fail_next(commit_failure why);
  /// The next commit is written all the same, but answered with `unknown`.
  void lose_next_answer();
  /// Refuses every commit from now on and names `why` as the obstacle;
  /// `recover` ends that.
  void obstruct(commit_failure why, std::string text);
  void recover();

private:
  struct waiting {
    changes what;
    commit_handler done;
  };
  struct obstacle {
    commit_failure failure{};
    std::string text;
  };

  void run_queue();
  void run_batch(std::vector<waiting> batch);
  [[nodiscard]] std::optional<commit_failure> take_failure();

  clock now_;
  memory_rows rows_;
  mutable std::mutex mutex_; // guards what follows
  std::vector<waiting> queue_;
  std::deque<commit_failure> failures_;
  std::optional<obstacle> obstacle_;
  batch_handler handler_;
  domain::offset last_{};
  std::size_t answers_to_lose_ = 0;
  bool holding_ = false;
  bool running_ = false;
  batch_builder builder_; // used by the thread that set `running_`
};

} // namespace switchboard::persistence
