#include "bench/connection_pool.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::size_t read_bytes_max = 65'536;
constexpr std::size_t events_max = 256;

bool would_block() noexcept {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

timespec to_timespec(std::chrono::nanoseconds span) noexcept {
  auto whole = std::chrono::duration_cast<std::chrono::seconds>(span);
  return {.tv_sec = whole.count(), .tv_nsec = (span - whole).count()};
}

} // namespace

connection_pool::connection_pool(endpoint server, std::uint32_t size,
                                 pool_listener& listener)
  : server_{std::move(server)},
    listener_{listener},
    epoll_{::epoll_create1(EPOLL_CLOEXEC)},
    connections_(size),
    buffer_(read_bytes_max) {
  if (epoll_.get() < 0)
    throw std::system_error{errno, std::generic_category(), "epoll_create1"};
  raise_descriptor_limit(size);
  for (std::uint32_t i = 0; i < size; ++i)
    open(i);
}

void connection_pool::send(std::uint32_t connection, std::string_view request) {
  assert(!connections_[connection].busy);
  connections_[connection].busy = true;
  write(connection, request);
}

void connection_pool::poll(std::chrono::nanoseconds longest) {
  std::array<epoll_event, events_max> events;
  auto timeout = to_timespec(std::max(longest, std::chrono::nanoseconds{0}));
  auto count
    = ::epoll_pwait2(epoll_.get(), events.data(),
                     static_cast<int>(events.size()), &timeout, nullptr);
  if (count < 0 && errno != EINTR)
    throw std::system_error{errno, std::generic_category(), "epoll_pwait2"};
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    auto index = event.data.u32;
    if ((event.events & EPOLLOUT) != 0)
      write_rest(index);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
      read(index);
  }
}

void connection_pool::abandon(std::uint32_t connection) {
  if (connections_[connection].busy)
    lose(connection, loss::abandoned);
}

void connection_pool::open(std::uint32_t index) {
  // Closing an earlier descriptor takes it out of the epoll.
  connections_[index] = slot{};
  connections_[index].socket = connect_to(server_);
  watch(index, EPOLL_CTL_ADD, EPOLLIN);
}

void connection_pool::watch(std::uint32_t index, int operation,
                            std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.u32 = index;
  auto fd = connections_[index].socket.get();
  if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0)
    throw std::system_error{errno, std::generic_category(), "epoll_ctl"};
}

void connection_pool::write(std::uint32_t index, std::string_view bytes) {
  auto& self = connections_[index];
  auto sent
    = ::send(self.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  // A broken connection shows when it is read.
  if (sent < 0 && !would_block())
    return;
  bytes.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
  if (bytes.empty())
    return;
  self.unsent.assign(bytes);
  watch(index, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

void connection_pool::write_rest(std::uint32_t index) {
  auto rest = std::exchange(connections_[index].unsent, {});
  watch(index, EPOLL_CTL_MOD, EPOLLIN);
  if (!rest.empty())
    write(index, rest);
}

void connection_pool::read(std::uint32_t index) {
  auto& self = connections_[index];
  auto count
    = ::recv(self.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (count > 0) {
    take(index, {buffer_.data(), static_cast<std::size_t>(count)});
  } else if (count == 0 || !would_block()) {
    if (self.busy)
      lose(index, loss::closed);
    else
      open(index);
  }
}

void connection_pool::take(std::uint32_t index, std::string_view bytes) {
  auto& self = connections_[index];
  std::string gathered;
  if (!self.received.empty()) {
    self.received += bytes;
    if (self.received.size() < self.received_min)
      return;
    gathered.swap(self.received);
    bytes = gathered;
  }
  auto result = parse_answer(bytes);
  if (result.state == parse_state::needs_more && self.busy) {
    self.received = bytes;
    self.received_min = result.bytes;
    return;
  }
  auto one_answer = result.state == parse_state::complete && self.busy
                    && result.bytes == bytes.size();
  if (!one_answer) {
    lose(index, loss::malformed);
    return;
  }
  self.busy = false;
  if (result.parsed.closes)
    open(index);
  listener_.on_answer(index, result.parsed);
}

void connection_pool::lose(std::uint32_t index, loss why) {
  auto was_busy = connections_[index].busy;
  open(index);
  if (was_busy)
    listener_.on_loss(index, why);
}

} // namespace switchboard::bench
