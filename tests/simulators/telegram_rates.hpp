#pragma once

#include "tests/simulators/telegram_types.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::simulators::telegram {

using sim_time = std::chrono::system_clock::time_point;

/// One bucket that a call draws from.
struct rate_use {
  std::string key;
  double per_second = 1;
  double burst = 1;
};

struct rate_refusal {
  int retry_after = 1;
  bool too_early = false; ///< the caller had been told to wait longer
};

/// The buckets of all bots and chats. One thread at a time.
class rate_book {
public:
  /// Takes `cost` out of all buckets, or out of none.
  std::optional<rate_refusal> take(const std::vector<rate_use>& uses,
                                   double cost, sim_time now,
                                   std::chrono::milliseconds grace);
  /// A refusal out of a script, of which the caller hears as of a real one.
  void tell(const std::string& key, sim_time now, int retry_after);
  /// Whether a call comes although its caller was told to wait.
  [[nodiscard]] bool is_too_early(const std::string& key, sim_time now,
                                  std::chrono::milliseconds grace) const;

  void clear() {
    buckets_.clear();
    told_.clear();
  }

private:
  struct bucket {
    double level = 0;
    sim_time at{};
    sim_time told{};          ///< when it last refused a call
    sim_time blocked_until{}; ///< as the caller was told
  };

  bucket& filled(const rate_use& use, sim_time now);

  struct order {
    sim_time told{};
    sim_time until{};
  };

  std::map<std::string, bucket> buckets_;
  std::map<std::string, order> told_;
};

} // namespace switchboard::simulators::telegram
