#include "channels/whatsapp/baileys_inbound.hpp"
#include "tests/unit/channels_whatsapp_show.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

using tests::show;

inbound_batch decode(std::string_view body, const baileys_reading& how = {}) {
  const auto call = decode_baileys(body, how);
  EXPECT_TRUE(call) << body;
  return call ? call.value().batch : inbound_batch{};
}

/// A call in the canonical form, with one message that has this content, and
/// `more` beside the data.
std::string call(const std::string& content, const std::string& more = {}) {
  return R"({"event":"messages.upsert","session":"main","data":{"type":"notify",)"
         R"("messages":[{"key":{"remoteJid":"15551234567@s.whatsapp.net",)"
         R"("fromMe":false,"id":"3EB0"},"messageTimestamp":1749416383,)"
         R"("pushName":"Ana","message":)"
         + content + "}]}" + more + "}";
}

struct row {
  std::string name;
  std::string content;
  std::string shown;
};

void expect_all(const std::vector<row>& rows) {
  for (const auto& row : rows)
    EXPECT_EQ(show(decode(call(row.content))),
              row.shown.starts_with("i") && row.shown.size() == 2
                ? row.shown
                : "3EB0=" + row.shown)
      << row.name;
}

TEST(WhatsAppFromBaileys, SaysTheWordsOfEachKind) {
  expect_all(
    {{"text", R"({"conversation":" Hi "})", "Hi"},
     {"longer text", R"({"extendedTextMessage":{"text":"Hi"}})", "Hi"},
     {"text beside a key",
      R"({"senderKeyDistributionMessage":{"groupId":"g"},"conversation":"Hi",)"
      R"("messageContextInfo":{}})",
      "Hi"},
     {"defaults written out",
      R"({"conversation":"","imageMessage":null,"extendedTextMessage":)"
      R"({"text":"Hi"}})",
      "Hi"},
     {"location",
      R"({"locationMessage":{"degreesLatitude":40.4,"degreesLongitude":-3.7,)"
      R"("name":"Sol","address":"Madrid"}})",
      "📍 Sol, Madrid\nhttps://maps.google.com/?q=40.4,-3.7"},
     {"live location",
      R"({"liveLocationMessage":{"degreesLatitude":40.4,"degreesLongitude":)"
      R"("-3.7","caption":"coming"}})",
      "📍 Live location\nhttps://maps.google.com/?q=40.4,-3.7\ncoming"},
     {"contact",
      R"({"contactMessage":{"displayName":"B","vcard":"BEGIN:VCARD\nFN:Bo\n)"
      R"(TEL;waid=1650:+1 650\nEND:VCARD"}})",
      "👤 Bo: +1 650"},
     {"contacts",
      R"({"contactsArrayMessage":{"contacts":[{"displayName":"A","vcard":)"
      R"("TEL:1"},{"displayName":"B","vcard":"TEL:2"}]}})",
      "👤 A: 1\n👤 B: 2"},
     {"button",
      R"({"buttonsResponseMessage":{"selectedButtonId":"yes",)"
      R"("selectedDisplayText":"Yes"}})",
      "Yes"},
     {"list",
      R"({"listResponseMessage":{"title":"Billing","singleSelectReply":)"
      R"({"selectedRowId":"1"}}})",
      "Billing"},
     {"list without a title",
      R"({"listResponseMessage":{"singleSelectReply":{"selectedRowId":"1"}}})",
      "1"},
     {"template's button",
      R"({"templateButtonReplyMessage":{"selectedId":"1",)"
      R"("selectedDisplayText":"Yes"}})",
      "Yes"},
     {"flow",
      R"({"interactiveResponseMessage":{"body":{"text":"Done"},)"
      R"("nativeFlowResponseMessage":{"name":"flow"}}})",
      "Done"},
     {"order",
      R"({"orderMessage":{"itemCount":2,"orderTitle":"Shoes","message":)"
      R"("please"}})",
      "🛒 Order: please\n2 × Shoes"},
     {"product",
      R"({"productMessage":{"product":{"title":"Shoes","description":"red"},)"
      R"("body":"in 42?"}})",
      "🛍 Shoes\nred\nin 42?"},
     {"poll",
      R"({"pollCreationMessageV3":{"name":"When?","options":[{"optionName":)"
      R"("Now"},{"optionName":"Later"}]}})",
      "📊 When?\n• Now\n• Later"},
     {"event", R"({"eventMessage":{"name":"Visit","description":"at 5"}})",
      "📅 Visit\nat 5"},
     {"invitation",
      R"({"groupInviteMessage":{"groupName":"G","caption":"join"}})",
      "👥 Invitation to the group G\njoin"},
     {"business",
      R"({"templateMessage":{"hydratedTemplate":{"hydratedContentText":)"
      R"("Sale"}}})",
      "Sale"},
     {"ad",
      R"({"extendedTextMessage":{"text":"Hi","contextInfo":{"externalAdReply":)"
      R"({"title":"Shoes","sourceUrl":"https://fb.me/x","sourceType":"ad"}}}})",
      "Hi\n📣 Shoes https://fb.me/x"},
     {"a preview is no ad",
      R"({"extendedTextMessage":{"text":"Hi","contextInfo":{"externalAdReply":)"
      R"({"title":"Shoes","sourceUrl":"https://x.org"}}}})",
      "Hi"},
     {"unknown", R"({"messageContextInfo":{},"hologramMessage":{"a":1}})",
      "[unsupported message: hologram]"}});
}

