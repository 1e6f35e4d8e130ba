#pragma once

#include "actors/id_source.hpp"
#include "actors/interfaces.hpp"
#include "actors/ticket_timers.hpp"
#include "domain/ticket.hpp"
#include "persistence/journal.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace switchboard::actors {

struct ticket_options {
  /// Commands that wait while a commit is in flight; more are refused.
  std::size_t queue_max = 64;
  /// Commands that leave together as one commit.
  std::size_t batch_commands_max = 32;
  /// How often a ref that is taken is drawn anew before the create fails.
  std::size_t ref_draws_max = 8;
  std::chrono::hours reopen_window{72};
  desk_rules desk{};
  waiting_rules waiting{};
};

/// Says what must be sent out because of `events`, which led to `after`.
using delivery_planner = std::function<std::vector<persistence::new_delivery>(
  const domain::ticket& after, std::span<const domain::ticket_event> events)>;

/// What all tickets share. Immutable once the first ticket is spawned; it and
/// all it points to outlives every ticket.
struct ticket_world {
  persistence::journal& journal;
  id_source& ids;
  clock_fn now;
  delivery_planner plan_deliveries;
  ticket_options options;
};

using ticket_world_ptr = std::shared_ptr<const ticket_world>;

/// State and handlers of the TICKET.
///
/// At most one commit is in flight. Commands that arrive meanwhile wait in
/// `queue_` and leave together as the next commit, so a hot conversation is not
/// limited to one message per fsync. `ticket_` only ever holds durable state.
/// When a commit fails, nobody knows what is durable: everyone who waits is
/// told, the actor ends, and the next command loads the state row afresh.
class ticket_state {
public:
  using self_pointer = ticket_actor::stateful_pointer<ticket_state>;

  explicit ticket_state(self_pointer self) : self_{self} {}

  /// `fresh`: the ticket is about to be created, so there is no row to load.
  ticket_actor::behavior_type make_behavior(ticket_world_ptr world,
                                            ticket_keeper_actor keeper,
                                            domain::ticket_id id, bool fresh);

  static inline constexpr const char* name = "ticket";

private:
  using promise = caf::typed_response_promise<ticket_reply>;

  struct asked {
    ticket_request request;
    promise reply;
    std::size_t ref_draws = 0;
    std::vector<persistence::unique_claim> claims; ///< of the current plan
    ticket_reply done; ///< what the command leads to, if the plan holds
  };

  using work = std::variant<asked, persistence::timer_change>;

  struct refusal {
    promise reply;
    domain::error reason;
  };

  /// What the commit in flight does once it is durable.
  struct batch {
    std::optional<domain::ticket> after;
    std::vector<domain::ticket_event> events;
    std::vector<persistence::timer_change> timers; ///< spent and postponed
    std::vector<work> items;                       ///< that caused it, in order
    std::vector<refusal> refused;
  };

  caf::result<ticket_reply> on_apply(ticket_request& request);
  void on_commit(const commit_note& note);
  void on_wake(const persistence::timer_change& timer);
  void on_doze();

  void start_next_batch();
  batch plan_batch();
  /// False: the item must wait for the next batch.
  bool plan_item(batch& plan, work& item) const;
  bool plan_request(batch& plan, asked& item) const;
  void plan_timer(batch& plan, const persistence::timer_change& timer) const;
  [[nodiscard]] timer_rules rules() const;
  void commit(const batch& plan);

  [[nodiscard]] static bool needs_commit(const batch& plan);

  void on_committed();
  static void answer_all(batch& plan);
  void on_conflict(const persistence::conflict& taken);
  void on_failure(persistence::commit_failure failure);
  /// Puts the items of the batch, less the one that was answered, back in
  /// front.
  void requeue();
  bool redraw_ref(asked& item, const persistence::conflict& taken) const;
  void refuse_all(const domain::error& reason);
  [[nodiscard]] ticket_reply
  describe(const std::optional<domain::ticket>& ticket) const;

  self_pointer self_;
  ticket_world_ptr world_;
  ticket_keeper_actor keeper_;
  domain::ticket_id id_;
  std::optional<domain::ticket> ticket_;
  std::vector<work> queue_;
  std::unique_ptr<batch> in_flight_;
};

/// Spawns with `sys.spawn(ticket, world, keeper, id, fresh)`.
ticket_actor::behavior_type
ticket(ticket_state::self_pointer self, ticket_world_ptr world,
       ticket_keeper_actor keeper, domain::ticket_id id, bool fresh);

} // namespace switchboard::actors
