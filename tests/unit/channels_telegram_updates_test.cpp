#include "channels/telegram/command.hpp"
#include "channels/telegram/update_codec.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace switchboard::channels::telegram {
namespace {

/// The golden updates by their ids.
const std::map<int, std::string>& golden() {
  static const auto lines = [] {
    std::map<int, std::string> out;
    std::ifstream in{std::string{SWITCHBOARD_SOURCE_DIR}
                     + "/tests/golden/telegram_codec/updates.jsonl"};
    for (std::string line; std::getline(in, line);)
      out.emplace(static_cast<int>(out.size()) + 1, line);
    return out;
  }();
  return lines;
}

update read(int id) {
  auto out = decode_update(golden().at(id));
  EXPECT_EQ(out.id, update_id{id});
  return out;
}

message read_message(int id) {
  auto out = read(id);
  auto* found = std::get_if<new_message>(&out.what);
  if (found == nullptr) {
    ADD_FAILURE() << "update " << id << " is no message";
    return {};
  }
  return std::move(found->message);
}

/// A private message with these fields beside those that all have.
message made(const std::string& fields) {
  const auto out = decode_update(
    R"({"update_id":1,"message":{"message_id":5,"date":1,)"
    R"("chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"A"},)"
    + fields + "}}");
  if (const auto* poison = std::get_if<poison_update>(&out.what))
    ADD_FAILURE() << poison->reason;
  const auto* found = std::get_if<new_message>(&out.what);
  return found == nullptr ? message{} : found->message;
}

std::string reason_of(std::string_view body) {
  const auto out = decode_update(body);
  const auto* poison = std::get_if<poison_update>(&out.what);
  return poison == nullptr ? "" : poison->reason;
}

TEST(TelegramUpdate, ReadsEveryGoldenOneWithoutAProblem) {
  ASSERT_EQ(golden().size(), 20u);
  for (const auto& [id, line] : golden())
    EXPECT_EQ(reason_of(line), "") << id;
}

TEST(TelegramUpdate, ReadsAPrivateMessage) {
  const auto read = read_message(1);
  EXPECT_EQ(read.id, message_id{10});
  EXPECT_EQ(read.chat.kind, chat_kind::private_chat);
  EXPECT_EQ(read.chat.title, "Ana Ruiz");
  ASSERT_TRUE(read.from);
  EXPECT_EQ(display_name(*read.from), "Ana Ruiz");
  EXPECT_EQ(read.from->username, "anar");
  EXPECT_EQ(read.text.text, "/start T42");
  EXPECT_FALSE(read.topic);
  EXPECT_FALSE(read.is_service());
}

TEST(TelegramUpdate, TakesTheRootOfATopicForNoReply) {
  const auto read = read_message(2);
  EXPECT_EQ(read.topic, topic_id{42});
  EXPECT_TRUE(read.chat.is_forum);
  EXPECT_FALSE(read.reply_to);
}

TEST(TelegramUpdate, KeepsRealRepliesInATopic) {
  const auto read
    = made(R"("message_thread_id":42,"is_topic_message":true,"text":"x",)"
           R"("reply_to_message":{"message_id":43,"text":"question"})");
  ASSERT_TRUE(read.reply_to);
  EXPECT_EQ(read.reply_to->id, message_id{43});
  EXPECT_EQ(read.reply_to->excerpt, "question");
}

TEST(TelegramUpdate, KeepsARepliesThreadApartFromATopic) {
  const auto read
    = made(R"("message_thread_id":42,"text":"x",)"
           R"("reply_to_message":{"message_id":42,"text":"question"})");
  EXPECT_FALSE(read.topic);
  ASSERT_TRUE(read.reply_to);
  EXPECT_EQ(read.reply_to->id, message_id{42});
}

TEST(TelegramUpdate, ReadsAnEdit) {
  const auto read_edit = read(3);
  const auto* edit = std::get_if<edited_message>(&read_edit.what);
  ASSERT_NE(edit, nullptr);
  EXPECT_EQ(edit->message.edited_at, 1700000055);
  EXPECT_EQ(edit->message.text.text, "fixed text");
}

TEST(TelegramUpdate, ReadsATap) {
  const auto update = read(4);
  const auto* tap = std::get_if<button_press>(&update.what);
  ASSERT_NE(tap, nullptr);
  EXPECT_EQ(tap->query, "4382bfdwdsb323b2d9");
  EXPECT_EQ(tap->data, "t:42:close");
  EXPECT_EQ(tap->message, message_id{301});
  EXPECT_EQ(tap->topic, topic_id{42});
  EXPECT_TRUE(tap->is_accessible);
}

TEST(TelegramUpdate, KnowsATapUnderAMessageThatIsNoLongerAccessible) {
  const auto update = read(5);
  const auto* tap = std::get_if<button_press>(&update.what);
  ASSERT_NE(tap, nullptr);
  EXPECT_FALSE(tap->is_accessible);
  EXPECT_EQ(tap->chat->id, chat_id{-5});
}

