#pragma once

#include "bench/bot_api.hpp"
#include "bench/load_runner.hpp"
#include "bench/trip_book.hpp"
#include "bench/visitors.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace switchboard::bench {

/// The support group of the server under test.
inline constexpr std::int64_t desk_group = -1'001'000'000'001;

struct desk_options {
  load_options load;
  std::uint32_t sessions = 100;
  std::uint32_t agents = 100; ///< who share the tickets
  std::uint16_t bot_api_port = 0;
  std::string webhook_secret;
  /// How long nothing may happen that is waited for, before it is said to be
  /// lost.
  std::chrono::seconds patience{30};
};

/// One visitor's conversation, as all sides see it.
struct desk_session {
  using time_point = std::chrono::steady_clock::time_point;

  std::uint64_t ticket = 0;
  std::int64_t agent = 0; ///< 0: nobody has been told to claim it
  std::int32_t card = 0;  ///< in the group
  std::int32_t copy = 0;  ///< of the visitor's first message, at the agent's
  std::uint32_t cards = 0;
  std::uint32_t copies = 0;
  std::uint32_t edits = 0; ///< of the card
  std::uint32_t taps_answered = 0;
  time_point written;
  time_point card_came;
  time_point tapped;
  time_point tap_answered;
  time_point copy_came;
};

/// Visitors and agents of a desk, with Telegram in between: a Bot API that
/// answers at once, and the updates that the real one would send.
///
/// Thread contract: one thread, while the Bot API has its own; `look` and
/// `wait_until` keep the two apart.
class desk_world {
public:
  /// The Bot API listens from here on. `trips` gets those that arrive in
  /// agents' chats.
  desk_world(desk_options options, trip_book& trips);

  /// Waits until the server answers and its bot has called.
  void wait_for_server();
  void begin_sessions();
  /// Each visitor writes once, as fast as answered: so many tickets.
  load_figures write_first_messages();
  /// Sends the update of an agent who presses Claim.
  void tap_claim(std::uint32_t session);
  /// All of them, and waits until each agent has got each conversation.
  void claim_all();

  /// The update of an agent who answers in private.
  [[nodiscard]] std::string reply_update(std::uint32_t session,
                                         const std::string& text);
  [[nodiscard]] std::string update_request(std::string_view update) const;

  /// Calls `what(sessions)` while nothing changes.
  template <class Look>
  auto look(Look what) {
    const std::lock_guard lock{mutex_};
    return what(static_cast<const std::vector<desk_session>&>(sessions_));
  }
  /// Waits until `done(sessions)`; false when nothing came for too long.
  bool
  wait_until(const std::function<bool(const std::vector<desk_session>&)>& done);

  [[nodiscard]] const desk_options& options() const noexcept {
    return options_;
  }
  [[nodiscard]] const std::vector<visitor_session>& visitors() const noexcept {
    return visitors_;
  }
  /// The agent who has, or will have, a session's ticket.
  [[nodiscard]] std::int64_t agent_of(std::uint32_t session) const noexcept;
  [[nodiscard]] std::uint64_t bot_calls() const noexcept {
    return bot_.calls();
  }

private:
  void on_call(const bot_call& call);
  void on_sent(const bot_call& call);
  [[nodiscard]] std::string claim_update(std::uint32_t session);

  desk_options options_;
  trip_book& trips_;
  std::int64_t last_update_;
  std::int32_t last_message_ = 1'000'000'000; ///< of agents
  std::mutex mutex_;
  std::uint64_t changes_ = 0;
  std::vector<desk_session> sessions_;
  std::unordered_map<std::int32_t, std::uint64_t> cards_; ///< their sessions
  std::vector<visitor_session> visitors_;
  bot_api bot_; ///< last: its thread uses all of the above
};

} // namespace switchboard::bench
