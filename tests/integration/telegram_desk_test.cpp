// The visitors' desk at Telegram: claims, and conversations in both directions.
#include "tests/integration/telegram_desk_fixture.hpp"

#include "tests/integration/event_reader.hpp"

#include <algorithm>

namespace switchboard::test {
namespace {

class TelegramDesk : public desk_test {};

TEST_F(TelegramDesk, BringsAVisitorAndAnAgentTogether) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor({{"name", "Asha"}});
  EXPECT_EQ(
    asha.say({{"body", "Where is my order?"}, {"category", "Billing"}}).status,
    201);
  const auto card_1 = card("1");
  EXPECT_EQ(card_1.text, "New ticket #1 • Billing\n\"Where is my order?\"");
  EXPECT_TRUE(card_1.has_button("CLAIM#1"));
  EXPECT_TRUE(card_1.has_button("PASS#1"));
  connect(ana, "1");
  world.wait_for(world.chat(ana), "Visitor #1 (Asha): Where is my order?");
  world.wait_until(card_1, [](const auto& message) {
    return message.buttons.size() == 1
           && message.buttons[0][0].text == "Claimed by @ana";
  });
  EXPECT_EQ(text_at(asha.read(), "/agent/name"), "Ana");
  tells(ana, "It left yesterday.");
  EXPECT_EQ(asha.bodies(), (lines{"Where is my order?", "It left yesterday."}));
  EXPECT_EQ(text_at(ticket("1"), "/status"), "in_progress");
  asha.write("Thank you!");
  world.wait_for(world.chat(ana), "Visitor #1 (Asha): Thank you!");
  tells(ana, "/close");
  world.wait_for(world.chat(ana), "Ticket #1 is closed.");
  world.wait_until(card_1, [](const auto& message) {
    return message.buttons.size() == 1
           && message.buttons[0][0].text == "Closed";
  });
  EXPECT_EQ(text_at(asha.read(), "/ticket/status"), "closed");
  // Nothing was echoed.
  EXPECT_EQ(world.count(world.chat(ana), "It left yesterday."), 0u);
}

TEST_F(TelegramDesk, OfTwoTapsAtOnceOneWins) {
  const auto ana = world.agent("Ana", "ana");
  const auto ben = world.agent("Ben", "ben");
  for (int round = 1; round <= 5; ++round) {
    auto asha = visitor();
    asha.write("Help");
    const auto shown = card(std::to_string(round));
    world.telegram.hold_updates(world.bot);
    const auto first = world.press(ana, shown, "Claim");
    const auto second = world.press(ben, shown, "Claim");
    world.telegram.release_updates(world.bot);
    const std::vector answers{world.answer_to(first), world.answer_to(second)};
    const auto yours = "Ticket #" + std::to_string(round) + " is yours";
    EXPECT_EQ(std::count(answers.begin(), answers.end(), yours), 1);
    const auto loser = answers[0] == yours ? answers[1] : answers[0];
    EXPECT_EQ(loser, answers[0] == yours ? "@ana has it" : "@ben has it");
  }
}

TEST_F(TelegramDesk, SaysWhenEverybodyHasPassed) {
  const auto ana = world.agent("Ana", "ana");
  const auto ben = world.agent("Ben", "ben");
  // Those who have claimed once are known.
  visitor().write("first");
  visitor().write("second");
  connect(ana, "1");
  connect(ben, "2");
  visitor().write("third");
  const auto shown = card("3");
  EXPECT_EQ(world.tap(ana, shown, "Pass"), "You pass on ticket #3");
  EXPECT_EQ(world.tap(ben, shown, "Pass"), "You pass on ticket #3");
  const auto said = world.wait_for(world.group, "Everybody has passed");
  EXPECT_EQ(said.reply_to, shown.message_id);
  EXPECT_EQ(world.tap(ben, shown, "Pass"), "You pass on ticket #3");
  EXPECT_TRUE(world.is_settled());
  EXPECT_EQ(world.count(world.group, "Everybody has passed"), 1u);
  EXPECT_EQ(world.tap(ana, shown, "Claim"), "Ticket #3 is yours");
}

TEST_F(TelegramDesk, AStrangersFirstClaimMakesThemAnAgent) {
  // Somebody else has the name already.
  rest_client admin{world.server()};
  make_user(admin, "Another Ana", {{"username", "ana"}});
  const auto ana = world.agent("Ana", "ana");
  visitor().write("Help");
  connect(ana, "1");
  const auto users = admin.read("/api/v1/users").at("data").as_array();
  ASSERT_EQ(users.size(), 2u);
  EXPECT_EQ(text_at(users[1], "/name"), "Ana");
  EXPECT_EQ(text_at(users[1], "/role"), "agent");
  EXPECT_TRUE(users[1].at("username").is_null());
  EXPECT_EQ(users[1].at("telegram_id"), ana.id());
  make_user(admin, "One more");
}

class ClosedTelegramDesk : public desk_test {
protected:
  ClosedTelegramDesk()
    : desk_test{settings{{"SWITCHBOARD_DESK_OPEN_REGISTRATION", "false"}}} {}
};

TEST_F(ClosedTelegramDesk, TurnsStrangersAway) {
  const auto eve = world.agent("Eve", "eve");
  visitor().write("Help");
  EXPECT_EQ(claim(eve, "1"), "Sorry, only members of the team can do this.");
  EXPECT_EQ(text_at(ticket("1"), "/status"), "pending");
  eve.says(world.chat(eve), "Hello?");
  eve.says(world.chat(eve), "Hello??");
  EXPECT_TRUE(world.is_settled());
  world.wait_for(world.chat(eve), "Sorry, this bot is for the team only.");
  EXPECT_EQ(world.count(world.chat(eve), "Sorry"), 1u);
  make_user(rest_client{world.server()}, "Eve", {{"telegram_id", eve.id()}});
  EXPECT_EQ(claim(eve, "1"), "Ticket #1 is yours");
}

TEST_F(TelegramDesk, AQuotePicksTheTicket) {
  const auto ana = world.agent("Ana", "ana");
  auto first = visitor();
  auto second = visitor();
  first.write("I am the first");
  second.write("I am the second");
  connect(ana, "1");
  connect(ana, "2");
  const auto chat = world.chat(ana);
  const auto quoted = world.wait_for(chat, "I am the first");
  world.wait_for(chat, "I am the second");
  tells(ana, "to the second");
  const auto own = tells(ana, "to the first", quoted.message_id);
  tells(ana, "and again to the first", own);
  EXPECT_EQ(first.bodies(), (lines{"I am the first", "to the first",
                                   "and again to the first"}));
  EXPECT_EQ(second.bodies(), (lines{"I am the second", "to the second"}));
  // A tap on its button brings a message to quote.
  tells(ana, "/tickets");
  const auto list = world.wait_for(chat, "Your open tickets:");
  EXPECT_NE(list.text.find("#1 • General • 0 min"), std::string::npos);
  world.tap(ana, list, "TICKET#1");
  EXPECT_TRUE(world.telegram.wait_until(
    [&] { return world.count(chat, "connected to ticket #1.") == 2; },
    patience));
  const auto hello = world.wait_for(chat, "connected to ticket #1.");
  tells(ana, "still here", hello.message_id);
  EXPECT_EQ(first.bodies().back(), "still here");
}

TEST_F(TelegramDesk, WhatIsSaidInTheGroupStaysThere) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  const auto shown = card("1");
  ana.says(world.group, "I take this one", shown.message_id);
  EXPECT_TRUE(world.is_settled());
  EXPECT_EQ(asha.bodies().size(), 1u);
  visitor().write("Me too");
  card("2");
  ana.says(world.group, "/tickets@support_bot");
  const auto list = world.wait_for(world.group, "Tickets that wait:");
  EXPECT_TRUE(list.has_button("CLAIM#2"));
  EXPECT_FALSE(list.has_button("CLAIM#1"));
}

