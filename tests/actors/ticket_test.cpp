#include "actors/ticket.hpp"

#include "persistence/deliveries.hpp"
#include "persistence/timers.hpp"
#include "tests/support/ticket_world.hpp"

namespace switchboard::actors {
namespace {

using domain::errc;
using domain::status;
using persistence::commit_failure;

/// Remembers what tickets tell their keeper.
struct keeper_state {
  std::vector<domain::ticket_id> stayed;
  static inline constexpr const char* name = "keeper";
};

ticket_keeper_actor::behavior_type
keeper(ticket_keeper_actor::stateful_pointer<keeper_state> self) {
  return {
    [self](stay_atom, const domain::ticket_id& id) {
      self->state.stayed.push_back(id);
    },
    [](const ticket_ended&) {},
  };
}

class Ticket : public test::ticket_world_test {
protected:
  ticket_actor start(domain::ticket_id which, bool fresh) {
    return spawn(ticket, world, boss, which, fresh);
  }

  /// A ticket that is stored, and its actor.
  ticket_actor opened() {
    auto request = create();
    id = request.target;
    auto hdl = start(id, true);
    EXPECT_TRUE(ask<ticket_reply>(hdl, apply_atom_v, request));
    return hdl;
  }

  std::size_t times_stayed() {
    using impl = ticket_keeper_actor::stateful_base<keeper_state>;
    auto* ptr = caf::actor_cast<caf::abstract_actor*>(boss);
    return dynamic_cast<impl&>(*ptr).state.stayed.size();
  }

  ticket_keeper_actor boss = spawn(keeper);
  domain::ticket_id id;
};

TEST_F(Ticket, RepliesOnlyOnceTheEventsAreDurable) {
  journal.hold();
  auto request = create();
  auto hdl = start(request.target, true);
  auto pending = this->request(hdl, apply_atom_v, request);
  EXPECT_EQ(take<ticket_reply>(pending).error(), caf::sec::request_timeout);
  journal.release();
  auto reply = take<ticket_reply>(pending);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->number, domain::ticket_number{1});
  EXPECT_EQ(stored(request.target)->subject, "VPN");
}

TEST_F(Ticket, CommitsTheDeliveryWithTheEventThatCausedIt) {
  opened();
  EXPECT_EQ(persistence::delivery_views{journal.rows()}.lanes(),
            std::vector<std::string>{"n8n:test"});
}

TEST_F(Ticket, CommandsThatArriveDuringACommitLeaveAsOneBatch) {
  auto hdl = opened();
  const auto before = journal.last_offset();
  journal.hold();
  std::vector<decltype(request(hdl, apply_atom_v, say(id, "")))> pending;
  for (auto body : {"one", "two", "three"})
    pending.push_back(request(hdl, apply_atom_v, say(id, body)));
  sched.run();
  EXPECT_EQ(journal.held(), 1u); // The first one left alone ...
  journal.release_batch();
  sched.run();
  EXPECT_EQ(journal.held(), 1u); // ... and the others together.
  journal.release();
  for (auto& p : pending)
    EXPECT_TRUE(take<ticket_reply>(p));
  EXPECT_EQ(bodies(id),
            (std::vector<std::string>{"It is broken", "one", "two", "three"}));
  EXPECT_EQ(static_cast<std::uint64_t>(journal.last_offset()),
            static_cast<std::uint64_t>(before) + 3);
}

TEST_F(Ticket, RefusalsReachTheCallerAndWriteNothing) {
  auto hdl = opened();
  const auto before = journal.last_offset();
  auto reply
    = ask<ticket_reply>(hdl, apply_atom_v, move(id, status::waiting_customer));
  EXPECT_EQ(refusal(reply), errc::illegal_transition);
  EXPECT_EQ(journal.last_offset(), before);
}

TEST_F(Ticket, ACommandThatChangesNothingIsAnsweredAtOnce) {
  auto hdl = opened();
  const auto before = journal.last_offset();
  ticket_request same{id, domain::change_priority{stored(id)->urgency, ""}};
  auto reply = ask<ticket_reply>(hdl, apply_atom_v, same);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->last_event, stored(id)->last_event);
  EXPECT_EQ(journal.last_offset(), before);
}

TEST_F(Ticket, RefusesToChangeWhatHasChangedMeanwhile) {
  auto hdl = opened();
  auto request = say(id, "hello");
  request.expected = stored(id)->last_event;
  ASSERT_TRUE(ask<ticket_reply>(hdl, apply_atom_v, request));
  auto late = ask<ticket_reply>(hdl, apply_atom_v, request);
  EXPECT_EQ(refusal(late), errc::precondition_failed);
}

