#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/turns.hpp"
#include "api/whatsapp/marks.hpp"
#include "api/whatsapp/parked.hpp"
#include "api/whatsapp/sessions.hpp"
#include "api/whatsapp/staff.hpp"
#include "api/whatsapp/talk.hpp"
#include "api/whatsapp/tools.hpp"
#include "channels/whatsapp/inbound.hpp"
#include "net/asker.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::api::whatsapp {

/// How many things of a batch came to what.
struct take_result {
  std::size_t accepted = 0;    ///< durable, now
  std::size_t ignored = 0;     ///< nothing to us, or done with before
  std::size_t not_durable = 0; ///< the provider is to repeat the call

  friend bool operator==(const take_result&, const take_result&) = default;
};

/// What came of handling a parked thing once more.
struct replay_result {
  enum class kind : std::uint8_t {
    done,
    not_yet,   ///< what it is about is not known; perhaps it still comes
    failed,    ///< it cannot be handled
    try_later, ///< its effect could not be stored
  };

  kind what = kind::done;
  /// When `not_yet` lasts: nobody needs to know, it is no dead letter.
  bool may_be_dropped = false;
  std::string reason; ///< for people; empty when it is done
};

/// The way in of all that comes from WhatsApp, whichever provider brings it:
/// each thing takes effect once, what one chat says is handled in its order,
/// and what is about something that is not known yet, or cannot be handled, is
/// parked in the lane `whatsapp-in:<provider>`.
///
/// Life: `close` ends the waiting for actors; it may be destroyed when no
/// coroutine of it runs. `take`, `park` and `replay` may be called from any
/// executor.
class intake {
public:
  explicit intake(intake_parts parts, intake_options options = {});
  intake(const intake&) = delete;
  intake& operator=(const intake&) = delete;

  /// Ends when all of the batch is durable, or will not be.
  boost::asio::awaitable<take_result> take(wire::inbound_batch batch);

  /// Keeps a call for people to see that is its provider's, but cannot be read.
  /// False: it could not be kept.
  boost::asio::awaitable<bool> park(unread_call call);

  /// Handles the payload of a delivery in the lane of `via`.
  boost::asio::awaitable<replay_result> replay(wire::provider via,
                                               std::string payload);

  /// Whoever waits for actors goes on with an error, now and later. On the
  /// intake's executor.
  void close();

  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept {
    return tools_.parts.executor;
  }

private:
  struct batch_work;

  boost::asio::awaitable<take_result> take_here(wire::inbound_batch batch);
  boost::asio::awaitable<bool> park_here(unread_call call);
  boost::asio::awaitable<replay_result> replay_here(wire::provider via,
                                                    std::string payload);
  boost::asio::awaitable<replay_result> replay_call(unread_call call);

  /// Takes one chat after the other until none is left.
  boost::asio::awaitable<void> work_off(batch_work& work);
  boost::asio::awaitable<outcome> take_message(wire::inbound_message message);
  boost::asio::awaitable<outcome> take_status(wire::status_report status);
  /// Knows what the message is and whose, and hands it on.
  boost::asio::awaitable<outcome> handle(wire::inbound_message& message);
  /// The same; what is thrown makes it poisonous.
  boost::asio::awaitable<outcome> handle_safely(wire::inbound_message& message,
                                                std::string& problem);
  boost::asio::awaitable<outcome> park_thing(const parked& what,
                                             std::string_view id);
  void observe(wire::provider via, outcome result) const;

  intake_tools tools_;
  turns turns_;
  sessions sessions_;
  marks marks_;
  talk talk_;
  staff staff_;
  std::size_t in_progress_ = 0; ///< messages; on the executor alone
};

} // namespace switchboard::api::whatsapp
