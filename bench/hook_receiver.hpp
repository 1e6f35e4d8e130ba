#pragma once

#include "bench/client_socket.hpp"
#include "bench/histogram.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace switchboard::bench {

/// What came in by webhook. Latencies count from the event's own time, which
/// the server takes before it commits it and writes in whole milliseconds.
struct hook_figures {
  std::uint64_t deliveries = 0; ///< all, with repetitions
  std::uint64_t repeated = 0;   ///< of a ticket that the endpoint knew
  std::uint64_t strange = 0;    ///< no call that was expected
  std::uint64_t known_min = 0;  ///< tickets at the endpoint with the fewest
  std::uint64_t known_max = 0;  ///< and at the one with the most
  histogram latency;
  std::chrono::nanoseconds span{}; ///< from the first arrival to the last
};

/// Receives `ticket.created` at the paths `/0` to `/<endpoints - 1>` and
/// answers 200 at once: as light as a receiver can be, since it shares the
/// machine with the server. It checks no signature, which is the tests' task,
/// but counts which endpoint heard of which ticket.
///
/// Listens on 127.0.0.1, on a thread of its own from construction to `stop`.
/// `known` may be asked at any time; `figures` after `stop`.
class hook_receiver {
public:
  explicit hook_receiver(std::uint32_t endpoints);
  hook_receiver(const hook_receiver&) = delete;
  hook_receiver& operator=(const hook_receiver&) = delete;
  ~hook_receiver();

  [[nodiscard]] std::string url(std::uint32_t endpoint) const;
  /// How many pairs of an endpoint and a ticket there are.
  [[nodiscard]] std::uint64_t known() const noexcept {
    return known_;
  }

  void stop();
  [[nodiscard]] hook_figures figures() const;

private:
  using clock = std::chrono::system_clock;

  struct peer {
    descriptor socket;
    std::string received;
  };

  void serve();
  void accept_all();
  /// False when the connection is to be closed.
  bool read(peer& from);
  /// The bytes that the call at the start of `input` takes; 0: not all there.
  std::size_t take(std::string_view input);
  void count(std::string_view target, std::string_view body);

  descriptor listener_;
  descriptor epoll_;
  std::uint16_t port_ = 0;
  std::map<int, peer> peers_;
  std::vector<char> buffer_;

  /// By endpoint and ticket number: whether it was told.
  std::vector<std::vector<bool>> told_;
  hook_figures figures_;
  clock::time_point first_;
  clock::time_point last_;
  std::atomic<std::uint64_t> known_ = 0;
  std::atomic<bool> stops_ = false;
  std::thread thread_; ///< last: it uses all of the above
};

} // namespace switchboard::bench