TEST_F(TelegramDesk, TicketsCanBeHandedOn) {
  const auto ana = world.agent("Ana", "ana");
  const auto ben = world.agent("Ben", "ben");
  auto asha = visitor();
  asha.write("Help");
  visitor().write("Me too");
  connect(ana, "1");
  connect(ben, "2");
  tells(ana, "Looking");
  tells(ana, "/transfer @ben #1");
  world.wait_for(world.chat(ana), "Ticket #1 is now with @ben.");
  const auto hello = world.wait_for(world.chat(ben), "connected to ticket #1.");
  world.wait_for(world.chat(ben), "#1 • Ana: Looking");
  tells(ben, "I have it now", hello.message_id);
  EXPECT_EQ(asha.bodies().back(), "I have it now");
  // Who has lost it cannot write there any more.
  const auto old = world.wait_for(world.chat(ana), "Visitor #1: Help");
  tells(ana, "One more thing", old.message_id);
  world.wait_for(world.chat(ana), "Your message was not sent.");
  EXPECT_EQ(asha.bodies().back(), "I have it now");
  tells(ben, "/release #1");
  world.wait_for(world.chat(ben), "Ticket #1 is back in the queue.");
  world.wait_until(card("1"), [](const auto& message) {
    return message.has_button("CLAIM#1");
  });
  EXPECT_EQ(text_at(ticket("1"), "/status"), "pending");
  tells(ana, "/close #2");
  world.wait_for(world.chat(ana), "Ticket #2: @ben has it.");
  tells(ana, "/transfer @nobody #2");
  world.wait_for(world.chat(ana), "@nobody is no agent");
}

TEST_F(TelegramDesk, AVisitorsNewTicketFollowsTheClosedOne) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  const auto chat = world.chat(ana);
  const auto quoted = world.wait_for(chat, "Visitor #1: Help");
  EXPECT_EQ(asha.close("1").status, 200);
  world.wait_for(chat, "Ticket #1 is closed (by the visitor).");
  tells(ana, "Wait!", quoted.message_id);
  world.wait_for(chat, "Ticket #1 is closed. The customer would not see");
  tells(ana, "Anybody?");
  world.wait_for(chat, "You have no open ticket.");
  asha.write("Help again");
  card("2");
}

