#pragma once

#include "actors/id_source.hpp"
#include "api/telegram/update_claims.hpp"
#include "api/turns.hpp"
#include "channels/telegram/lanes.hpp"
#include "channels/telegram/update.hpp"
#include "domain/result.hpp"
#include "net/asker.hpp"
#include "persistence/journal.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api::telegram {

enum class update_outcome : std::uint8_t {
  done,        ///< durable, or there was nothing to do
  not_mine,    ///< the next handler is asked
  not_durable, ///< nothing happened: Telegram is to repeat it
};

/// `not_durable` for failures of the world; a refusal of the rules is an answer
/// that the handler tells the person, and so `done`.
[[nodiscard]] update_outcome outcome_of(const domain::error& problem) noexcept;

/// Who does what an update asks for: the desk, the executors.
///
/// Handlers run on the intake's executor, so they never overlap except where
/// they wait, and updates of one chat come one after the other. What a handler
/// changes carries the claim in its commit: the same update may come again
/// until then. A handler that throws makes the update poisonous: it is parked,
/// and people see it among the dead letters.
class update_handler {
public:
  virtual ~update_handler() = default;

  /// `actors` is for asking them; the arguments live as long as the coroutine.
  virtual boost::asio::awaitable<update_outcome>
  handle(wire::bot_number bot, const wire::update& update,
         const update_claim& claim, net::asker& actors)
    = 0;
};

enum class intake_result : std::uint8_t {
  handled,
  repeated,    ///< was done with before
  ignored,     ///< of no known kind, or nobody's
  parked,      ///< poisonous; it lies in the intake's lane
  not_durable, ///< Telegram is to repeat it
};

[[nodiscard]] std::string_view to_string(intake_result r) noexcept;

/// Whose turn an update waits for: its chat's, or that of who tapped, as
/// Telegram queues them itself.
[[nodiscard]] std::int64_t queue_of(const wire::update& update);

/// What came of handling a parked update once more.
struct replay_result {
  enum class kind : std::uint8_t { done, failed, try_later };

  kind what = kind::done;
  std::string reason; ///< for people; empty when it is done
};

struct intake_options {
  /// Updates in the intake at once; more are not taken.
  std::size_t in_progress_max = 1'000;
};

/// What the intake is built on; all of it outlives it.
struct intake_parts {
  persistence::journal& journal;
  actors::clock_fn now;
  caf::actor_system& system;
  net::timer_wheel& wheel;
  /// Must not run two handlers at once.
  boost::asio::any_io_executor executor;
  /// Told of every update; may be empty.
  std::function<void(wire::bot_number, intake_result)> observe{};
};

/// The way in of all updates, by webhook or by polling: each takes effect once,
/// updates of one chat (taps on buttons: of one person) are handled one after
/// the other, and what cannot be handled is parked in the lane
/// `telegram-in:<bot>`, which tries it once more and then makes a dead letter
/// of it.
///
/// Life: `add` all handlers before the first update. `close` ends the waiting
/// of handlers for actors; it may be destroyed when no coroutine of it runs.
/// `take` and `replay` may be called from any executor.
class intake {
public:
  explicit intake(intake_parts parts, intake_options options = {});
  intake(const intake&) = delete;
  intake& operator=(const intake&) = delete;

  /// The handlers of a bot are asked in the order in which they were added.
  /// `handler` outlives this.
  void add(wire::bot_number bot, update_handler& handler);

  /// Ends when the update's effect is durable, or will not be. `raw` is the
  /// update's JSON as it came.
  boost::asio::awaitable<intake_result>
  take(wire::bot_number bot, wire::update update, std::string raw);

  /// Handles an update that was parked.
  boost::asio::awaitable<replay_result> replay(wire::bot_number bot,
                                               std::string raw);

  /// Handlers that wait for actors go on with an error, now and later. On the
  /// intake's executor.
  void close();

  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept {
    return parts_.executor;
  }

private:
  struct handling {
    update_outcome outcome = update_outcome::done;
    std::string problem; ///< of a poisonous update
  };

  boost::asio::awaitable<intake_result>
  take_here(wire::bot_number bot, wire::update update, std::string raw);
  boost::asio::awaitable<replay_result> replay_here(wire::bot_number bot,
                                                    std::string raw);
  boost::asio::awaitable<handling> handle(wire::bot_number bot,
                                          const wire::update& update,
                                          const update_claim& claim);
  boost::asio::awaitable<intake_result>
  park(wire::bot_number bot, wire::update_id id, const update_claim& claim,
       std::string raw, std::string reason);

  intake_parts parts_;
  intake_options options_;
  net::asker asker_;
  turns turns_;
  std::map<wire::bot_number, std::vector<update_handler*>> handlers_;
  std::size_t in_progress_ = 0; ///< on the executor alone
};

} // namespace switchboard::api::telegram
