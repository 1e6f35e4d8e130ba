#pragma once

#include "tests/support/server_process.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace switchboard::faults {

/// A small ext4 file system of its own, in a file, mounted through a loop
/// device. It is mounted where only this process and its children see it, so
/// nothing stays behind, however the test ends.
///
/// Thread contract: the thread of the first disk, and children that it starts.
class loop_disk {
public:
  /// Why there can be no such disk here (no root, no loop devices), or nothing.
  static std::optional<std::string> obstacle();

  /// Throws std::runtime_error when a step fails.
  explicit loop_disk(std::uint64_t bytes);
  loop_disk(const loop_disk&) = delete;
  loop_disk& operator=(const loop_disk&) = delete;
  ~loop_disk();

  [[nodiscard]] const std::filesystem::path& folder() const noexcept {
    return mount_point_;
  }

  [[nodiscard]] std::uint64_t free_bytes() const;
  /// Leaves about `bytes` free, with a file that takes the rest.
  void leave_free(std::uint64_t bytes);
  void remove_ballast();

  /// The power goes: from this moment on nothing reaches the disk any more, not
  /// even the file system's own log, and every write and fsync fails. What lies
  /// on the disk is kept aside.
  void cut_power();
  /// The power comes back: the disk as it was at the cut, recovered by ext4
  /// from its log. All processes that used it must have ended.
  void restore_power();

private:
  void mount();
  void unmount();

  support::temporary_folder home_;
  std::filesystem::path image_;
  std::filesystem::path kept_; ///< the image as it was at the cut
  std::filesystem::path mount_point_;
  std::filesystem::path ballast_;
  bool mounted_ = false;
};

} // namespace switchboard::faults
