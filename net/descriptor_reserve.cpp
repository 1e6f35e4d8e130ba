#include "net/descriptor_reserve.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace switchboard::net {

descriptor_reserve::descriptor_reserve() {
  held_.fill(none);
  take();
}

descriptor_reserve::~descriptor_reserve() {
  give_up();
}

void descriptor_reserve::give_up() noexcept {
  for (auto& one : held_)
    if (one != none)
      ::close(std::exchange(one, none));
}

bool descriptor_reserve::take() noexcept {
  for (auto& one : held_) {
    if (one == none)
      one = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (one == none) {
      give_up();
      return false;
    }
  }
  return true;
}

} // namespace switchboard::net
