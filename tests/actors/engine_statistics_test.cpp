// What the engine does so that figures follow its tickets and its lanes.
#include "actors/engine.hpp"
#include "tests/support/lane_world.hpp"

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;

class EngineStatistics : public test::lane_world_test {
protected:
  EngineStatistics() {
    start();
  }

  void TearDown() override {
    stop();
    lane_world_test::TearDown();
  }

  void start() {
    auto plan = [this](const domain::ticket& after, auto) {
      return std::vector<persistence::new_delivery>{
        {"n8n:hook", std::string{after.id.value.view()}, "ticket.created",
         after.ref, wall}};
    };
    it.emplace(
      sys,
      engine_parts{journal, ids, now, plan, courier,
                   [this](std::string_view lane) { return serve(lane); },
                   nullptr, nullptr, [](const std::string&) {}},
      engine_options{});
    sched.run();
  }

  /// As engine::stop, but with the test's own thread as the scheduler.
  void stop() {
    if (it)
      it->begin_stop();
    sched.run();
    it.reset();
    sched.run();
  }

  void create() {
    domain::create_ticket cmd;
    cmd.id = domain::ticket_id{ids.next_uuid()};
    cmd.number = ids.next_number();
    cmd.ref = ids.next_ref();
    cmd.from = {"Test User", "+12025550123", ""};
    cmd.subject = "VPN";
    ASSERT_TRUE(ask<ticket_reply>(it->tickets(), apply_atom_v,
                                  ticket_request{cmd.id, cmd, std::nullopt}));
  }

  clock_fn now = [this] { return wall; };
  id_source ids{now, 8, domain::ticket_number{0}};
  std::optional<engine> it;
};

TEST_F(EngineStatistics, AreNothingInTheBeginning) {
  EXPECT_EQ(*it->statistics(), persistence::statistics_row{});
}

TEST_F(EngineStatistics, CountTicketsAndDeliveries) {
  create();
  post().statuses = {503};
  create();
  advance(10s); // the second try
  advance(1s);
  const auto seen = it->statistics();
  EXPECT_EQ(seen->last, journal.last_offset());
  EXPECT_EQ(seen->figures.total(), 2U);
  ASSERT_EQ(seen->figures.deliveries().size(), 1U);
  EXPECT_EQ(seen->figures.deliveries().front(),
            (persistence::delivery_count{"n8n", 2, 1, 0}));
}

TEST_F(EngineStatistics, GoOnWhereAnEarlierProcessEnded) {
  create();
  advance(1s);
  const auto before = *it->statistics();
  stop();
  start();
  EXPECT_EQ(*it->statistics(), before);
  create();
  advance(1s);
  EXPECT_EQ(it->statistics()->figures.total(), 2U);
  EXPECT_EQ(it->statistics()->figures.deliveries().front().delivered, 2U);
}

} // namespace
} // namespace switchboard::actors