TEST(WhatsAppFromBaileys, SaysWhatFilesCame) {
  expect_all(
    {{"image",
      R"({"imageMessage":{"url":"https://mmg.whatsapp.net/x","mimetype":)"
      R"("image/jpeg","caption":"broken","fileLength":"105120"}})",
      "broken<image.jpg|image/jpeg|105120>"},
     {"a long length",
      R"({"videoMessage":{"mimetype":"video/mp4","fileLength":{"low":5,)"
      R"("high":0,"unsigned":true}}})",
      "<video.mp4|video/mp4|5>"},
     {"animation",
      R"({"videoMessage":{"mimetype":"video/mp4","gifPlayback":true}})",
      "<animation.mp4|video/mp4>"},
     {"video note", R"({"ptvMessage":{"mimetype":"video/mp4"}})",
      "<video-note.mp4|video/mp4>"},
     {"voice",
      R"({"audioMessage":{"mimetype":"audio/ogg; codecs=opus","ptt":true}})",
      "<voice.ogg|audio/ogg; codecs=opus>"},
     {"audio", R"({"audioMessage":{"mimetype":"audio/mp4"}})",
      "<audio.m4a|audio/mp4>"},
     {"document",
      R"({"documentWithCaptionMessage":{"message":{"documentMessage":)"
      R"({"mimetype":"application/pdf","title":"log","fileName":"log.pdf",)"
      R"("fileLength":"30122","caption":"see"}}}})",
      "see<log.pdf|application/pdf|30122>"},
     {"document by its title",
      R"({"documentMessage":{"mimetype":"application/pdf","title":"log"}})",
      "<log|application/pdf>"},
     {"sticker", R"({"stickerMessage":{"mimetype":"image/webp"}})",
      "<sticker.webp|image/webp>"},
     {"moving sticker",
      R"({"lottieStickerMessage":{"message":{"stickerMessage":{"mimetype":)"
      R"("application/was"}}}})",
      "<sticker|application/was>"}});
}

TEST(WhatsAppFromBaileys, UnwrapsFiveTimes) {
  const auto wrap = [](int times) {
    std::string out = R"({"conversation":"Hi"})";
    for (int i = 0; i < times; ++i)
      out = std::string{"{\""}
            + (i % 2 == 0 ? "ephemeralMessage" : "viewOnceMessageV2")
            + R"(":{"message":)" + out + "}}";
    return out;
  };
  expect_all({{"one", wrap(1), "Hi"},
              {"five", wrap(5), "Hi"},
              {"six", wrap(6), "[unsupported message: ephemeral]"},
              {"device",
               R"({"deviceSentMessage":{"destinationJid":"x","message":)"
               R"({"conversation":"Hi"}}})",
               "Hi"},
              {"picture of an album",
               R"({"associatedChildMessage":{"message":{"imageMessage":)"
               R"({"mimetype":"image/png"}}}})",
               "<image.png|image/png>"}});
}

TEST(WhatsAppFromBaileys, TellsWhatChangesOtherMessages) {
  expect_all(
    {{"reaction",
      R"({"reactionMessage":{"key":{"remoteJid":"x","fromMe":true,"id":"3EAA"},)"
      R"("text":"\ud83d\udc4d","senderTimestampMs":"1749416399000"}})",
      "react 3EAA 👍"},
     {"reaction taken back",
      R"({"reactionMessage":{"key":{"id":"3EAA"},"text":""}})", "react 3EAA "},
     {"revoke", R"({"protocolMessage":{"key":{"id":"3EAA"},"type":"REVOKE"}})",
      "revoke 3EAA"},
     {"revoke by number",
      R"({"protocolMessage":{"key":{"id":"3EAA"},"type":0}})", "revoke 3EAA"},
     {"edit",
      R"({"protocolMessage":{"key":{"id":"3EAA"},"type":"MESSAGE_EDIT",)"
      R"("editedMessage":{"conversation":"fixed"}}})",
      "edit 3EAA fixed"},
     {"edit by number",
      R"({"protocolMessage":{"key":{"id":"3EAA"},"type":14,"editedMessage":)"
      R"({"extendedTextMessage":{"text":"fixed"}}}})",
      "edit 3EAA fixed"},
     {"wrapped edit",
      R"({"editedMessage":{"message":{"protocolMessage":{"key":{"id":"3EAA"},)"
      R"("type":14,"editedMessage":{"imageMessage":{"caption":"fixed"}}}}}})",
      "edit 3EAA fixed"}});
}

