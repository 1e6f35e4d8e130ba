#include "domain/session.hpp"

#include "domain/text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace switchboard::domain {
namespace {

TEST(VisitorWords, NameTheStatusOfATicket) {
  struct row {
    status state;
    const char* assignee;
    const char* word;
  };
  using enum status;
  for (const auto& [state, assignee, word] :
       {row{pending, "", "open"}, row{assigned, "", "open"},
        row{escalated, "", "open"}, row{assigned, "7", "claimed"},
        row{in_progress, "7", "claimed"}, row{waiting_customer, "7", "claimed"},
        row{escalated, "7", "claimed"}, row{resolved, "", "closed"},
        row{resolved, "7", "closed"}, row{closed, "7", "closed"}}) {
    ticket t;
    t.state = state;
    t.assignee = assignee;
    EXPECT_EQ(visitor_status(t), word) << to_string(state) << assignee;
  }
}

TEST(VisitorWords, NameTheSender) {
  EXPECT_EQ(visitor_sender(sender_role::customer), "visitor");
  EXPECT_EQ(visitor_sender(sender_role::agent), "agent");
  EXPECT_EQ(visitor_sender(sender_role::manager), "agent");
  EXPECT_EQ(visitor_sender(sender_role::bot), "system");
  EXPECT_EQ(visitor_sender(sender_role::system), "system");
}

TEST(DerivedSubject, IsTheFirstLineThatSaysSomething) {
  EXPECT_EQ(derived_subject("Where is my order?"), "Where is my order?");
  EXPECT_EQ(derived_subject(" \n\t\n  Hello  \nMore"), "Hello");
  EXPECT_EQ(derived_subject("a\tb\x7F"), "ab");
  EXPECT_EQ(derived_subject(" \n "), "Conversation");
  EXPECT_EQ(derived_subject(""), "Conversation");
}

TEST(DerivedSubject, IsCutBetweenCharacters) {
  std::string body;
  for (int i = 0; i < 200; ++i)
    body += "\u00e4";
  const auto subject = derived_subject(body);
  EXPECT_TRUE(is_clean_utf8(subject));
  EXPECT_EQ(count_code_points(subject), derived_subject_length_max);
  EXPECT_TRUE(subject.ends_with("\u2026"));
}

TEST(Categories, AreThoseOfTheListOrAny) {
  const std::array<std::string, 2> list{"Billing", "Delivery"};
  EXPECT_TRUE(is_open_category(list, "Billing"));
  EXPECT_TRUE(is_open_category(list, ""));
  EXPECT_FALSE(is_open_category(list, "billing"));
  EXPECT_FALSE(is_open_category(list, "Other"));
  EXPECT_TRUE(is_open_category({}, "Other"));
}

TEST(Contacts, ChangeWhereTheyAreTold) {
  const customer before{"John", "+12025550123", ""};
  contact_change change;
  EXPECT_EQ(changed(before, change), before);
  change.email = "john@example.com";
  change.phone = "";
  EXPECT_EQ(changed(before, change),
            (customer{"John", "", "john@example.com"}));
}

TEST(ClientIds, AreUniqueWithinTheirSession) {
  const session_id mine{uuid_of_number(1)};
  const session_id other{uuid_of_number(2)};
  message_draft message;
  message.external_id = visitor_external_id(mine, "m:1");
  EXPECT_NE(message.external_id, visitor_external_id(other, "m:1"));
  EXPECT_EQ(client_id_of(mine, message), "m:1");
  EXPECT_EQ(client_id_of(other, message), "");
  EXPECT_LE(
    visitor_external_id(mine, std::string(client_id_size_max, 'x')).size(),
    external_id_size_max);
  message.external_id = "SM0001";
  EXPECT_EQ(client_id_of(mine, message), "");
}

TEST(Sessions, AreKeptInTheTicketsThatTheyOpen) {
  create_ticket create;
  create.id = ticket_id{uuid_of_number(1)};
  create.number = ticket_number{1};
  create.ref = "T-1";
  create.session = session_place{session_id{uuid_of_number(9)}, 3};
  const auto events = decide(std::nullopt, create, {});
  ASSERT_TRUE(events);
  std::optional<ticket> state;
  for (const auto& event : events.value())
    apply(state, event);
  EXPECT_EQ(state->session, create.session);
}

} // namespace
} // namespace switchboard::domain
