#pragma once

#include "actors/actors_observer.hpp"
#include "actors/interfaces.hpp"
#include "actors/ticket.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace switchboard::actors {

struct directory_options {
  /// Tickets awake at once; the longest idle ones make room for new ones.
  std::size_t awake_max = 4'096;
  std::chrono::seconds idle_after{120};
  /// Commands that wait for one ticket to finish dozing off.
  std::size_t waiting_max = 64;
};

/// State and handlers of the DIRECTORY of one partition.
///
/// All commands for tickets pass through it, so a ticket has one actor at most:
/// while an actor dozes off, commands for its ticket wait, and the next actor
/// is spawned when the old one has ended. A ticket whose actor crashed is
/// loaded from its state row by the next command.
class directory_state {
public:
  using self_pointer = directory_actor::stateful_pointer<directory_state>;

  explicit directory_state(self_pointer self) : self_{self} {}
  ~directory_state();
  directory_state(const directory_state&) = delete;
  directory_state& operator=(const directory_state&) = delete;

  directory_actor::behavior_type make_behavior(ticket_world_ptr world,
                                               directory_options options,
                                               actors_observer* observer);

  static inline constexpr const char* name = "directory";

private:
  using promise = caf::typed_response_promise<ticket_reply>;
  using steady_time = std::chrono::steady_clock::time_point;

  struct waiting {
    ticket_request request;
    promise reply;
  };

  /// An awake ticket. `dozing`: it was asked to end, and has not said `stay`.
  struct entry {
    ticket_actor handle;
    bool dozing = false;
    steady_time used_at;
    std::list<domain::ticket_id>::iterator place; ///< in `idle_`, unless dozing
    std::vector<waiting> queue;                   ///< only while dozing
  };

  using entry_map = std::unordered_map<domain::ticket_id, entry>;

  caf::result<ticket_reply> on_apply(ticket_request& request);
  void on_wake(const persistence::timer_change& timer);
  void on_stay(const domain::ticket_id& id);
  void on_ended(const ticket_ended& note);
  void on_tick();

  entry_map::iterator find_or_spawn(const domain::ticket_id& id, bool fresh);
  ticket_actor spawn_ticket(const domain::ticket_id& id, bool fresh);
  void touch(entry& used);
  void doze(const domain::ticket_id& id);
  void schedule_tick();
  [[nodiscard]] steady_time now() const;

  self_pointer self_;
  ticket_world_ptr world_;
  directory_options options_;
  actors_observer* observer_ = nullptr;

  entry_map entries_;
  std::list<domain::ticket_id> idle_; ///< the longest idle first
};

/// Spawns with `sys.spawn(directory, world, options, observer)`; `observer` may
/// be null and outlives the directory.
directory_actor::behavior_type
directory(directory_state::self_pointer self, ticket_world_ptr world,
          directory_options options, actors_observer* observer);

} // namespace switchboard::actors
