#pragma once

#include "bench/load_runner.hpp"
#include "bench/process_watch.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace switchboard::bench {

struct stream_options {
  load_options load; ///< of the messages
  std::uint32_t streams = 10'000;
  std::string admin_key;
  std::chrono::seconds patience{30};
};

struct stream_figures {
  load_figures messages; ///< from a call to the stream that it concerns
  std::uint64_t resident_before = 0;
  std::uint64_t resident_after = 0;
  std::uint32_t ended = 0; ///< streams that the server gave up

  /// What one open stream costs the server's process.
  [[nodiscard]] double bytes_each(std::uint32_t streams) const;
};

/// Opens visitors' streams, reads what they cost, and then answers visitors at
/// random over REST, at a rate. The kernel's socket buffers are not part of the
/// memory. Throws std::runtime_error when not all of them can be opened.
stream_figures
measure_streams(const stream_options& options, const process_watch& server,
                const load_runner::progress_handler& on_progress);

} // namespace switchboard::bench