TEST_F(Ticket, TellsEachOfABatchWhatItsOwnCommandLedTo) {
  auto hdl = opened();
  journal.hold();
  auto first = request(hdl, apply_atom_v, say(id, "one"));
  auto second = request(hdl, apply_atom_v, say(id, "two"));
  auto third = request(hdl, apply_atom_v, say(id, "three"));
  sched.run();
  journal.release();
  EXPECT_EQ(take<ticket_reply>(first)->last_message,
            domain::message_sequence{2});
  EXPECT_EQ(take<ticket_reply>(second)->last_message,
            domain::message_sequence{3});
  EXPECT_EQ(take<ticket_reply>(third)->last_message,
            domain::message_sequence{4});
}

TEST_F(Ticket, RefusesWorkBeyondItsQueue) {
  world = make_world({.queue_max = 2});
  auto hdl = opened();
  journal.hold();
  std::vector<decltype(request(hdl, apply_atom_v, say(id, "")))> pending;
  for (auto body : {"in flight", "queued", "queued", "too many"})
    pending.push_back(request(hdl, apply_atom_v, say(id, body)));
  sched.run();
  EXPECT_EQ(refusal(take<ticket_reply>(pending[3])), errc::overloaded);
  journal.release();
  EXPECT_TRUE(take<ticket_reply>(pending[2]));
}

TEST_F(Ticket, TheSameExternalIdAddsNothing) {
  auto hdl = opened();
  ASSERT_TRUE(ask<ticket_reply>(hdl, apply_atom_v, say(id, "hello", "SM1")));
  auto again = ask<ticket_reply>(hdl, apply_atom_v, say(id, "hello", "SM1"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->taken);
  EXPECT_EQ(bodies(id).size(), 2u);
}

TEST_F(Ticket, ADuplicateDoesNotTakeItsNeighboursAlong) {
  auto hdl = opened();
  ASSERT_TRUE(ask<ticket_reply>(hdl, apply_atom_v, say(id, "first", "SM1")));
  journal.hold();
  auto busy = request(hdl, apply_atom_v, say(id, "busy"));
  auto before = request(hdl, apply_atom_v, say(id, "before"));
  auto duplicate = request(hdl, apply_atom_v, say(id, "first", "SM1"));
  auto after = request(hdl, apply_atom_v, say(id, "after"));
  sched.run();
  journal.release();
  EXPECT_TRUE(take<ticket_reply>(busy));
  EXPECT_TRUE(take<ticket_reply>(duplicate)->taken);
  EXPECT_TRUE(take<ticket_reply>(before));
  EXPECT_TRUE(take<ticket_reply>(after));
  EXPECT_EQ(bodies(id), (std::vector<std::string>{"It is broken", "first",
                                                  "busy", "before", "after"}));
}

TEST_F(Ticket, TwoOfOneExternalIdAtOnceAddOneMessage) {
  auto hdl = opened();
  journal.hold();
  auto busy = request(hdl, apply_atom_v, say(id, "busy"));
  auto first = request(hdl, apply_atom_v, say(id, "hello", "SM1"));
  auto second = request(hdl, apply_atom_v, say(id, "hello", "SM1"));
  sched.run();
  journal.release();
  EXPECT_TRUE(take<ticket_reply>(busy));
  EXPECT_FALSE(take<ticket_reply>(first)->taken);
  EXPECT_TRUE(take<ticket_reply>(second)->taken);
  EXPECT_EQ(bodies(id).size(), 3u);
}

TEST_F(Ticket, DrawsAnotherRefWhenOneIsTaken) {
  opened();
  const auto taken = stored(id)->ref;
  auto request = create();
  std::get<domain::create_ticket>(request.command).ref = taken;
  auto reply
    = ask<ticket_reply>(start(request.target, true), apply_atom_v, request);
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->ref, taken);
  EXPECT_EQ(stored(request.target)->ref, reply->ref);
}

TEST_F(Ticket, AClaimMadeOnceTellsWhatTheFirstLeft) {
  auto first = create();
  first.once = persistence::unique_claim{"idempotency", "k", "first", {}};
  ASSERT_TRUE(
    ask<ticket_reply>(start(first.target, true), apply_atom_v, first));
  auto second = create();
  second.once = persistence::unique_claim{"idempotency", "k", "second", {}};
  auto reply
    = ask<ticket_reply>(start(second.target, true), apply_atom_v, second);
  ASSERT_TRUE(reply);
  ASSERT_TRUE(reply->taken);
  EXPECT_EQ(reply->taken->result, "first");
  EXPECT_FALSE(stored(second.target));
}

