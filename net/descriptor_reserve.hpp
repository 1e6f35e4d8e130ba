#pragma once

#include <array>

namespace switchboard::net {

/// Some descriptors held back, so that there are any when sockets have eaten
/// the rest: given up, they let storage and logs open their files; taken again,
/// they show that there is room for new connections. One thread at a time.
class descriptor_reserve {
public:
  descriptor_reserve();
  descriptor_reserve(const descriptor_reserve&) = delete;
  descriptor_reserve& operator=(const descriptor_reserve&) = delete;
  ~descriptor_reserve();

  void give_up() noexcept;
  /// False, and nothing is held, when there are not enough.
  bool take() noexcept;

private:
  static constexpr int none = -1;
  std::array<int, 8> held_;
};

} // namespace switchboard::net
