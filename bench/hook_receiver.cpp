#include "bench/hook_receiver.hpp"

#include "bench/answer_parser.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::string_view answer_text
  = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::size_t buffer_size = 65'536;
constexpr std::size_t call_size_max = 1'048'576;
constexpr std::uint64_t ticket_number_max = 100'000'000;
constexpr int wait_ms = 50;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

template <class Number>
bool parse(std::string_view text, Number& out) {
  return std::from_chars(text.data(), text.data() + text.size(), out).ec
         == std::errc{};
}

/// The number behind `name` (with its quotes and colon), or 0.
std::uint64_t find_number(std::string_view json, std::string_view name) {
  std::uint64_t out = 0;
  const auto at = json.find(name);
  return at != std::string_view::npos
             && parse(json.substr(at + name.size()), out)
           ? out
           : 0;
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

/// `2026-01-31T12:00:00.123Z`
std::chrono::system_clock::time_point parse_time(std::string_view text) {
  constexpr std::size_t length = 24;
  std::tm parts{};
  int millis = 0;
  if (text.size() != length)
    return {};
  const auto read = [&](std::size_t at, std::size_t size, int& out) {
    return parse(text.substr(at, size), out);
  };
  if (!read(0, 4, parts.tm_year) || !read(5, 2, parts.tm_mon)
      || !read(8, 2, parts.tm_mday) || !read(11, 2, parts.tm_hour)
      || !read(14, 2, parts.tm_min) || !read(17, 2, parts.tm_sec)
      || !read(20, 3, millis))
    return {};
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return std::chrono::system_clock::from_time_t(::timegm(&parts))
         + std::chrono::milliseconds{millis};
}

} // namespace

hook_receiver::hook_receiver(std::uint32_t endpoints)
  : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)},
    epoll_{::epoll_create1(EPOLL_CLOEXEC)},
    buffer_(buffer_size),
    told_(endpoints) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_.get() < 0 || epoll_.get() < 0
      || ::bind(listener_.get(), generic, size) != 0
      || ::listen(listener_.get(), SOMAXCONN) != 0
      || ::getsockname(listener_.get(), generic, &size) != 0)
    fail("cannot listen for webhooks");
  port_ = ntohs(address.sin_port);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener_.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event) != 0)
    fail("epoll_ctl");
  thread_ = std::thread{[this] { serve(); }};
}

hook_receiver::~hook_receiver() {
  stop();
}

std::string hook_receiver::url(std::uint32_t endpoint) const {
  return "http://127.0.0.1:" + std::to_string(port_) + '/'
         + std::to_string(endpoint);
}

void hook_receiver::stop() {
  stops_ = true;
  if (thread_.joinable())
    thread_.join();
}

hook_figures hook_receiver::figures() const {
  auto out = figures_;
  out.span = last_ - first_;
  std::vector<std::uint64_t> each;
  for (const auto& told : told_)
    each.push_back(
      static_cast<std::uint64_t>(std::count(told.begin(), told.end(), true)));
  const auto [least, most] = std::minmax_element(each.begin(), each.end());
  if (least != each.end()) {
    out.known_min = *least;
    out.known_max = *most;
  }
  return out;
}

void hook_receiver::serve() {
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

void hook_receiver::accept_all() {
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

bool hook_receiver::read(peer& from) {
  const auto size
    = ::recv(from.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  if (size == 0)
    return false;
  from.received.append(buffer_.data(), static_cast<std::size_t>(size));
  for (std::size_t used = 1; used != 0 && !from.received.empty();) {
    used = take(from.received);
    from.received.erase(0, used);
    if (used > 0
        && ::send(from.socket.get(), answer_text.data(), answer_text.size(),
                  MSG_NOSIGNAL)
             != static_cast<ssize_t>(answer_text.size()))
      return false;
  }
  return from.received.size() < call_size_max;
}

std::size_t hook_receiver::take(std::string_view input) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const auto end = input.find(end_of_head);
  if (end == std::string_view::npos)
    return 0;
  const auto head = input.substr(0, end);
  std::size_t length = 0;
  parse(find_header(head, "content-length:"), length);
  const auto whole = end + end_of_head.size() + length;
  if (length > call_size_max || input.size() < whole)
    return 0;
  constexpr std::string_view post = "POST ";
  const auto target = head.starts_with(post) ? head.substr(
                        post.size(), head.find(' ', post.size()) - post.size())
                                             : std::string_view{};
  count(target, input.substr(end + end_of_head.size(), length));
  return whole;
}

void hook_receiver::count(std::string_view target, std::string_view body) {
  const auto now = clock::now();
  std::size_t endpoint = told_.size();
  if (target.size() > 1)
    parse(target.substr(1), endpoint);
  const auto number = find_number(body, "\"number\":");
  const auto at = parse_time(find_json_string(body, "timestamp"));
  if (endpoint >= told_.size() || number == 0 || number > ticket_number_max
      || at == clock::time_point{}
      || find_json_string(body, "type") != "ticket.created") {
    ++figures_.strange;
    return;
  }
  if (figures_.deliveries++ == 0)
    first_ = now;
  last_ = now;
  auto& told = told_[endpoint];
  if (told.size() <= number)
    told.resize(std::max(told.size() * 2, std::size_t{number} + 1));
  if (told[number]) {
    ++figures_.repeated;
    return;
  }
  told[number] = true;
  figures_.latency.record(
    std::max(now - at, std::chrono::system_clock::duration{0}));
  ++known_;
}

} // namespace switchboard::bench
