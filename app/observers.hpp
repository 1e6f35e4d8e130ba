#pragma once

#include "actors/directory.hpp"
#include "actors/lane.hpp"
#include "metrics/actors_probe.hpp"
#include "metrics/delivery_probe.hpp"
#include "metrics/journal_probe.hpp"
#include "persistence/journal_observer.hpp"

/// Turns what components tell into metrics. Components do not know the
/// catalogue, and the catalogue does not know them; they meet here.
namespace switchboard::app {

class journal_metrics final : public persistence::journal_observer {
public:
  explicit journal_metrics(metrics::registry& all) : probe_{all} {}

  void batch_committed(std::size_t events, std::size_t commits,
                       std::size_t bytes,
                       std::chrono::nanoseconds took) override {
    probe_.batch_committed({commits, events, bytes}, took);
  }
  void queue_depth(std::size_t commits) override {
    probe_.queue_depth(commits);
  }
  void refused(persistence::commit_failure why) override {
    probe_.refused(persistence::to_string(why));
  }

private:
  metrics::journal_probe probe_;
};

class actors_metrics final : public actors::actors_observer {
public:
  explicit actors_metrics(metrics::registry& all)
    : probe_{all,
             {"ticket", "directory", "outbox", "lane", "timers", "courier",
              "error_book", "statistician", "telegram_carrier"}} {}

  void started(std::string_view kind) override {
    probe_.started(kind);
  }
  void ended(std::string_view kind, bool failed) override {
    probe_.ended(kind, failed);
  }
  void restarted(std::string_view kind) override {
    probe_.restarted(kind);
  }

private:
  metrics::actors_probe probe_;
};

class delivery_metrics final : public actors::delivery_observer {
public:
  explicit delivery_metrics(metrics::registry& all)
    : probe_{all,
             {"n8n", "webhook", "telegram", "telegram-files", "telegram-in"},
             {"delivered", "retry_later", "slow_down", "gone", "refused"}} {}

  void attempted(std::string_view lane_kind, std::string_view outcome,
                 std::chrono::nanoseconds took) override {
    probe_.attempted(lane_kind, outcome, took);
  }
  void delivered(std::string_view lane_kind,
                 std::chrono::milliseconds since_commit) override {
    probe_.delivered(lane_kind, since_commit);
  }
  void gave_up(std::string_view lane, persistence::delivery_id id,
               std::string_view reason) override;

  [[nodiscard]] metrics::delivery_probe& probe() noexcept {
    return probe_;
  }

private:
  metrics::delivery_probe probe_;
};

} // namespace switchboard::app
