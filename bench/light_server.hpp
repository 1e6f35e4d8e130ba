#pragma once

#include "bench/client_socket.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace switchboard::bench {

/// What a peer of the server was called with; valid during the call.
struct light_call {
  std::string_view target;
  std::string_view body;
};

/// What it is told; `body` is JSON, or empty.
struct light_answer {
  unsigned status = 200; ///< 200 or 201
  std::string body;
};

/// Plays a peer that the server calls over HTTP, as light as one can be, since
/// it shares the machine with the server: no more parsing than is needed to
/// stay in step, one thread, an answer at once.
///
/// Listens on 127.0.0.1, on a thread of its own from construction to `stop`.
/// The handler runs on that thread and fills the answer, or leaves it as it is.
class light_server {
public:
  using handler
    = std::function<void(const light_call& call, light_answer& answer)>;

  /// Port 0: any free one. Throws std::system_error.
  light_server(std::uint16_t port, handler on_call);
  light_server(const light_server&) = delete;
  light_server& operator=(const light_server&) = delete;
  ~light_server();

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }
  /// No call comes after this.
  void stop();

private:
  struct peer {
    descriptor socket;
    std::string received;
  };

  void serve();
  void accept_all();
  /// False when the connection is to be closed.
  bool read(peer& from);
  /// Handles the call at the start of `input` and returns how many bytes it
  /// takes; 0: not all of it is there.
  std::size_t take(std::string_view input, std::string& answers);

  handler on_call_;
  descriptor listener_;
  descriptor epoll_;
  std::uint16_t port_ = 0;
  std::map<int, peer> peers_;
  std::vector<char> buffer_;
  std::atomic<bool> stops_ = false;
  std::thread thread_; ///< last: it uses all of the above
};

} // namespace switchboard::bench
