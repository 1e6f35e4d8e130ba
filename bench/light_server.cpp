#include "bench/light_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::size_t buffer_size = 65'536;
constexpr std::size_t call_size_max = 1'048'576;
constexpr int wait_ms = 50;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// The value of a header, by its name in lower case with its colon.
std::string_view find_header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find('\n'); at != std::string_view::npos;
       at = head.find('\n', at + 1)) {
    const auto line = head.substr(at + 1);
    const auto same = std::equal(
      name.begin(), name.end(), line.begin(),
      line.begin()
        + static_cast<std::ptrdiff_t>(std::min(name.size(), line.size())),
      [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b);
      });
    if (!same)
      continue;
    const auto value = line.substr(name.size());
    return value.substr(std::min(value.find_first_not_of(' '), value.size()));
  }
  return {};
}

/// Short answers fit into any socket's buffer, so they are written as a whole.
bool send_all(int fd, std::string_view bytes) {
  return bytes.empty()
         || ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL)
              == static_cast<ssize_t>(bytes.size());
}

} // namespace

light_server::light_server(std::uint16_t port, handler on_call)
  : on_call_{std::move(on_call)},
    listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)},
    epoll_{::epoll_create1(EPOLL_CLOEXEC)},
    buffer_(buffer_size) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const int on = 1;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_.get() < 0 || epoll_.get() < 0
      || ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)
           != 0
      || ::bind(listener_.get(), generic, size) != 0
      || ::listen(listener_.get(), SOMAXCONN) != 0
      || ::getsockname(listener_.get(), generic, &size) != 0)
    fail("cannot listen for the server's calls");
  port_ = ntohs(address.sin_port);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener_.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event) != 0)
    fail("epoll_ctl");
  thread_ = std::thread{[this] { serve(); }};
}

light_server::~light_server() {
  stop();
}

void light_server::stop() {
  stops_ = true;
  if (thread_.joinable())
    thread_.join();
}

void light_server::serve() {
  std::array<epoll_event, 64> events{};
  while (!stops_) {
    const auto count = ::epoll_wait(epoll_.get(), events.data(),
                                    static_cast<int>(events.size()), wait_ms);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener_.get())
        accept_all();
      else if (!read(peers_[fd]))
        peers_.erase(fd);
    }
  }
}

void light_server::accept_all() {
  for (;;) {
    descriptor socket{::accept4(listener_.get(), nullptr, nullptr,
                                SOCK_CLOEXEC | SOCK_NONBLOCK)};
    const int fd = socket.get();
    if (fd < 0)
      return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0)
      peers_[fd].socket = std::move(socket);
  }
}

bool light_server::read(peer& from) {
  const auto size
    = ::recv(from.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  if (size == 0)
    return false;
  from.received.append(buffer_.data(), static_cast<std::size_t>(size));
  std::string answers;
  for (std::size_t used = 1; used != 0 && !from.received.empty();) {
    used = take(from.received, answers);
    from.received.erase(0, used);
  }
  return send_all(from.socket.get(), answers)
         && from.received.size() < call_size_max;
}

std::size_t light_server::take(std::string_view input, std::string& answers) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const auto end = input.find(end_of_head);
  if (end == std::string_view::npos)
    return 0;
  const auto head = input.substr(0, end);
  const auto length_text = find_header(head, "content-length:");
  std::size_t length = 0;
  std::from_chars(length_text.data(), length_text.data() + length_text.size(),
                  length);
  const auto whole = end + end_of_head.size() + length;
  if (length > call_size_max || input.size() < whole)
    return 0;
  const auto begin = std::min(head.find(' '), head.size() - 1) + 1;
  const light_call call{head.substr(begin, head.find(' ', begin) - begin),
                        input.substr(end + end_of_head.size(), length)};
  light_answer answer;
  on_call_(call, answer);
  answers += answer.status == 201 ? "HTTP/1.1 201 Created\r\n"
                                  : "HTTP/1.1 200 OK\r\n";
  if (!answer.body.empty())
    answers += "Content-Type: application/json\r\n";
  answers
    += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
  answers += answer.body;
  return whole;
}

} // namespace switchboard::bench