TEST(WhatsAppFromBaileys, IgnoresWhatSaysNothing) {
  for (const auto* content :
       {R"({"protocolMessage":{"type":"EPHEMERAL_SETTING"}})",
        R"({"protocolMessage":{"type":3}})", R"({"protocolMessage":{}})",
        R"({"pollUpdateMessage":{"vote":{}}})", R"({"albumMessage":{}})",
        R"({"senderKeyDistributionMessage":{"groupId":"g"}})",
        R"({"messageContextInfo":{}})", "{}", "null", R"({"conversation":""})"})
    EXPECT_EQ(show(decode(call(content))), "i1") << content;
}

TEST(WhatsAppFromBaileys, CountsWhatIsSpoilt) {
  for (const auto* content :
       {R"({"extendedTextMessage":{"text":""}})",
        R"({"extendedTextMessage":{"text":7}})", R"({"imageMessage":[]})"})
    EXPECT_NE(show(decode(call(content))), "i1") << content;
  for (const auto* content :
       {R"({"extendedTextMessage":{"text":" "}})",
        R"({"reactionMessage":{"text":"x"}})",
        R"({"protocolMessage":{"type":"REVOKE"}})",
        R"({"protocolMessage":{"type":14,"key":{"id":"a"}}})"})
    EXPECT_EQ(show(decode(call(content))), "m1") << content;
}

