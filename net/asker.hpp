#pragma once

#include "net/timer_wheel.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace switchboard::net {

class reply_port;

/// One request of a coroutine that waits; it lives in the frame of `ask`.
class ask_wait {
public:
  using resume_handler
    = boost::asio::async_result<boost::asio::use_awaitable_t<>,
                                void()>::handler_type;

  caf::message_id id;
  timer_wheel::time_point deadline;
  std::optional<resume_handler> resume;

  // The outcome: an answer, or what happened instead of one.
  caf::mailbox_element_ptr answer;
  caf::error failure;

private:
  friend class reply_port;
  ask_wait* next_ = nullptr;
};

/// The CAF handle of a connection: an actor without a mailbox that turns
/// answers into the going on of coroutines, and other messages into pushes.
/// Coroutines use it through `net::ask`.
///
/// Life: owned by one connection. The actor is created with the first use, so
/// connections that never ask cost nothing; it is hidden, so it does not keep
/// the actor system from ending, but it must be gone by then. When the asker
/// closes, the actor ends (who monitors it is told), coroutines that wait go on
/// with `caf::sec::request_receiver_down`, and late messages are dropped.
///
/// Thread contract: all members are called on `executor`, which must not run
/// two handlers at once. Messages may come from any thread; what they cause is
/// posted to `executor`.
class asker {
public:
  asker(caf::actor_system& system, timer_wheel& wheel,
        boost::asio::any_io_executor executor);
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;
  ~asker();

  /// The address for subscriptions and pushes; none once it is closed.
  [[nodiscard]] caf::actor handle();

  /// Replaces what hears of messages that are no answers. Without it they are
  /// dropped, and so are requests. Whoever listens has to bound what it keeps.
  void on_push(std::function<void(caf::message)> listener);

  /// Lets go of everything that belongs to the actor system.
  void close();

  // For `ask`; nothing and no-one once it is closed.
  [[nodiscard]] caf::strong_actor_ptr self();
  [[nodiscard]] caf::message_id next_id();
  /// Puts `request` on its way; `wait.resume` is posted with the outcome.
  void send(ask_wait& wait, caf::abstract_actor* target,
            caf::mailbox_element_ptr request);

private:
  static timer_wheel::time_point on_deadline(void* self) noexcept;
  reply_port* port();

  caf::actor_system& system_;
  boost::asio::any_io_executor executor_;
  caf::strong_actor_ptr actor_;
  reply_port* port_ = nullptr; ///< what `actor_` keeps alive
  std::uint64_t last_id_ = 0;
  bool closed_ = false;
  std::optional<timer_wheel::entry> timer_;
};

} // namespace switchboard::net