class TicketFailure
  : public Ticket,
    public ::testing::WithParamInterface<std::pair<commit_failure, errc>> {};

TEST_P(TicketFailure, TellsEveryoneWhoWaitsAndEnds) {
  auto hdl = opened();
  journal.hold();
  auto first = request(hdl, apply_atom_v, say(id, "one"));
  auto second = request(hdl, apply_atom_v, say(id, "two"));
  sched.run();
  journal.fail_next(GetParam().first);
  journal.release();
  EXPECT_EQ(refusal(take<ticket_reply>(first)), GetParam().second);
  EXPECT_EQ(refusal(take<ticket_reply>(second)), GetParam().second);
  EXPECT_FALSE(is_alive(caf::actor_cast<caf::actor>(hdl)));
}

INSTANTIATE_TEST_SUITE_P(
  Failures, TicketFailure,
  ::testing::Values(
    std::pair{commit_failure::no_room, errc::storage_unavailable},
    std::pair{commit_failure::closed, errc::storage_unavailable},
    std::pair{commit_failure::overloaded, errc::overloaded},
    std::pair{commit_failure::fenced, errc::outcome_unknown},
    std::pair{commit_failure::stale, errc::outcome_unknown},
    std::pair{commit_failure::unknown, errc::outcome_unknown}));

TEST_F(Ticket, ALostAnswerIsNoLostMessage) {
  auto hdl = opened();
  journal.lose_next_answer();
  EXPECT_EQ(refusal(ask<ticket_reply>(hdl, apply_atom_v, say(id, "one", "X"))),
            errc::outcome_unknown);
  auto again
    = ask<ticket_reply>(start(id, false), apply_atom_v, say(id, "one", "X"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->taken);
  EXPECT_EQ(bodies(id).size(), 2u);
}

TEST_F(Ticket, GoesOnFromItsStateRow) {
  opened();
  auto reply = ask<ticket_reply>(start(id, false), apply_atom_v, say(id, "on"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->last_message, domain::message_sequence{2});
}

TEST_F(Ticket, EndsWhenThereIsNoSuchTicket) {
  const domain::ticket_id nobody{ids.next_uuid()};
  auto hdl = start(nobody, false);
  EXPECT_EQ(refusal(ask<ticket_reply>(hdl, apply_atom_v, say(nobody, "hi"))),
            errc::unknown_ticket);
  EXPECT_FALSE(is_alive(caf::actor_cast<caf::actor>(hdl)));
}

TEST_F(Ticket, DozesOffOnlyWhenIdle) {
  auto hdl = opened();
  journal.hold();
  auto pending = request(hdl, apply_atom_v, say(id, "one"));
  sched.run();
  self->send(hdl, doze_atom_v);
  sched.run();
  EXPECT_EQ(times_stayed(), 1u);
  journal.release();
  EXPECT_TRUE(take<ticket_reply>(pending));
  self->send(hdl, doze_atom_v);
  EXPECT_FALSE(is_alive(caf::actor_cast<caf::actor>(hdl)));
}

TEST_F(Ticket, AResolvedTicketSetsATimerAndAReopenedOneTakesItBack) {
  auto hdl = opened();
  const persistence::timer_views timers{journal.rows()};
  ASSERT_TRUE(ask<ticket_reply>(hdl, apply_atom_v, move(id, status::resolved)));
  EXPECT_EQ(timers.next_due(), wall + std::chrono::hours{72});
  ASSERT_TRUE(ask<ticket_reply>(hdl, apply_atom_v, say(id, "not yet")));
  EXPECT_EQ(stored(id)->state, status::pending);
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

TEST_F(Ticket, ADueTimerClosesTheTicketAndIsSpent) {
  auto hdl = opened();
  const persistence::timer_views timers{journal.rows()};
  ASSERT_TRUE(ask<ticket_reply>(hdl, apply_atom_v, move(id, status::resolved)));
  wall += std::chrono::hours{72};
  const auto due = timers.due(wall, 10);
  ASSERT_EQ(due.size(), 1u);
  self->send(hdl, wake_atom_v, due.front());
  self->send(hdl, wake_atom_v, due.front()); // It may come twice.
  sched.run();
  EXPECT_EQ(stored(id)->state, status::closed);
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

} // namespace
} // namespace switchboard::actors
