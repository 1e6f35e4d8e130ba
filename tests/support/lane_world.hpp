#pragma once

#include "actors/lane.hpp"
#include "persistence/memory_journal.hpp"
#include "tests/support/actor_test.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::test {

/// A courier that answers as it is told, in its own time or at once.
struct fake_courier_state {
  using promise = caf::typed_response_promise<channels::http_answer>;
  struct call {
    std::string payload;
    promise reply;
    bool answered = false;
  };

  static inline constexpr const char* name = "fake_courier";
  std::vector<call> calls;
  std::deque<int> statuses; ///< answers to come; when empty, `status`
  int status = 200;         ///< 0: wait for `answer`
  std::optional<std::chrono::seconds> retry_after;

  channels::http_answer next_answer() {
    channels::http_answer out;
    out.status = status;
    if (!statuses.empty()) {
      out.status = statuses.front();
      statuses.pop_front();
    }
    out.retry_after = retry_after;
    if (out.status < 0) {
      out.status = 0;
      out.failure = channels::http_failure::connect_failed;
    }
    return out;
  }
};

/// The courier, and a way to let its oldest unanswered call end with a status.
using fake_courier_actor
  = actors::courier_actor::extend<caf::reacts_to<std::int32_t>>;

inline fake_courier_actor::behavior_type
fake_courier(fake_courier_actor::stateful_pointer<fake_courier_state> self) {
  return {
    [self](const channels::http_request& request)
      -> caf::result<channels::http_answer> {
      auto& st = self->state;
      auto reply = self->make_response_promise<channels::http_answer>();
      st.calls.push_back({request.body, reply});
      if (st.status == 0 && st.statuses.empty())
        return reply;
      st.calls.back().answered = true;
      reply.deliver(st.next_answer());
      return reply;
    },
    [self](std::int32_t status) {
      for (auto& call : self->state.calls) {
        if (std::exchange(call.answered, true))
          continue;
        channels::http_answer out;
        out.status = status;
        call.reply.deliver(out);
        return;
      }
    },
  };
}

/// Lanes over a journal in memory and a courier of paper.
class lane_world_test : public actor_test {
protected:
  lane_world_test() {
    channel.encode = [this](const persistence::delivery& d)
      -> std::optional<channels::http_request> {
      if (!enabled)
        return std::nullopt;
      channels::http_request out;
      out.body = d.payload;
      return out;
    };
    channel.judge = channels::judge_http;
    channel.policy.retry_delays
      = {std::chrono::seconds{1}, std::chrono::seconds{2},
         std::chrono::seconds{4}};
    channel.policy.jitter = 0;
    world = std::make_shared<actors::lane_world>(actors::lane_world{
      journal, [this] { return wall; }, courier,
      [this](std::string_view lane) { return serve(lane); }, nullptr, nullptr,
      [this](actors::error_note note) { errors.push_back(std::move(note)); }});
  }

  /// The channel as it is now, for the lanes that it is for.
  actors::lane_channel_ptr serve(std::string_view lane) {
    if (!served || (!lane.starts_with("n8n:") && !lane.starts_with("webhook:")))
      return nullptr;
    return std::make_shared<actors::lane_channel>(channel);
  }

  /// Puts a delivery into the outbox.
  persistence::delivery_id put(std::string group, std::string payload,
                               std::string lane = "n8n:hook") {
    persistence::changes what;
    what.deliveries.push_back({std::move(lane), std::move(group), "test",
                               std::move(payload), wall, "msg",
                               domain::sequence{1}});
    persistence::delivery_id id{};
    journal.commit(std::move(what), [&](auto outcome) {
      id = std::get<persistence::committed>(outcome).deliveries.front();
    });
    return id;
  }

  fake_courier_state& post() {
    using impl = fake_courier_actor::stateful_base<fake_courier_state>;
    auto* ptr = caf::actor_cast<caf::abstract_actor*>(courier);
    return dynamic_cast<impl&>(*ptr).state;
  }

  /// Lets the oldest unanswered call end with `status`.
  void answer(int status) {
    self->send(courier, std::int32_t{status});
    sched.run();
  }

  std::vector<std::string> sent() {
    std::vector<std::string> out;
    for (const auto& call : post().calls)
      out.push_back(call.payload);
    return out;
  }

  std::size_t waiting(std::string_view lane = "n8n:hook") {
    return views().backlog(lane, 1000).depth;
  }

  persistence::delivery_views views() {
    return persistence::delivery_views{journal.rows()};
  }

  std::vector<persistence::dead_letter> dead() {
    return views().dead_letters(persistence::delivery_id{0}, 100);
  }

  persistence::memory_journal journal{[this] { return wall; }};
  fake_courier_actor courier = spawn(fake_courier);
  bool served = true;  ///< whether there is a channel at all
  bool enabled = true; ///< whether the destination takes deliveries
  actors::lane_channel channel;
  std::vector<actors::error_note> errors; ///< what lanes reported
  actors::lane_world_ptr world;
};

} // namespace switchboard::test
