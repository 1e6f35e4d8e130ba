#include "bench/event_streams.hpp"

#include "bench/json_text.hpp"
#include "bench/trip_book.hpp"
#include "bench/website_requests.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::size_t buffer_size = 65'536;
constexpr int wait_ms = 50;
constexpr std::chrono::milliseconds look_pause{5};
/// A trip's mark, its number and its dot are no longer.
constexpr std::size_t mark_size_max = 32;

} // namespace

event_streams::event_streams(endpoint server)
  : server_{std::move(server)},
    epoll_{::epoll_create1(EPOLL_CLOEXEC)},
    buffer_(buffer_size) {
  if (epoll_.get() < 0)
    throw std::system_error{errno, std::generic_category(), "epoll_create1"};
}

event_streams::~event_streams() {
  stop();
}

void event_streams::open(std::string_view target, std::string_view headers) {
  auto& made = streams_.emplace_back();
  made.socket = connect_to(server_);
  const auto request
    = make_request("GET", target, to_string(server_), headers, "");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = static_cast<std::uint32_t>(streams_.size() - 1);
  if (::send(made.socket.get(), request.data(), request.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(request.size())
      || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, made.socket.get(), &event)
           != 0)
    throw std::system_error{errno, std::generic_category(),
                            "cannot open a stream"};
}

void event_streams::start(listener on_trip, std::chrono::seconds patience) {
  on_trip_ = std::move(on_trip);
  thread_ = std::thread{[this] { read_all(); }};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (answered_ < streams_.size()) {
    if (ended_ > 0 || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"of " + std::to_string(streams_.size())
                               + " streams " + std::to_string(answered_)
                               + " were opened"};
    std::this_thread::sleep_for(look_pause);
  }
}

void event_streams::stop() {
  stops_ = true;
  if (thread_.joinable())
    thread_.join();
}

void event_streams::read_all() {
  std::array<epoll_event, 256> events{};
  while (!stops_) {
    const auto count = ::epoll_wait(epoll_.get(), events.data(),
                                    static_cast<int>(events.size()), wait_ms);
    for (int i = 0; i < count; ++i)
      read(events[static_cast<std::size_t>(i)].data.u32);
  }
}

void event_streams::read(std::uint32_t index) {
  auto& from = streams_[index];
  if (from.over)
    return;
  const auto size
    = ::recv(from.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size <= 0) {
    from.over = true;
    ++ended_;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, from.socket.get(), nullptr);
    return;
  }
  from.received.append(buffer_.data(), static_cast<std::size_t>(size));
  take(index);
}

void event_streams::take(std::uint32_t index) {
  auto& from = streams_[index];
  if (!from.answered) {
    constexpr std::string_view good = "HTTP/1.1 200 ";
    if (from.received.size() < good.size())
      return;
    if (!from.received.starts_with(good)) {
      from.over = true;
      ++ended_;
      return;
    }
    from.answered = true;
    ++answered_;
  }
  each_mark(from.received, trip_mark,
            [&](std::uint64_t trip) { on_trip_(index, trip); });
  // A mark that is not complete has to wait; one that is must not come again.
  const auto last = from.received.rfind(trip_mark);
  const bool is_open = last != std::string::npos
                       && from.received.find('.', last) == std::string::npos;
  const auto kept = is_open
                      ? from.received.size() - last
                      : std::min(trip_mark.size() - 1, from.received.size());
  std::string rest = kept <= mark_size_max
                       ? from.received.substr(from.received.size() - kept)
                       : std::string{};
  from.received = std::move(rest);
}

} // namespace switchboard::bench
