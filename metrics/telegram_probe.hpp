#pragma once

#include "metrics/registry.hpp"
#include "metrics/word_table.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::metrics {

/// How the calls of the Telegram bots fare. Thread-safe; answers are counted
/// without locks, figures with a short one.
class telegram_probe {
public:
  /// The words that labels may have; bots are named by their numbers. What is
  /// not announced counts as `other`.
  struct words {
    std::vector<std::string> bots;
    std::vector<std::string> urgencies;
    std::vector<std::string> families;
    std::vector<std::string> meanings; ///< of answers
    std::vector<std::string> methods;
  };

  /// What a bot has done since its carrier started (which may be later than the
  /// process), in the order of `words`; the first two are as they are now.
  struct figures {
    std::vector<std::uint64_t> waiting; ///< by urgency
    std::uint64_t on_their_way = 0;
    std::vector<std::uint64_t> spent; ///< by family
    std::uint64_t slowed_bot = 0;
    std::vector<std::uint64_t> slowed_private; ///< by family
    std::vector<std::uint64_t> slowed_group;   ///< by family
    std::uint64_t merged = 0;
    std::uint64_t folded = 0;
    std::uint64_t amended = 0;
    std::uint64_t refused = 0;
  };

  telegram_probe(registry& all, const words& known);

  void answered(std::string_view bot, std::string_view method,
                std::string_view meaning, std::chrono::nanoseconds took);
  void told(std::string_view bot, const figures& now);

private:
  /// Follows a count that begins anew now and then.
  struct follower {
    prometheus::Counter* total = nullptr;
    std::uint64_t last = 0;

    void follow(std::uint64_t count);
  };

  struct series {
    std::vector<prometheus::Gauge*> waiting;
    prometheus::Gauge* on_their_way = nullptr;
    std::vector<follower> spent;
    follower slowed_bot;
    std::vector<follower> slowed_private;
    std::vector<follower> slowed_group;
    follower merged;
    follower folded;
    follower amended;
    follower refused;
    word_table<prometheus::Counter*> answers;
  };

  static series make_series(registry& all, const std::string& bot,
                            const words& known);

  std::mutex mutex_; ///< guards the followers
  word_table<series> bots_;
  word_table<histogram*> calls_;
};

} // namespace switchboard::metrics
