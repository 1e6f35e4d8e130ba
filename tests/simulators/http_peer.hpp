#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What simulators have in common: a small HTTP/1.1 server for the calls that
/// they get.
namespace switchboard::simulators {

using peer_headers = std::vector<std::pair<std::string, std::string>>;

/// A request as it was read.
struct peer_request {
  std::string method;
  std::string target; ///< with its query
  std::string path;   ///< without it
  std::string query;
  unsigned version = 11;
  peer_headers headers;
  std::string body;
  std::size_t connection = 0; ///< counts the connections from 1

  /// The first value of a header (name in any case), or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::size_t header_count(std::string_view name) const;
};

/// What becomes of a request.
struct peer_answer {
  enum class kind : std::uint8_t {
    answer,
    reset,   ///< RST instead of an answer
    close,   ///< FIN instead of an answer
    garbage, ///< bytes that are not HTTP, then FIN
    hang,    ///< nothing until `release_hanging`, then the answer
  };

  kind what = kind::answer;
  int status = 200;
  std::string content_type = "application/json";
  peer_headers headers;
  std::string body;
  std::chrono::milliseconds delay{0}; ///< in real time, before all of it
};

/// Listens on 127.0.0.1 between `start` and `stop`, on a thread of its own, and
/// gives each request to the handler, which runs there and must not block. It
/// keeps its port over restarts. All members may be called from any thread, but
/// `start` and `stop` from one at a time, and never by the handler.
class http_peer {
public:
  using handler = std::function<peer_answer(const peer_request&)>;

  /// A body beyond `body_max` ends its connection.
  explicit http_peer(handler answer, std::uint16_t port = 0,
                     std::uint64_t body_max = std::uint64_t{128} << 20U);
  http_peer(const http_peer&) = delete;
  http_peer& operator=(const http_peer&) = delete;
  ~http_peer();

  void start();
  /// Cuts all connections and refuses new ones. The handler does not run, nor
  /// will it, once this returns.
  void stop();

  /// 0 before the first start, unless one was asked for.
  [[nodiscard]] std::uint16_t port() const;
  /// `http://127.0.0.1:<port>` and what follows.
  [[nodiscard]] std::string url(std::string_view target = {}) const;
  [[nodiscard]] std::size_t connection_count() const;
  /// Lets hanging calls, present ones only, go on.
  void release_hanging();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::simulators
