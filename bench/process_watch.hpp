#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

namespace switchboard::bench {

/// Reads another process's CPU time and memory from the kernel.
class process_watch {
public:
  /// Throws std::runtime_error when there is no such process.
  explicit process_watch(pid_t pid);

  /// User and system time of all its threads so far.
  [[nodiscard]] std::chrono::nanoseconds cpu_time() const;
  /// Resident memory in bytes; 0 when the process has ended.
  [[nodiscard]] std::uint64_t resident_bytes() const;

private:
  clockid_t clock_{};
  std::string status_path_;
};

/// Waits until the resident memory has not changed for half a second, at most
/// five seconds.
std::uint64_t settled_resident_bytes(const process_watch& server);

/// The CPU time of this process.
std::chrono::nanoseconds own_cpu_time();

} // namespace switchboard::bench
