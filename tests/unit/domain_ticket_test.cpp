#include "domain/match.hpp"
#include "domain/ticket.hpp"
#include "tests/unit/domain_ticket_fixture.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace switchboard::domain::testing {
namespace {

TEST_F(Ticket, StartsWithItsFirstMessage) {
  const auto c = creation();
  const auto events = decide(std::nullopt, c, ctx).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(fact<ticket_created>(events, 0).ref, c.ref);
  EXPECT_EQ(fact<message_added>(events, 1).number, message_sequence{1});
  EXPECT_EQ(fact<message_added>(events, 1).message, c.first_message);
  EXPECT_EQ(events[0].number, sequence{1});
  EXPECT_EQ(events[1].number, sequence{2});
  EXPECT_EQ(events[0].at, noon);
}

TEST_F(Ticket, WaitsInTheQueueAtFirst) {
  const auto c = creation();
  EXPECT_EQ(state->id, c.id);
  EXPECT_EQ(state->number, c.number);
  EXPECT_EQ(state->ref, c.ref);
  EXPECT_EQ(state->from, c.from);
  EXPECT_EQ(state->subject, c.subject);
  EXPECT_EQ(state->urgency, priority::high);
  EXPECT_EQ(state->state, status::pending);
  EXPECT_TRUE(state->assignee.empty());
  EXPECT_EQ(state->created_at, noon);
  EXPECT_EQ(state->updated_at, noon);
  EXPECT_EQ(state->last_message, message_sequence{1});
  EXPECT_EQ(state->last_event, sequence{2});
}

TEST_F(Ticket, IsCreatedOnce) {
  EXPECT_EQ(refusal(creation()).code, errc::already_exists);
}

TEST_F(Ticket, MustExistForEverythingElse) {
  state.reset();
  const std::vector<ticket_command> commands{
    add_message{draft(sender_role::customer)},
    change_status{},
    claim_ticket{"ann"},
    assign_ticket{"ann", "", ""},
    release_ticket{},
    change_priority{},
  };
  for (const auto& cmd : commands)
    EXPECT_EQ(refusal(cmd).code, errc::unknown_ticket) << cmd.index();
}

TEST_F(Ticket, CountsMessagesAndRemembersWhenItChanged) {
  later(5min);
  run(add_message{draft(sender_role::agent)});
  EXPECT_EQ(state->last_message, message_sequence{2});
  EXPECT_EQ(state->last_event, sequence{3});
  EXPECT_EQ(state->updated_at, noon + 5min);
  EXPECT_EQ(state->created_at, noon);
}

TEST_F(Ticket, HistoryDoesNotStepBackWithTheClock) {
  later(-1h);
  const auto events = run(add_message{draft(sender_role::agent)});
  EXPECT_EQ(events.at(0).at, noon);
}

TEST_F(Ticket, CustomerMessagesMoveItAsTheRulesSay) {
  struct row {
    status before;
    const char* assignee;
    status after;
  };
  const std::vector<row> rows{
    {status::pending, "", status::pending},
    {status::assigned, "ann", status::assigned},
    {status::in_progress, "ann", status::in_progress},
    {status::waiting_customer, "ann", status::in_progress},
    {status::escalated, "", status::escalated},
    {status::resolved, "ann", status::in_progress},
    {status::resolved, "", status::pending},
  };
  for (const auto& r : rows) {
    put(r.before, r.assignee);
    const auto events = run(add_message{draft(sender_role::customer)});
    EXPECT_EQ(state->state, r.after) << to_string(r.before);
    EXPECT_EQ(state->assignee, r.assignee) << to_string(r.before);
    EXPECT_EQ(events.size(), r.before == r.after ? 1U : 2U);
    // The message is the cause, so it comes first.
    EXPECT_NO_THROW(fact<message_added>(events, 0)) << to_string(r.before);
  }
}

TEST_F(Ticket, OthersMessagesMoveNothing) {
  for (const auto s : {status::pending, status::assigned, status::in_progress,
                       status::waiting_customer, status::escalated,
                       status::resolved, status::closed})
    for (const auto role : {sender_role::agent, sender_role::manager,
                            sender_role::bot, sender_role::system}) {
      put(s, "ann");
      EXPECT_EQ(run(add_message{draft(role)}).size(), 1U);
      EXPECT_EQ(state->state, s);
    }
}

TEST_F(Ticket, ReopensUntilTheWindowEnds) {
  put(status::resolved, "ann");
  later(72h);
  run(add_message{draft(sender_role::customer)});
  EXPECT_EQ(state->state, status::in_progress);
  EXPECT_FALSE(state->resolved_at);
}

TEST_F(Ticket, IsOverAfterTheWindow) {
  put(status::resolved, "ann");
  later(72h + 1ms);
  EXPECT_EQ(refusal(add_message{draft(sender_role::customer)}).code,
            errc::conversation_over);
}

TEST_F(Ticket, IsOverOnceClosed) {
  put(status::closed, "ann");
  EXPECT_EQ(refusal(add_message{draft(sender_role::customer)}).code,
            errc::conversation_over);
}

TEST_F(Ticket, NewOneNamesTheOneItFollows) {
  auto c = creation();
  c.follows = ticket_id{make_uuid7(noon, 1, 1)};
  state.reset();
  run(c);
  EXPECT_EQ(state->follows, c.follows);
}

TEST_F(Ticket, ChangesStatusOnlyAlongTheTable) {
  for (const auto from : {status::pending, status::assigned,
                          status::in_progress, status::waiting_customer,
                          status::escalated, status::resolved, status::closed})
    for (const auto to :
         {status::pending, status::assigned, status::in_progress,
          status::waiting_customer, status::escalated, status::resolved,
          status::closed}) {
      put(from);
      const auto events = ask(change_status{to, "because", "ann"});
      ASSERT_EQ(events.has_value(), may_move(from, to))
        << to_string(from) << " to " << to_string(to);
      if (!events) {
        EXPECT_EQ(events.error().code, errc::illegal_transition);
        continue;
      }
      ASSERT_EQ(events.value().size(), 1U);
      EXPECT_EQ(fact<status_changed>(events.value(), 0),
                (status_changed{from, to, "because", "ann"}));
    }
}

TEST_F(Ticket, NamesTheLegalMovesWhenItRefuses) {
  put(status::closed);
  EXPECT_EQ(refusal(change_status{status::resolved, "", "ann"}),
            (error{errc::illegal_transition, "closed may go to: pending"}));
  put(status::resolved);
  EXPECT_EQ(refusal(change_status{status::resolved, "", "ann"}).detail,
            "resolved may go to: in_progress, pending, closed");
}

TEST_F(Ticket, BelongsToNobodyWhenBackInTheQueue) {
  put(status::in_progress, "ann");
  const auto events = run(change_status{status::pending, "lunch", "ann"});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(fact<assignee_changed>(events, 1).agent, "");
  EXPECT_EQ(state->assignee, "");
  EXPECT_EQ(state->state, status::pending);
}

TEST_F(Ticket, RemembersWhenItWasResolvedAndClosed) {
  later(1h);
  run(change_status{status::resolved, "", "ann"});
  EXPECT_EQ(state->resolved_at, noon + 1h);
  EXPECT_FALSE(state->closed_at);
  later(1h);
  run(change_status{status::closed, "", "ann"});
  EXPECT_EQ(state->resolved_at, noon + 1h);
  EXPECT_EQ(state->closed_at, noon + 2h);
  run(change_status{status::pending, "", "ann"});
  EXPECT_FALSE(state->resolved_at);
  EXPECT_FALSE(state->closed_at);
}

TEST_F(Ticket, FirstClaimWins) {
  const auto events = run(claim_ticket{"ann"});
  EXPECT_EQ(events.size(), 2U);
  EXPECT_EQ(state->state, status::assigned);
  EXPECT_EQ(state->assignee, "ann");
  EXPECT_EQ(refusal(claim_ticket{"bob"}),
            (error{errc::already_assigned, "ann"}));
  EXPECT_EQ(refusal(claim_ticket{"ann"}),
            (error{errc::already_assigned, "ann"}));
}

TEST_F(Ticket, IsClaimedOnlyWhereTheTableLeadsToAssigned) {
  struct row {
    status before;
    bool allowed;
  };
  const std::vector<row> rows{
    {status::pending, true},     {status::assigned, true},
    {status::in_progress, true}, {status::waiting_customer, false},
    {status::escalated, true},   {status::resolved, false},
    {status::closed, false},
  };
  for (const auto& r : rows) {
    put(r.before);
    const auto events = ask(claim_ticket{"ann"});
    EXPECT_EQ(events.has_value(), r.allowed) << to_string(r.before);
    if (!events) {
      EXPECT_EQ(events.error().code, errc::illegal_transition);
    }
  }
}

TEST_F(Ticket, IsAssignedWhoeverHoldsIt) {
  struct row {
    status before;
    const char* holder;
    bool allowed;
    status after;
    std::size_t events;
  };
  const std::vector<row> rows{
    {status::pending, "", true, status::assigned, 2},
    {status::escalated, "", true, status::assigned, 2},
    {status::escalated, "bob", true, status::assigned, 2},
    {status::escalated, "ann", true, status::assigned, 1},
    {status::assigned, "bob", true, status::assigned, 1},
    {status::in_progress, "bob", true, status::in_progress, 1},
    {status::waiting_customer, "bob", true, status::waiting_customer, 1},
    {status::assigned, "ann", true, status::assigned, 0},
    {status::resolved, "bob", false, status::resolved, 0},
    {status::closed, "bob", false, status::closed, 0},
  };
  for (const auto& r : rows) {
    put(r.before, r.holder);
    const assign_ticket cmd{"ann", "her field", "boss"};
    if (!r.allowed) {
      EXPECT_EQ(refusal(cmd).code, errc::illegal_transition);
      continue;
    }
    EXPECT_EQ(run(cmd).size(), r.events) << to_string(r.before);
    EXPECT_EQ(state->state, r.after) << to_string(r.before);
    EXPECT_EQ(state->assignee, "ann") << to_string(r.before);
  }
}

TEST_F(Ticket, IsReleasedIntoTheQueue) {
  for (const auto s :
       {status::assigned, status::in_progress, status::waiting_customer}) {
    put(s, "ann");
    EXPECT_EQ(run(release_ticket{"end of shift", "ann"}).size(), 2U);
    EXPECT_EQ(state->state, status::pending);
    EXPECT_EQ(state->assignee, "");
  }
  for (const auto s :
       {status::pending, status::escalated, status::resolved, status::closed}) {
    put(s, "ann");
    EXPECT_EQ(refusal(release_ticket{"", "ann"}).code,
              errc::illegal_transition);
  }
}

TEST_F(Ticket, ChangesPriorityOnce) {
  const auto events = run(change_priority{priority::urgent, "ann"});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(fact<priority_changed>(events, 0),
            (priority_changed{priority::high, priority::urgent, "ann"}));
  EXPECT_EQ(state->urgency, priority::urgent);
  EXPECT_TRUE(run(change_priority{priority::urgent, "ann"}).empty());
}

TEST(Channel, GoesThroughItsWords) {
  for (const auto c : {channel::web, channel::whatsapp, channel::telegram,
                       channel::api, channel::email})
    EXPECT_EQ(parse_channel(to_string(c)), c);
  for (const auto* word : {"", "Web", "sms", "unknown_channel"})
    EXPECT_FALSE(parse_channel(word)) << word;
}

TEST(SenderRole, KnowsStaff) {
  EXPECT_TRUE(is_staff(sender_role::agent));
  EXPECT_TRUE(is_staff(sender_role::manager));
  EXPECT_FALSE(is_staff(sender_role::customer));
  EXPECT_FALSE(is_staff(sender_role::bot));
  EXPECT_FALSE(is_staff(sender_role::system));
  EXPECT_EQ(to_string(sender_role::manager), "manager");
}

// -- updates: several changes at once -----------------------------------------

TEST_F(Ticket, ChangesSeveralThingsAtOnce) {
  update_ticket u;
  u.edits.subject = "A found parcel";
  u.edits.tags = std::vector<std::string>{"parcel"};
  u.urgency = priority::low;
  u.assignee = "7";
  u.actor = "boss";
  const auto events = run(u);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(fact<ticket_edited>(events, 0).edits.subject, "A found parcel");
  EXPECT_EQ(state->subject, "A found parcel");
  EXPECT_EQ(state->tags, std::vector<std::string>{"parcel"});
  EXPECT_EQ(state->urgency, priority::low);
  EXPECT_EQ(state->assignee, "7");
  EXPECT_EQ(state->state, status::assigned);
}

TEST_F(Ticket, RecordsOnlyWhatAnUpdateChanges) {
  update_ticket u;
  u.edits.subject = state->subject;
  u.urgency = state->urgency;
  u.state = state->state;
  EXPECT_TRUE(run(u).empty());
}

TEST_F(Ticket, RefusesAnUpdateAsAWhole) {
  put(status::closed);
  update_ticket u;
  u.edits.subject = "other";
  u.state = status::in_progress;
  EXPECT_EQ(refusal(u).code, errc::illegal_transition);
  u.state = status::pending;
  u.assignee = "7";
  EXPECT_EQ(refusal(u).code, errc::invalid);
}

TEST_F(Ticket, GoesBackIntoTheQueueWhenTakenAway) {
  put(status::in_progress, "7");
  update_ticket u;
  u.assignee = "";
  const auto events = run(u);
  EXPECT_EQ(fact<assignee_changed>(events, 1).previous, "7");
  EXPECT_EQ(state->state, status::pending);
}

TEST_F(Ticket, KeepsNotesOutOfTheConversation) {
  const auto before = state->last_message;
  run(add_note{"calls every day", "ann"});
  run(mention_user{"7", "Bob", "", "ann"});
  EXPECT_EQ(state->last_message, before);
}

TEST_F(Ticket, RemembersTheFirstResponse) {
  run(add_message{draft(sender_role::customer)});
  run(add_message{draft(sender_role::bot)});
  EXPECT_FALSE(state->first_response_at);
  later(5min);
  run(add_message{draft(sender_role::agent)});
  later(5min);
  run(add_message{draft(sender_role::agent)});
  EXPECT_EQ(state->first_response_at, noon + 5min);
}

TEST_F(Ticket, MayStartWithoutAMessageAndWithAnAgent) {
  auto c = creation();
  c.first_message = {};
  c.assignee = "7";
  c.actor = "key:1";
  state.reset();
  const auto events = run(c);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(state->last_message, message_sequence{});
  EXPECT_EQ(state->state, status::assigned);
  EXPECT_EQ(state->assignee, "7");
}

} // namespace
} // namespace switchboard::domain::testing
