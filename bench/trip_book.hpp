#pragma once

#include "bench/histogram.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// What stands in a message's text so that it is known where it arrives: the
/// mark, its number and a dot.
inline constexpr std::string_view trip_mark = "trip-";

struct trip_figures {
  histogram latency; ///< of those that began in the measured time
  std::uint64_t begun = 0;
  std::uint64_t arrived = 0; ///< each once, where it should
};

/// Messages on their way through the server: when each set out, where it has to
/// arrive, and whether it did, once. Thread-safe.
class trip_book {
public:
  using clock = std::chrono::steady_clock;

  explicit trip_book(std::size_t kinds) : figures_(kinds) {}

  /// Of a message that sets out now; the text that it carries.
  std::string begin(std::size_t kind, std::uint64_t destination);
  void arrive(std::uint64_t trip, std::uint64_t where);
  /// The same where other kinds pass by too: a visitor's stream also shows what
  /// the visitor wrote.
  void arrive_if(std::size_t kind, std::uint64_t trip, std::uint64_t where);

  /// Trips that begin from now on are measured.
  void open_window();

  [[nodiscard]] bool all_arrived() const;
  [[nodiscard]] std::uint64_t arrived() const;
  [[nodiscard]] trip_figures figures(std::size_t kind) const;
  /// From the first measured beginning to the last arrival.
  [[nodiscard]] std::chrono::nanoseconds span() const;
  /// What was lost, came twice or to somebody else; empty: nothing.
  [[nodiscard]] std::string problem() const;

private:
  struct trip {
    std::size_t kind = 0;
    std::uint64_t destination = 0;
    clock::time_point begun;
    bool arrived = false;
  };

  mutable std::mutex mutex_;
  std::vector<trip> trips_;
  std::vector<trip_figures> figures_;
  clock::time_point window_ = clock::time_point::max();
  clock::time_point last_;
  std::uint64_t arrived_ = 0;
  std::uint64_t repeated_ = 0;
  std::uint64_t astray_ = 0;
};

} // namespace switchboard::bench
