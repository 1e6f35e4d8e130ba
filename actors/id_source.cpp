#include "actors/id_source.hpp"

#include <sodium/randombytes.h>

#include <algorithm>
#include <cstring>

namespace switchboard::actors {

namespace {

/// Asks the system for randomness a page at a time: a call a ticket would cost
/// more than the rest of the naming together.
class random_pool {
public:
  std::array<std::uint8_t, 16> take() {
    if (used_ == pool_.size()) {
      randombytes_buf(pool_.data(), pool_.size());
      used_ = 0;
    }
    std::array<std::uint8_t, 16> out{};
    std::memcpy(out.data(), pool_.data() + used_, out.size());
    used_ += out.size();
    return out;
  }

private:
  std::array<std::uint8_t, 4096> pool_{};
  std::size_t used_ = 4096;
};

} // namespace

domain::timestamp system_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
}

std::array<std::uint8_t, 16> random_bytes() {
  thread_local random_pool pool;
  return pool.take();
}

id_source::id_source(clock_fn now, std::size_t ref_length,
                     domain::ticket_number last_number)
  : now_{std::move(now)},
    ref_length_{ref_length},
    last_number_{static_cast<std::uint64_t>(last_number)} {}

domain::uuid id_source::next_uuid() {
  // The counter runs over into the milliseconds: ids of a burst sort in the
  // order of their making, so their rows are written next to each other.
  const auto now = static_cast<std::uint64_t>(now_().time_since_epoch().count())
                   << 12U;
  auto seen = last_moment_.load(std::memory_order_relaxed);
  std::uint64_t mine = 0;
  do {
    mine = std::max(now, seen + 1);
  } while (
    !last_moment_.compare_exchange_weak(seen, mine, std::memory_order_relaxed));
  const auto random = random_bytes();
  std::uint64_t tail = 0;
  std::memcpy(&tail, random.data(), sizeof(tail));
  const auto at = domain::timestamp{
    std::chrono::milliseconds{static_cast<std::int64_t>(mine >> 12U)}};
  return domain::make_uuid7(at, static_cast<std::uint16_t>(mine & 0xFFFU),
                            tail);
}

domain::ticket_number id_source::next_number() {
  return domain::ticket_number{
    last_number_.fetch_add(1, std::memory_order_relaxed) + 1};
}

std::string id_source::next_ref() {
  return domain::make_ticket_ref(now_(), ref_length_, random_bytes());
}

} // namespace switchboard::actors
