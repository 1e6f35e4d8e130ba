#pragma once

#include "bench/light_server.hpp"
#include "bench/whatsapp_wire.hpp"

#include <atomic>
#include <cstdint>
#include <functional>

namespace switchboard::bench {

/// Plays all providers at once: takes each message at once, knows no limits,
/// and tells who got one. The listener runs on the server's thread. Where it
/// stands for whom is said at `recipient_of`.
class whatsapp_sink {
public:
  using listener = std::function<void(const whatsapp_chat& to)>;

  whatsapp_sink(std::uint16_t port, listener on_message);

  [[nodiscard]] std::uint16_t port() const noexcept {
    return server_.port();
  }
  /// Calls that were no message to a chat.
  [[nodiscard]] std::uint64_t strange() const noexcept {
    return strange_;
  }
  void stop() {
    server_.stop();
  }

private:
  void answer(const light_call& call, light_answer& out);

  listener on_message_;
  std::uint64_t messages_ = 0;
  std::atomic<std::uint64_t> strange_ = 0;
  light_server server_; ///< last: its thread uses all of the above
};

} // namespace switchboard::bench
