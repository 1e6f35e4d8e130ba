#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

namespace switchboard::net {

class connection;

/// The open connections of a server. Thread-safe.
class connection_list {
public:
  connection_list() = default;
  connection_list(const connection_list&) = delete;
  connection_list& operator=(const connection_list&) = delete;

  /// Called after a connection has left, on the thread where it ended. Set it
  /// before the first connection.
  void on_left(std::function<void()> listener);

  void enter(connection& one);
  void leave(connection& one);
  [[nodiscard]] std::size_t size() const;

  /// Calls `visit` for each, without a lock.
  void for_each(const std::function<void(connection&)>& visit) const;

private:
  mutable std::mutex mutex_;
  connection* first_ = nullptr;
  std::size_t size_ = 0;
  std::function<void()> listener_;
};

} // namespace switchboard::net
