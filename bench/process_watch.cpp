#include "bench/process_watch.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace switchboard::bench {

namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0)
    return {};
  return std::chrono::seconds{now.tv_sec}
         + std::chrono::nanoseconds{now.tv_nsec};
}

} // namespace

process_watch::process_watch(pid_t pid)
  : status_path_{"/proc/" + std::to_string(pid) + "/status"} {
  if (::clock_getcpuclockid(pid, &clock_) != 0)
    throw std::runtime_error{"no process " + std::to_string(pid)};
}

std::chrono::nanoseconds process_watch::cpu_time() const {
  return read_clock(clock_);
}

std::uint64_t process_watch::resident_bytes() const {
  std::ifstream in{status_path_};
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("VmRSS:"))
      continue;
    std::istringstream fields{line.substr(6)};
    std::uint64_t kibibytes = 0;
    fields >> kibibytes;
    return kibibytes * 1024;
  }
  return 0;
}

std::chrono::nanoseconds own_cpu_time() {
  return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

std::uint64_t settled_resident_bytes(const process_watch& server) {
  auto last = server.resident_bytes();
  int same = 0;
  for (int i = 0; i < 50 && same < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    auto now = server.resident_bytes();
    same = now == last ? same + 1 : 0;
    last = now;
  }
  return last;
}

} // namespace switchboard::bench
