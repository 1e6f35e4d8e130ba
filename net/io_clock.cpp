#include "net/io_clock.hpp"

#include <utility>

namespace switchboard::net {

io_clock::io_clock(boost::asio::io_context& io) : timer_{io} {}

void io_clock::stop() {
  {
    std::unique_lock lock{mutex_};
    stopped_ = true;
    timer_.cancel();
    idle_.wait(lock, [this] { return waits_ == 0; });
  }
  cancel_all();
}

void io_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                                    caf::atom_value type, std::uint64_t id) {
  const std::lock_guard lock{mutex_};
  if (stopped_)
    return;
  super::set_ordinary_timeout(t, self, type, id);
  arm();
}

void io_clock::set_multi_timeout(time_point t, caf::abstract_actor* self,
                                 caf::atom_value type, std::uint64_t id) {
  const std::lock_guard lock{mutex_};
  if (stopped_)
    return;
  super::set_multi_timeout(t, self, type, id);
  arm();
}

void io_clock::set_request_timeout(time_point t, caf::abstract_actor* self,
                                   caf::message_id id) {
  const std::lock_guard lock{mutex_};
  if (stopped_)
    return;
  super::set_request_timeout(t, self, id);
  arm();
}

// Cancelling drops references to the calling actor only, which is alive, so no
// actor ends under the lock.
void io_clock::cancel_ordinary_timeout(caf::abstract_actor* self,
                                       caf::atom_value type) {
  const std::lock_guard lock{mutex_};
  super::cancel_ordinary_timeout(self, type);
}

void io_clock::cancel_request_timeout(caf::abstract_actor* self,
                                      caf::message_id id) {
  const std::lock_guard lock{mutex_};
  super::cancel_request_timeout(self, id);
}

void io_clock::cancel_timeouts(caf::abstract_actor* self) {
  const std::lock_guard lock{mutex_};
  super::cancel_timeouts(self);
}

void io_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                caf::mailbox_element_ptr content) {
  const std::lock_guard lock{mutex_};
  if (stopped_)
    return;
  super::schedule_message(t, std::move(receiver), std::move(content));
  arm();
}

void io_clock::schedule_message(time_point t, caf::group target,
                                caf::strong_actor_ptr sender,
                                caf::message content) {
  const std::lock_guard lock{mutex_};
  if (stopped_)
    return;
  super::schedule_message(t, std::move(target), std::move(sender),
                          std::move(content));
  arm();
}

void io_clock::cancel_all() {
  // An actor may end with the last message to it, and calls the clock then; so
  // nothing is destroyed under the lock.
  schedule_map dropped;
  const std::lock_guard lock{mutex_};
  actor_lookup_.clear();
  dropped.swap(schedule_);
}

void io_clock::arm() {
  if (stopped_ || schedule_.empty())
    return;
  const auto first = schedule_.begin()->first;
  if (armed_ && armed_for_ <= first)
    return;
  armed_ = true;
  armed_for_ = first;
  timer_.expires_at(first);
  ++waits_;
  timer_.async_wait([this](const boost::system::error_code& problem) {
    on_timer(problem == boost::asio::error::operation_aborted);
  });
}

void io_clock::on_timer(bool cancelled) {
  std::vector<unique_delayed_event_ptr> expired;
  {
    const std::lock_guard lock{mutex_};
    if (!cancelled && !stopped_) {
      armed_ = false;
      expired = take_expired();
      arm();
    }
  }
  for (auto& one : expired)
    ship(*one);
  expired.clear();
  const std::lock_guard lock{mutex_};
  --waits_;
  idle_.notify_all();
}

std::vector<io_clock::unique_delayed_event_ptr> io_clock::take_expired() {
  std::vector<unique_delayed_event_ptr> expired;
  const auto until = now();
  while (!schedule_.empty() && schedule_.begin()->first <= until) {
    auto& one = schedule_.begin()->second;
    if (one->backlink != actor_lookup_.end())
      actor_lookup_.erase(one->backlink);
    expired.push_back(std::move(one));
    schedule_.erase(schedule_.begin());
  }
  return expired;
}

} // namespace switchboard::net
