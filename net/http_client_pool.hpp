#pragma once

#include "net/client_connection.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

namespace switchboard::net {

/// Someone who waits for a connection slot of a host.
class pool_waiter {
public:
  virtual ~pool_waiter() = default;
  /// The slot is now the waiter's; it must not call the pool from within.
  virtual void on_slot() = 0;
};

/// The books of the client: how many connections each host has in use, which
/// are kept for later, who waits. Hosts without any of these are forgotten.
///
/// Thread contract: one strand. No I/O but closing what is kept too long.
class http_client_pool {
public:
  using clock = std::chrono::steady_clock;
  using connection_ptr = std::unique_ptr<client_connection>;

  struct limits {
    std::size_t connections_per_host_max = 0;
    std::size_t waiting_per_host_max = 0;
    std::size_t idle_per_host_max = 0;
    std::size_t idle_max = 0;
    clock::duration idle_timeout{};
  };

  explicit http_client_pool(limits bounds) : limits_{bounds} {}

  enum class slot { granted, queued, refused };
  /// Asks for a slot; when queued, `on_slot` comes later unless `leave` is
  /// called first.
  slot enter(const std::string& key, pool_waiter& who);
  void leave(const std::string& key, pool_waiter& who);
  /// Gives a slot back; it passes to the one who has waited longest.
  void release(const std::string& key);

  /// The connection that was used last, if it is still good.
  connection_ptr take(const std::string& key, clock::time_point now);
  /// Keeps a connection for the next request, or closes it when there are
  /// enough.
  void keep(const std::string& key, connection_ptr one, clock::time_point now);

  /// Closes what has been idle too long; the time of the next such call, or
  /// `time_point::max()` when nothing is kept.
  clock::time_point prune(clock::time_point now);
  void close_idle();

  [[nodiscard]] std::size_t idle() const noexcept {
    return idle_;
  }
  [[nodiscard]] std::size_t waiting() const noexcept {
    return waiting_;
  }

private:
  struct kept {
    connection_ptr connection;
    clock::time_point until;
  };
  struct host {
    std::size_t in_use = 0;
    std::deque<kept> idle; ///< oldest first
    std::deque<pool_waiter*> waiters;
  };

  void forget_if_unused(const std::string& key);

  limits limits_;
  std::unordered_map<std::string, host> hosts_;
  std::size_t idle_ = 0;
  std::size_t waiting_ = 0;
};

} // namespace switchboard::net
