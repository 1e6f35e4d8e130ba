#include "bench/client_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace switchboard::bench {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

} // namespace

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

std::string to_string(const endpoint& server) {
  return server.address + ':' + std::to_string(server.port);
}

descriptor connect_to(const endpoint& server) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  if (::inet_pton(AF_INET, server.address.c_str(), &address.sin_addr) != 1)
    throw std::invalid_argument{"not an IPv4 address: " + server.address};
  descriptor result{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (result.get() < 0)
    fail("socket");
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(result.get(), generic, sizeof address) != 0)
    fail("cannot connect to " + to_string(server));
  int on = 1;
  ::setsockopt(result.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // The plainest congestion control costs the least CPU, and on this path there
  // is no congestion. Where it is not allowed, the system's default does.
  constexpr std::string_view plain = "reno";
  ::setsockopt(result.get(), IPPROTO_TCP, TCP_CONGESTION, plain.data(),
               static_cast<socklen_t>(plain.size()));
  auto flags = ::fcntl(result.get(), F_GETFL);
  if (flags < 0 || ::fcntl(result.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    fail("fcntl");
  return result;
}

std::uint64_t raise_descriptor_limit(std::uint64_t wanted) {
  constexpr std::uint64_t spare = 64;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail("getrlimit");
  if (limit.rlim_cur < wanted + spare) {
    limit.rlim_cur = std::min<rlim_t>(wanted + spare, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
      fail("setrlimit");
  }
  return limit.rlim_cur;
}

} // namespace switchboard::bench
