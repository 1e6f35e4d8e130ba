#include "app/descriptors.hpp"

#include <spdlog/spdlog.h>

#include <sys/resource.h>
#include <algorithm>
#include <limits>

namespace switchboard::app {

namespace {

/// For the store's files, outgoing connections and what libraries open.
constexpr std::size_t reserved_descriptors = 512;

std::size_t raise_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

} // namespace

std::size_t usable_connections(const config::config& c) {
  const auto wanted = c.limits.connections == 0
                        ? std::numeric_limits<std::size_t>::max()
                        : c.limits.connections;
  const auto limit = raise_limit();
  // Where there is little, the store still gets half.
  const auto left = limit - std::min(reserved_descriptors, limit / 2);
  if (left >= wanted)
    return wanted;
  if (c.limits.connections != 0)
    spdlog::warn(
      "the limit of {} descriptors leaves room for {} connections, "
      "not {} as limits.connections says",
      limit, left, wanted);
  return left;
}

} // namespace switchboard::app
