#pragma once

#include "actors/directory.hpp"
#include "actors/error_book.hpp"
#include "actors/lane.hpp"
#include "actors/outbox.hpp"
#include "actors/statistician.hpp"
#include "actors/supervisor.hpp"
#include "actors/ticket.hpp"
#include "actors/timers.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace switchboard::actors {

struct engine_options {
  ticket_options ticket;
  directory_options directory;
  outbox_options outbox;
  timers_options timers;
  error_book_options errors;
  statistician_options statistics;
  restart_policy restarts;
  /// Commands on their way at once; more are refused as overloaded.
  std::size_t in_flight_max = 20'000;
  /// How long a command may take before its asker is told "unknown".
  std::chrono::milliseconds command_timeout{5'000};
};

/// What the engine is built on; all of it outlives the engine.
struct engine_parts {
  persistence::journal& journal;
  id_source& ids;
  clock_fn now;
  delivery_planner plan_deliveries;
  courier_actor courier;
  std::function<lane_channel_ptr(std::string_view lane)> channel_of;
  actors_observer* actors = nullptr;
  delivery_observer* deliveries = nullptr;
  /// Called when an actor that the engine cannot do without keeps dying.
  std::function<void(const std::string& actor)> gave_up;
  error_planner plan_error_deliveries{}; ///< may be empty
  /// Called after each group commit, on the writer's thread; may be empty.
  std::function<void()> committed{};
  /// Wakes what has no actor (a prompt) when its timer is due; it is woken
  /// again every few seconds until a commit takes the timer away. On an actor's
  /// thread, so it must be quick; may be empty.
  std::function<void(const persistence::timer_change&)> wake_other{};
};

/// The facade of one partition's actors: spawns them under their supervisors
/// and wires them to the journal. Clients hold the engine, never a restartable
/// child. Thread-safe.
class engine {
public:
  engine(caf::actor_system& system, engine_parts parts, engine_options options);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// The directory as of now; it changes when it was restarted.
  [[nodiscard]] directory_actor tickets() const;

  [[nodiscard]] std::chrono::milliseconds command_timeout() const noexcept {
    return options_.command_timeout;
  }

  /// A place among the commands on their way; gives itself back.
  class permit {
  public:
    explicit permit(std::atomic<std::size_t>& count) : count_{&count} {}
    permit(permit&& other) noexcept
      : count_{std::exchange(other.count_, nullptr)} {}
    permit& operator=(permit&&) = delete;
    ~permit() {
      if (count_ != nullptr)
        count_->fetch_sub(1, std::memory_order_relaxed);
    }

  private:
    std::atomic<std::size_t>* count_;
  };

  /// Empty when the engine is overloaded.
  [[nodiscard]] std::optional<permit> admit();

  /// Tells the lane that a dead letter lies in the outbox again.
  void take_up(const std::string& lane, persistence::delivery_id id);

  /// Tells a lane that its channel has changed, serves it again or no more.
  void take_up_lane(const std::string& lane);

  /// Counts that something went wrong; it is durable, and an event, soon after.
  /// `at` is now when it is left out. From any thread.
  void report_error(error_note note);

  /// The newest figures; never null. Costs nothing, wakes nobody.
  [[nodiscard]] statistics_ptr statistics() const {
    return statistics_->latest();
  }

  /// Tells all actors to end; what is in flight is committed or refused.
  void begin_stop();
  /// The same, and waits for their supervisors. Not for actors' threads.
  void stop();

private:
  void start_directory();
  void start_error_book();
  void start_outbox();
  void start_statistician();
  void start_timers();
  void supervise(std::string name, std::function<caf::actor()> start);
  void ring_statistician();
  void on_batch(const persistence::batch_summary& batch);

  caf::actor_system& system_;
  engine_parts parts_;
  engine_options options_;
  ticket_world_ptr tickets_;
  lane_world_ptr lanes_;
  error_book_world_ptr errors_;
  statistician_world_ptr statistics_;
  delivery_counter deliveries_;
  std::atomic<std::size_t> in_flight_{0};

  mutable std::mutex mutex_; ///< guards the handles
  directory_actor directory_;
  error_book_actor error_book_;
  outbox_actor outbox_;
  statistician_actor statistician_;
  timers_actor timers_;
  std::vector<caf::actor> supervisors_;
};

} // namespace switchboard::actors
