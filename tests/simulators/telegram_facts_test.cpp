#include "tests/simulators/telegram_facts.hpp"

#include "tests/simulators/telegram_fixture.hpp"

namespace switchboard::simulators {
namespace {

using telegram::facts;

/// The simulator is held against the same description as its callers.
class TelegramFacts : public TelegramTest {
protected:
  void expect_valid(const json::value& value, const char* type) const {
    EXPECT_EQ(facts::get().judge(value, type, type), texts{})
      << json::serialize(value);
  }
};

TEST_F(TelegramFacts, KnowsTheMethodsInAnyCase) {
  EXPECT_EQ(facts::get().method_named("SENDmessage"), "sendMessage");
  EXPECT_EQ(facts::get().method_named("sendWish"), "");
}

TEST_F(TelegramFacts, JudgesValues) {
  const json::object button{{"text", "a"}, {"callback_data", 1}};
  const json::object markup{
    {"inline_keyboard", json::array{json::array{button}}}};
  EXPECT_EQ(facts::get().judge(markup, "InlineKeyboardMarkup", "m"),
            texts{"m.inline_keyboard[0][0].callback_data: not String"});
  EXPECT_EQ(facts::get().judge(json::object{}, "MessageId", "m"),
            texts{"m: missing member message_id"});
}

TEST_F(TelegramFacts, FitsTheUpdatesThatTheSimulatorMakes) {
  const json::array wanted{"message", "edited_message", "callback_query",
                           "my_chat_member", "message_reaction"};
  call("getUpdates", {{"allowed_updates", wanted}});
  const auto asked = ana.says(chat, "/start see https://h/x");
  ana.edits(chat, asked, "changed");
  for (const auto* kind : {"photo", "document", "voice", "video", "audio"}) {
    telegram_upload upload;
    upload.kind = kind;
    upload.caption = "see";
    ana.sends(chat, upload, asked);
  }
  ana.sends_album(chat, {telegram_upload{}, telegram_upload{}});
  ana.shares_contact(chat, "+34600111222");
  ana.forwards(chat, asked, forum);
  const auto thread = ana.creates_topic(forum, "a");
  const auto in_topic = ana.says(forum.topic(thread), "hello");
  ana.reacts(forum, in_topic, "👍");
  ana.renames_topic(forum.topic(thread), "b");
  ana.closes_topic(forum.topic(thread));
  ana.reopens_topic(forum.topic(thread));
  ana.leaves(forum);
  ana.joins(forum);
  const json::object button{{"text", "a"}, {"callback_data", "x"}};
  const json::object markup{
    {"inline_keyboard", json::array{json::array{button}}}};
  const auto card
    = call("sendMessage",
           {{"chat_id", ana.id()}, {"text", "card"}, {"reply_markup", markup}});
  ana.presses(
    chat,
    static_cast<std::int32_t>(card.at("result").at("message_id").as_int64()),
    "x");
  ana.blocks(bot);
  telegram.kick(forum, bot);
  const auto updates = call("getUpdates").at("result").as_array();
  EXPECT_GE(updates.size(), 20U);
  for (const auto& one : updates)
    expect_valid(one, "Update");
}

TEST_F(TelegramFacts, FitsTheAnswersThatTheSimulatorGives) {
  ana.starts(bot);
  expect_valid(send(ana.id(), "Hi").at("result"), "Message");
  expect_valid(call("getMe").at("result"), "User");
  expect_valid(call("getWebhookInfo").at("result"), "WebhookInfo");
  expect_valid(call("getChat", {{"chat_id", ana.id()}}).at("result"),
               "ChatFullInfo");
  for (const auto id : {ana.id(), bot.id})
    expect_valid(
      call("getChatMember", {{"chat_id", forum.chat_id}, {"user_id", id}})
        .at("result"),
      "ChatMember");
  expect_valid(
    call("createForumTopic", {{"chat_id", forum.chat_id}, {"name", "a"}})
      .at("result"),
    "ForumTopic");
}

} // namespace
} // namespace switchboard::simulators