TEST(WhatsAppFromBaileys, TakesFilesFromWhereverTheyAre) {
  const std::string image = R"({"imageMessage":{"mimetype":"image/png"}})";
  const std::vector<row> rows{
    {"object",
     R"(,"media":{"3EB0":{"mimetype":"image/jpeg","fileName":"a.jpg",)"
     R"("base64":"aGVsbG8="}})",
     "<a.jpg|image/jpeg|bytes:hello|5>"},
    {"bare", R"(,"media":{"3EB0":"aGVsbG8="})",
     "<image.png|image/png|bytes:hello|5>"},
    {"bare, in lines", R"(,"media":{"3EB0":"aGVs\r\nbG8=\n"})",
     "<image.png|image/png|bytes:hello|5>"},
    {"other alphabet", R"(,"media":{"3EB0":"-_-_"})",
     "<image.png|image/png|bytes:\xFB\xFF\xBF|3>"},
    {"data address", R"(,"media":{"3EB0":"data:image/gif;base64,aGVsbG8"})",
     "<image.png|image/png|bytes:hello|5>"},
    {"address", R"(,"media":{"3EB0":{"url":"https://s/a","size":9}})",
     "<image.png|image/png|https://s/a|9>"},
    {"bare address", R"(,"media":{"3EB0":"http://s/a"})",
     "<image.png|image/png|http://s/a>"},
    {"buffer", R"(,"media":{"3EB0":{"type":"Buffer","data":[104,105]}})",
     "<image.png|image/png|bytes:hi|2>"},
    {"buffer in an object",
     R"(,"media":{"3EB0":{"data":{"type":"Buffer","data":"aGk="}}})",
     "<image.png|image/png|bytes:hi|2>"},
    {"fazer", R"(,"extra":{"media":{"3EB0":"aGVsbG8="}})",
     "<image.png|image/png|bytes:hello|5>"},
    {"another message's", R"(,"media":{"3EB1":"aGVsbG8="})",
     "<image.png|image/png>"},
    {"no base64", R"(,"media":{"3EB0":"!!"})", "<image.png|image/png>"},
    {"no buffer", R"(,"media":{"3EB0":{"type":"Buffer","data":[1,300]}})",
     "<image.png|image/png>"}};
  for (const auto& row : rows)
    EXPECT_EQ(show(decode(call(image, row.content))), "3EB0=" + row.shown)
      << row.name;
  EXPECT_EQ(show(decode(call(
              R"({"imageMessage":{"mimetype":"image/png"},"base64":"aGk="})"))),
            "3EB0=<image.png|image/png|bytes:hi|2>");
  EXPECT_EQ(show(decode(call(R"({"imageMessage":{"mimetype":"image/png"},)"
                             R"("mediaUrl":"https://s/a"})"))),
            "3EB0=<image.png|image/png|https://s/a>");
}

TEST(WhatsAppFromBaileys, LeavesFilesOutThatAreTooLarge) {
  baileys_reading how;
  how.media_bytes_max = 4;
  const std::string image = R"({"imageMessage":{"mimetype":"image/png"}})";
  EXPECT_EQ(show(decode(call(image, R"(,"media":{"3EB0":"aGVsbG8h"})"), how)),
            "3EB0=<image.png|image/png|6>");
  EXPECT_EQ(show(decode(call(image, R"(,"media":{"3EB0":"aGVsbA=="})"), how)),
            "3EB0=<image.png|image/png|bytes:hell|4>");
}

/// One message whose key and other fields are given.
std::string keyed(const std::string& key,
                  const std::string& message = R"({"conversation":"a"})") {
  return R"({"messages":[{"key":{"id":"3EB0","fromMe":false,)" + key
         + R"(},"pushName":"Ana","message":)" + message + "}]}";
}

TEST(WhatsAppFromBaileys, TellsWhoWritesAndWhere) {
  struct place_row {
    std::string key;
    std::string address;
    std::string author;
  };

  const std::vector<place_row> rows{
    {R"("remoteJid":"15551234567@s.whatsapp.net")",
     "15551234567@s.whatsapp.net", "Ana/+15551234567"},
    {R"("remoteJid":"15551234567:12@s.whatsapp.net")",
     "15551234567@s.whatsapp.net", "Ana/+15551234567"},
    {R"("remoteJid":"15551234567_1:12@s.whatsapp.net")",
     "15551234567@s.whatsapp.net", "Ana/+15551234567"},
    {R"("remoteJid":"15551234567@c.us")", "15551234567@c.us",
     "Ana/+15551234567"},
    {R"("remoteJid":"2251@lid","remoteJidAlt":"15551234567@s.whatsapp.net")",
     "2251@lid", "Ana/+15551234567/lid:2251"},
    {R"("remoteJid":"2251@lid","senderPn":"15551234567@s.whatsapp.net")",
     "2251@lid", "Ana/+15551234567/lid:2251"},
    {R"("remoteJid":"15551234567@s.whatsapp.net","remoteJidAlt":"2251:3@lid")",
     "15551234567@s.whatsapp.net", "Ana/+15551234567/lid:2251"},
    {R"("remoteJid":"2251@lid")", "2251@lid", "Ana//lid:2251"},
    {R"("remoteJid":"6834002@s.whatsapp.net")", "6834002@s.whatsapp.net",
     "Ana//user:6834002"},
    {R"("remoteJid":"1700@broadcast","participant":)"
     R"("15551234567@s.whatsapp.net")",
     "15551234567@s.whatsapp.net", "Ana/+15551234567"}};
  for (const auto& row : rows) {
    const auto batch = decode(keyed(row.key));
    ASSERT_EQ(batch.messages.size(), 1U) << row.key;
    EXPECT_EQ(batch.messages[0].address, row.address) << row.key;
    EXPECT_EQ(show(batch.messages[0].author), row.author) << row.key;
    EXPECT_EQ(batch.messages[0].group, "") << row.key;
  }
}

TEST(WhatsAppFromBaileys, KnowsGroupsAndTheirAuthors) {
  const auto batch
    = decode(keyed(R"("remoteJid":"12036@g.us","participant":"2251:4@lid",)"
                   R"("participantAlt":"15551234567@s.whatsapp.net")"));
  const auto& one = batch.messages.at(0);
  EXPECT_TRUE(one.is_group);
  EXPECT_EQ(one.group, "group:12036@g.us");
  EXPECT_EQ(one.address, "12036@g.us");
  EXPECT_EQ(show(one.author), "Ana/+15551234567/lid:2251");
  EXPECT_FALSE(one.is_addressed);
  const auto old
    = decode(keyed(R"("remoteJid":"12036@g.us","participant":"2251@lid",)"
                   R"("participantPn":"15551234567@s.whatsapp.net")"));
  EXPECT_EQ(show(old.messages.at(0).author), "Ana/+15551234567/lid:2251");
  const auto nobody = decode(keyed(R"("remoteJid":"12036@g.us")"));
  EXPECT_EQ(show(nobody.messages.at(0).author), "Ana//user:12036@g.us");
}

TEST(WhatsAppFromBaileys, KnowsWhenAGroupSpeaksToTheBot) {
  baileys_reading how;
  how.own_jid = "15550001111:7@s.whatsapp.net, 999@lid";
  const auto text = [](const std::string& words, const std::string& context) {
    return keyed(R"("remoteJid":"12036@g.us","participant":"2251@lid")",
                 R"({"extendedTextMessage":{"text":")" + words
                   + R"(","contextInfo":{)" + context + "}}}");
  };

  struct group_row {
    std::string words;
    std::string context;
    bool is_addressed;
  };

  const std::vector<group_row> rows{
    {"help", R"("mentionedJid":["15550001111@s.whatsapp.net"])", true},
    {"help", R"("mentionedJid":["1@lid","999@lid"])", true},
    {"help", R"("mentionedJid":["15550002222@s.whatsapp.net"])", false},
    {"help", R"("mentionedJid":["15550001111@lid"])", false},
    {"help", R"("stanzaId":"Q","participant":"15550001111:2@s.whatsapp.net")",
     true},
    {"help", R"("stanzaId":"Q","participant":"2251@lid")", false},
    {"help", R"("participant":"15550001111@s.whatsapp.net")", false},
    {"@15550001111 help", "", true},
    {"@155500011112 help", "", false},
    {"help", "", false}};
  for (const auto& row : rows)
    EXPECT_EQ(
      decode(text(row.words, row.context), how).messages.at(0).is_addressed,
      row.is_addressed)
      << row.words << ' ' << row.context;
}

