#include "actors/engine.hpp"

#include "persistence/ticket_views.hpp"
#include "tests/support/lane_world.hpp"

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;

class Engine : public test::lane_world_test {
protected:
  Engine() {
    auto plan = [this](const domain::ticket& after, auto) {
      return std::vector<persistence::new_delivery>{
        {"n8n:hook", std::string{after.id.value.view()}, "ticket.created",
         after.ref, wall}};
    };
    engine_options options;
    options.in_flight_max = 2;
    it.emplace(sys,
               engine_parts{
                 journal, ids, now, plan, courier,
                 [this](std::string_view lane) { return serve(lane); }, nullptr,
                 nullptr, [this](const std::string&) { gave_up = true; }},
               options);
    sched.run();
  }

  void TearDown() override {
    stop();
    lane_world_test::TearDown();
  }

  /// As engine::stop, but with the test's own thread as the scheduler.
  void stop() {
    if (it)
      it->begin_stop();
    sched.run();
    it.reset();
    sched.run();
  }

  ticket_request create() {
    domain::create_ticket cmd;
    cmd.id = domain::ticket_id{ids.next_uuid()};
    cmd.number = ids.next_number();
    cmd.ref = ids.next_ref();
    cmd.from = {"Test User", "+12025550123", ""};
    cmd.subject = "VPN";
    cmd.first_message = message("It is broken");
    return {cmd.id, cmd, std::nullopt};
  }

  domain::message_draft message(std::string body) {
    domain::message_draft out;
    out.id = domain::message_id{ids.next_uuid()};
    out.body = std::move(body);
    return out;
  }

  clock_fn now = [this] { return wall; };
  id_source ids{now, 8, domain::ticket_number{0}};
  std::optional<engine> it;
  bool gave_up = false;
};

TEST_F(Engine, ATicketsDeliveryLeavesAtOnce) {
  auto reply = ask<ticket_reply>(it->tickets(), apply_atom_v, create());
  ASSERT_TRUE(reply);
  EXPECT_EQ(sent(), std::vector<std::string>{reply->ref});
}

TEST_F(Engine, AdmitsNoMoreThanItsLimit) {
  auto first = it->admit();
  {
    auto second = it->admit();
    EXPECT_TRUE(second);
    EXPECT_FALSE(it->admit());
  }
  EXPECT_TRUE(it->admit());
}

TEST_F(Engine, ADirectoryThatCrashedHasASuccessor) {
  auto request = create();
  ASSERT_TRUE(ask<ticket_reply>(it->tickets(), apply_atom_v, request));
  const auto before = it->tickets();
  self->send_exit(before, caf::sec::bad_function_call);
  sched.run();
  advance(100ms);
  EXPECT_NE(it->tickets(), before);
  const domain::add_message more{message("Still is")};
  auto reply
    = ask<ticket_reply>(it->tickets(), apply_atom_v,
                        ticket_request{request.target, more, std::nullopt});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->last_message, domain::message_sequence{2});
}

TEST_F(Engine, WakesTicketsWhoseTimersAreDue) {
  auto request = create();
  ASSERT_TRUE(ask<ticket_reply>(it->tickets(), apply_atom_v, request));
  ASSERT_TRUE(ask<ticket_reply>(
    it->tickets(), apply_atom_v,
    ticket_request{request.target,
                   domain::change_status{domain::status::resolved, "", "x"},
                   std::nullopt}));
  for (auto hour = 0; hour < 73; ++hour)
    advance(1h);
  EXPECT_EQ(
    persistence::ticket_views{journal.rows()}.load(request.target)->state,
    domain::status::closed);
}

TEST_F(Engine, ADeadLetterIsAnErrorInTheBook) {
  post().statuses = {410};
  auto reply = ask<ticket_reply>(it->tickets(), apply_atom_v, create());
  ASSERT_TRUE(reply);
  advance(1s);
  const auto book = persistence::error_views{journal.rows()}.all();
  ASSERT_EQ(book.size(), 1u);
  EXPECT_EQ(book[0].where, "n8n:hook");
  EXPECT_EQ(book[0].code, "gone");
  EXPECT_EQ(book[0].ticket, reply->id);
}

TEST_F(Engine, TakesErrorsFromAnybody) {
  it->report_error({"import", "bad_row", "row 7", std::nullopt, wall});
  sched.run();
  EXPECT_TRUE(persistence::error_views{journal.rows()}.find(
    persistence::error_id("import", "bad_row")));
}

TEST_F(Engine, TakesUpALaneWhoseDestinationIsBack) {
  enabled = false;
  ASSERT_TRUE(ask<ticket_reply>(it->tickets(), apply_atom_v, create()));
  EXPECT_TRUE(sent().empty());
  enabled = true;
  it->take_up_lane("n8n:hook");
  sched.run();
  EXPECT_EQ(sent().size(), 1u);
}

TEST_F(Engine, LeavesNobodyBehind) {
  ASSERT_TRUE(ask<ticket_reply>(it->tickets(), apply_atom_v, create()));
  stop();
  // The test's own actor and the courier.
  EXPECT_EQ(sys.registry().running(), 2u);
}

} // namespace
} // namespace switchboard::actors
