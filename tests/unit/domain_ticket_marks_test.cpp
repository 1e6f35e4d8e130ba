// What is told of messages after they were written, and of a customer who does
// not answer.
#include "tests/unit/domain_ticket_fixture.hpp"

#include <algorithm>
#include <array>

namespace switchboard::domain::testing {
namespace {

constexpr message_sequence first{1};
constexpr message_sequence none{2};

TEST_F(Ticket, TakesReactionsToItsMessages) {
  EXPECT_FALSE(state->is_marked);
  const auto events = run(react_to_message{first, "lid:7", "Jane", "👍"});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(fact<message_reacted>(events, 0),
            (message_reacted{first, "lid:7", "Jane", "👍"}));
  EXPECT_TRUE(state->is_marked);
  run(react_to_message{first, "lid:7", "Jane", ""});
  EXPECT_EQ(refusal(react_to_message{none, "lid:7", "Jane", "👍"}).code,
            errc::invalid);
  EXPECT_EQ(refusal(react_to_message{{}, "lid:7", "Jane", "👍"}).code,
            errc::invalid);
}

TEST_F(Ticket, HasItsMessagesTakenBack) {
  const auto events = run(delete_message{first, "Jane"});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(fact<message_deleted>(events, 0), (message_deleted{first, "Jane"}));
  EXPECT_TRUE(state->is_marked);
  EXPECT_EQ(state->last_message, first) << "its number is not given again";
  EXPECT_EQ(refusal(delete_message{none, "Jane"}).code, errc::invalid);
}

TEST_F(Ticket, HearsHowFarItsMessagesHaveCome) {
  const report_delivery report{
    first, 1, delivery_state::failed, "whatsapp:cloud", "cloud:1:a", "no"};
  const auto events = run(report);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(fact<delivery_reported>(events, 0),
            (delivery_reported{first, 1, delivery_state::failed,
                               "whatsapp:cloud", "cloud:1:a", "no"}));
  EXPECT_TRUE(state->is_marked);
  auto other = report;
  other.number = none;
  EXPECT_EQ(refusal(other).code, errc::invalid);
}

TEST_F(Ticket, IsMarkedEvenWhenItIsOver) {
  put(status::closed);
  run(react_to_message{first, "lid:7", "Jane", "👍"});
  run(delete_message{first, "Jane"});
  run(report_delivery{first, 0, delivery_state::read, "", "", ""});
  EXPECT_EQ(state->state, status::closed);
}

TEST(DeliveryState, GoesForwardOnly) {
  using enum delivery_state;
  // Each says more than those before it.
  constexpr std::array order{queued, sent, failed, delivered, read};
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t j = 0; j < order.size(); ++j)
      EXPECT_EQ(farther(order.at(i), order.at(j)), order.at(std::max(i, j)))
        << to_string(order.at(i)) << " and " << to_string(order.at(j));
}

TEST(DeliveryState, IsAWord) {
  using enum delivery_state;
  for (const auto s : {queued, sent, delivered, read, failed})
    EXPECT_EQ(parse_delivery_state(to_string(s)), s);
  EXPECT_FALSE(parse_delivery_state("seen"));
  EXPECT_FALSE(parse_delivery_state(""));
}

TEST_F(Ticket, RemindsTheCustomerOnceForEachWait) {
  const remind_customer remind{draft(sender_role::bot, "Are you there?")};
  EXPECT_TRUE(run(remind).empty()) << "it does not wait for them";
  run(claim_ticket{"7"});
  run(change_status{status::in_progress, "", "7"});
  run(change_status{status::waiting_customer, "", "7"});
  EXPECT_EQ(state->awaiting_since, noon);
  later(24h);
  const auto events = run(remind);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(fact<customer_reminded>(events, 0), customer_reminded{});
  EXPECT_EQ(fact<message_added>(events, 1).message.body, "Are you there?");
  EXPECT_TRUE(state->is_reminded);
  EXPECT_EQ(state->state, status::waiting_customer);
  EXPECT_EQ(state->awaiting_since, noon) << "the wait goes on";
  EXPECT_TRUE(run(remind).empty());
  run(add_message{draft(sender_role::customer, "Yes")});
  EXPECT_NE(state->state, status::waiting_customer);
  EXPECT_FALSE(state->awaiting_since);
  EXPECT_FALSE(state->is_reminded);
  run(change_status{status::waiting_customer, "", "7"});
  EXPECT_EQ(state->awaiting_since, ctx.now);
  EXPECT_EQ(run(remind).size(), 2U);
}

TEST_F(Ticket, RemindsTheCustomerWithoutWordsToo) {
  put(status::waiting_customer);
  EXPECT_EQ(run(remind_customer{}).size(), 1U);
  EXPECT_TRUE(state->is_reminded);
}

} // namespace
} // namespace switchboard::domain::testing
