#pragma once

#include "net/asker.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <caf/actor_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/monitorable_actor.hpp>

#include <functional>
#include <memory>
#include <mutex>

namespace switchboard::net {

/// The actor behind an `asker`: a list of coroutines that wait. It may outlive
/// its asker, since other actors hold its address; after `shut` it takes
/// nothing any more.
///
/// Thread contract: thread-safe. Its lock is taken under the timer wheel's, so
/// the wheel is never called with it held, and nothing runs under it but moves.
class reply_port final : public caf::monitorable_actor {
public:
  using listener = std::function<void(caf::message)>;
  using time_point = timer_wheel::time_point;

  reply_port(caf::actor_config& config, boost::asio::any_io_executor executor);

  [[nodiscard]] const char* name() const override;
  void enqueue(caf::mailbox_element_ptr element,
               caf::execution_unit* unit) override;

  /// Adds one that waits and returns whether its deadline is the nearest now.
  /// Not after `shut`.
  bool add(ask_wait& one);
  /// Lets those go on whose time is up; returns the next deadline.
  time_point expire(time_point now);
  void listen(listener who);
  void shut();

private:
  ask_wait* take(caf::message_id id);
  void resume(ask_wait& one);
  void push(caf::mailbox_element& element);

  boost::asio::any_io_executor executor_;
  std::mutex mutex_; ///< for all below
  ask_wait* first_ = nullptr;
  time_point nearest_ = timer_wheel::never;
  std::shared_ptr<listener> listener_;
  bool shut_ = false;
};

} // namespace switchboard::net
