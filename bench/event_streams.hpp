#pragma once

#include "bench/client_socket.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace switchboard::bench {

/// Readers of server-sent events, one connection each, which look for trips
/// (see `trip_book`) in what they get. One thread reads all of them.
///
/// The listener runs on that thread, with the stream's number and the trip's.
class event_streams {
public:
  using listener
    = std::function<void(std::uint32_t stream, std::uint64_t trip)>;

  explicit event_streams(endpoint server);
  event_streams(const event_streams&) = delete;
  event_streams& operator=(const event_streams&) = delete;
  ~event_streams();

  /// Sends the request of one more stream. Before `start`.
  void open(std::string_view target, std::string_view headers);
  /// Begins to read. Throws std::runtime_error when not all of them were
  /// answered with 200 in time.
  void start(listener on_trip, std::chrono::seconds patience);
  /// Streams that the server has ended.
  [[nodiscard]] std::uint32_t ended() const noexcept {
    return ended_;
  }
  void stop();

private:
  struct stream {
    descriptor socket;
    bool answered = false;
    bool over = false;
    std::string received; ///< what may be the beginning of something
  };

  void read_all();
  void read(std::uint32_t index);
  void take(std::uint32_t index);

  endpoint server_;
  listener on_trip_;
  descriptor epoll_;
  std::vector<stream> streams_;
  std::vector<char> buffer_;
  std::atomic<std::uint32_t> answered_ = 0;
  std::atomic<std::uint32_t> ended_ = 0;
  std::atomic<bool> stops_ = false;
  std::thread thread_; ///< last: it uses all of the above
};

} // namespace switchboard::bench
