#pragma once

#include "metrics/registry.hpp"
#include "metrics/word_table.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::metrics {

/// The deliveries of one kind of lane that wait to be sent.
struct outbox_level {
  std::size_t depth = 0;
  std::chrono::milliseconds oldest_age{0}; ///< 0 when none waits
};

/// Hears from the lanes. A lane's kind is its name up to the colon, so the
/// series do not grow with the destinations. Thread-safe and without locks.
class delivery_probe {
public:
  /// Kinds and outcomes that are not announced count as `other`.
  delivery_probe(registry& all, const std::vector<std::string>& lane_kinds,
                 const std::vector<std::string>& outcomes);

  /// One attempt ended; `outcome` is a word like `delivered` or `retry_later`.
  void attempted(std::string_view lane_kind, std::string_view outcome,
                 std::chrono::nanoseconds took);
  /// The peer has it; `since_commit` counts from the event's commit.
  void delivered(std::string_view lane_kind,
                 std::chrono::milliseconds since_commit);
  /// A lane failed and will be restarted.
  void died(std::string_view lane_kind);
  void outbox(std::string_view lane_kind, const outbox_level& level);
  /// Deliveries that were given up and wait for a person.
  void dead_letters(std::size_t count);

private:
  struct series {
    word_table<prometheus::Counter*> attempts;
    histogram* attempt_seconds;
    histogram* latency_seconds;
    prometheus::Counter* deaths;
    prometheus::Gauge* depth;
    prometheus::Gauge* oldest_age;
  };

  static series make_series(registry& all, const std::string& lane_kind,
                            const std::vector<std::string>& outcomes);

  word_table<series> kinds_;
  prometheus::Gauge& dead_letters_;
};

} // namespace switchboard::metrics
