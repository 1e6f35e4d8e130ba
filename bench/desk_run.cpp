#include "bench/desk_run.hpp"

#include "bench/event_streams.hpp"
#include "bench/plain_caller.hpp"
#include "bench/trip_run.hpp"

#include <random>

namespace switchboard::bench {

namespace {

enum way : std::size_t { agent_to_visitor, visitor_to_agent, ways };

/// One message after the other, to and fro, of sessions at random.
class talk_scenario final : public scenario {
public:
  talk_scenario(desk_world& desk, trip_book& trips)
    : desk_{desk},
      trips_{trips},
      host_{to_string(desk.options().load.server)},
      random_{desk.options().load.seed},
      pick_{0, desk.options().sessions - 1} {}

  [[nodiscard]] std::vector<std::string_view> kinds() const override {
    return {"update", "message"};
  }
  outgoing next() override {
    const auto session = pick_(random_);
    const auto how = way_;
    way_ = way_ == agent_to_visitor ? visitor_to_agent : agent_to_visitor;
    if (how == agent_to_visitor) {
      const auto text = trips_.begin(how, session);
      request_ = desk_.update_request(desk_.reply_update(session, text));
    } else {
      const auto chat = static_cast<std::uint64_t>(desk_.agent_of(session));
      const auto text = trips_.begin(how, chat);
      request_ = message_request(host_, desk_.visitors()[session], text);
    }
    return {.bytes = request_,
            .token = static_cast<std::uint32_t>(how),
            .kind = static_cast<std::uint32_t>(how)};
  }
  bool accept(std::uint32_t token, const answer& reply) override {
    return reply.status == (token == agent_to_visitor ? 200 : 201);
  }
  void lose(std::uint32_t) override {}

private:
  desk_world& desk_;
  trip_book& trips_;
  std::string host_;
  std::mt19937_64 random_;
  std::uniform_int_distribution<std::uint32_t> pick_;
  way way_ = agent_to_visitor;
  std::string request_;
};

} // namespace

load_figures measure_desk(const desk_options& options,
                          const load_runner::progress_handler& on_progress) {
  trip_book trips{ways};
  desk_world desk{options, trips};
  desk.wait_for_server();
  desk.begin_sessions();
  desk.write_first_messages();
  desk.claim_all();
  event_streams streams{options.load.server};
  for (const auto& one : desk.visitors())
    streams.open("/api/session/" + one.id + "/stream", bearer(one.token));
  streams.start(
    [&](std::uint32_t stream, std::uint64_t trip) {
      trips.arrive_if(agent_to_visitor, trip, stream);
    },
    options.patience);
  talk_scenario talk{desk, trips};
  auto figures = measure_talk(options.load, talk, trips, on_progress);
  wait_for_trips(trips, options.patience);
  streams.stop();
  take_trips(figures, trips, {"agent to visitor", "visitor to agent"});
  return figures;
}

} // namespace switchboard::bench