TEST_F(TelegramDesk, ALongTextArrivesWhole) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  std::string text;
  for (int i = 0; i < 1'200; ++i)
    text += "word" + std::to_string(i) + ' ';
  text.pop_back();
  asha.write(text);
  const auto chat = world.chat(ana);
  world.wait_for(chat, "word1199");
  std::string all;
  for (const auto& message : world.telegram.messages(chat))
    if (message.from_bot && message.text.find("word") != std::string::npos)
      all += (all.empty() ? "" : " ") + message.text;
  EXPECT_EQ(all, "Visitor #1: " + text);
}

// -- edits --------------------------------------------------------------------

TEST_F(TelegramDesk, EditsGoBothWays) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  const auto sent = asha.write("Where is my ordr?");
  connect(ana, "1");
  const auto chat = world.chat(ana);
  const auto shown = world.wait_for(chat, "Where is my ordr?");
  const auto answer = tells(ana, "It left yesterday");
  websocket_reader stream{world.server().port(), asha.path("/stream"),
                          asha.headers()};
  const auto reply
    = asha.send(verb::patch, "/messages/" + text_at(sent, "/message_id"),
                R"({"body":"Where is my order?"})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_NE(text_at(parsed(reply), "/message/edited_at"), "(none)");
  world.wait_until(shown, [](const auto& message) {
    return message.text == "Visitor #1: Where is my order?";
  });
  ana.edits(chat, answer, "It left today");
  EXPECT_TRUE(world.is_settled());
  EXPECT_EQ(asha.bodies(), (lines{"Where is my order?", "It left today"}));
  // The stream has begun after both, so it brings neither but as an edit.
  lines heard;
  while (heard.size() < 2) {
    const auto event = stream.next();
    ASSERT_TRUE(event);
    if (event->type == "message"
        && text_at(event->data, "/edited_at") != "(none)")
      heard.push_back(text_at(event->data, "/body"));
  }
  EXPECT_EQ(heard, (lines{"Where is my order?", "It left today"}));
}

TEST_F(TelegramDesk, VisitorsEditNothingButTheirOwn) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  auto eve = visitor();
  const auto sent = text_at(asha.write("Help"), "/message_id");
  connect(ana, "1");
  tells(ana, "Yes?");
  const auto answer
    = text_at(asha.read().at("messages").as_array().back(), "/id");
  const auto* const words = R"({"body":"other words"})";
  EXPECT_TRUE(is_error(asha.send(verb::patch, "/messages/" + answer, words),
                       403, "forbidden"));
  EXPECT_TRUE(is_error(eve.send(verb::patch, "/messages/" + sent, words), 404,
                       "not_found"));
  EXPECT_TRUE(is_error(asha.send(verb::patch, "/messages/" + sent, "{}"), 400,
                       "validation_failed"));
  EXPECT_EQ(asha.close("1").status, 200);
  EXPECT_TRUE(is_error(asha.send(verb::patch, "/messages/" + sent, words), 409,
                       "conflict"));
}

// -- signs of life ------------------------------------------------------------

TEST_F(TelegramDesk, ShowsWhatTheVisitorHasRead) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  const auto first = tells(ana, "One");
  const auto second = tells(ana, "Two");
  const auto last
    = text_at(asha.read().at("messages").as_array().back(), "/id");
  const auto body = json::serialize(json::object{{"message_id", last}});
  EXPECT_EQ(asha.send(verb::post, "/read", body).status, 200);
  EXPECT_EQ(asha.send(verb::post, "/read", body).status, 200);
  const auto chat = world.chat(ana);
  EXPECT_TRUE(world.telegram.wait_until(
    [&] {
      const auto shown = world.telegram.message(chat, second);
      return shown && shown->reactions == lines{"👀"};
    },
    patience));
  EXPECT_TRUE(world.telegram.message(chat, first)->reactions.empty());
  EXPECT_EQ(world.calls("setMessageReaction"), 1u);
  EXPECT_TRUE(is_error(
    asha.send(verb::post, "/read",
              R"({"message_id":"019c1b32-4a1a-7c05-9d1f-5a7b3e2c1d00"})"),
    404, "not_found"));
}

TEST_F(TelegramDesk, StaffMaySayThatTheyAreTyping) {
  auto asha = visitor();
  asha.write("Help");
  sse_reader stream{world.server().port(), asha.path("/stream"),
                    asha.headers()};
  const auto reply
    = world.server().post("/api/v1/tickets/1/typing", {}, as_admin);
  EXPECT_EQ(reply.status, 200) << reply.body;
  std::string type;
  while (type != "typing") {
    const auto event = stream.next();
    ASSERT_TRUE(event);
    type = event->type;
  }
}

} // namespace
} // namespace switchboard::test
