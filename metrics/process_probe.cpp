#include "metrics/process_probe.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace switchboard::metrics {

namespace {

const family_info cpu_family{"process_cpu_seconds_total",
                             "Processor time used, user and system."};
const family_info start_family{"process_start_time_seconds",
                               "When the process started, since the epoch."};
const family_info resident_family{"process_resident_memory_bytes",
                                  "Memory in use."};
const family_info virtual_family{"process_virtual_memory_bytes",
                                 "Address space in use."};
const family_info threads_family{"process_threads", "Threads that live now."};
const family_info open_fds_family{"process_open_fds",
                                  "File descriptors that are open now."};
const family_info max_fds_family{"process_max_fds",
                                 "File descriptors that may be open."};
const family_info build_family{"switchboard_build_info",
                               "Always 1; its label tells the version.",
                               {"version"}};

std::string read_text(const char* path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The seconds since the epoch at which the machine started.
double boot_seconds() {
  std::istringstream in{read_text("/proc/stat")};
  for (std::string word; in >> word;)
    if (word == "btime") {
      double seconds = 0;
      in >> seconds;
      return seconds;
    }
  return 0;
}

std::uint64_t count_open_fds() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr)
    return 0;
  std::uint64_t count = 0;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream belongs to this call
  while (const auto* entry = ::readdir(folder))
    count += entry->d_name[0] == '.' ? 0U : 1U;
  ::closedir(folder);
  return count == 0 ? 0 : count - 1; // without the one that counted
}

} // namespace

process_figures read_process_figures() {
  process_figures figures;
  const auto stat = read_text("/proc/self/stat");
  // The name in brackets may hold anything, so count from its end: the state
  // is then field 3 of proc(5).
  const auto name_end = stat.rfind(')');
  if (name_end != std::string::npos) {
    std::istringstream in{stat.substr(name_end + 1)};
    const std::vector<std::string> fields{
      std::istream_iterator<std::string>{in}, {}};
    const auto field = [&fields](std::size_t number) {
      return number - 3 < fields.size() ? std::stod(fields[number - 3]) : 0.0;
    };
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    figures.cpu_seconds = (field(14) + field(15)) / ticks;
    figures.threads = static_cast<std::uint64_t>(field(20));
    figures.start_seconds = boot_seconds() + field(22) / ticks;
    figures.virtual_bytes = static_cast<std::uint64_t>(field(23));
    figures.resident_bytes = static_cast<std::uint64_t>(field(24) * page);
  }
  figures.open_fds = count_open_fds();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    figures.max_fds = limit.rlim_cur;
  return figures;
}

void expose_process(registry& all, std::string_view version) {
  all.gauge(build_family, {{"version", std::string{version}}}).Set(1);
  auto* cpu = &all.counter(cpu_family);
  auto* start = &all.gauge(start_family);
  auto* resident = &all.gauge(resident_family);
  auto* virtual_memory = &all.gauge(virtual_family);
  auto* threads = &all.gauge(threads_family);
  auto* open_fds = &all.gauge(open_fds_family);
  auto* max_fds = &all.gauge(max_fds_family);
  all.on_expose([=] {
    const auto figures = read_process_figures();
    cpu->Increment(std::max(0.0, figures.cpu_seconds - cpu->Value()));
    start->Set(figures.start_seconds);
    resident->Set(static_cast<double>(figures.resident_bytes));
    virtual_memory->Set(static_cast<double>(figures.virtual_bytes));
    threads->Set(static_cast<double>(figures.threads));
    open_fds->Set(static_cast<double>(figures.open_fds));
    max_fds->Set(static_cast<double>(figures.max_fds));
  });
}

} // namespace switchboard::metrics
