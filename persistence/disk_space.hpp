#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace switchboard::persistence {

/// Decides whether there is room to write. Debian's RocksDB aborts on a full
/// disk, so writing stops while there still is some space, and goes on when an
/// eighth more than the reserve is free: it must not flap. Asks the file system
/// ten times a second at most. For the writer's thread alone.
class disk_space {
public:
  using probe = std::function<std::optional<std::uint64_t>()>;
  using clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds check_interval{100};

  disk_space(probe free_bytes, std::uint64_t reserve_bytes)
    : free_bytes_(std::move(free_bytes)), reserve_bytes_(reserve_bytes) {}

  /// Whether the answer changed with this look (if it was time for one).
  bool look(clock::time_point now) {
    if (looked_ && now - *looked_ < check_interval)
      return false;
    looked_ = now;
    // An unknown figure stops nothing: a write that fails speaks for itself.
    const auto found = free_bytes_();
    if (!found)
      return false;
    free_ = *found;
    const std::uint64_t wanted
      = has_room_ ? reserve_bytes_ : reserve_bytes_ + reserve_bytes_ / 8;
    const bool had_room = has_room_;
    has_room_ = free_ >= wanted;
    return had_room != has_room_;
  }

  [[nodiscard]] bool has_room() const noexcept {
    return has_room_;
  }

  [[nodiscard]] std::uint64_t free_bytes() const noexcept {
    return free_;
  }

private:
  probe free_bytes_;
  std::uint64_t reserve_bytes_;
  std::optional<clock::time_point> looked_;
  std::uint64_t free_ = 0;
  bool has_room_ = true;
};

} // namespace switchboard::persistence
