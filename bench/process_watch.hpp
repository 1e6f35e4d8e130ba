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

/// The CPU time of this process.
std::chrono::nanoseconds own_cpu_time();

} // namespace switchboard::bench
