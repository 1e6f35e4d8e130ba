#include "tests/support/socket.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace switchboard::support {

namespace {

using clock = std::chrono::steady_clock;

/// Whether the descriptor became ready for `events` before the deadline.
bool wait_ready(int descriptor, short events, clock::time_point deadline) {
  for (;;) {
    const auto left
      = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    if (left.count() <= 0)
      return false;
    pollfd one{descriptor, events, 0};
    const auto got = ::poll(&one, 1, static_cast<int>(left.count()));
    if (got > 0)
      return true;
    if (got < 0 && errno != EINTR)
      return false;
  }
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

} // namespace

socket_handle::socket_handle(socket_handle&& other) noexcept
  : descriptor_{std::exchange(other.descriptor_, -1)} {}

socket_handle& socket_handle::operator=(socket_handle&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

socket_handle::~socket_handle() {
  close();
}

bool socket_handle::send_all(std::string_view bytes,
                             std::chrono::milliseconds timeout) {
  const auto deadline = clock::now() + timeout;
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN || !wait_ready(descriptor_, POLLOUT, deadline))
      return false;
  }
  return true;
}

bool socket_handle::receive_some(std::string& to, std::size_t size_max,
                                 std::chrono::milliseconds timeout) {
  const auto deadline = clock::now() + timeout;
  const auto before = to.size();
  to.resize(before + size_max);
  for (;;) {
    const auto got
      = ::recv(descriptor_, to.data() + before, size_max, MSG_DONTWAIT);
    if (got > 0) {
      to.resize(before + static_cast<std::size_t>(got));
      return true;
    }
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN && wait_ready(descriptor_, POLLIN, deadline))
      continue;
    to.resize(before);
    return false;
  }
}

bool socket_handle::wait_for_close(std::chrono::milliseconds timeout) {
  char byte = 0;
  if (!wait_ready(descriptor_, POLLIN, clock::now() + timeout))
    return false;
  const auto got = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

void socket_handle::shut_down() const noexcept {
  if (is_open())
    ::shutdown(descriptor_, SHUT_RDWR);
}

void socket_handle::close() noexcept {
  if (is_open())
    ::close(std::exchange(descriptor_, -1));
}

void socket_handle::reset() noexcept {
  const linger at_once{1, 0};
  if (is_open())
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

socket_handle connect_to(std::uint16_t port,
                         std::chrono::milliseconds timeout) {
  const auto deadline = clock::now() + timeout;
  socket_handle out{
    ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!out.is_open())
    return {};
  const auto to = loopback(port);
  if (::connect(out.descriptor(), reinterpret_cast<const sockaddr*>(&to),
                sizeof(to))
      != 0) {
    int problem = 0;
    socklen_t size = sizeof(problem);
    if (errno != EINPROGRESS || !wait_ready(out.descriptor(), POLLOUT, deadline)
        || ::getsockopt(out.descriptor(), SOL_SOCKET, SO_ERROR, &problem, &size)
             != 0
        || problem != 0)
      return {};
  }
  const int on = 1;
  ::setsockopt(out.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return out;
}

listener::listener(std::uint16_t port, int backlog)
  : handle_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
  const int on = 1;
  auto at = loopback(port);
  socklen_t size = sizeof(at);
  auto* raw = reinterpret_cast<sockaddr*>(&at);
  if (!handle_.is_open()
      || ::setsockopt(handle_.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on,
                      sizeof(on))
           != 0
      || ::bind(handle_.descriptor(), raw, size) != 0
      || ::listen(handle_.descriptor(), backlog) != 0
      || ::getsockname(handle_.descriptor(), raw, &size) != 0)
    throw_errno("no listening socket on the loopback interface");
  port_ = ntohs(at.sin_port);
}

socket_handle listener::accept(std::chrono::milliseconds timeout) {
  const auto deadline = clock::now() + timeout;
  for (;;) {
    socket_handle out{
      ::accept4(handle_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (out.is_open())
      return out;
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
      return out;
    if (!wait_ready(handle_.descriptor(), POLLIN, deadline))
      return {};
  }
}

} // namespace switchboard::support
