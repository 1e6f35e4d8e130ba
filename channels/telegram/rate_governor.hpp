#pragma once

#include "channels/telegram/rate_account.hpp"
#include "channels/telegram/rate_budget.hpp"
#include "channels/telegram/rate_request.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace switchboard::channels::telegram {

struct rate_options {
  std::uint32_t total_per_second = 30; ///< of one bot; 0: no limit of our own
  /// Of the bot's budget, what only customers may use, so that there is some
  /// whenever one of them comes; a sixth of it at most.
  std::uint32_t customer_reserve = 5;
  std::uint32_t chat_per_second = 1; ///< in a private chat; 0: no limit
  std::uint32_t chat_burst = 3;
  std::uint32_t group_per_minute = 20; ///< all topics together; 0: no limit
  std::uint32_t group_burst = 5;
  std::size_t queue_max = 20'000;     ///< requests that wait, of all chats
  std::size_t chat_queue_max = 2'000; ///< of one chat and family
};

/// The caller's name for one call that is on its way.
enum class departure_id : std::uint64_t {};

/// A call that leaves now, and the requests that it fulfils: one, or more when
/// texts were merged or edits folded.
struct departure {
  departure_id id{};
  std::vector<request_id> requests;
  method call;
};

/// What to do now: let `go` leave, or else ask again at `ask_again`. Without
/// either there is nothing to do before the next offer or answer.
struct rate_turn {
  std::optional<departure> go;
  std::optional<rate_clock::time_point> ask_again;
};

enum class offer_outcome : std::uint8_t {
  queued,
  folded, ///< another request that waits will fulfil this one too
  /// Too much waits. Offer it again later, and until then nothing else for its
  /// chat, or the order is lost.
  refused,
};

/// The figures of a governor, for the metrics. `waiting`, `on_their_way` and
/// `accounts` are as they are now, the others count from the start.
struct rate_figures {
  std::array<std::uint64_t, urgencies> waiting{};
  std::uint64_t on_their_way = 0;
  std::uint64_t accounts = 0;
  std::array<std::uint64_t, call_families> spent{};
  std::uint64_t slowed_bot = 0;
  std::array<std::uint64_t, call_families> slowed_private{};
  std::array<std::uint64_t, call_families> slowed_group{};
  std::uint64_t merged = 0; ///< texts that went along with another
  std::uint64_t folded = 0;
  std::uint64_t amended = 0;
  std::uint64_t refused = 0;
};

/// Decides when the calls of one bot leave, so that Telegram's limits hold: one
/// budget for the bot, and one for each chat and family of calls, where all
/// topics of a group are one chat.
///
/// Customers come before mirrors, mirrors before cosmetics; chats of the same
/// urgency take turns, and so do the topics of a chat. Messages to one topic of
/// the same urgency keep their order, calls about one message too; one of them
/// is on its way at a time. What people wrote is never dropped: under pressure
/// neighbouring texts with one merge key share a message, and an edit that a
/// later one hides is answered along with that.
///
/// A pure state machine of one thread: it is told the time, which must not go
/// back, and every departure must be answered by exactly one of `finished`,
/// `slowed` and `retry`. It holds at most `queue_max` requests and the accounts
/// of chats that were busy within the last minute.
class rate_governor {
public:
  using time_point = rate_clock::time_point;

  explicit rate_governor(const rate_options& options = {});

  /// `request.id` must not be waiting or on its way, and its call without
  /// fault.
  offer_outcome offer(rate_request&& request, time_point now);

  /// One departure at a time: ask until there is none.
  rate_turn next(time_point now);

  /// Delivered, or given up: its requests are done with.
  void finished(departure_id id, time_point now);
  /// 429: the chat's budget of that family, or the bot's for calls to no chat,
  /// rests for `retry_after`; then the call leaves again, in its old place.
  void slowed(departure_id id, std::chrono::seconds retry_after,
              time_point now);
  /// It did not work and is tried again at `at`. Only its line waits.
  void retry(departure_id id, time_point at, time_point now);

  /// Nothing leaves before `until`: the bot itself is refused.
  void rest(time_point until);

  /// An edit of a message that still waits changes it in place; false when it
  /// has left, was merged into none of ours, or has no text.
  bool amend(request_id id, const styled_text& text);
  /// Takes back a request that still waits alone; false otherwise.
  bool withdraw(request_id id, time_point now);
  /// A group became a supergroup: what waits for the one goes to the other, and
  /// so does what is on its way, if it must go again.
  void moved(chat_id from, chat_id to, time_point now);

  [[nodiscard]] rate_figures figures() const;

private:
  struct account_key {
    chat_id chat{};
    call_family family{};

    friend auto operator<=>(const account_key&, const account_key&) = default;
  };

  struct account {
    explicit account(const budget_limits& limits) : calls{limits} {}

    rate_account calls;
    /// Where it is filed: in `ready_` under an urgency, or in `wakes_`.
    std::optional<urgency> ready;
    std::optional<time_point> wake;
    std::uint64_t ticket = 0; ///< its entry in `ready_`; older ones are void
    bool is_to_be_forgotten = false;
  };

  struct place {
    account_key account;
    std::int64_t line{};
    telegram::urgency urgency{};
  };

  struct flight {
    place from;
    place back_to; ///< where its calls go when they must leave again
    std::vector<waiting_call> calls;
    std::uint32_t cost = 1;
    bool had_whole_budget = false;
  };

  struct turn_ticket {
    account_key account;
    std::uint64_t ticket = 0;
  };

  account& account_of(const account_key& key);
  [[nodiscard]] budget_limits limits_of(const account_key& key) const;
  [[nodiscard]] bool is_held(const account_key& key,
                             const waiting_call& call) const;
  void file(const account_key& key, account& of, time_point now);
  void refile_chat(chat_id chat, time_point now);
  void wake_due(time_point now);
  void forget_rested(time_point now);
  std::optional<account_key> pop_ready(std::size_t u);
  departure depart(const account_key& key, account& of,
                   const rate_account::candidate& next, time_point now);
  std::optional<flight> land(departure_id id, time_point now);
  void put_back(flight&& landed, time_point not_before, time_point now);
  /// Notes where the call is that holds `id`, for all its requests.
  void note_place(const account_key& key, std::int64_t line, request_id id);

  rate_options options_;
  std::uint32_t reserve_;
  rate_budget bot_;
  std::map<account_key, account> accounts_;
  std::array<std::deque<turn_ticket>, urgencies> ready_;
  std::set<std::pair<time_point, account_key>> wakes_;
  std::set<std::pair<time_point, account_key>> rests_;
  std::unordered_map<std::uint64_t, place> places_; ///< of waiting requests
  std::unordered_map<std::uint64_t, flight> flights_;
  std::uint64_t last_order_ = 0;
  std::uint64_t last_ticket_ = 0;
  /// Chats that were slowed although we had sent nothing there lately, since
  /// the last success: when these are some, it is the bot that is meant.
  std::set<chat_id> unduly_slowed_;
  rate_figures figures_;
};

} // namespace switchboard::channels::telegram