TEST(WhatsAppFromBaileys, TellsWhatIsAnsweredAndForwarded) {
  const auto batch = decode(call(
    R"({"imageMessage":{"mimetype":"image/png","contextInfo":{"stanzaId":"Q1",)"
    R"("participant":"1@s.whatsapp.net","quotedMessage":{"conversation":"e"},)"
    R"("isForwarded":true}}})"));
  const auto& one = batch.messages.at(0);
  EXPECT_EQ(one.reply_to, "Q1");
  EXPECT_TRUE(one.is_forwarded);
  EXPECT_FALSE(one.is_addressed);
  EXPECT_EQ(one.via, provider::baileys);
  EXPECT_EQ(one.account, "main");
  EXPECT_EQ(one.sent_at,
            domain::timestamp{std::chrono::seconds{1'749'416'383}});
}

TEST(WhatsAppFromBaileys, IgnoresEchoesChannelsAndStubs) {
  for (const auto* item :
       {R"({"key":{"id":"1","remoteJid":"1555@s.whatsapp.net","fromMe":true},)"
        R"("message":{"conversation":"a"}})",
        R"({"key":{"id":"1","remoteJid":"status@broadcast","participant":)"
        R"("1555@s.whatsapp.net"},"message":{"conversation":"a"}})",
        R"({"key":{"id":"1","remoteJid":"77@newsletter"},"message":)"
        R"({"conversation":"a"}})",
        R"({"key":{"id":"1","remoteJid":"0@s.whatsapp.net"},"message":)"
        R"({"conversation":"a"}})",
        R"({"key":{"id":"1","remoteJid":"15551234567@s.whatsapp.net"},)"
        R"("messageStubType":"CIPHERTEXT"})",
        R"({"key":{"id":"1","remoteJid":"15551234567@s.whatsapp.net"},)"
        R"("messageStubType":2,"message":null})"})
    EXPECT_EQ(show(decode(R"({"messages":[)" + std::string{item} + "]}")), "i1")
      << item;
}

TEST(WhatsAppFromBaileys, TakesTheBacklogWhileItIsRecent) {
  baileys_reading how;
  how.now = domain::timestamp{std::chrono::seconds{1'749'416'383}};
  const auto body = [](const std::string& type, const std::string& time) {
    return R"({"event":"messages.upsert","data":{"type":")" + type
           + R"(","messages":[{"key":{"id":"1","remoteJid":)"
             R"("15551234567@s.whatsapp.net"},"message":{"conversation":"a"})"
           + time + "}]}}";
  };
  const std::string recent = R"(,"messageTimestamp":"1749400000")";
  const std::string old
    = R"(,"messageTimestamp":{"low":1700000000,"high":0,"unsigned":true})";
  EXPECT_EQ(show(decode(body("append", recent), how)), "1=a");
  EXPECT_EQ(show(decode(body("append", old), how)), "i1");
  EXPECT_EQ(show(decode(body("append", ""), how)), "i1");
  EXPECT_EQ(show(decode(body("notify", old), how)), "1=a");
}

} // namespace
} // namespace switchboard::channels::whatsapp
