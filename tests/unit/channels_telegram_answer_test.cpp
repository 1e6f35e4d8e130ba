#include "channels/telegram/answer.hpp"

#include <gtest/gtest.h>

namespace switchboard::channels::telegram {
namespace {

http_answer answered(int status, std::string body) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

api_answer refused(int code, const std::string& description,
                   const std::string& parameters = "{}") {
  return decode_answer(
    answered(code, R"({"ok":false,"error_code":)" + std::to_string(code)
                     + R"(,"description":")" + description
                     + R"(","parameters":)" + parameters + "}"));
}

struct reason_row {
  int code;
  std::string description;
  answer_class meaning;
  delivery_outcome outcome;
};

TEST(TelegramAnswer, IsJudgedByItsCodeAndDescription) {
  using c = answer_class;
  using o = delivery_outcome;
  const std::vector<reason_row> rows{
    {403, "Forbidden: bot was blocked by the user", c::blocked, o::gone},
    {403, "Forbidden: user is deactivated", c::blocked, o::gone},
    {403, "Forbidden: bot can't initiate conversation with a user", c::blocked,
     o::gone},
    {403, "Forbidden: bot was kicked from the supergroup chat", c::chat_gone,
     o::gone},
    {403, "Forbidden: bot is not a member of the supergroup chat", c::chat_gone,
     o::gone},
    {403, "Forbidden: the group chat was deleted", c::chat_gone, o::gone},
    {403, "Forbidden: something new", c::no_rights, o::refused},
    {400, "Bad Request: chat not found", c::chat_gone, o::gone},
    {400, "Bad Request: group chat was upgraded to a supergroup chat",
     c::migrated, o::gone},
    {400, "Bad Request: message thread not found", c::topic_gone, o::gone},
    {400, "Bad Request: TOPIC_DELETED", c::topic_gone, o::gone},
    {400, "Bad Request: TOPIC_ID_INVALID", c::topic_gone, o::gone},
    {400, "Bad Request: TOPIC_CLOSED", c::topic_closed, o::gone},
    {400, "Bad Request: TOPIC_NOT_MODIFIED", c::not_modified, o::delivered},
    {400,
     "Bad Request: message is not modified: specified new message content and "
     "reply markup are exactly the same",
     c::not_modified, o::delivered},
    {400, "Bad Request: message to delete not found", c::not_modified,
     o::delivered},
    {400, "Bad Request: message to edit not found", c::message_gone,
     o::refused},
    {400, "Bad Request: message can't be edited", c::message_gone, o::refused},
    {400,
     "Bad Request: query is too old and response timeout expired or query "
     "ID is invalid",
     c::query_expired, o::delivered},
    {400, "Bad Request: wrong file identifier/HTTP URL specified",
     c::file_refused, o::refused},
    {400, "Bad Request: not enough rights to create a topic", c::no_rights,
     o::refused},
    {400, "Bad Request: the chat is not a forum", c::no_rights, o::refused},
    {400, "Bad Request: can't parse entities: x", c::bad_request, o::refused},
    {400, "Bad Request: BUTTON_DATA_INVALID", c::bad_request, o::refused},
    {401, "Unauthorized", c::unauthorized, o::retry_later},
    {404, "Not Found", c::unauthorized, o::retry_later},
    {404, "Not Found: method not found", c::bad_request, o::refused},
    {409, "Conflict: terminated by other getUpdates request", c::conflict,
     o::retry_later},
    {413, "Request Entity Too Large", c::bad_request, o::refused},
    {429, "Too Many Requests: retry after 7", c::slow_down, o::slow_down},
    {500, "Internal Server Error", c::retry_later, o::retry_later},
    {502, "Bad Gateway", c::retry_later, o::retry_later},
  };
  for (const auto& row : rows) {
    const auto read = refused(row.code, row.description);
    EXPECT_EQ(to_string(read.meaning), to_string(row.meaning))
      << row.description;
    EXPECT_EQ(judge(read).outcome, row.outcome) << row.description;
  }
}

TEST(TelegramAnswer, CarriesHowLongToWait) {
  const auto read
    = refused(429, "Too Many Requests: retry after 7", R"({"retry_after":7})");
  EXPECT_EQ(read.retry_after, std::chrono::seconds{7});
  EXPECT_EQ(judge(read).retry_after, std::chrono::seconds{7});
}

TEST(TelegramAnswer, CarriesWhereAGroupWent) {
  const auto read = refused(400, "Bad Request: whatever",
                            R"({"migrate_to_chat_id":-1001234567890})");
  EXPECT_EQ(read.meaning, answer_class::migrated);
  EXPECT_EQ(read.migrated_to, chat_id{-1001234567890});
}

TEST(TelegramAnswer, IsNotTakenFromAProxy) {
  auto read = decode_answer(answered(502, "<html>Bad Gateway</html>"));
  EXPECT_EQ(read.meaning, answer_class::retry_later);
  EXPECT_TRUE(read.is_ambiguous);
  read = decode_answer(answered(404, "<html>"));
  EXPECT_EQ(read.meaning, answer_class::retry_later);
  EXPECT_FALSE(read.is_ambiguous);
  read = decode_answer(answered(413, "<html>"));
  EXPECT_EQ(read.meaning, answer_class::bad_request);
  read = decode_answer(answered(200, R"({"ok":1})"));
  EXPECT_EQ(read.meaning, answer_class::retry_later);
}

TEST(TelegramAnswer, IsAmbiguousWhenNobodyToldWhatHappened) {
  http_answer lost;
  lost.failure = http_failure::answer_timeout;
  EXPECT_TRUE(decode_answer(lost).is_ambiguous);
  EXPECT_EQ(judge(decode_answer(lost)).outcome, delivery_outcome::retry_later);
  lost.failure = http_failure::connect_failed;
  EXPECT_FALSE(decode_answer(lost).is_ambiguous);
}

TEST(TelegramAnswer, HasResultsForItsReaders) {
  const auto read = decode_answer(answered(
    200,
    R"({"ok":true,"result":{"message_id":5,"date":1,"message_thread_id":42,)"
    R"("is_topic_message":true,"chat":{"id":-1001,"type":"supergroup"},)"
    R"("voice":{"file_id":"v","file_unique_id":"u"}}})"));
  ASSERT_TRUE(read.is_success());
  EXPECT_EQ(read_sent(read.result),
            (sent_message{message_id{5}, chat_id{-1001}, topic_id{42}, "v"}));
  EXPECT_EQ(read_sent(R"({"message_id":6})"),
            (sent_message{message_id{6}, {}, {}, {}}));
  EXPECT_EQ(read_sent("true"), std::nullopt);
  EXPECT_EQ(read_sent_group(R"([{"message_id":6},{"message_id":7}])").size(),
            2u);
  EXPECT_EQ(read_topic(R"({"message_thread_id":42,"name":"n","icon_color":1})"),
            topic_id{42});
  EXPECT_EQ(
    read_file(R"({"file_id":"f","file_size":9,"file_path":"p/x"})")->path,
    "p/x");
  const auto me
    = read_me(R"({"id":777,"is_bot":true,"first_name":"Bot",)"
              R"("username":"b","can_read_all_group_messages":true})");
  ASSERT_TRUE(me);
  EXPECT_EQ(me->self.username, "b");
  EXPECT_TRUE(me->may_read_groups);
  EXPECT_TRUE(read_member(R"({"status":"administrator","user":{"id":777},)"
                          R"("can_manage_topics":true})")
                ->may_manage_topics);
  EXPECT_EQ(read_webhook_info(R"({"url":"https://x","pending_update_count":3})")
              ->waiting,
            3u);
}

} // namespace
} // namespace switchboard::channels::telegram
