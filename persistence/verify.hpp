#pragma once

#include "persistence/rows.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace switchboard::persistence {

struct verify_options {
  /// How many problems are told; all are counted.
  std::size_t problems_max = 100;
  /// Hears how many events have been replayed, now and then.
  std::function<void(std::uint64_t)> progress{};
};

/// What `verify` found. Problems name tickets and rows, never contents.
struct verify_report {
  std::uint64_t events = 0;
  std::uint64_t tickets = 0;
  std::uint64_t messages = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t problem_count = 0;
  std::vector<std::string> problems;

  [[nodiscard]] bool ok() const noexcept {
    return problem_count == 0;
  }
};

/// Replays all events and holds every row of the store against the result:
/// offsets and sequences without gaps; state, message, number, queue and ref
/// rows that are missing, wrong or too many; deliveries, dead letters, attempts
/// and timers that cannot be read. Changes nothing. The store must not be
/// written meanwhile. Takes about 400 bytes of memory a ticket.
[[nodiscard]] verify_report verify(const row_reader& rows,
                                   const verify_options& options = {});

} // namespace switchboard::persistence
