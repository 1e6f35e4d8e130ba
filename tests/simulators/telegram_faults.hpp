#pragma once

#include "tests/simulators/telegram_rates.hpp"

#include <list>
#include <optional>
#include <string>

namespace switchboard::simulators::telegram {

/// The faults that are to come. One thread at a time.
class fault_book {
public:
  void add(telegram_fault fault, sim_time now);
  void clear() {
    faults_.clear();
  }

  /// The fault that this call meets; it is used up by that.
  std::optional<telegram_fault> meet(const std::string& method,
                                     std::int64_t bot_id, std::int64_t chat_id,
                                     sim_time now);

private:
  struct entry {
    telegram_fault fault;
    sim_time ends{};
  };

  std::list<entry> faults_;
};

} // namespace switchboard::simulators::telegram
