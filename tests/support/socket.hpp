#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Blocking sockets on the loopback interface for tests. Every wait has a
/// deadline, so a test that waits in vain fails instead of hanging.
namespace switchboard::support {

inline constexpr std::chrono::milliseconds patience{10'000};

/// An owned socket descriptor; moves, closes at its end. One thread at a time,
/// except `shut_down`, which another thread may call to end a blocked call.
class socket_handle {
public:
  socket_handle() = default;
  explicit socket_handle(int descriptor) : descriptor_{descriptor} {}
  socket_handle(socket_handle&& other) noexcept;
  socket_handle& operator=(socket_handle&& other) noexcept;
  ~socket_handle();

  [[nodiscard]] bool is_open() const noexcept {
    return descriptor_ >= 0;
  }
  [[nodiscard]] int descriptor() const noexcept {
    return descriptor_;
  }

  /// Sends all of it; false when the peer is gone or time is up.
  bool send_all(std::string_view bytes,
                std::chrono::milliseconds timeout = patience);
  /// Appends what arrives next, at most `size_max` bytes. False at the end of
  /// the stream, at an error and when time is up.
  bool receive_some(std::string& to, std::size_t size_max = 65'536,
                    std::chrono::milliseconds timeout = patience);
  /// Whether the peer closes or resets, rather than sends, within the time.
  bool wait_for_close(std::chrono::milliseconds timeout = patience);

  void shut_down() const noexcept;
  void close() noexcept;
  /// Closes so that the peer sees a reset (RST) instead of an end (FIN).
  void reset() noexcept;

private:
  int descriptor_ = -1;
};

/// Connects to 127.0.0.1; a closed handle when nobody listens there.
socket_handle connect_to(std::uint16_t port,
                         std::chrono::milliseconds timeout = patience);

/// A listening socket on 127.0.0.1; throws std::system_error when the port is
/// taken.
class listener {
public:
  explicit listener(std::uint16_t port = 0, int backlog = 128);

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }
  /// The next connection, or a closed handle when time is up or `shut_down`
  /// was called.
  socket_handle accept(std::chrono::milliseconds timeout = patience);
  /// Ends `accept` in another thread.
  void shut_down() const noexcept {
    handle_.shut_down();
  }

private:
  socket_handle handle_;
  std::uint16_t port_ = 0;
};

} // namespace switchboard::support
