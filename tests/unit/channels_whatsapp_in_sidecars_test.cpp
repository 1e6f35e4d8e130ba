#include "channels/whatsapp/baileys_inbound.hpp"
#include "tests/unit/channels_whatsapp_show.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

using tests::show;

baileys_call decode(std::string_view body, const baileys_reading& how = {}) {
  auto call = decode_baileys(body, how);
  EXPECT_TRUE(call) << body;
  return call ? std::move(call).value() : baileys_call{};
}

struct row {
  std::string name;
  std::string body;
  std::string shown;
};

void expect_all(const std::vector<row>& rows) {
  for (const auto& row : rows)
    EXPECT_EQ(show(decode(row.body).batch), row.shown) << row.name;
}

const std::string one
  = R"({"key":{"id":"A","remoteJid":"15551234567@s.whatsapp.net"},)"
    R"("message":{"conversation":"a"}})";

TEST(WhatsAppSidecars, PutTheirMessagesIntoManyEnvelopes) {
  expect_all({
    {"canonical",
     R"({"event":"messages.upsert","session":"s","data":{"messages":[)" + one
       + "]}}",
     "A=a"},
    {"upper case", R"({"event":"MESSAGES_UPSERT","data":)" + one + "}", "A=a"},
    {"hyphen", R"({"event":"messages-upsert","data":[)" + one + "]}", "A=a"},
    {"top level", R"({"messages":[)" + one + R"(],"type":"notify"})", "A=a"},
    {"bare", one, "A=a"},
    {"list of bare ones", "[" + one + "," + one + "]", "A=a; A=a"},
    {"data alone", R"({"data":)" + one + "}", "A=a"},
    {"list in data", R"({"data":[)" + one + "]}", "A=a"},
    {"no messages", R"({"event":"messages.upsert","data":{"messages":[]}})",
     ""},
    {"a workflow's item", R"([{"json":{"body":)" + one + "}}]", "A=a"},
    {"a workflow's request",
     R"({"headers":{"x":"y"},"body":{"event":"messages.upsert","data":)" + one
       + "}}",
     "A=a"},
    {"own echo", R"({"event":"send.message","data":)" + one + "}", "i1"},
    {"unknown", R"({"event":"chats.set","data":[]})", "i1"},
    {"contacts", R"({"event":"contacts.update","instance":"x"})", "i1"},
  });
}

TEST(WhatsAppSidecars, NameTheirSession) {
  for (const auto* field : {"session", "instance", "sessionId"})
    EXPECT_EQ(decode(R"({"event":"messages.upsert",")" + std::string{field}
                     + R"(":"main","data":)" + one + "}")
                .batch.messages.at(0)
                .account,
              "main")
      << field;
  EXPECT_EQ(decode(one).batch.messages.at(0).account, "");
}

TEST(WhatsAppSidecars, MaySendTheirKeyInTheBody) {
  EXPECT_EQ(decode(R"({"event":"x","webhookVerifyToken":"k"})").verify_token,
            "k");
  EXPECT_EQ(decode(R"({"event":"x","apikey":"k"})").verify_token, "k");
  EXPECT_EQ(decode(R"({"event":"x"})").verify_token, "");
}

TEST(WhatsAppSidecars, AreReadAsTheProviderThatIsAskedFor) {
  baileys_reading how;
  how.via = provider::n8n;
  const auto batch
    = decode(R"({"from":"15551234567","id":"A","text":"a"})", how).batch;
  EXPECT_EQ(batch.messages.at(0).via, provider::n8n);
}

TEST(WhatsAppSidecars, SpoilNothingButTheMessageThatIsSpoilt) {
  expect_all(
    {{"batch",
      R"({"messages":[7,{},null,{"key":{"remoteJid":"1"}},)" + one
        + R"(,{"key":{"id":"B","remoteJid":"no address"},"message":{}}]})",
      "A=a; m5"}});
}

