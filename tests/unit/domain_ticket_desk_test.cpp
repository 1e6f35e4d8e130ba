// What visitors' tickets need: passing, reminding, editing, progress.

#include "domain/ticket.hpp"
#include "tests/unit/domain_ticket_fixture.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace switchboard::domain::testing {
namespace {

TEST_F(Ticket, TellsTheCustomerSomethingAtOnce) {
  auto create = creation();
  create.notice = draft(sender_role::system, "We are back on Monday.");
  std::optional<ticket> fresh;
  const auto events = decide(fresh, create, ctx);
  ASSERT_TRUE(events);
  ASSERT_EQ(events.value().size(), 3U);
  for (const auto& e : events.value())
    apply(fresh, e);
  EXPECT_EQ(fresh->last_message, message_sequence{2});
  EXPECT_EQ(std::get<message_added>(events.value()[2].fact).message,
            create.notice);
  EXPECT_FALSE(fresh->first_response_at) << "a notice is no answer";
}

TEST_F(Ticket, RecordsEachPassOnce) {
  EXPECT_EQ(run(pass_ticket{"7"}).size(), 1U);
  EXPECT_TRUE(run(pass_ticket{"7"}).empty());
  run(pass_ticket{"8"});
  EXPECT_EQ(state->passed_by, (std::vector<std::string>{"7", "8"}));
  run(claim_ticket{"8"});
  EXPECT_TRUE(state->passed_by.empty());
  const auto late = ask(pass_ticket{"7"});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, errc::already_assigned);
  EXPECT_EQ(late.error().detail, "8");
  run(release_ticket{});
  EXPECT_EQ(run(pass_ticket{"7"}).size(), 1U) << "it waits anew";
  run(change_status{status::closed, "", "8"});
  EXPECT_FALSE(ask(pass_ticket{"9"}));
}

TEST_F(Ticket, IsCalledOverdueOnceForEachWait) {
  const auto ask_contact = draft(sender_role::system, "How do we reach you?");
  const auto first = run(remind_unclaimed{ask_contact});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<claim_overdue>(first[0].fact));
  EXPECT_TRUE(state->is_overdue);
  EXPECT_EQ(state->last_message, message_sequence{2});
  EXPECT_TRUE(run(remind_unclaimed{ask_contact}).empty());
  run(claim_ticket{"7"});
  EXPECT_FALSE(state->is_overdue);
  EXPECT_TRUE(run(remind_unclaimed{ask_contact}).empty()) << "somebody has it";
  run(release_ticket{});
  EXPECT_EQ(run(remind_unclaimed{}).size(), 1U) << "nothing to say";
}

TEST_F(Ticket, KnowsSinceWhenItWaitsAndSinceWhenItIsSomebodys) {
  EXPECT_EQ(state->waiting_since, noon);
  EXPECT_FALSE(state->assigned_at);
  ctx.now += 5min;
  run(claim_ticket{"7"});
  EXPECT_FALSE(state->waiting_since);
  EXPECT_EQ(state->assigned_at, ctx.now);
  ctx.now += 5min;
  run(assign_ticket{"8", "", "7"});
  EXPECT_EQ(state->assigned_at, ctx.now);
  ctx.now += 5min;
  run(release_ticket{});
  EXPECT_EQ(state->waiting_since, ctx.now);
  EXPECT_FALSE(state->assigned_at);
}

TEST_F(Ticket, HasItsMessagesEdited) {
  auto words = draft(sender_role::customer, "Where is my parcel?");
  ctx.now += 1min;
  const auto events = run(edit_message{message_sequence{1}, noon, words});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<message_edited>(events[0].fact),
            (message_edited{message_sequence{1}, noon, words}));
  EXPECT_EQ(state->last_message, message_sequence{1});
  EXPECT_FALSE(ask(edit_message{message_sequence{2}, noon, words}));
  EXPECT_FALSE(ask(edit_message{message_sequence{0}, noon, words}));
}

TEST_F(Ticket, TakesReportsOfProgress) {
  const auto events = run(report_progress{"half done", "7"});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<progress_reported>(events[0].fact),
            (progress_reported{"half done", "7"}));
}

TEST_F(Ticket, MayStartWithAFileAlone) {
  auto create = creation();
  create.first_message.body.clear();
  create.first_message.attachments
    = {{attachment_id{make_uuid7(noon, 1, 1)}, "photo.jpg", "image/jpeg", 9}};
  const auto events = decide(std::nullopt, create, ctx);
  ASSERT_TRUE(events);
  EXPECT_EQ(events.value().size(), 2U);
}

} // namespace
} // namespace switchboard::domain::testing
