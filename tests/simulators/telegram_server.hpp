#pragma once

#include "tests/simulators/telegram_world.hpp"

#include <cstdint>
#include <memory>

namespace switchboard::simulators::telegram {

/// The server between one start and the next stop: a listening socket, its
/// connections, the deliveries and the one thread that serves them all.
class server {
public:
  server(world& all, std::uint16_t port);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Lets hanging calls, present ones only, go on with an error.
  void release_hanging();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::simulators::telegram
