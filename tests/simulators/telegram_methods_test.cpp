#include "tests/simulators/telegram_fixture.hpp"

namespace switchboard::simulators {
namespace {

using TelegramMethods = TelegramTest;

json::object inline_keyboard(const std::string& data) {
  return {{"inline_keyboard", json::array{json::array{json::object{
                                {"text", "Claim"}, {"callback_data", data}}}}}};
}

TEST_F(TelegramMethods, IntroducesTheBot) {
  const auto me = call("getMe").at("result").as_object();
  EXPECT_EQ(me.at("id").as_int64(), bot.id);
  EXPECT_EQ(me.at("username").as_string(), "support_bot");
  EXPECT_TRUE(me.at("is_bot").as_bool());
}

TEST_F(TelegramMethods, TurnsStrangersAndUnknownMethodsAway) {
  EXPECT_EQ(raw("sendWish", json::object{}).status, 404);
  EXPECT_EQ(telegram.violations().size(), 1U);
  const auto reply
    = support::call(telegram.port(), verb::get, "/bot1:wrong/getMe");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.body,
            R"({"ok":false,"error_code":401,"description":"Unauthorized"})");
  telegram.revoke(bot);
  EXPECT_EQ(why("getMe", json::object{}), "Unauthorized");
  EXPECT_EQ(support::call(telegram.port(), verb::get, "/").status, 404);
}

TEST_F(TelegramMethods, SendsToThoseWhoHaveStartedTheBot) {
  EXPECT_EQ(why("sendMessage", {{"chat_id", ana.id()}, {"text", "Hi"}}),
            "Forbidden: bot can't initiate conversation with a user");
  EXPECT_EQ(why("sendMessage", {{"chat_id", 5}, {"text", "Hi"}}),
            "Bad Request: chat not found");
  ana.starts(bot);
  EXPECT_EQ(why("sendMessage", {{"chat_id", ana.id()}, {"text", "Hi"}}), "ok");
  EXPECT_EQ(telegram.last_message(chat)->text, "Hi");
  ana.blocks(bot);
  EXPECT_EQ(why("sendMessage", {{"chat_id", ana.id()}, {"text", "Hi"}}),
            "Forbidden: bot was blocked by the user");
  ana.unblocks(bot);
  ana.deactivates();
  EXPECT_EQ(why("sendMessage", {{"chat_id", ana.id()}, {"text", "Hi"}}),
            "Forbidden: user is deactivated");
  EXPECT_EQ(telegram.violations(), texts{});
}

TEST_F(TelegramMethods, ReadsJsonFormsQueriesAndMultipart) {
  ana.starts(bot);
  const auto id = std::to_string(ana.id());
  const auto path = "/bot" + bot.token + "/sendmessage";
  EXPECT_EQ(
    support::call(telegram.port(), verb::post, path,
                  {{"content-type", "application/x-www-form-urlencoded"}},
                  "chat_id=" + id + "&text=a%20b%2Bc")
      .status,
    200);
  EXPECT_EQ(telegram.last_message(chat)->text, "a b+c");
  EXPECT_EQ(support::call(telegram.port(), verb::get,
                          path + "?chat_id=" + id + "&text=query")
              .status,
            200);
  EXPECT_EQ(telegram.last_message(chat)->text, "query");
  const std::string body
    = "--x\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n" + id
      + "\r\n--x\r\nContent-Disposition: form-data; name=\"document\"; "
        "filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nthe\r\nfile"
      + "\r\n--x--\r\n";
  EXPECT_EQ(support::call(
              telegram.port(), verb::post, "/bot" + bot.token + "/sendDocument",
              {{"content-type", "multipart/form-data; boundary=x"}}, body)
              .status,
            200);
  const auto message = telegram.last_message(chat);
  EXPECT_EQ(message->kind, "document");
  EXPECT_EQ(telegram.file_bytes(message->file_id), "the\r\nfile");
  EXPECT_EQ(telegram.violations(), texts{});
}

TEST_F(TelegramMethods, FindsEveryDeviation) {
  ana.starts(bot);
  const json::value to(ana.id());
  const auto long_text = std::string(4'097, 'x');
  struct row {
    std::string method;
    json::value args;
    std::string description; ///< a part of it
  };
  const std::vector<row> rows{
    {"sendMessage", {{"chat_id", to}}, "message text is empty"},
    {"sendMessage", {{"text", "a"}}, "chat_id is empty"},
    {"sendMessage", {{"chat_id", to}, {"text", 1}}, "can't parse text"},
    {"sendMessage", {{"chat_id", to}, {"text", " "}}, "message text is empty"},
    {"sendMessage",
     {{"chat_id", to}, {"text", long_text}},
     "message is too long"},
    {"sendMessage", {{"chat_id", to}, {"text", "a"}, {"colour", 1}}, "ok"},
    {"sendMessage",
     {{"chat_id", to}, {"text", "<b>a"}, {"parse_mode", "HTML"}},
     "can't parse entities: Can't find end tag corresponding to start tag "
     "\"b\""},
    {"sendMessage",
     {{"chat_id", to}, {"text", "a."}, {"parse_mode", "MarkdownV2"}},
     "Character '.' is reserved"},
    {"sendMessage",
     {{"chat_id", to},
      {"text", "a"},
      {"reply_markup", inline_keyboard(std::string(65, 'd'))}},
     "BUTTON_DATA_INVALID"},
    {"sendMessage",
     {{"chat_id", to},
      {"text", "a"},
      {"reply_parameters", {{"message_id", 1}, {"also", 2}}}},
     "ok"},
    {"sendChatAction", {{"chat_id", to}, {"action", "sleeping"}}, "action"},
    {"setMyCommands",
     {{"commands",
       json::array{json::object{{"command", "Close"}, {"description", "x"}}}}},
     "BOT_COMMAND_INVALID"},
    {"setWebhook", {{"url", "ftp://h/"}}, "An HTTPS URL must be provided"},
  };
  for (const auto& r : rows) {
    telegram.forget();
    const auto given = why(r.method, r.args);
    EXPECT_NE(given.find(r.description), std::string::npos) << given;
    EXPECT_EQ(telegram.violations().size(), 1U) << json::serialize(r.args);
  }
}

TEST_F(TelegramMethods, CountsTextsInUtf16) {
  ana.starts(bot);
  std::string text;
  for (auto i = 0; i < 2'048; ++i)
    text += "😀";
  EXPECT_TRUE(send(ana.id(), text).at("ok").as_bool());
  EXPECT_FALSE(send(ana.id(), text + "a").at("ok").as_bool());
}

TEST_F(TelegramMethods, ShowsAnswersToTheirMessages) {
  const auto question = ana.says(chat, "Is it broken?");
  const auto answer
    = call("sendMessage", {{"chat_id", ana.id()},
                           {"text", "Yes"},
                           {"reply_parameters", {{"message_id", question}}}});
  EXPECT_EQ(answer.at("result").at("reply_to_message").at("text").as_string(),
            "Is it broken?");
  EXPECT_EQ(telegram.last_message(chat)->reply_to, question);
  const json::object lost{{"chat_id", ana.id()},
                          {"text", "Yes"},
                          {"reply_parameters", {{"message_id", 99}}}};
  EXPECT_EQ(why("sendMessage", lost),
            "Bad Request: message to be replied not found");
}

TEST_F(TelegramMethods, EditsWhatIsItsOwnAndOnlyWhenItChanges) {
  const auto theirs = ana.says(chat, "mine");
  const auto id = sent(ana.id(), "one");
  const auto edit = [&](std::int32_t message, const char* text) {
    return why(
      "editMessageText",
      {{"chat_id", ana.id()}, {"message_id", message}, {"text", text}});
  };
  EXPECT_EQ(edit(id, "two"), "ok");
  EXPECT_NE(edit(id, "two").find("message is not modified"), std::string::npos);
  EXPECT_EQ(edit(theirs, "x"), "Bad Request: message can't be edited");
  EXPECT_EQ(edit(99, "x"), "Bad Request: message to edit not found");
  EXPECT_EQ(telegram.message(chat, id)->text, "two");
  EXPECT_EQ(telegram.message(chat, id)->edits, 1);
  EXPECT_EQ(why("deleteMessage", {{"chat_id", ana.id()}, {"message_id", id}}),
            "ok");
  EXPECT_EQ(why("deleteMessage", {{"chat_id", ana.id()}, {"message_id", id}}),
            "Bad Request: message to delete not found");
  EXPECT_EQ(telegram.messages(chat).size(), 1U);
}

TEST_F(TelegramMethods, KeepsTopicsLikeTheRealOne) {
  const auto made
    = call("createForumTopic", {{"chat_id", forum.chat_id}, {"name", "#1 Ana"}})
        .at("result")
        .as_object();
  const auto thread
    = static_cast<std::int32_t>(made.at("message_thread_id").as_int64());
  const json::object place{{"chat_id", forum.chat_id},
                           {"message_thread_id", thread}};
  auto message = place;
  message["text"] = "Hello";
  EXPECT_EQ(why("sendMessage", message), "ok");
  EXPECT_EQ(telegram.last_message(forum.topic(thread))->text, "Hello");
  EXPECT_EQ(why("closeForumTopic", place), "ok");
  EXPECT_EQ(why("closeForumTopic", place), "Bad Request: TOPIC_NOT_MODIFIED");
  telegram.add_member(forum, bot, {true, false, true, true});
  EXPECT_EQ(why("sendMessage", message), "Bad Request: TOPIC_CLOSED");
  EXPECT_EQ(why("reopenForumTopic", place),
            "Bad Request: not enough rights to manage topics");
  telegram.add_member(forum, bot);
  EXPECT_EQ(why("deleteForumTopic", place), "ok");
  EXPECT_EQ(why("sendMessage", message),
            "Bad Request: message thread not found");
  EXPECT_EQ(why("editForumTopic", place), "Bad Request: TOPIC_DELETED");
  EXPECT_TRUE(telegram.topics(forum).front().deleted);
  EXPECT_EQ(telegram.violations(), texts{});
}

TEST_F(TelegramMethods, LeadsToTheSupergroupThatAGroupBecame) {
  const auto group = telegram.add_group("Team");
  telegram.add_member(group, bot);
  const auto after = telegram.migrate(group);
  const auto answer = send(group.chat_id, "Hi");
  EXPECT_EQ(answer.at("parameters").at("migrate_to_chat_id").as_int64(),
            after.chat_id);
  EXPECT_TRUE(send(after.chat_id, "Hi").at("ok").as_bool());
  telegram.kick(after, bot);
  EXPECT_EQ(why("sendMessage", {{"chat_id", after.chat_id}, {"text", "Hi"}}),
            "Forbidden: bot was kicked from the supergroup chat");
}

TEST_F(TelegramMethods, CopiesForwardsAndKeepsAlbumsTogether) {
  const auto ids
    = ana.sends_album(chat, {telegram_upload{}, telegram_upload{}});
  const json::array list{ids[0], ids[1]};
  EXPECT_EQ(why("copyMessages", {{"chat_id", forum.chat_id},
                                 {"from_chat_id", ana.id()},
                                 {"message_ids", list}}),
            "ok");
  const auto copies = telegram.messages(forum);
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_FALSE(copies[0].media_group_id.empty());
  EXPECT_EQ(copies[0].media_group_id, copies[1].media_group_id);
  const auto forwarded = call("forwardMessage", {{"chat_id", forum.chat_id},
                                                 {"from_chat_id", ana.id()},
                                                 {"message_id", ids[0]}});
  EXPECT_EQ(forwarded.at("result")
              .at("forward_origin")
              .at("sender_user")
              .at("id")
              .as_int64(),
            ana.id());
  EXPECT_EQ(why("copyMessage", {{"chat_id", forum.chat_id},
                                {"from_chat_id", ana.id()},
                                {"message_id", 77}}),
            "Bad Request: message to copy not found");
}

TEST_F(TelegramMethods, SendsAnAlbumOfFilesThatItKnows) {
  telegram_upload picture;
  picture.bytes = "pixels";
  const auto file = telegram.message(chat, ana.sends(chat, picture))->file_id;
  const json::object item{{"type", "photo"}, {"media", file}};
  EXPECT_EQ(why("sendMediaGroup",
                {{"chat_id", ana.id()}, {"media", json::array{item, item}}}),
            "ok");
  EXPECT_EQ(telegram.messages(chat).size(), 3U);
  EXPECT_NE(why("sendMediaGroup",
                {{"chat_id", ana.id()}, {"media", json::array{item}}}),
            "ok");
  const auto path
    = call("getFile", {{"file_id", file}}).at("result").at("file_path");
  const auto reply = support::call(
    telegram.port(), verb::get,
    "/file/bot" + bot.token + "/" + std::string{path.as_string().c_str()});
  EXPECT_EQ(reply.body, "pixels");
  EXPECT_NE(why("getFile", {{"file_id", "none"}}), "ok");
}

TEST_F(TelegramMethods, AnswersAPressedButtonOnceAndInTime) {
  ana.starts(bot);
  const auto id = static_cast<std::int32_t>(
    call("sendMessage", {{"chat_id", ana.id()},
                         {"text", "Take it?"},
                         {"reply_markup", inline_keyboard("CLAIM#1")}})
      .at("result")
      .at("message_id")
      .as_int64());
  EXPECT_THROW(ana.presses(chat, id, "PASS#1"), std::logic_error);
  const auto query = ana.presses(chat, id, "CLAIM#1");
  const json::object answer{{"callback_query_id", query}, {"text", "Yours"}};
  EXPECT_EQ(why("answerCallbackQuery", answer), "ok");
  EXPECT_EQ(telegram.callback_answer(query)->text, "Yours");
  EXPECT_NE(why("answerCallbackQuery", answer).find("query is too old"),
            std::string::npos);
  const auto late = ana.presses(chat, id, "CLAIM#1");
  telegram.advance(seconds{200});
  EXPECT_NE(why("answerCallbackQuery", {{"callback_query_id", late}}), "ok");
  EXPECT_TRUE(telegram.last_message(chat)->has_button("CLAIM#1"));
  EXPECT_EQ(
    why("editMessageReplyMarkup", {{"chat_id", ana.id()}, {"message_id", id}}),
    "ok");
  EXPECT_FALSE(telegram.last_message(chat)->has_button("CLAIM#1"));
}

} // namespace
} // namespace switchboard::simulators
