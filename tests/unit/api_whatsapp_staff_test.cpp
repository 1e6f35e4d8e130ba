#include "tests/unit/api_whatsapp_fixture.hpp"

namespace switchboard::api::whatsapp {
namespace {

class WhatsappStaff : public whatsapp_test {
protected:
  WhatsappStaff() {
    add_user(1, "Ben", agent_phone);
    add_user(2, "Cleo", "+15559990002");
    take(text_message("m1", "My order is late"));
  }

  domain::ticket ticket(std::size_t i = 0) {
    return tickets().at(i);
  }
  std::string say(std::string id, std::string words,
                  const std::string& quotes = {}) {
    auto message = from(agent_phone, std::move(id), std::move(words));
    message.reply_to = quotes;
    return take(std::move(message));
  }
  /// Ben has got a notification of the ticket.
  void notify(const std::string& id, std::size_t i = 0) {
    sent_report report;
    report.ticket = ticket(i).id;
    report.external_id = wire::external_id(wire::provider::baileys, "main", id);
    report.to_staff = true;
    EXPECT_EQ(replay(encode(report)).what, replay_result::kind::done);
  }
  texts last(std::size_t i = 0) {
    const auto all = said(ticket(i));
    return {all.begin() + 2, all.end()};
  }
};

TEST_F(WhatsappStaff, AnswersByTheTicketsName) {
  EXPECT_EQ(say("s1", "#1 We look into it"), "done");
  EXPECT_EQ(last(), texts{"agent: We look into it"});
  EXPECT_EQ(ticket().assignee, "1");
  EXPECT_EQ(ticket().state, domain::status::in_progress);
  EXPECT_EQ(thread(ticket())[2].message.sender_name, "Ben");
  EXPECT_EQ(say("s1", "#1 We look into it"), "repeated");
  EXPECT_EQ(say("s2", ticket().ref + " Found it"), "done");
  EXPECT_EQ(last().back(), "agent: Found it");
  EXPECT_TRUE(notices(agent_phone).empty());
}

TEST_F(WhatsappStaff, AnswersByQuoting) {
  notify("n1");
  EXPECT_EQ(say("s1", "We look into it", "n1"), "done");
  EXPECT_EQ(say("s2", "#1 and found it", "n1"), "done");
  EXPECT_EQ(last(), (texts{"agent: We look into it", "agent: and found it"}));
}

TEST_F(WhatsappStaff, IsAskedWhichTicketIsMeant) {
  EXPECT_EQ(say("s1", "We look into it"), "done");
  EXPECT_TRUE(last().empty());
  ASSERT_EQ(notices(agent_phone).size(), 1U);
  EXPECT_NE(notices(agent_phone)[0].find("#1"), std::string::npos);
  EXPECT_EQ(say("s2", "1"), "done");
  EXPECT_EQ(last(), texts{"agent: We look into it"});
  // They are said once.
  say("s3", "#1");
  EXPECT_EQ(last().size(), 1U);
  EXPECT_EQ(notices(agent_phone).size(), 2U);
  EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(WhatsappStaff, AnswersTheQuestionByPointing) {
  notify("n1");
  say("s1", "one");
  say("s2", "two");
  EXPECT_EQ(say("s3", "this one", "n1"), "done");
  EXPECT_EQ(last(), texts{"agent: one\ntwo"});
}

TEST_F(WhatsappStaff, WordsThatQuoteAreNoAnswerToTheQuestion) {
  notify("n1");
  say("s1", "for somebody else");
  say("s2", "Hello Ana", "n1");
  EXPECT_EQ(last(), texts{"agent: Hello Ana"});
}

TEST_F(WhatsappStaff, KeepsWordsForAnHour) {
  say("s1", "We look into it");
  hours += 2;
  say("s2", "#1");
  EXPECT_TRUE(last().empty());
}

TEST_F(WhatsappStaff, WordsThatWereSaidDoNotSwallowNewOnes) {
  say("s1", "We look into it");
  say("s2", "#1");
  // It could not be noted that they are said.
  persistence::changes left;
  left.rows.push_back(
    keep_row(agent_phone, {"baileys:main:s1", now(), "We look into it", {}}));
  save(std::move(left));
  say("s3", "Found it");
  say("s4", "#1");
  EXPECT_EQ(last(), (texts{"agent: We look into it", "agent: Found it"}));
}

TEST_F(WhatsappStaff, IsKnownByAnotherNameOnceItWasTold) {
  auto message = from(agent_phone, "s1", "#1 Hello");
  message.address = "77@lid";
  message.author.aliases = {"lid:77"};
  take(message);
  message.id = "s2";
  message.author.phone.clear();
  EXPECT_EQ(take(message), "done");
  EXPECT_EQ(last(), (texts{"agent: Hello", "agent: Hello"}));
  EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(WhatsappStaff, IsToldOfNamesThatAreNone) {
  say("s1", "#99 We look into it");
  EXPECT_TRUE(last().empty());
  say("s2", "#1");
  EXPECT_EQ(last(), texts{"agent: We look into it"});
}

TEST_F(WhatsappStaff, DoesNotTalkIntoOthersTickets) {
  domain::claim_ticket claim;
  claim.agent = "2";
  tell(ticket(), claim);
  say("s1", "#1 Hello");
  EXPECT_TRUE(last().empty());
  ASSERT_EQ(notices(agent_phone).size(), 1U);
  EXPECT_NE(notices(agent_phone)[0].find("Cleo"), std::string::npos);
}

TEST_F(WhatsappStaff, LeavesEscalatedTicketsToManagersAndAdmins) {
  domain::change_status escalate;
  escalate.to = domain::status::escalated;
  tell(ticket(), escalate);
  say("s1", "#1 Hello");
  EXPECT_TRUE(last().empty());
  EXPECT_EQ(ticket().state, domain::status::escalated);
  EXPECT_TRUE(ticket().assignee.empty());
  EXPECT_EQ(notices(agent_phone).size(), 1U);
  add_user(3, "Dora", "+15559990003", domain::user_role::admin);
  EXPECT_EQ(take(from("+15559990003", "s2", "#1 Hello")), "done");
  EXPECT_EQ(last(), texts{"agent: Hello"});
}

TEST_F(WhatsappStaff, HearsThatATicketIsClosed) {
  domain::change_status close;
  close.to = domain::status::closed;
  tell(ticket(), close);
  say("s1", "#1 Hello");
  EXPECT_EQ(notices(agent_phone).size(), 1U);
  EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(WhatsappStaff, TheManagerMayWriteOnAnyTicket) {
  domain::claim_ticket claim;
  claim.agent = "2";
  tell(ticket(), claim);
  EXPECT_EQ(take(from(manager_phone, "s1", "#1 I am sorry")), "done");
  EXPECT_EQ(last(), texts{"manager: I am sorry"});
  EXPECT_EQ(ticket().assignee, "2");
}

TEST_F(WhatsappStaff, SendsFiles) {
  auto message = from(agent_phone, "s1", "#1");
  std::get<wire::said>(message.what)
    .files.push_back({"image/jpeg", "a.jpg", 0, "", "bytes"});
  EXPECT_EQ(take(message), "done");
  EXPECT_EQ(thread(ticket())[2].message.attachments.size(), 1U);
}

TEST_F(WhatsappStaff, MendsTheirOwnWordsOnly) {
  say("s1", "#1 Helo");
  auto edit = from(agent_phone, "e1", "");
  edit.what = wire::edited{"s1", "Hello"};
  EXPECT_EQ(take(edit), "done");
  EXPECT_EQ(last(), texts{"agent: Hello"});
  // The ticket's name is no part of what the customer reads.
  edit.id = "e2";
  edit.what = wire::edited{"s1", "#1 Hello!"};
  EXPECT_EQ(take(edit), "done");
  EXPECT_EQ(last(), texts{"agent: Hello!"});
  edit.what = wire::edited{"m1", "nothing is late"};
  EXPECT_EQ(take(edit), "ignored");
  EXPECT_EQ(last(), texts{"agent: Hello!"});
}

TEST_F(WhatsappStaff, IsNoCustomerInAGroup) {
  auto message = in_group("g1", "@bot hello");
  message.is_addressed = true;
  message.author.phone = agent_phone;
  EXPECT_EQ(take(message), "ignored");
  EXPECT_EQ(tickets().size(), 1U);
}

// -- sessions -----------------------------------------------------------------

class WhatsappSessions : public whatsapp_test {
protected:
  static wire::inbound_message by_lid(std::string id, std::string phone) {
    auto out = text_message(std::move(id), "hi");
    out.address = "2251@lid";
    out.author = {"", std::move(phone), {"lid:2251"}};
    return out;
  }
};

TEST_F(WhatsappSessions, LearnsPhoneAndNameOfAChatWhenTheyAreTold) {
  take(by_lid("m1", ""));
  EXPECT_TRUE(tickets()[0].from.phone.empty());
  auto named = by_lid("m2", ana_phone);
  named.author.name = "Ana";
  take(named);
  ASSERT_EQ(tickets().size(), 1U);
  const auto session = session_of(tickets()[0]);
  EXPECT_EQ(session.contact.phone, ana_phone);
  EXPECT_EQ(session.identities, (texts{"lid:2251", "phone:" + ana_phone}));
  EXPECT_EQ(tickets()[0].from.name, "Ana");
  EXPECT_EQ(tickets()[0].from.phone, ana_phone);
  // From now on either name does.
  take(text_message("m3", "by phone"));
  EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(WhatsappSessions, ANameThatTwoHaveGoesToThePhones) {
  take(by_lid("m1", ""));
  take(text_message("m2", "hello"));
  ASSERT_EQ(tickets().size(), 2U);
  take(by_lid("m3", ana_phone));
  ASSERT_EQ(tickets().size(), 2U);
  const auto session = session_of(tickets()[1]);
  EXPECT_EQ(session.identities, (texts{"phone:" + ana_phone, "lid:2251"}));
  EXPECT_TRUE(session_of(tickets()[0]).identities.empty());
  EXPECT_EQ(session.lines.back().address, "2251@lid");
  take(by_lid("m4", ""));
  EXPECT_EQ(said(tickets()[1]).size(), 4U);
}

TEST_F(WhatsappSessions, TheNewestAddressOfALineIsTheLast) {
  take(text_message("m1", "hi"));
  auto other = text_message("m2", "hi");
  other.address = "2251@lid";
  take(other);
  take(text_message("m3", "hi"));
  const auto known = session_of(tickets()[0]).lines;
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known.back().address, ana_address);
}

TEST(WhatsappLearning, ForgetsTheOldestOfTooManyNamesButNotThePhone) {
  domain::session session;
  auto message = text_message("m", "hi");
  learn(session, message);
  for (int i = 0; i < 40; ++i) {
    message.author.aliases = {"lid:" + std::to_string(i)};
    EXPECT_TRUE(learn(session, message));
    EXPECT_FALSE(learn(session, message));
  }
  EXPECT_EQ(session.identities.size(), domain::chat_identities_max);
  EXPECT_EQ(session.identities.front(), "phone:" + ana_phone);
  EXPECT_EQ(session.identities.back(), "lid:39");
}

} // namespace
} // namespace switchboard::api::whatsapp