TEST(TelegramUpdate, ReadsThatAPersonBlockedTheBot) {
  const auto update = read(6);
  const auto* change = std::get_if<membership_changed>(&update.what);
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->before.status, member_status::member);
  EXPECT_EQ(change->after.status, member_status::kicked);
  EXPECT_TRUE(change->before.is_member);
  EXPECT_FALSE(change->after.is_member);
}

TEST(TelegramUpdate, ReadsReactions) {
  const auto update = read(7);
  const auto* change = std::get_if<reaction_changed>(&update.what);
  ASSERT_NE(change, nullptr);
  EXPECT_TRUE(change->before.empty());
  ASSERT_EQ(change->after.size(), 3u);
  EXPECT_EQ(change->after[0].value, "👍");
  EXPECT_EQ(change->after[1].what, reaction::kind::custom_emoji);
  EXPECT_EQ(change->after[2].what, reaction::kind::paid);
}

TEST(TelegramUpdate, ReadsBothSidesOfAMigration) {
  const auto old_side = read_message(8);
  ASSERT_TRUE(std::holds_alternative<migrated_to>(old_side.happened));
  EXPECT_EQ(std::get<migrated_to>(old_side.happened).chat,
            chat_id{-1001234567890});
  const auto new_side = read_message(9);
  ASSERT_TRUE(std::holds_alternative<migrated_from>(new_side.happened));
  EXPECT_EQ(std::get<migrated_from>(new_side.happened).chat, chat_id{-456789});
}

TEST(TelegramUpdate, TakesTheLargestSizeOfAPhoto) {
  const auto read = read_message(10);
  ASSERT_TRUE(std::holds_alternative<file>(read.shows));
  EXPECT_EQ(std::get<file>(read.shows).file_id, "large");
  EXPECT_EQ(read.album, "13500000000000001");
  EXPECT_EQ(read.text.text, "broken");
  ASSERT_EQ(read.text.spans.size(), 1u);
}