TEST(WhatsAppSidecars, AreRefusedInOtherShapes) {
  for (const auto* body :
       {"", "{", "null", "7", "{}", "[7]", R"({"hello":"world"})",
        R"({"event":"messages.upsert"})",
        R"({"event":"messages.upsert","data":"x"})",
        R"({"event":"messages.update","data":7})", "{\"a\":\"\xFF\"}"})
    EXPECT_FALSE(decode_baileys(body, {})) << body;
}

TEST(WhatsAppSidecars, MaySpeakSimply) {
  expect_all({
    {"simple", R"({"from":"+15551234567","text":"a","id":"A"})", "A=a"},
    {"other names", R"({"from":"15551234567@c.us","body":"a","messageId":"A"})",
     "A=a"},
    {"message", R"({"phone":"15551234567","message":"a","id":"A"})", "A=a"},
    {"content",
     R"({"from":"1555","id":"A","message":{"imageMessage":{"caption":"c"}}})",
     "A=c<image|>"},
    {"number as id", R"({"from":"1555","text":"a","id":12})", "12=a"},
    {"no id", R"({"from":"1555","text":"a"})", "m1"},
    {"nobody", R"({"from":"?","text":"a","id":"A"})", "m1"},
    {"ours", R"({"from":"1555","text":"a","id":"A","fromMe":true})", "i1"},
    {"empty", R"({"from":"1555","text":"","id":"A"})", "m1"},
    {"file",
     R"({"from":"1555","id":"A","caption":"c","media":{"url":"https://s/a",)"
     R"("mimetype":"image/png","filename":"a.png"}})",
     "A=c<a.png|image/png|https://s/a>"},
    {"file's address",
     R"({"from":"1555","id":"A","type":"image","mediaUrl":"https://s/a",)"
     R"("mimetype":"image/png"})",
     "A=<image.png|image/png|https://s/a>"},
    {"location",
     R"({"from":"1555","id":"A","location":{"latitude":1.5,"longitude":2}})",
     "A=📍 Location\nhttps://maps.google.com/?q=1.5,2"},
    {"list", R"([{"from":"1555","text":"a","id":"A"}])", "A=a"},
  });
  const auto batch
    = decode(R"({"from":"+15551234567","text":"a","id":"A","pushName":"Ana",)"
             R"("timestamp":"1749416383","replyTo":{"id":"Q"}})")
        .batch;
  const auto& message = batch.messages.at(0);
  EXPECT_EQ(message.address, "15551234567@s.whatsapp.net");
  EXPECT_EQ(show(message.author), "Ana/+15551234567");
  EXPECT_EQ(message.reply_to, "Q");
  EXPECT_EQ(message.sent_at,
            domain::timestamp{std::chrono::seconds{1'749'416'383}});
}

TEST(WhatsAppSidecars, MayBeEvolution) {
  const auto batch
    = decode(
        R"({"event":"messages.upsert","instance":"main","data":{"key":)"
        R"({"remoteJid":"12036@g.us","participant":"15551234567@s.whatsapp.net",)"
        R"("fromMe":false,"id":"A"},"pushName":"Ana","status":"DELIVERY_ACK",)"
        R"("message":{"conversation":"Hi","base64":""},"contextInfo":)"
        R"({"mentionedJid":["15550001111@s.whatsapp.net"],"stanzaId":"Q"},)"
        R"("messageType":"conversation","messageTimestamp":1749416383,)"
        R"("source":"android"},"sender":"15550001111@s.whatsapp.net",)"
        R"("server_url":"https://e","apikey":"k"})")
        .batch;
  EXPECT_EQ(show(batch), "A=Hi");
  EXPECT_EQ(batch.messages.at(0).reply_to, "Q");
  EXPECT_TRUE(batch.messages[0].is_addressed);
  expect_all({
    {"status",
     R"({"event":"messages.update","instance":"main","data":{"keyId":"A",)"
     R"("remoteJid":"15551234567@s.whatsapp.net","fromMe":true,"status":)"
     R"("READ"}})",
     "A read"},
    {"revoke",
     R"({"event":"messages.delete","instance":"main","data":{"id":"A",)"
     R"("remoteJid":"15551234567@s.whatsapp.net","fromMe":false}})",
     "A:revoke=revoke A"},
    {"only on their own phone",
     R"({"event":"messages.delete","data":{"keys":[{"id":"A"}]}})", "i1"},
    {"edit",
     R"({"event":"messages.edited","instance":"main","data":{"key":{"id":"A",)"
     R"("remoteJid":"15551234567@s.whatsapp.net"},"editedMessage":)"
     R"({"conversation":"fixed"},"timestampMs":"5"}})",
     "A:edit:5=edit A fixed"},
    {"line",
     R"({"event":"connection.update","instance":"main","data":{"state":)"
     R"("close","statusReason":401}})",
     "main logged_out: WhatsApp has logged it out"},
    {"out", R"({"event":"logout.instance","instance":"main"})",
     "main logged_out: it was logged out"},
    {"code", R"({"event":"qrcode.updated","instance":"main","data":{}})",
     "main logged_out: it has to be paired with the phone"},
  });
}

TEST(WhatsAppSidecars, MayBeWaha) {
  const std::string head = R"({"id":"evt","session":"default","me":{"id":)"
                           R"("15550001111@c.us"},"event":)";
  expect_all({
    {"text",
     head
       + R"("message","payload":{"id":"false_15551234567@c.us_AAA",)"
         R"("timestamp":1741249702,"from":"15551234567@c.us","fromMe":false,)"
         R"("body":"Hi","hasMedia":false,"ack":1},"engine":"NOWEB"})",
     "AAA=Hi"},
    {"file",
     head
       + R"("message","payload":{"id":"false_15551234567@c.us_AAA","from":)"
         R"("15551234567@c.us","body":"c","hasMedia":true,"media":{"url":)"
         R"("http://w/a.oga","mimetype":"audio/ogg; codecs=opus","filename":)"
         R"(null}}})",
     "AAA=c<file.ogg|audio/ogg; codecs=opus|http://w/a.oga>"},
    {"ours",
     head
       + R"("message.any","payload":{"id":"true_1555@c.us_A","from":)"
         R"("1555@c.us","fromMe":true,"body":"Hi"}})",
     "i1"},
    {"reaction",
     head
       + R"("message.reaction","payload":{"id":"false_1555@c.us_R","from":)"
         R"("15551234567@c.us","reaction":{"text":"+","messageId":)"
         R"("true_15551234567@c.us_AAA"}}})",
     "R=react AAA +"},
    {"edit",
     head
       + R"("message.edited","payload":{"id":"false_1555@c.us_E","from":)"
         R"("15551234567@c.us","editedMessageId":"AAA","body":"fixed"}})",
     "E=edit AAA fixed"},
    {"revoke",
     head
       + R"("message.revoked","payload":{"after":{"id":"false_1555@c.us_V",)"
         R"("from":"15551234567@c.us"},"before":null,"revokedMessageId":)"
         R"("AAA"}})",
     "V=revoke AAA"},
    {"ack",
     head
       + R"("message.ack","payload":{"id":"true_15551234567@c.us_AAA",)"
         R"("ack":2,"ackName":"DEVICE"}})",
     "AAA delivered"},
    {"ack of theirs",
     head + R"("message.ack","payload":{"id":"false_1@c.us_AAA","ack":3}})",
     "i1"},
    {"line", head + R"("session.status","payload":{"status":"SCAN_QR_CODE"}})",
     "default logged_out: it has to be paired with the phone again"},
    {"line up", head + R"("session.status","payload":{"status":"WORKING"}})",
     "default open"},
  });
  const auto group
    = decode(head
             + R"("message","payload":{"id":"false_12036@g.us_AAA_1555@c.us",)"
               R"("from":"12036@g.us","participant":"15551234567@c.us","body":)"
               R"("@15550001111 help","replyTo":{"id":"Q","participant":)"
               R"("15550001111@c.us"},"_data":{"pushName":"Ana"}}})")
        .batch;
  const auto& message = group.messages.at(0);
  EXPECT_EQ(message.id, "AAA");
  EXPECT_EQ(message.group, "group:12036@g.us");
  EXPECT_EQ(show(message.author), "Ana/+15551234567");
  EXPECT_TRUE(message.is_addressed);
}

TEST(WhatsAppSidecars, MayBeOthers) {
  expect_all({
    {"nizarfadlan",
     R"({"sessionId":"s1","event":"messages.upsert","data":{"messages":[)" + one
       + R"(],"type":"notify"},"status":"success"})",
     "A=a"},
    {"wppconnect",
     R"({"event":"onmessage","session":"s","id":"false_1555@c.us_A","from":)"
     R"("15551234567@c.us","body":"Hi","type":"chat","sender":{"id":)"
     R"("15551234567@c.us","pushname":"Ana"},"isGroupMsg":false,"t":1749416383})",
     "A=Hi"},
    {"wppconnect's picture",
     R"({"event":"onmessage","session":"s","id":"false_1555@c.us_A","from":)"
     R"("15551234567@c.us","type":"image","mimetype":"image/png","caption":)"
     R"("c","body":")"
       + std::string(400, 'A') + R"("})",
     "A=c<image.png|image/png>"},
    {"wppconnect's notice",
     R"({"event":"onmessage","id":"A","from":"15551234567@c.us","type":)"
     R"("e2e_notification","body":""})",
     "i1"},
    {"wppconnect's ack",
     R"({"event":"onack","session":"s","id":{"_serialized":)"
     R"("true_1555@c.us_A"},"ack":3})",
     "A read"},
    {"whatsapp-api",
     R"({"dataType":"message","sessionId":"s","data":{"message":{"id":)"
     R"({"fromMe":false,"remote":"1555@c.us","id":"A"},"from":)"
     R"("15551234567@c.us","body":"Hi","type":"chat"}}})",
     "A=Hi"},
    {"a card",
     R"({"event":"onmessage","id":"A","from":"15551234567@c.us","type":)"
     R"("vcard","body":"FN:Bo\nTEL:1"})",
     "A=👤 Bo: 1"},
    {"something else",
     R"({"event":"onmessage","id":"A","from":"15551234567@c.us","type":)"
     R"("poll_creation"})",
     "A=[unsupported message: poll_creation]"},
  });
}

TEST(WhatsAppSidecars, TellHowSentMessagesFare) {
  const auto update = [](const std::string& what, bool ours = true) {
    return R"({"event":"messages.update","session":"s","data":[{"key":{"id":"A",)"
           R"("remoteJid":"15551234567@s.whatsapp.net","fromMe":)"
           + std::string{ours ? "true" : "false"} + R"(},"update":)" + what
           + "}]}";
  };
  expect_all({
    {"error", update(R"({"status":0,"messageStubParameters":["463"]})"),
     "A failed 463 WhatsApp did not take the message"},
    {"pending", update(R"({"status":1})"), "i1"},
    {"sent", update(R"({"status":2})"), "A sent"},
    {"delivered", update(R"({"status":3})"), "A delivered"},
    {"read", update(R"({"status":4})"), "A read"},
    {"played", update(R"({"status":5})"), "A read"},
    {"by name", update(R"({"status":"SERVER_ACK"})"), "A sent"},
    {"unknown", update(R"({"status":9})"), "i1"},
    {"theirs", update(R"({"status":4})", false), "i1"},
    {"votes", update(R"({"pollUpdates":[]})"), "i1"},
    {"edit",
     update(R"({"message":{"editedMessage":{"message":{"conversation":)"
            R"("fixed"}}},"messageTimestamp":7})",
            false),
     "A:edit:7=edit A fixed"},
    {"our edit",
     update(
       R"({"message":{"editedMessage":{"message":{"conversation":"x"}}}})"),
     "i1"},
    {"revoke", update(R"({"message":null,"messageStubType":"REVOKE"})", false),
     "A:revoke=revoke A"},
    {"revoke by number",
     update(R"({"message":null,"messageStubType":1})", false),
     "A:revoke=revoke A"},
    {"read in the end", update(R"({"message":{"conversation":"a"}})", false),
     "A=a"},
    {"no key", R"({"event":"messages.update","data":[{"update":{}}]})", "m1"},
  });
}

TEST(WhatsAppSidecars, TellWhatAGroupHasRead) {
  const auto receipt = [](const std::string& what) {
    return R"({"event":"message-receipt.update","data":[{"key":{"id":"A",)"
           R"("remoteJid":"12036@g.us","fromMe":true},"receipt":{"userJid":)"
           R"("1@lid",)"
           + what + "}}]}";
  };
  expect_all({{"got", receipt(R"("receiptTimestamp":7)"), "A delivered"},
              {"read", receipt(R"("readTimestamp":"7")"), "A read"},
              {"nothing", receipt(R"("readTimestamp":0)"), "i1"}});
}

TEST(WhatsAppSidecars, TellReactionsByThemselves) {
  expect_all({
    {"with its own key",
     R"({"event":"messages.reaction","data":[{"key":{"id":"A","remoteJid":)"
     R"("15551234567@s.whatsapp.net","fromMe":true},"reaction":{"key":{"id":)"
     R"("R","remoteJid":"15551234567@s.whatsapp.net","fromMe":false},"text":)"
     R"("+"}}]})",
     "R=react A +"},
    {"our own",
     R"({"event":"messages.reaction","data":[{"key":{"id":"A","remoteJid":)"
     R"("15551234567@s.whatsapp.net"},"reaction":{"key":{"id":"R",)"
     R"("remoteJid":"15551234567@s.whatsapp.net","fromMe":true},"text":"+"}}]})",
     "i1"},
    {"without",
     R"({"event":"messages.reaction","data":[{"key":{"id":"A","remoteJid":)"
     R"("15551234567@s.whatsapp.net"},"reaction":{"text":"+",)"
     R"("senderTimestampMs":"9"}}]})",
     "A:reaction:9=react A +"},
    {"none", R"({"event":"messages.reaction","data":[{"key":{"id":"A"}}]})",
     "m1"},
  });
}

TEST(WhatsAppSidecars, TellHowTheirOwnLineFares) {
  const auto line = [](const std::string& what) {
    return R"({"event":"connection.update","session":"s","data":{)" + what
           + "}}";
  };
  const auto closed = [&](const std::string& code) {
    return line(R"("connection":"close","lastDisconnect":{"error":{"output":)"
                R"({"statusCode":)"
                + code + "}}}");
  };
  expect_all({
    {"open", line(R"("connection":"open")"), "s open"},
    {"connecting", line(R"("connection":"connecting")"), "s connecting"},
    {"code", line(R"("connection":"connecting","qr":"2@x")"),
     "s logged_out: it has to be paired with the phone"},
    {"no code", line(R"("connection":"open","qr":null)"), "s open"},
    {"nothing", line(R"("isOnline":true)"), "i1"},
    {"401", closed("401"), "s logged_out: WhatsApp has logged it out"},
    {"403", closed("403"), "s logged_out: WhatsApp has banned the number"},
    {"408", closed("408"), "s connecting: the connection was lost"},
    {"411", closed("411"), "s logged_out: the devices do not match"},
    {"428", closed("428"), "s connecting: the connection was closed"},
    {"440", closed("440"), "s connecting: another connection took its place"},
    {"500", closed("500"), "s logged_out: the session is broken"},
    {"503", closed("503"), "s connecting: WhatsApp is not available"},
    {"515", closed("515"), "s connecting: it starts again"},
    {"unknown", closed("999"), "s connecting"},
    {"no reason", line(R"("connection":"close")"), "s connecting"},
  });
}

TEST(WhatsAppSidecars, MayCutACharacterInTwo) {
  EXPECT_EQ(show(decode(R"({"from":"15551234567","id":"A","text":)"
                        R"("a\\\ud83d \udc4d \ud83d\udc4d"})")
                   .batch),
            "A=a\\\xEF\xBF\xBD \xEF\xBF\xBD 👍");
}

} // namespace
} // namespace switchboard::channels::whatsapp
