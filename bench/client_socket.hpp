#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace switchboard::bench {

/// Owns a file descriptor.
class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int fd) noexcept : fd_{fd} {}
  descriptor(descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();

  [[nodiscard]] int get() const noexcept {
    return fd_;
  }

private:
  int fd_ = -1;
};

/// Where the server listens; an IPv4 address in figures.
struct endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
};

/// What stands in the `Host` header.
std::string to_string(const endpoint& server);

/// Connects (waits for it), then makes the socket non-blocking and turns
/// Nagle's delay off. Throws std::system_error.
descriptor connect_to(const endpoint& server);

/// Lets this process open `wanted` descriptors and some more, as far as the
/// hard limit goes. Returns the limit that is now in force.
std::uint64_t raise_descriptor_limit(std::uint64_t wanted);

} // namespace switchboard::bench
