#pragma once

#include "bench/light_server.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace switchboard::bench {

/// A call of the Bot API that was just answered; valid during the call.
struct bot_call {
  std::string_view method;
  std::string_view body;    ///< JSON
  std::int64_t chat = 0;    ///< 0: none
  std::int32_t message = 0; ///< that was sent, or that the call names
};

/// Plays the Bot API: agrees to everything at once, knows no limits, and tells
/// what was called. The listener runs on the server's thread.
class bot_api {
public:
  using listener = std::function<void(const bot_call&)>;

  bot_api(std::uint16_t port, listener on_call);

  [[nodiscard]] std::uint16_t port() const noexcept {
    return server_.port();
  }
  [[nodiscard]] std::uint64_t calls() const noexcept {
    return calls_;
  }
  void stop() {
    server_.stop();
  }

private:
  void answer(const light_call& call, std::string& out);

  listener on_call_;
  std::int32_t last_message_ = 0;
  std::atomic<std::uint64_t> calls_ = 0;
  light_server server_; ///< last: its thread uses all of the above
};

} // namespace switchboard::bench