TEST(TelegramUpdate, ReadsFilesBeyondFourGigabytes) {
  const auto read = read_message(11);
  const auto& shown = std::get<file>(read.shows);
  EXPECT_EQ(shown.kind, file_kind::document);
  EXPECT_EQ(shown.name, "log.pdf");
  EXPECT_EQ(shown.size, 3'000'000'000u);
  EXPECT_EQ(shown.thumbnail_id, "t");
}

TEST(TelegramUpdate, PrefersAnAnimationToItsDocument) {
  EXPECT_EQ(std::get<file>(read_message(12).shows).kind, file_kind::animation);
}

TEST(TelegramUpdate, PrefersAVenueToItsLocation) {
  EXPECT_EQ(std::get<venue>(read_message(13).shows).title, "Shop");
}

TEST(TelegramUpdate, ReadsAContact) {
  const auto read = read_message(14);
  EXPECT_EQ(std::get<contact>(read.shows).phone_number, "+34600111222");
  EXPECT_EQ(std::get<contact>(read.shows).user, read.from->id);
}

TEST(TelegramUpdate, ReadsWhereAForwardedMessageCameFrom) {
  const auto read = read_message(15);
  ASSERT_TRUE(read.forwarded);
  EXPECT_EQ(read.forwarded->from, forward_origin::source::channel);
  EXPECT_EQ(read.forwarded->name, "News");
  ASSERT_TRUE(read.quote);
  EXPECT_EQ(read.quote->text.text, "part");
  EXPECT_EQ(read.reply_to->id, message_id{9});
}

TEST(TelegramUpdate, NamesKindsThatItDoesNotRead) {
  const auto update = read(16);
  ASSERT_TRUE(std::holds_alternative<unknown_update>(update.what));
  EXPECT_EQ(std::get<unknown_update>(update.what).name, "channel_post");
}

TEST(TelegramUpdate, ReadsWhatHappensToTopics) {
  const auto edited = std::get<topic_edited>(read_message(17).happened);
  EXPECT_EQ(edited.name, "new");
  EXPECT_EQ(edited.icon_emoji_id, "");
  EXPECT_TRUE(std::holds_alternative<topic_closed>(
    made(R"("forum_topic_closed":{})").happened));
  EXPECT_TRUE(std::holds_alternative<topic_reopened>(
    made(R"("forum_topic_reopened":{})").happened));
  EXPECT_EQ(std::get<topic_created>(
              made(R"("forum_topic_created":{"name":"n","icon_color":7322096})")
                .happened)
              .name,
            "n");
}

TEST(TelegramUpdate, NamesContentsThatItDoesNotShow) {
  EXPECT_EQ(std::get<other_content>(read_message(18).shows).name, "poll");
  EXPECT_EQ(std::get<other_content>(made(R"("hologram":{})").shows).name,
            "hologram");
  EXPECT_EQ(
    std::get<other_service>(made(R"("pinned_message":{})").happened).name,
    "pinned_message");
}

TEST(TelegramUpdate, CountsOffsetsOfSpansInUtf16) {
  const auto read = made(
    R"("text":"a😀é b","entities":[{"type":"bold","offset":3,"length":1},)"
    R"({"type":"italic","offset":5,"length":99},)"
    R"({"type":"code","offset":50,"length":1},)"
    R"({"type":"hologram","offset":0,"length":1}])");
  ASSERT_EQ(read.text.spans.size(), 2u);
  EXPECT_EQ(
    read.text.text.substr(read.text.spans[0].offset, read.text.spans[0].length),
    "é");
  EXPECT_EQ(read.text.spans[1].length, 1u);
}

TEST(TelegramUpdate, RepairsTextThatIsNoUnicode) {
  const auto read = made(
    R"("text":"a\u0000b","entities":[{"type":"bold","offset":2,"length":1}])");
  EXPECT_EQ(read.text.text,
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(read.text.spans.at(0).offset, 4u);
}

TEST(TelegramUpdate, SaysWhatIsWrongWithAPoisonousOne) {
  EXPECT_EQ(reason_of(""), "empty");
  EXPECT_EQ(reason_of("{"), "not JSON");
  EXPECT_EQ(reason_of("[]"), "not an object");
  EXPECT_EQ(reason_of("{}"), "update_id is missing");
  EXPECT_EQ(reason_of(R"({"update_id":"1"})"), "update_id is no integer");
  EXPECT_EQ(reason_of(R"({"update_id":1,"message":[]})"),
            "message is no object");
  EXPECT_EQ(reason_of(R"({"update_id":1,"message":{"date":1}})"),
            "message_id is missing");
  EXPECT_EQ(reason_of(R"({"update_id":1,"message":{"message_id":4294967296,)"
                      R"("date":1,"chat":{"id":1,"type":"private"}}})"),
            "message_id is out of range");
  EXPECT_EQ(reason_of(std::string(99, '[') + std::string(99, ']')),
            "nested too deeply");
  EXPECT_EQ(reason_of(std::string(update_size_max + 1, ' ')), "too large");
}

TEST(TelegramUpdate, KeepsTheIdOfAPoisonousOne) {
  EXPECT_EQ(decode_update(R"({"update_id":9,"message":5})").id, update_id{9});
}

TEST(TelegramUpdate, ReadsABatchAndKeepsItsJson) {
  const auto batch = decode_update_batch(
    R"({"ok":true,"result":[{"update_id":1,"poll":{}}, {"update_id":2,)"
    R"("message":null, "x":1}, 3]})");
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch[0].update.id, update_id{1});
  EXPECT_EQ(batch[0].json, R"({"update_id":1,"poll":{}})");
  EXPECT_TRUE(std::holds_alternative<poison_update>(batch[2].update.what));
  EXPECT_TRUE(decode_update_batch(R"({"ok":false})").empty());
  EXPECT_TRUE(decode_update_batch("<html>").empty());
}

struct command_row {
  std::string text;
  int length;
  std::optional<command> expected;
};

TEST(TelegramCommand, IsReadAsTelegramMarksIt) {
  const std::vector<command_row> rows{
    {"/close", 6, command{"close", "", false}},
    {"/Close now please ", 6, command{"close", "now please", false}},
    {"/close@Support_Bot now", 18, command{"close", "now", false}},
    {"/close@other_bot now", 16, command{"close", "now", true}},
    {"no /close", 0, std::nullopt},
  };
  for (const auto& row : rows) {
    const auto marks = row.length == 0
                         ? R"([{"type":"bot_command","offset":3,"length":6}])"
                         : R"([{"type":"bot_command","offset":0,"length":)"
                             + std::to_string(row.length) + "}]";
    const auto read
      = made(R"("text":")" + row.text + R"(","entities":)" + marks);
    EXPECT_EQ(parse_command(read, "support_bot"), row.expected) << row.text;
  }
}

TEST(TelegramCommand, CarriesADeepLink) {
  const auto given = parse_command(read_message(1), "bot");
  ASSERT_TRUE(given);
  EXPECT_EQ(deep_link_payload(*given), "T42");
  EXPECT_EQ(deep_link_payload({"start", "", false}), std::nullopt);
  EXPECT_EQ(deep_link_payload({"start", "a b", false}), std::nullopt);
  EXPECT_EQ(deep_link_payload({"start", std::string(65, 'a'), false}),
            std::nullopt);
  EXPECT_EQ(deep_link_payload({"help", "T42", false}), std::nullopt);
}

} // namespace
} // namespace switchboard::channels::telegram
