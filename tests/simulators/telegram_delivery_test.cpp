#include "tests/simulators/telegram_fixture.hpp"

#include <future>

namespace switchboard::simulators {
namespace {

class TelegramDelivery : public TelegramTest {
protected:
  void set_hook(const json::array& wanted = {}) {
    EXPECT_EQ(why("setWebhook", {{"url", hook.url()},
                                 {"secret_token", "s-1"},
                                 {"drop_pending_updates", true},
                                 {"allowed_updates", wanted}}),
              "ok");
  }

  bool wait_for(std::size_t count) {
    return telegram.wait_until([&] { return hook.count() >= count; },
                               seconds{10});
  }

  bool wait_until_done() {
    return telegram.wait_for_updates_done(bot, seconds{10});
  }

  /// What the bot got, by the texts of the messages.
  texts received() const {
    texts out;
    for (const auto& one : hook.updates())
      out.emplace_back(one.at("message").at("text").as_string().c_str());
    return out;
  }

  update_receiver hook;
};

TEST_F(TelegramDelivery, BringsUpdatesToTheWebhookWithItsSecret) {
  set_hook();
  ana.says(chat, "/start now");
  ASSERT_TRUE(wait_until_done());
  ASSERT_EQ(hook.count(), 1U);
  EXPECT_EQ(hook.secrets(), texts{"s-1"});
  const auto update = hook.updates().front();
  EXPECT_EQ(update.at("update_id").as_int64(), telegram.last_update_id(bot));
  const auto message = update.at("message").as_object();
  EXPECT_EQ(message.at("text").as_string(), "/start now");
  EXPECT_EQ(message.at("chat").at("type").as_string(), "private");
  EXPECT_EQ(message.at("entities").at(0).at("type").as_string(), "bot_command");
  EXPECT_EQ(telegram.tally().deliveries, 1U);
}

TEST_F(TelegramDelivery, RepeatsWhatFailsAndHoldsBackItsQueueAlone) {
  set_hook();
  hook.answer_next(500);
  hook.answer_next(500);
  ana.says(chat, "one");
  ASSERT_TRUE(wait_for(2)); // the second try comes at once
  ASSERT_TRUE(telegram.wait_until(
    [&] { return telegram.tally().failed_deliveries == 2; }, seconds{10}));
  ana.says(chat, "two");
  ana.says(forum, "elsewhere");
  ASSERT_TRUE(wait_for(3));
  EXPECT_EQ(received(), (texts{"one", "one", "elsewhere"}));
  telegram.advance(seconds{3});
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(received(), (texts{"one", "one", "elsewhere", "one", "two"}));
  const auto info = call("getWebhookInfo").at("result").as_object();
  EXPECT_EQ(info.at("last_error_message").as_string(),
            "Wrong response from the webhook: 500 Internal Server Error");
}

TEST_F(TelegramDelivery, WaitsAsLongAsTheWebhookAsks) {
  set_hook();
  hook.answer_next(503, "Retry-After: 30\r\n");
  ana.says(chat, "one");
  ASSERT_TRUE(telegram.wait_until(
    [&] { return telegram.tally().failed_deliveries == 1; }, seconds{10}));
  telegram.advance(seconds{20});
  EXPECT_EQ(hook.count(), 1U);
  telegram.advance(seconds{15});
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(hook.count(), 2U);
}

TEST_F(TelegramDelivery, DoesWhatTheAnswerOfTheWebhookAsks) {
  set_hook();
  hook.answer_next(200, {},
                   R"({"method":"sendMessage","chat_id":)"
                     + std::to_string(ana.id()) + R"(,"text":"Got it"})");
  ana.says(chat, "one");
  EXPECT_TRUE(telegram.wait_for_text(chat, "Got it", seconds{10}));
}

TEST_F(TelegramDelivery, RepeatsAndReordersWhenATestWantsIt) {
  set_hook();
  telegram.hold_updates(bot);
  ana.says(chat, "one");
  ana.says(chat, "two");
  telegram.release_updates(bot, telegram_simulator::order::reversed);
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(received(), (texts{"two", "one"}));
  telegram.repeat_update(bot, telegram.last_update_id(bot));
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(received(), (texts{"two", "one", "two"}));
  telegram.post_update(bot, {{"brand_new", json::object{}}});
  ASSERT_TRUE(wait_until_done());
  EXPECT_TRUE(hook.updates().back().contains("brand_new"));
}

TEST_F(TelegramDelivery, TellsOfReactionsOnlyWhenAsked) {
  set_hook();
  const auto id = ana.says(forum, "one");
  ana.reacts(forum, id, "👍");
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(hook.count(), 1U);
  set_hook({"message", "message_reaction"});
  ana.reacts(forum, id, "");
  ASSERT_TRUE(wait_until_done());
  const auto last = hook.updates().back().at("message_reaction").as_object();
  EXPECT_EQ(last.at("old_reaction").as_array().size(), 1U);
  EXPECT_EQ(last.at("new_reaction").as_array().size(), 0U);
}

TEST_F(TelegramDelivery, EchoesOnlyNewAndRenamedTopics) {
  set_hook();
  const json::value in(forum.chat_id);
  const auto thread = call("createForumTopic", {{"chat_id", in}, {"name", "a"}})
                        .at("result")
                        .at("message_thread_id");
  const json::object topic{{"chat_id", in}, {"message_thread_id", thread}};
  auto renamed = topic;
  renamed["name"] = "b";
  call("editForumTopic", renamed);
  call("closeForumTopic", topic);
  call("reopenForumTopic", topic);
  send(forum.chat_id, "own words");
  ASSERT_TRUE(wait_until_done());
  ASSERT_EQ(hook.count(), 2U);
  EXPECT_TRUE(hook.updates()[0].at("message").as_object().contains(
    "forum_topic_created"));
  EXPECT_TRUE(
    hook.updates()[1].at("message").as_object().contains("forum_topic_edited"));
}

TEST_F(TelegramDelivery, ShowsAMessageInATopicAsReplyToItsRoot) {
  const auto thread = ana.creates_topic(forum, "a");
  set_hook();
  ana.says(forum.topic(thread), "hello");
  ASSERT_TRUE(wait_until_done());
  const auto message = hook.updates().front().at("message").as_object();
  EXPECT_TRUE(message.at("is_topic_message").as_bool());
  EXPECT_EQ(message.at("reply_to_message").at("message_id").as_int64(), thread);
}

TEST_F(TelegramDelivery, TellsOfABlockedBotAndOfEdits) {
  const auto id = ana.says(chat, "one");
  set_hook();
  ana.edits(chat, id, "two");
  ana.blocks(bot);
  ASSERT_TRUE(wait_until_done());
  ASSERT_EQ(hook.count(), 2U);
  for (const auto& one : hook.updates()) {
    if (one.contains("my_chat_member"))
      EXPECT_EQ(
        one.at("my_chat_member").at("new_chat_member").at("status").as_string(),
        "kicked");
    else
      EXPECT_EQ(one.at("edited_message").at("text").as_string(), "two");
  }
}

TEST_F(TelegramDelivery, HidesWhatPrivacyHides) {
  telegram_bot_options options;
  options.username = "shy_bot";
  options.privacy = true;
  const auto shy = telegram.add_bot(options);
  telegram.add_member(forum, shy, {false, false, false, false});
  const auto before = telegram.pending_updates(shy);
  ana.says(forum, "among us");
  EXPECT_EQ(telegram.pending_updates(shy), before);
  ana.says(forum, "/help");
  EXPECT_EQ(telegram.pending_updates(shy), before + 1);
}

TEST_F(TelegramDelivery, AnswersLongPolls) {
  auto waiting = std::async(std::launch::async, [this] {
    return call("getUpdates", {{"timeout", 30}, {"offset", 700'000'002}});
  });
  ASSERT_TRUE(telegram.wait_until([&] { return telegram.tally().calls == 1; },
                                  seconds{10}));
  ana.says(chat, "one");
  const auto got = waiting.get().at("result").as_array();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].at("message").at("text").as_string(), "one");
  const auto next = got[0].at("update_id").as_int64() + 1;
  EXPECT_TRUE(
    call("getUpdates", {{"offset", next}}).at("result").as_array().empty());
  EXPECT_EQ(telegram.pending_updates(bot), 0U);
}

