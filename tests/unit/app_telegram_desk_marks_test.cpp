// What the desk says of customers who write from a phone: reactions, deletions,
// failed deliveries; and of tickets that are escalated.
#include "tests/unit/app_telegram_desk_world.hpp"

namespace switchboard::app {
namespace {

using domain::message_sequence;
using domain::priority;
using domain::sender_role;
using domain::status;

inline constexpr std::int64_t boss_chat = 509;

class TelegramDeskMarks : public desk_world {
protected:
  TelegramDeskMarks() {
    add_user(9, "Boss", "boss", boss_chat, domain::user_role::admin);
  }

  /// A ticket that came by WhatsApp, with agent 1.
  domain::ticket_id claimed(std::string body = "Where is my order?") {
    auto made = creation(std::move(body));
    made.via = domain::channel::whatsapp;
    made.first_message.via = made.via;
    made.from = {"Asha", "+12025550123", ""};
    made.first_message.sender_name = "Asha";
    apply(made.id, made);
    apply(made.id, domain::claim_ticket{"1"});
    return made.id;
  }

  static domain::react_to_message react(std::uint32_t to, std::string emoji,
                                        std::string by = "phone:+12025550123") {
    return {message_sequence{to}, std::move(by), "Asha", std::move(emoji)};
  }

  static domain::report_delivery fail(std::uint32_t message,
                                      std::uint32_t part = 0) {
    domain::report_delivery out;
    out.number = message_sequence{message};
    out.part = part;
    out.to = domain::delivery_state::failed;
    out.via = "whatsapp:cloud";
    out.reason = "they have not written for 24 hours";
    return out;
  }
};

const std::string first = "Customer #1 (Asha): Where is my order?";

TEST_F(TelegramDeskMarks, CallsWhoWritesFromAPhoneACustomer) {
  claimed();
  EXPECT_EQ(picture(ana_chat).back(), first);
  EXPECT_EQ(wire::desk::ticket_in_text(first), domain::ticket_number{1});
  EXPECT_EQ(wire::desk::ticket_in_text("Edited: " + first),
            domain::ticket_number{1});
}

TEST_F(TelegramDeskMarks, EditsACopyOfWhatWasDeleted) {
  const auto id = claimed();
  apply(id, domain::delete_message{message_sequence{1}, "Asha"});
  EXPECT_EQ(picture(ana_chat).back(),
            "Customer #1 (Asha) deleted this message.");
  const auto count = picture(ana_chat).size();
  apply(id, domain::delete_message{message_sequence{1}, "Asha"});
  EXPECT_EQ(picture(ana_chat).size(), count);
  EXPECT_EQ(picture(group_chat).front().find("order"), std::string::npos)
    << "neither does the card quote it";
}

TEST_F(TelegramDeskMarks, ADeletedMessageThatStillWaitsIsNotShown) {
  const auto id = claimed();
  auto late = words("Never mind", sender_role::customer, "Asha");
  auto waiting = plan(id, {domain::add_message{std::move(late)}});
  auto more = plan(id, {domain::delete_message{message_sequence{2}, "Asha"}});
  std::move(more.begin(), more.end(), std::back_inserter(waiting));
  send(std::move(waiting));
  for (const auto& line : picture(ana_chat))
    EXPECT_EQ(line.find("Never mind"), std::string::npos) << line;
}

TEST_F(TelegramDeskMarks, TellOfReactions) {
  const auto id = claimed();
  apply(id, react(1, "👍"));
  EXPECT_EQ(picture(ana_chat).back(),
            "Customer #1 (Asha) reacted with 👍 to \"Where is my order?\"");
  const auto count = picture(ana_chat).size();
  apply(id, react(1, ""));
  apply(id, react(1, "❤", "1"));
  EXPECT_EQ(picture(ana_chat).size(), count)
    << "neither when it is taken back, nor of the agent's own";
}

TEST_F(TelegramDeskMarks, ANoticeAnswersTheAgentsOwnMessage) {
  const auto id = claimed();
  auto own = words("On its way", sender_role::agent, "Ana");
  own.external_id = wire::desk::external_id(
    {wire::bot_number{desk_bot}, wire::chat_id{ana_chat}, wire::message_id{7}});
  apply(id, domain::add_message{own});
  apply(id, react(2, "🎉"));
  EXPECT_EQ(chats[ana_chat].rbegin()->second.reply_to, 7);
}

TEST_F(TelegramDeskMarks, TellOnceOfWhatDidNotReachTheCustomer) {
  const auto id = claimed();
  apply(id, domain::add_message{words("Tomorrow", sender_role::agent, "Ben")});
  const auto before = picture(ana_chat).size();
  auto sent = fail(2);
  sent.to = domain::delivery_state::sent;
  apply(id, sent);
  EXPECT_EQ(picture(ana_chat).size(), before);
  send(plan(id, {fail(2), fail(2, 1)}));
  apply(id, fail(2, 2));
  ASSERT_EQ(picture(ana_chat).size(), before + 1);
  EXPECT_EQ(picture(ana_chat).back(),
            "#1 • The customer did not get \"Tomorrow\": they have not written "
            "for 24 hours");
}

TEST_F(TelegramDeskMarks, TellGroupHolderAndAdminsOfAnEscalation) {
  const auto id = claimed();
  apply(id, domain::change_status{status::escalated, "angry", "2"});
  const std::string text
    = "Ticket #1 is escalated: angry\n\"Where is my order?\"";
  EXPECT_EQ(picture(group_chat).back(), text);
  EXPECT_EQ(picture(ana_chat).back(), text);
  EXPECT_EQ(picture(boss_chat), lines{text});
  EXPECT_TRUE(picture(ben_chat).empty());
}

TEST_F(TelegramDeskMarks, TellNobodyOfAnEscalationWhoDidItThemselves) {
  const auto id = claimed();
  const auto before = picture(ana_chat).size();
  apply(id, domain::change_status{status::escalated, {}, "1"});
  EXPECT_EQ(picture(ana_chat).size(), before);
  EXPECT_EQ(picture(boss_chat).size(), 1u);
}

TEST_F(TelegramDeskMarks, ShowWhatIsMoreUrgentThanUsual) {
  auto made = creation();
  made.urgency = priority::urgent;
  apply(made.id, made);
  EXPECT_EQ(picture(group_chat),
            lines{"New ticket #1 • General • urgent\n\"Where is my order?\" "
                  "[Claim=CLAIM#1] [Pass=PASS#1]"});
  apply(made.id, domain::change_priority{priority::low, "1"});
  EXPECT_EQ(picture(group_chat),
            lines{"New ticket #1 • General\n\"Where is my order?\" "
                  "[Claim=CLAIM#1] [Pass=PASS#1]"});
}

TEST_F(TelegramDeskMarks, AskNobodyForAnAddressWhoWritesFromAPhone) {
  domain::ticket ticket;
  ticket.via = domain::channel::whatsapp;
  EXPECT_TRUE(desk->rules().notice(ticket).empty());
  ticket.via = domain::channel::web;
  EXPECT_FALSE(desk->rules().notice(ticket).empty());
}

} // namespace
} // namespace switchboard::app
