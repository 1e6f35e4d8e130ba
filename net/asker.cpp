#include "net/asker.hpp"

#include "net/reply_port.hpp"

#include <boost/asio/post.hpp>

#include <caf/actor_cast.hpp>
#include <caf/make_actor.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace switchboard::net {

asker::asker(caf::actor_system& system, timer_wheel& wheel,
             boost::asio::any_io_executor executor)
  : system_{system}, executor_{std::move(executor)} {
  timer_.emplace(wheel, this, &asker::on_deadline);
}

asker::~asker() {
  close();
}

reply_port* asker::port() {
  if (port_ == nullptr && !closed_) {
    caf::actor_config config{system_.dummy_execution_unit()};
    actor_ = caf::make_actor<reply_port, caf::strong_actor_ptr>(
      system_.next_actor_id(), system_.node(), &system_, config, executor_);
    port_
      = static_cast<reply_port*>(caf::actor_cast<caf::abstract_actor*>(actor_));
  }
  return port_;
}

caf::strong_actor_ptr asker::self() {
  port();
  return actor_;
}

caf::actor asker::handle() {
  return caf::actor_cast<caf::actor>(self());
}

caf::message_id asker::next_id() {
  return caf::make_message_id(++last_id_);
}

void asker::on_push(std::function<void(caf::message)> listener) {
  if (auto* to = port())
    to->listen(std::move(listener));
}

void asker::close() {
  if (std::exchange(closed_, true))
    return;
  timer_.reset(); // from here on nobody else looks at the port
  if (port_ == nullptr)
    return;
  port_->shut();
  port_ = nullptr;
  actor_ = nullptr;
}

void asker::send(ask_wait& wait, caf::abstract_actor* target,
                 caf::mailbox_element_ptr request) {
  if (closed_) {
    wait.failure = caf::make_error(caf::sec::request_receiver_down);
    boost::asio::post(executor_, [go_on = std::move(*wait.resume)]() mutable {
      std::move(go_on)();
    });
    return;
  }
  if (port()->add(wait))
    timer_->set(wait.deadline);
  target->enqueue(std::move(request), nullptr);
}

timer_wheel::time_point asker::on_deadline(void* self) noexcept {
  // The wheel calls only what was set, and the port is there by then.
  return static_cast<asker*>(self)->port_->expire(timer_wheel::clock::now());
}

} // namespace switchboard::net
