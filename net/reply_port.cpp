#include "net/reply_port.hpp"

#include <boost/asio/post.hpp>

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace switchboard::net {

reply_port::reply_port(caf::actor_config& config,
                       boost::asio::any_io_executor executor)
  : monitorable_actor{config}, executor_{std::move(executor)} {}

const char* reply_port::name() const {
  return "connection";
}

void reply_port::enqueue(caf::mailbox_element_ptr element,
                         caf::execution_unit*) {
  if (element->mid.is_response()) {
    auto* one = take(element->mid);
    if (one == nullptr)
      return; // it came after its deadline
    one->answer = std::move(element);
    resume(*one);
  } else if (element->mid.is_request()) {
    bounce(element, caf::make_error(caf::sec::unexpected_message));
  } else {
    push(*element);
  }
}

bool reply_port::add(ask_wait& one) {
  const std::lock_guard lock{mutex_};
  assert(!shut_);
  if (first_ == nullptr)
    nearest_ = timer_wheel::never;
  one.next_ = std::exchange(first_, &one);
  if (one.deadline >= nearest_)
    return false;
  nearest_ = one.deadline;
  return true;
}

ask_wait* reply_port::take(caf::message_id id) {
  const auto wanted = id.request_id();
  const std::lock_guard lock{mutex_};
  for (auto** link = &first_; *link != nullptr; link = &(*link)->next_)
    if ((*link)->id.request_id() == wanted)
      return std::exchange(*link, (*link)->next_);
  return nullptr;
}

reply_port::time_point reply_port::expire(time_point now) {
  ask_wait* late = nullptr;
  auto next = timer_wheel::never;
  {
    const std::lock_guard lock{mutex_};
    auto** link = &first_;
    while (auto* one = *link) {
      if (one->deadline <= now) {
        *link = one->next_;
        one->next_ = std::exchange(late, one);
      } else {
        next = std::min(next, one->deadline);
        link = &one->next_;
      }
    }
    nearest_ = next;
  }
  while (late != nullptr) {
    auto& one = *late;
    late = one.next_;
    one.failure = caf::make_error(caf::sec::request_timeout);
    resume(one);
  }
  return next;
}

void reply_port::listen(listener who) {
  auto shared = who ? std::make_shared<listener>(std::move(who)) : nullptr;
  const std::lock_guard lock{mutex_};
  if (!shut_)
    listener_.swap(shared);
}

void reply_port::shut() {
  ask_wait* left = nullptr;
  std::shared_ptr<listener> silenced;
  {
    const std::lock_guard lock{mutex_};
    shut_ = true;
    left = std::exchange(first_, nullptr);
    silenced.swap(listener_);
  }
  while (left != nullptr) {
    auto& one = *left;
    left = one.next_;
    one.failure = caf::make_error(caf::sec::request_receiver_down);
    resume(one);
  }
  cleanup(caf::make_error(caf::exit_reason::normal), nullptr);
}

// Whoever has taken a waiting one out of the list is the only one to touch it,
// until the posted handler runs; then it may be gone.
void reply_port::resume(ask_wait& one) {
  boost::asio::post(executor_, [go_on = std::move(*one.resume)]() mutable {
    std::move(go_on)();
  });
}

void reply_port::push(caf::mailbox_element& element) {
  {
    const std::lock_guard lock{mutex_};
    if (listener_ == nullptr)
      return;
  }
  caf::strong_actor_ptr alive{ctrl()};
  boost::asio::post(executor_,
                    [this, alive = std::move(alive),
                     content = element.move_content_to_message()]() mutable {
                      std::shared_ptr<listener> who;
                      {
                        const std::lock_guard lock{mutex_};
                        who = listener_;
                      }
                      if (who != nullptr)
                        (*who)(std::move(content));
                    });
}

} // namespace switchboard::net
