#pragma once

#include "actors/interfaces.hpp"
#include "actors/telegram_messages.hpp"
#include "channels/telegram/answer.hpp"
#include "channels/telegram/lanes.hpp"
#include "channels/telegram/rate_governor.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace switchboard::actors {

struct carrier_policy {
  /// Pauses after failures that may pass: doubled each time.
  std::chrono::milliseconds retry_first{500};
  std::chrono::milliseconds retry_max{30'000};
  double jitter = 0.2;
  /// After so many tries the failure is the lane's affair.
  std::uint32_t tries_max = 10;
  /// For a 429 that does not say how long.
  std::chrono::seconds slow_down_default{5};
  /// The bot's rest when its token is refused, or another program uses it; only
  /// the operator can mend that.
  std::chrono::seconds refused_rest{15};
  std::chrono::seconds complaint_every{60};
  /// What a lane waits when too much waits here: the longer, the more it is.
  std::chrono::seconds full_pause_min{2};
  std::chrono::seconds full_pause_max{60};
  /// Calls that upload a file at once; their bodies are large.
  std::size_t uploads_max = 4;
  /// Calls that nothing durable stands behind, waiting at once.
  std::size_t best_effort_max = 1'000;
  /// A delivery that has waited for so long is rendered again when it leaves,
  /// so that it says what is so then.
  std::chrono::milliseconds fresh_for{1'000};
  /// How often the observer is told the figures, at most.
  std::chrono::milliseconds figures_every{1'000};
};

/// Hears how a bot's calls fare. Called on actor threads.
class telegram_observer {
public:
  virtual ~telegram_observer() = default;
  /// Telegram, or the way to it, answered a call; `method` is its name.
  virtual void answered(channels::telegram::bot_number bot,
                        std::string_view method,
                        channels::telegram::answer_class meaning,
                        std::chrono::nanoseconds took)
    = 0;
  /// They count from the carrier's start, which may have been a restart.
  virtual void figures(channels::telegram::bot_number bot,
                       const channels::telegram::rate_figures& now)
    = 0;
};

/// What a carrier is built on; outlives it. The functions are called on its
/// thread and must be quick.
struct telegram_carrier_world {
  using request_handler
    = std::function<void(std::optional<channels::http_request>)>;

  channels::telegram::bot_number bot{};
  /// Called when a delivery is offered to the governor, and once more when it
  /// leaves after a wait; what it becomes then counts if it is the same method
  /// to the same place, and texts that have nothing to do any more are left
  /// out. What it throws is the reason for a dead letter.
  std::function<rendering(const persistence::delivery&)> render;
  /// Makes the request of a call that leaves now, and hands it to the handler,
  /// on any thread, at once or later; nothing when the call can not be made.
  /// A handler that is dropped counts as nothing.
  std::function<void(const channels::telegram::method&, request_handler)>
    prepare;
  courier_actor courier;
  channels::telegram::rate_options rates;
  carrier_policy policy;
  telegram_observer* observer = nullptr; ///< may be null
  /// A group became a supergroup; may be empty.
  std::function<void(channels::telegram::chat_id from,
                     channels::telegram::chat_id to)>
    migrated{};
  /// The bot itself is refused; may be empty.
  std::function<void(error_note)> report_error{};
};

using telegram_carrier_world_ptr
  = std::shared_ptr<const telegram_carrier_world>;

/// State and handlers of the TELEGRAM CARRIER: one for each bot.
///
///   delivery ─► render ─► governor ─► prepare ─► courier ─► answer to the lane
///                            ▲                      │
///                            └── 429, 5xx, moved ◄──┘
///
/// Keeps the order of each chat and topic, retries what may pass by itself, and
/// answers each request exactly once. What it holds is bounded by the governor;
/// beyond that, lanes are asked to come back. It has nothing durable: when it
/// dies, lanes hand their deliveries to its successor.
class telegram_carrier_state {
public:
  using self_pointer
    = telegram_carrier_actor::stateful_pointer<telegram_carrier_state>;

  explicit telegram_carrier_state(self_pointer self) : self_{self} {}

  telegram_carrier_actor::behavior_type
  make_behavior(telegram_carrier_world_ptr world);

  static inline constexpr const char* name = "telegram_carrier";

private:
  using chat_id = channels::telegram::chat_id;
  using departure = channels::telegram::departure;
  using departure_id = channels::telegram::departure_id;
  using request_id = channels::telegram::request_id;
  using time_point = channels::telegram::rate_clock::time_point;
  using promise = caf::typed_response_promise<channels::http_answer>;

  /// A request to the governor.
  struct wish {
    /// Who waits for the answer; nobody when nothing durable stands behind it.
    std::vector<promise> askers;
    persistence::delivery delivery;
    time_point offered_at{};
    std::uint32_t tries = 0; ///< that failed
  };

  /// A departure until it is answered.
  struct flight {
    departure what;
    std::string method; ///< its name, once it was prepared
    bool uploads = false;
  };

  /// The deliveries of a chat that were sent back because too much waited, and
  /// when: later ones of theirs must not overtake them.
  using turned_away = std::map<persistence::delivery_id, time_point>;

  caf::result<channels::http_answer>
  on_delivery(const persistence::delivery& d);
  void on_best_effort(outgoing&& what);
  void on_prepared(telegram_prepared& note);
  void on_pace();
  void on_tick();

  [[nodiscard]] std::variant<outgoing, channels::http_answer>
  render(const persistence::delivery& d) const;
  bool offer(outgoing&& what, wish&& asked);
  [[nodiscard]] bool must_wait_its_turn(chat_id chat,
                                        persistence::delivery_id id);
  void turn_away(chat_id chat, persistence::delivery_id id);
  void forget_turned_away(chat_id chat, persistence::delivery_id id);
  [[nodiscard]] std::chrono::seconds full_pause() const;

  [[nodiscard]] bool is_stale(const departure& leaving) const;
  [[nodiscard]] bool refresh(departure& leaving);

  void pump();
  void arm(time_point at);
  void tell_figures_soon();
  void depart(departure&& leaving);
  void prepare(departure_id id, const channels::telegram::method& call);
  void release_upload();
  void on_answer(departure_id id, const channels::http_answer& answer);
  void take_in(const departure& landed,
               const channels::telegram::api_answer& told,
               const channels::http_answer& answer);
  void finish(const departure& landed, const channels::http_answer& answer);
  void retry_or_finish(const departure& landed,
                       const channels::telegram::api_answer& told,
                       const channels::http_answer& answer);
  bool follow(const departure& landed, chat_id to);
  void rest_bot(const departure& landed,
                const channels::telegram::api_answer& told);
  void drop_best_effort(const departure& landed);
  /// Counts a failed try; the most that any of its deliveries has had.
  std::uint32_t count_try(const departure& landed);
  [[nodiscard]] bool is_durable(const departure& landed) const;
  [[nodiscard]] time_point now() const;

  self_pointer self_;
  telegram_carrier_world_ptr world_;
  std::optional<channels::telegram::rate_governor> governor_;
  std::unordered_map<std::uint64_t, wish> wishes_; ///< by request
  std::unordered_map<std::uint64_t, std::uint64_t> by_delivery_;
  std::unordered_map<std::uint64_t, flight> flights_;
  std::unordered_map<chat_id, turned_away> turned_away_;
  std::unordered_map<chat_id, chat_id> moved_; ///< groups, to their new ids
  std::deque<departure_id> waiting_uploads_;
  std::size_t uploads_ = 0;     ///< on their way
  std::size_t best_effort_ = 0; ///< wishes of that kind
  std::uint64_t last_request_ = 0;
  std::uint64_t amended_ = 0; ///< calls that were rendered anew and differ
  std::multiset<time_point> ticks_; ///< that are scheduled
  std::optional<time_point> complained_at_;
  bool figures_armed_ = false;
};

/// Spawns with `sys.spawn(telegram_carrier, world)`.
telegram_carrier_actor::behavior_type
telegram_carrier(telegram_carrier_state::self_pointer self,
                 telegram_carrier_world_ptr world);

} // namespace switchboard::actors
