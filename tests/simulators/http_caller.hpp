#pragma once

#include "tests/simulators/http_peer.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators {

/// A request to somebody on this machine.
struct outgoing_call {
  std::string method = "POST";
  std::string target = "/";
  std::string host; ///< the header; empty: `127.0.0.1:<port>`
  peer_headers headers;
  std::string body;
};

/// What came back; `status` 0 means that nothing did, and `problem` says why.
struct call_reply {
  int status = 0;
  peer_headers headers;
  std::string body;
  std::string problem;
  std::size_t attempts = 0;

  [[nodiscard]] bool is_good() const noexcept {
    return status >= 200 && status < 300;
  }
  /// The first value of a header (name in any case), or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// The calls that simulators make: webhooks to the engine, files that they
/// fetch. Each is an HTTP/1.1 request to 127.0.0.1 on a connection of its own;
/// they run side by side on one thread, and those of one `line` in order. Any
/// thread. Calls that are still under way at the end are dropped.
class http_caller {
public:
  /// Runs on the caller's thread.
  using done = std::function<void(const call_reply&)>;

  explicit http_caller(std::chrono::milliseconds patience
                       = std::chrono::seconds{15});
  http_caller(const http_caller&) = delete;
  http_caller& operator=(const http_caller&) = delete;
  ~http_caller();

  /// Makes the call and, as long as it is not answered with 2xx, once more
  /// after each of the pauses. The port is asked for before each attempt: a
  /// server may come back on another one.
  void call(std::function<std::uint16_t()> port, outgoing_call what,
            std::vector<std::chrono::milliseconds> pauses, done then,
            const std::string& line = {});

  /// Ends all calls; nothing runs on the caller's thread from then on.
  void stop();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::simulators
