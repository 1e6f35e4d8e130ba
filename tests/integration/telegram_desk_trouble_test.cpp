// The visitors' desk at Telegram when nobody comes, somebody cannot be reached,
// or the server falls.
#include "tests/integration/telegram_desk_fixture.hpp"

#include <array>
#include <chrono>

namespace switchboard::test {
namespace {

class TelegramDeskTrouble : public desk_test {};

TEST_F(TelegramDeskTrouble, AnAgentWhoBlockedTheBotIsNamedInTheGroup) {
  // Has never pressed Start.
  const auto ana = world.agent("Ana", "ana", false);
  auto asha = visitor();
  asha.write("Help");
  EXPECT_EQ(claim(ana, "1"), "Ticket #1 is yours");
  const auto said
    = world.wait_for(world.group,
                     "@ana cannot be reached by the bot: they must open it and "
                     "press Start.");
  EXPECT_EQ(said.reply_to, card("1").message_id);
  asha.write("Hello?");
  ana.starts(world.bot);
  const auto chat = world.chat(ana);
  world.wait_for(chat, "You're connected to ticket #1.");
  world.wait_for(chat, "Visitor #1: Help");
  world.wait_for(chat, "Visitor #1: Hello?");
  EXPECT_EQ(world.count(world.group, "cannot be reached"), 1u);
  tells(ana, "Here I am");
  EXPECT_EQ(asha.bodies().back(), "Here I am");
}

TEST_F(TelegramDeskTrouble, AGroupThatBecomesASupergroupIsFollowed) {
  // As an operator who sets the desk up for a basic group.
  const auto basic = world.telegram.add_group("Old support");
  world.telegram.add_member(basic, world.bot);
  test_server other{
    desk_settings({{"TELEGRAM_BOT_TOKEN", world.bot.token},
                   {"SWITCHBOARD_TELEGRAM_API_URL", world.telegram.url()},
                   {"SWITCHBOARD_TELEGRAM_MODE", "polling"},
                   {"SUPPORT_GROUP_CHAT_ID", std::to_string(basic.chat_id)}})};
  visitor_client{other}.write("before");
  world.wait_for(basic, "New ticket #1 ");
  const auto next = world.telegram.migrate(basic);
  visitor_client{other}.write("after");
  world.wait_for(next, "New ticket #2 ");
  other.restart();
  visitor_client{other}.write("much later");
  world.wait_for(next, "New ticket #3 ");
}

// -- nobody comes -------------------------------------------------------------

class ImpatientDesk : public desk_test {
protected:
  ImpatientDesk()
    : desk_test{settings{{"SWITCHBOARD_DESK_CLAIM_TIMEOUT_S", "1"}}} {}
};

TEST_F(ImpatientDesk, RemindsTheGroupAndAsksTheVisitor) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  const auto shown = card("1");
  const auto reminder
    = world.wait_for(world.group, "Ticket #1 has been waiting for 0 minutes.");
  EXPECT_EQ(reminder.reply_to, shown.message_id);
  ASSERT_EQ(asha.bodies().size(), 2u);
  EXPECT_NE(asha.bodies()[1].find("e-mail address or a phone number"),
            std::string::npos);
  EXPECT_EQ(
    asha.send(verb::patch, "", R"({"email":"asha@example.org"})").status, 200);
  world.wait_for(world.group, "#1 • Visitor left: asha@example.org");
  // Either copy will do, and both change.
  EXPECT_EQ(world.tap(ana, reminder, "Claim"), "Ticket #1 is yours");
  for (const auto& copy : {shown, reminder})
    world.wait_until(copy, [](const auto& message) {
      return message.buttons.size() == 1
             && message.buttons[0][0].text == "Claimed by @ana";
    });
  EXPECT_EQ(world.count(world.group, "has been waiting"), 1u);
}

/// Hours that are over, whenever the test runs.
settings closed_hours() {
  using namespace std::chrono;
  static constexpr std::array names{"Sun", "Mon", "Tue", "Wed",
                                    "Thu", "Fri", "Sat"};
  const weekday today{floor<days>(system_clock::now())};
  const auto other = today + days{3};
  return {{"SWITCHBOARD_DESK_HOURS",
           std::string{names.at(other.c_encoding())} + " 09:00-18:00"}};
}

class SleepingDesk : public desk_test {
protected:
  SleepingDesk() : desk_test{closed_hours()} {}
};

TEST_F(SleepingDesk, AsksVisitorsAtOnceHowToReachThem) {
  auto asha = visitor();
  asha.write("Help");
  ASSERT_EQ(asha.bodies().size(), 2u);
  EXPECT_NE(asha.bodies()[1].find("We are not here at the moment."),
            std::string::npos);
  EXPECT_EQ(text_at(asha.read().at("messages").as_array()[1], "/sender"),
            "system");
  asha.write("Hello?");
  EXPECT_EQ(asha.bodies().size(), 3u);
  auto ben = visitor({{"phone", "+12025550123"}});
  ben.write("Me too");
  EXPECT_EQ(ben.bodies().size(), 1u);
  card("1");
  card("2");
}

// -- much at once -------------------------------------------------------------

telegram_world_options busy() {
  telegram_world_options out;
  out.more = {{"SWITCHBOARD_LIMITS_SESSION_MESSAGES", "0"}};
  out.has_limits = true;
  return out;
}

class BusyDesk : public desk_test {
protected:
  BusyDesk() : desk_test{busy()} {}
};

TEST_F(BusyDesk, PutsTextsTogetherRatherThanLoseThem) {
  constexpr int count = 30;
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  std::vector<std::string> ids;
  for (int i = 1; i <= count; ++i)
    ids.push_back(text_at(asha.write("message <" + std::to_string(i) + ">"),
                          "/message_id"));
  const auto chat = world.chat(ana);
  world.wait_for(chat, "message <30>");
  std::string all;
  for (const auto& message : world.telegram.messages(chat))
    all += message.text + '\n';
  std::size_t at = 0;
  for (int i = 1; i <= count; ++i) {
    const auto line = "Visitor #1: message <" + std::to_string(i) + ">\n";
    const auto found = all.find(line, at);
    ASSERT_NE(found, std::string::npos) << line << " in:\n" << all;
    at = found + line.size();
  }
  EXPECT_LT(world.calls("sendMessage"), 20u);
  EXPECT_TRUE(is_quiet());
  // One that stands among others is told anew, and answered like any.
  EXPECT_EQ(asha
              .send(verb::patch, "/messages/" + ids[19],
                    R"({"body":"message <twenty>"})")
              .status,
            200);
  const auto edited
    = world.wait_for(chat, "Edited: Visitor #1: message <twenty>");
  tells(ana, "I see", edited.message_id);
  EXPECT_EQ(asha.bodies().back(), "I see");
}

// -- the server falls ---------------------------------------------------------

TEST_F(TelegramDeskTrouble, ARestartLosesAndRepeatsNothing) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("before");
  connect(ana, "1");
  const auto chat = world.chat(ana);
  world.wait_for(chat, "Visitor #1: before");
  EXPECT_TRUE(is_quiet());
  world.restart();
  asha.write("after");
  world.wait_for(chat, "Visitor #1: after");
  const auto quoted = world.wait_for(chat, "Visitor #1: before");
  tells(ana, "I am here", quoted.message_id);
  EXPECT_EQ(asha.bodies(), (lines{"before", "after", "I am here"}));
  EXPECT_EQ(world.count(chat, "Visitor #1: before"), 1u);
  EXPECT_EQ(world.count(world.group, "New ticket #1 "), 1u);
}

