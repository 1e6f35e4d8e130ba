#include "net/timer_wheel.hpp"

#include <algorithm>

namespace switchboard::net {

namespace {

using clock = timer_wheel::clock;

std::uint64_t tick_before(clock::time_point t) {
  return static_cast<std::uint64_t>(t.time_since_epoch() / timer_wheel::tick);
}

std::uint64_t tick_after(clock::time_point t) {
  return tick_before(t) + 1;
}

clock::time_point start_of(std::uint64_t tick) {
  return clock::time_point{timer_wheel::tick * static_cast<std::int64_t>(tick)};
}

} // namespace

boost::asio::execution_context::id timer_wheel::id;

timer_wheel& timer_wheel::of(boost::asio::io_context& io) {
  return boost::asio::use_service<timer_wheel>(
    static_cast<boost::asio::execution_context&>(io));
}

timer_wheel::timer_wheel(boost::asio::execution_context& context)
  : service{context}, timer_{static_cast<boost::asio::io_context&>(context)} {}

std::size_t timer_wheel::filed_count() {
  const std::lock_guard lock{mutex_};
  return filed_count_;
}

void timer_wheel::shutdown() {
  const std::lock_guard lock{mutex_};
  shut_down_ = true;
}

// The owner stores `due_` and then reads `filed_`; the wheel stores `filed_`
// and then reads `due_`. Both are sequentially consistent, so at least one of
// the two sees what the other did, and no deadline falls between them.
void timer_wheel::set(entry& e, time_point deadline) {
  const auto due = deadline == never ? no_tick : tick_after(deadline);
  e.due_.store(due);
  if (e.filed_.load() <= due)
    return;
  const std::lock_guard lock{mutex_};
  if (shut_down_)
    return;
  if (!running_)
    current_ = tick_before(clock::now());
  if (e.filed_.load() != no_tick)
    unlink(e);
  file(e);
  if (!running_ && filed_count_ > 0)
    run_timer();
}

void timer_wheel::remove(entry& e) noexcept {
  // Whoever destroys an entry does not set it any more, and the wheel clears
  // `filed_` only under its lock while it holds no other use for the entry.
  const std::lock_guard lock{mutex_};
  if (e.filed_.load() != no_tick)
    unlink(e);
}

void timer_wheel::link(entry& e, std::uint64_t at) {
  auto& head = slots_[at % slot_count];
  e.previous_ = nullptr;
  e.next_ = head;
  if (head != nullptr)
    head->previous_ = &e;
  head = &e;
  ++filed_count_;
}

void timer_wheel::unlink(entry& e) {
  auto& head = slots_[e.filed_.load() % slot_count];
  if (e.previous_ != nullptr)
    e.previous_->next_ = e.next_;
  else
    head = e.next_;
  if (e.next_ != nullptr)
    e.next_->previous_ = e.previous_;
  --filed_count_;
  e.filed_.store(no_tick);
}

void timer_wheel::file(entry& e) {
  while (true) {
    const auto due = e.due_.load();
    if (due == no_tick) {
      e.filed_.store(no_tick);
      if (e.due_.load() == no_tick)
        return;
      continue;
    }
    const auto at = std::clamp(due, current_ + 1, current_ + slot_count - 1);
    e.filed_.store(at);
    if (e.due_.load() >= std::min(due, at)) {
      link(e, at);
      return;
    }
  }
}

void timer_wheel::expire(entry& e) {
  auto due = e.due_.load();
  if (due <= current_ && e.due_.compare_exchange_strong(due, no_tick)) {
    const auto next = e.expired_(e.owner_);
    // What the owner has set meanwhile takes the next one into account.
    auto unset = no_tick;
    if (next != never)
      e.due_.compare_exchange_strong(unset, tick_after(next));
  }
  file(e);
}

void timer_wheel::advance(std::uint64_t now) {
  while (current_ < now) {
    ++current_;
    // Entries leave this slot and come back to later ones only.
    while (auto* e = slots_[current_ % slot_count]) {
      unlink(*e);
      expire(*e);
    }
  }
}

void timer_wheel::run_timer() {
  running_ = true;
  timer_.expires_at(start_of(current_ + 1));
  timer_.async_wait([this](const boost::system::error_code&) {
    const std::lock_guard lock{mutex_};
    if (shut_down_)
      return;
    advance(tick_before(clock::now()));
    running_ = false;
    if (filed_count_ > 0)
      run_timer();
  });
}

} // namespace switchboard::net