TEST_F(TelegramDelivery, EndsALongPollInTimeAndForAnotherOne) {
  const json::object poll{{"timeout", 30}, {"offset", 800'000'000}};
  const auto start = [&] {
    return std::async(std::launch::async,
                      [&] { return raw("getUpdates", poll); });
  };
  const auto wait_for_calls = [&](std::uint64_t count) {
    return telegram.wait_until([&] { return telegram.tally().calls == count; },
                               seconds{10});
  };
  auto first = start();
  ASSERT_TRUE(wait_for_calls(1));
  auto second = start();
  EXPECT_EQ(first.get().status, 409);
  ASSERT_TRUE(wait_for_calls(2));
  telegram.advance(seconds{31});
  EXPECT_EQ(second.get().body, R"({"ok":true,"result":[]})");
  set_hook();
  EXPECT_NE(why("getUpdates", json::object{})
              .find("can't use getUpdates method while webhook is active"),
            std::string::npos);
}

TEST_F(TelegramDelivery, KeepsUpdatesWhileItIsDown) {
  set_hook();
  const auto port = telegram.port();
  telegram.stop();
  ana.says(chat, "one");
  EXPECT_EQ(hook.count(), 0U);
  telegram.start();
  EXPECT_EQ(telegram.port(), port);
  ana.says(chat, "two");
  ASSERT_TRUE(wait_until_done());
  EXPECT_EQ(received(), (texts{"one", "two"}));
}

} // namespace
} // namespace switchboard::simulators