TEST_F(TelegramDeskTrouble, AKilledServerGoesOnWithWhatWasPromised) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("0");
  connect(ana, "1");
  const auto chat = world.chat(ana);
  for (int round = 1; round <= 3; ++round) {
    world.telegram.fail(
      telegram_fault::of(telegram_fault::kind::hang).on("sendMessage"));
    asha.write(std::to_string(round));
    world.restart_after_kill();
    world.telegram.release_hanging();
    world.telegram.clear_faults();
    tells(ana, "answer " + std::to_string(round));
  }
  asha.write("the end");
  world.wait_for(chat, "Visitor #1: the end");
  for (int round = 0; round <= 3; ++round)
    EXPECT_GE(world.count(chat, "Visitor #1: " + std::to_string(round)), 1u);
  EXPECT_EQ(asha.bodies(), (lines{"0", "1", "answer 1", "2", "answer 2", "3",
                                  "answer 3", "the end"}));
}

TEST_F(TelegramDeskTrouble, ARepeatedUpdateHasNoSecondEffect) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  tells(ana, "Yes?");
  const auto last = world.telegram.last_update_id(world.bot);
  for (auto id = last - 1; id <= last; ++id)
    world.telegram.repeat_update(world.bot, id);
  EXPECT_TRUE(world.is_settled());
  EXPECT_EQ(asha.bodies(), (lines{"Help", "Yes?"}));
  EXPECT_EQ(world.count(world.chat(ana), "You're connected"), 1u);
}

} // namespace
} // namespace switchboard::test
