#pragma once

#include "bench/arrivals.hpp"
#include "bench/connection_pool.hpp"
#include "bench/histogram.hpp"
#include "bench/load_figures.hpp"
#include "bench/process_watch.hpp"
#include "bench/scenario.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::bench {

struct load_options {
  endpoint server;
  std::uint32_t connections = 64;
  /// Requests per second. Absent: closed loop, each connection sends as soon
  /// as it was answered.
  std::optional<double> rate;
  arrival_kind arrival = arrival_kind::poisson;
  /// Comes before the measured time.
  std::chrono::nanoseconds warm_up{std::chrono::seconds{1}};
  std::chrono::nanoseconds duration{std::chrono::seconds{10}};
  /// Ends the run after so many requests, however long that takes.
  std::optional<std::uint64_t> count;
  /// A request that is not answered within this is an error.
  std::chrono::nanoseconds answer_timeout{std::chrono::seconds{10}};
  std::uint64_t seed = 1;
  /// The server's process, when its CPU time is wanted; must outlive the run.
  const process_watch* server_process = nullptr;
};

/// Puts a scenario's requests on the wire and measures the answers. One thread.
///
/// With a rate the loop is open: each request has a time at which it is due,
/// whatever the server does, and its latency counts from that time. While every
/// connection is busy a request that is due waits, and the wait is part of its
/// latency; so a server that stalls cannot hide it by being asked less.
/// Arrivals that are less than the kernel's timer slack (50 µs) apart may leave
/// together.
class load_runner : private pool_listener {
public:
  using progress_handler = std::function<void(const load_progress&)>;

  /// `work` must outlive the runner.
  load_runner(load_options options, scenario& work);

  /// Runs once. Throws std::system_error when the server cannot be connected
  /// to (at the start, or again after it closed a connection).
  load_figures run(const progress_handler& on_progress);

private:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct in_flight {
    bool busy = false;
    std::uint32_t token = 0;
    std::uint32_t kind = 0;
    time_point due; ///< latency counts from here
    time_point sent;
  };

  void on_answer(std::uint32_t connection, const answer& reply) override;
  void on_loss(std::uint32_t connection, loss why) override;

  void start();
  void become_free(std::uint32_t connection);
  void send_due();
  void send_next(std::uint32_t connection, time_point due);
  [[nodiscard]] std::chrono::nanoseconds longest_wait() const;
  [[nodiscard]] bool all_sent() const;
  void keep_time(const progress_handler& on_progress);
  void abandon_late();
  void open_window();
  void close_window();
  void note_error(std::string what);
  void finish();

  load_options options_;
  scenario& work_;
  connection_pool pool_;
  std::vector<in_flight> requests_; ///< by connection
  std::deque<std::uint32_t> free_;  ///< in the order in which they became free
  std::optional<arrivals> arrivals_;
  std::uint64_t sent_ = 0;
  std::uint64_t busy_ = 0;
  std::uint64_t answers_ = 0;

  time_point now_;
  time_point start_;
  time_point next_due_;
  time_point next_second_;
  time_point last_answer_; ///< of those that are measured
  // The measured time (without an end when requests are counted); the CPU
  // figures are taken where it begins and where the last request has gone out.
  time_point window_start_;
  time_point window_end_;
  bool window_opened_ = false;
  bool window_closed_ = false;
  time_point window_closed_at_;
  std::uint64_t answers_at_window_start_ = 0;
  std::chrono::nanoseconds own_cpu_at_window_start_{};
  std::chrono::nanoseconds server_cpu_at_window_start_{};

  std::uint64_t answers_at_second_ = 0;
  histogram latency_of_second_;
  load_figures figures_;
};

} // namespace switchboard::bench
