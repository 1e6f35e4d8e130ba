#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace switchboard::actors {

/// Reads the wall clock; a dependency so that tests decide what time it is.
using clock_fn = std::function<domain::timestamp()>;

/// The real one.
domain::timestamp system_now();

/// Makes names for new things. Thread-safe; all randomness comes from the
/// operating system's generator, so refs cannot be guessed from one another.
class id_source {
public:
  /// `last_number` is the highest ticket number that is in use.
  id_source(clock_fn now, std::size_t ref_length,
            domain::ticket_number last_number);

  domain::uuid next_uuid();
  domain::ticket_number next_number();
  std::string next_ref();

private:
  clock_fn now_;
  std::size_t ref_length_;
  std::atomic<std::uint64_t> last_number_;
  std::atomic<std::uint64_t> last_moment_{0}; ///< milliseconds * 4096 + counter
};

/// 16 unpredictable bytes.
std::array<std::uint8_t, 16> random_bytes();

} // namespace switchboard::actors
