#pragma once

#include "metrics/registry.hpp"
#include "metrics/word_table.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::metrics {

/// Hears of the bots' updates, and whether Telegram can be reached. Thread-safe
/// and without locks.
class telegram_intake_probe {
public:
  /// `bots` are the bots' numbers, `results` what may come of an update.
  telegram_intake_probe(registry& all, const std::vector<std::string>& bots,
                        const std::vector<std::string>& results);

  /// Whether the last call that the bot made for itself succeeded.
  void up(std::string_view bot, bool is_up);
  void taken(std::string_view bot, std::string_view result);

private:
  struct series {
    prometheus::Gauge* up;
    word_table<prometheus::Counter*> updates;
  };

  std::map<std::string, series, std::less<>> bots_; ///< others are passed over
};

} // namespace switchboard::metrics
