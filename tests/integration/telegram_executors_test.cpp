// The executors' bot, from a card's coming to its going, on a bot of its own
// and on the desk's.
#include "tests/integration/executor_world.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace switchboard::test {
namespace {

class ExecutorsBot : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(Bots, ExecutorsBot, testing::Bool(),
                         [](const auto& is_own) {
                           return is_own.param ? "OfItsOwn" : "SharedWithDesk";
                         });

TEST_P(ExecutorsBot, PassesTheManualChecklist) {
  executor_world world{GetParam()};
  const auto ivan = world.add_executor("Ivan");
  const auto ticket = world.ticket_of(
    ivan, "No water",
    {{"description", "The tap is dry."},
     {"priority", "high"},
     {"customer", {{"name", "Asha"}, {"phone", "+12025550123"}}}});
  const auto pushed = world.card_of(ivan, "No water");
  EXPECT_EQ(pushed.text, "#" + number_of(ticket)
                           + " No water\nPriority: high\nCustomer: Asha, "
                             "+12025550123\n\nThe tap is dry.\n\nStatus: open");
  // /start lists it with its buttons.
  ivan.who.says(ivan.chat, "/start");
  world.wait_for(ivan.chat, "Your open ticket:");
  const auto card = world.wait_for(ivan.chat, [&](const telegram_message& m) {
    return m.message_id > pushed.message_id && !m.buttons.empty();
  });
  for (const auto* button : {"INPROGRESS#", "RESOLVED#", "UPDATE#"})
    EXPECT_TRUE(card.has_button(button + number_of(ticket)));
  // In Progress: the status changes, and the button is spent on every card.
  EXPECT_EQ(world.tap(ivan.who, card, "In Progress"),
            "#" + number_of(ticket) + " is in progress.");
  EXPECT_EQ(text_at(world.now(ticket), "/status"), "in_progress");
  for (const auto& one : {pushed, card}) {
    const auto spent = world.wait_until(
      one, [](const telegram_message& m) { return m.has_button("noop"); });
    EXPECT_EQ(spent.buttons.at(0).at(0).text, "In Progress ✓");
  }
  EXPECT_EQ(world.tap(ivan.who, card, "In Progress"), "");
  // Update: a question whose answer is an activity.
  const auto question = world.asked(ivan, "No water");
  EXPECT_TRUE(question.force_reply);
  EXPECT_EQ(world.prompts(ivan), lines{"awaiting_input"});
  ivan.who.says(ivan.chat, "The part comes on Monday.", question.message_id);
  world.wait_for(ivan.chat, "Your update is kept with");
  EXPECT_EQ(world.prompts(ivan), lines{"completed"});
  // Resolved: the cards go.
  EXPECT_EQ(world.tap(ivan.who, card, "Resolved"),
            "#" + number_of(ticket) + " is resolved.");
  EXPECT_TRUE(world.is_deleted(ivan, card));
  EXPECT_TRUE(world.is_deleted(ivan, pushed));
  EXPECT_EQ(text_at(world.now(ticket), "/status"), "resolved");
  const auto done = world.activities(ticket);
  EXPECT_EQ(std::ranges::count(done, "executor_update"), 1);
  // Assigned at the creation, then In Progress, then Resolved.
  EXPECT_EQ(std::ranges::count(done, "status_change"), 3);
  const auto prompt
    = world.admin().read("/api/v1/prompts?ticket_id=" + number_of(ticket));
  EXPECT_EQ(text_at(prompt, "/data/0/answer"), "The part comes on Monday.");
  EXPECT_EQ(prompt.at("data").at(0).at("ticket_number"), ticket.at("number"));
}

TEST_P(ExecutorsBot, TellsStrangersNothing) {
  executor_world world{GetParam()};
  const auto ivan = world.add_executor("Ivan");
  const auto ticket = world.ticket_of(ivan, "A secret matter");
  const auto stranger = world.person("Mallory");
  const auto chat = world.executor_chat(stranger);
  stranger.starts(world.executor_bot);
  const auto refusal = world.wait_for(chat, "Sorry");
  EXPECT_EQ(refusal.text.find("secret"), std::string::npos);
  const executor mallory{stranger, 0, chat};
  EXPECT_EQ(world.forged_tap(mallory, 1, "RESOLVED#" + number_of(ticket)),
            "Sorry, this is for the team only.");
  EXPECT_EQ(text_at(world.now(ticket), "/status"), "assigned");
  EXPECT_TRUE(world.is_settled());
  EXPECT_EQ(world.telegram.messages(chat).size(), 2U);
}

TEST_P(ExecutorsBot, MovesACardToWhoGetsTheTicket) {
  executor_world world{GetParam()};
  const auto ivan = world.add_executor("Ivan");
  const auto olga = world.add_executor("Olga");
  const auto ticket = world.ticket_of(ivan, "No water");
  const auto card = world.card_of(ivan, "No water");
  world.admin().act(path_of(ticket, "/assign"),
                    R"({"agent_id":)" + std::to_string(olga.id) + "}");
  EXPECT_TRUE(world.is_deleted(ivan, card));
  world.card_of(olga, "No water");
}

TEST_P(ExecutorsBot, PassesOnWhatTheCustomerWrites) {
  executor_world world{GetParam()};
  const auto ivan = world.add_executor("Ivan");
  const auto ticket
    = world.ticket_of(ivan, "No water", {{"customer", {{"name", "Asha"}}}});
  const auto card = world.card_of(ivan, "No water");
  world.admin().make(
    path_of(ticket, "/messages"),
    {{"body", "Still dry."}, {"sender", "customer"}, {"sender_name", "Asha"}});
  const auto notice = world.wait_for(ivan.chat, "Still dry.");
  EXPECT_EQ(notice.text, "#" + number_of(ticket) + " Asha writes:\nStill dry.");
  EXPECT_EQ(notice.reply_to, card.message_id);
}

// -- questions ----------------------------------------------------------------

TEST_P(ExecutorsBot, TakesTheNextWordsAsTheAnswer) {
  executor_world world{GetParam()};
  const auto ivan = world.add_executor("Ivan");
  const auto ticket = world.ticket_of(ivan, "No water");
  world.asked(ivan, "No water");
  telegram_upload photo;
  ivan.who.sends(ivan.chat, photo);
  world.wait_for(ivan.chat, "in words; a caption will do");
  EXPECT_EQ(world.prompts(ivan), lines{"awaiting_input"});
  photo.caption = "It looks like this";
  ivan.who.sends(ivan.chat, photo);
  world.wait_for(ivan.chat, "Your update is kept with");
  EXPECT_EQ(world.prompts(ivan), lines{"completed"});
  ivan.who.says(ivan.chat, "And one more thing");
  world.wait_for(ivan.chat, "Nothing awaits an answer");
  const auto done = world.activities(ticket);
  EXPECT_EQ(std::ranges::count(done, "executor_update"), 1);
}

TEST_P(ExecutorsBot, HasOneQuestionOpenForEachPerson) {
  executor_world world{GetParam()};
  const auto ivan = world.add_executor("Ivan");
  world.ticket_of(ivan, "No water");
  const auto light = world.ticket_of(ivan, "No light");
  const auto first = world.asked(ivan, "No water");
  const auto second = world.asked(ivan, "No light");
  EXPECT_EQ(world.prompts(ivan), (lines{"awaiting_input", "cancelled"}));
  ivan.who.says(ivan.chat, "too late", first.message_id);
  world.wait_for(ivan.chat, "is not open any more");
  EXPECT_EQ(world.prompts(ivan), (lines{"awaiting_input", "cancelled"}));
  ivan.who.says(ivan.chat, "in time", second.message_id);
  world.wait_for(ivan.chat, "Your update is kept with #" + number_of(light));
  EXPECT_EQ(world.prompts(ivan), (lines{"completed", "cancelled"}));
  // Its ticket is done with, and so is the question.
  world.asked(ivan, "No water");
  world.tap(ivan.who, world.card_of(ivan, "No water"), "Resolved");
  EXPECT_EQ(world.prompts(ivan),
            (lines{"cancelled", "completed", "cancelled"}));
  // Whoever thinks better of it.
  world.asked(ivan, "No light");
  ivan.who.says(ivan.chat, "/cancel");
  world.wait_for(ivan.chat, "is dropped");
  EXPECT_EQ(world.prompts(ivan).front(), "cancelled");
}

TEST_P(ExecutorsBot, ClosesAQuestionThatNobodyAnswers) {
  executor_world world{GetParam(),
                       {{"SWITCHBOARD_EXECUTOR_PROMPT_TIMEOUT_S", "3"}}};
  const auto ivan = world.add_executor("Ivan");
  const auto ticket = world.ticket_of(ivan, "No water");
  const auto question = world.asked(ivan, "No water");
  world.wait_for(ivan.chat, "There was no answer in time");
  EXPECT_EQ(world.prompts(ivan), lines{"expired"});
  ivan.who.says(ivan.chat, "Sorry, here it is", question.message_id);
  world.wait_for(ivan.chat, "is not open any more");
  const auto done = world.activities(ticket);
  EXPECT_EQ(std::ranges::count(done, "executor_update"), 0);
}

TEST(Executors, AreStillAskedAfterARestart) {
  executor_world world;
  const auto ivan = world.add_executor("Ivan");
  const auto ticket = world.ticket_of(ivan, "No water");
  const auto question = world.asked(ivan, "No water");
  world.restart_after_kill();
  EXPECT_EQ(world.prompts(ivan), lines{"awaiting_input"});
  ivan.who.says(ivan.chat, "half done", question.message_id);
  world.wait_for(ivan.chat, "Your update is kept with");
  const auto done = world.activities(ticket);
  EXPECT_EQ(std::ranges::count(done, "executor_update"), 1);
  world.tap(ivan.who, world.card_of(ivan, "No water"), "Resolved");
  EXPECT_EQ(text_at(world.now(ticket), "/status"), "resolved");
}

TEST(Executors, HearOfAQuestionThatExpiredWhileTheServerWasDown) {
  executor_world world{true, {{"SWITCHBOARD_EXECUTOR_PROMPT_TIMEOUT_S", "4"}}};
  const auto ivan = world.add_executor("Ivan");
  world.ticket_of(ivan, "No water");
  world.asked(ivan, "No water");
  world.restart();
  world.wait_for(ivan.chat, "There was no answer in time");
  EXPECT_EQ(world.prompts(ivan), lines{"expired"});
  EXPECT_EQ(world.count(ivan.chat, "There was no answer in time"), 1U);
}

TEST(Executors, AnswerOnceWhateverTelegramRepeats) {
  executor_world world;
  const auto ivan = world.add_executor("Ivan");
  const auto ticket = world.ticket_of(ivan, "No water");
  world.asked(ivan, "No water");
  ivan.who.says(ivan.chat, "half done");
  world.wait_for(ivan.chat, "Your update is kept with");
  const auto last = world.telegram.last_update_id(world.executor_bot);
  for (auto id = last - 1; id <= last; ++id)
    world.telegram.repeat_update(world.executor_bot, id);
  EXPECT_TRUE(world.is_settled());
  EXPECT_EQ(world.prompts(ivan), lines{"completed"});
  const auto done = world.activities(ticket);
  EXPECT_EQ(std::ranges::count(done, "executor_update"), 1);
  EXPECT_EQ(world.count(ivan.chat, "Your update is kept with"), 1U);
}

// -- buttons that are out of date ---------------------------------------------

TEST(Executors, GetAnAnswerFromEveryButton) {
  executor_world world;
  const auto ivan = world.add_executor("Ivan");
  const auto olga = world.add_executor("Olga");
  const auto ticket = world.ticket_of(ivan, "No water");
  const auto number = number_of(ticket);
  const auto card = world.card_of(ivan, "No water");
  const auto dead
    = "This button does not work any more. /tickets lists what "
      "is open.";
  for (const auto* data : {"garbage", "RESOLVED#", "UPDATE#0", "CLAIM#1", "#"})
    EXPECT_EQ(world.forged_tap(ivan, card.message_id, data), dead) << data;
  EXPECT_EQ(world.forged_tap(ivan, card.message_id, "noop"), "");
  EXPECT_EQ(world.forged_tap(ivan, 99'999, "RESOLVED#987654"),
            "#987654 does not exist any more.");
  EXPECT_EQ(world.forged_tap(olga, 99'998, "RESOLVED#" + number),
            "#" + number + " is not assigned to you any more.");
  EXPECT_EQ(text_at(world.now(ticket), "/status"), "assigned");
  // A message that is too old to be read is as good as any.
  EXPECT_EQ(
    world.forged_tap(ivan, card.message_id, "INPROGRESS#" + number, false),
    "#" + number + " is in progress.");
  EXPECT_EQ(world.forged_tap(ivan, card.message_id, "INPROGRESS#" + number),
            "#" + number + " is in progress already.");
  world.admin().act(path_of(ticket, "/close"));
  for (const auto* data : {"INPROGRESS#", "RESOLVED#", "UPDATE#"})
    EXPECT_EQ(world.forged_tap(ivan, card.message_id, data + number),
              "#" + number + " is resolved already.");
  EXPECT_TRUE(world.is_deleted(ivan, card));
  EXPECT_EQ(text_at(world.now(ticket), "/status"), "closed");
}

TEST(Executors, SeeNoMoreCardsThanTheyCanRead) {
  executor_world world;
  const auto ivan = world.add_executor("Ivan");
  for (int i = 1; i <= 22; ++i)
    world.ticket_of(ivan, "Matter " + std::to_string(i));
  world.card_of(ivan, "Matter 22");
  world.telegram.forget();
  ivan.who.says(ivan.chat, "/tickets");
  const auto head = world.wait_for(ivan.chat, "Your 20 newest open tickets");
  EXPECT_EQ(head.text, "Your 20 newest open tickets; there are 2 more.");
  EXPECT_TRUE(world.telegram.wait_until(
    [&] { return world.telegram.calls("sendMessage").size() >= 21; },
    patience));
  lines titles;
  for (const auto& message : world.telegram.messages(ivan.chat))
    if (message.message_id > head.message_id && !message.buttons.empty())
      titles.push_back(message.text.substr(0, message.text.find('\n')));
  ASSERT_EQ(titles.size(), 20U);
  // One whose first card is only just on its way waits for that.
  std::erase_if(titles, [](const auto& t) { return t.ends_with(" 22"); });
  ASSERT_EQ(titles.size(), 19U);
  for (std::size_t i = 0; i < titles.size(); ++i)
    EXPECT_TRUE(titles[i].ends_with(" Matter " + std::to_string(21 - i)))
      << titles[i];
}

TEST(Executors, MayBeAgentsToo) {
  executor_world world;
  const auto mara = world.add_executor("Mara", "manager");
  const auto ticket = world.ticket_of(mara, "No water");
  mara.who.says(mara.chat, "/start");
  const auto card = world.card_of(mara, "No water");
  // Where a card stands is known a moment after it was sent, so the first
  // change may come too early for it.
  bool follows = false;
  for (int i = 0; i < 10 && !follows; ++i) {
    const std::string priority = i % 2 == 0 ? "urgent" : "low";
    world.admin().change(path_of(ticket),
                         R"({"priority":")" + priority + R"("})");
    follows = world.telegram.wait_until(
      [&] {
        const auto now = world.telegram.message(mara.chat, card.message_id);
        return now->text.find("Priority: " + priority) != std::string::npos;
      },
      seconds{2});
  }
  EXPECT_TRUE(follows);
  world.tap(mara.who, card, "Resolved");
  EXPECT_TRUE(world.is_deleted(mara, card));
}

// -- automations --------------------------------------------------------------

TEST(Executors, AreToldOfTicketsThatAutomationsOpen) {
  executor_world world;
  const auto ivan = world.add_executor("Ivan");
  const std::string path = "/functions/v1/telegram-webhook";
  const json::object body{
    {"title", "Replace the pump"}, {"description", "It leaks"},
    {"priority", "urgent"},        {"executor_telegram_chat_id", ivan.who.id()},
    {"customer_name", "Asha"},     {"customer_phone", "+12025550123"}};
  const auto made = world.admin().make(path, body, once("pump-1"));
  EXPECT_EQ(made.at("ok"), true);
  EXPECT_EQ(made.at("executor_id"), ivan.id);
  EXPECT_EQ(made.at("notified"), true);
  EXPECT_EQ(text_at(made, "/status"), "assigned");
  const auto card = world.card_of(ivan, "Replace the pump");
  EXPECT_NE(card.text.find("Customer: Asha, +12025550123"), std::string::npos);
  EXPECT_EQ(world.admin().make(path, body, once("pump-1")), made);
  const auto shown
    = world.admin().read("/api/v1/tickets/" + text_at(made, "/ticket_id"));
  EXPECT_EQ(shown.at("number"), made.at("number"));
  EXPECT_EQ(text_at(shown, "/channel"), "api");
  const auto by_id = world.admin().make(
    path, {{"title", "Call back"}, {"executor_id", ivan.id}});
  EXPECT_EQ(by_id.at("executor_id"), ivan.id);
  const auto waiting = world.admin().make(path, {{"title", "Whoever can"}});
  EXPECT_EQ(text_at(waiting, "/status"), "pending");
  EXPECT_TRUE(waiting.at("executor_id").is_null());
  EXPECT_EQ(waiting.at("notified"), false);
}

TEST(Executors, AreNotInventedByAutomations) {
  executor_world world;
  const auto ivan = world.add_executor("Ivan");
  const std::string path = "/functions/v1/telegram-webhook";
  const auto post
    = [&](const std::string& body) { return world.admin().post(path, body); };
  auto reply = post(R"({"title":"x","executor_id":4711})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(wrong_fields(reply), lines{"executor_id"});
  reply = post(R"({"title":"x","executor_telegram_chat_id":4711})");
  EXPECT_EQ(wrong_fields(reply), lines{"executor_telegram_chat_id"});
  reply = post(R"({"title":"x","executor_id":4711,"executor_telegram_chat_id":)"
               + std::to_string(ivan.who.id()) + "}");
  EXPECT_EQ(wrong_fields(reply), lines{"executor_telegram_chat_id"});
  reply = post(R"({"priority":"soon","customer_phone":"1","whom":2})");
  EXPECT_EQ(wrong_fields(reply),
            (lines{"customer_phone", "priority", "title", "whom"}));
  const rest_client reader{world.server(),
                           make_key(world.admin(), {"tickets:read"})};
  EXPECT_EQ(reader.post(path, R"({"title":"x"})").status, 403);
  EXPECT_EQ(reader.get("/api/v1/prompts").status, 200);
}

} // namespace
} // namespace switchboard::test
