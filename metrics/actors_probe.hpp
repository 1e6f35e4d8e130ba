#pragma once

#include "metrics/registry.hpp"
#include "metrics/word_table.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::metrics {

/// Hears of actors that come and go. Thread-safe and without locks.
class actors_probe {
public:
  /// `kinds` are the actors' log names, e.g. `ticket`; others count as `other`.
  actors_probe(registry& all, const std::vector<std::string>& kinds);

  void started(std::string_view kind);
  /// `failed`: it did not end of its own will.
  void ended(std::string_view kind, bool failed);
  /// A supervisor put a new one in the place of one that failed.
  void restarted(std::string_view kind);

private:
  struct series {
    prometheus::Gauge* awake;
    prometheus::Counter* started;
    prometheus::Counter* failed;
    prometheus::Counter* restarted;
  };

  word_table<series> kinds_;
};

} // namespace switchboard::metrics
