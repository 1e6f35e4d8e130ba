#include "channels/whatsapp/outgoing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

baileys_end some_end(sidecar_dialect dialect) {
  return {"http://sidecar:3000", "the-key", "+15550001111",
          "15550001111@s.whatsapp.net", dialect};
}

outgoing_message words(std::string text) {
  outgoing_message out;
  out.address = "15551234567@s.whatsapp.net";
  out.text = std::move(text);
  out.idempotency_key = "out-123";
  return out;
}

outgoing_message file(file_kind kind, std::string type, std::string name,
                      std::string caption = "see") {
  auto out = words(std::move(caption));
  out.file
    = outgoing_file{kind, std::move(type), std::move(name), "abc", "", ""};
  return out;
}

std::string header(const http_request& call, std::string_view name) {
  const auto at = std::ranges::find(
    call.headers, name, &std::pair<std::string, std::string>::first);
  return at == call.headers.end() ? "(none)" : at->second;
}

outgoing_change change(outgoing_change::kind what, std::string text) {
  return {what,   "15551234567@s.whatsapp.net", "3EB0", true, std::move(text),
          "out-9"};
}

struct request_row {
  std::string method;
  std::string url;
  std::string body;
};

void expect(const http_request& call, const request_row& wanted) {
  EXPECT_EQ(call.method, wanted.method);
  EXPECT_EQ(call.url, wanted.url);
  EXPECT_EQ(call.body, wanted.body);
  EXPECT_EQ(header(call, "Content-Type"), "application/json");
  EXPECT_FALSE(call.public_only);
}

TEST(WhatsappBaileys, GetsWordsInTheCanonicalForm) {
  const auto call
    = encode(some_end(sidecar_dialect::generic), words("Hi \"you\"\n👍"));
  expect(call,
         {"POST", "http://sidecar:3000/send",
          R"({"session":"+15550001111","jid":"15551234567@s.whatsapp.net",)"
          R"("messageContent":{"text":"Hi \"you\"\n👍"},)"
          R"("idempotencyKey":"out-123"})"});
  EXPECT_EQ(header(call, "x-api-key"), "the-key");
}

TEST(WhatsappBaileys, QuotesWhatIsAnswered) {
  auto message = words("Yes");
  message.quoted = quoted_message{"3EB0", false, "Do you?"};
  const auto call = encode(some_end(sidecar_dialect::generic), message);
  EXPECT_NE(
    call.body.find(
      R"("quoted":{"key":{"remoteJid":"15551234567@s.whatsapp.net",)"
      R"("fromMe":false,"id":"3EB0"},"message":{"conversation":"Do you?"}})"),
    std::string::npos)
    << call.body;
}

struct address_row {
  std::string given;
  std::string jid;
};

TEST(WhatsappBaileys, WritesToEveryKindOfAddress) {
  const std::vector<address_row> rows{
    {"+15551234567", "15551234567@s.whatsapp.net"},
    {"15551234567", "15551234567@s.whatsapp.net"},
    {"whatsapp:+15551234567", "15551234567@s.whatsapp.net"},
    {"15551234567:3@s.whatsapp.net", "15551234567@s.whatsapp.net"},
    {"15551234567@c.us", "15551234567@s.whatsapp.net"},
    {"225123456789012@lid", "225123456789012@lid"},
    {"120363040000000000@g.us", "120363040000000000@g.us"}};
  for (const auto& row : rows) {
    auto message = words("x");
    message.address = row.given;
    const auto call = encode(some_end(sidecar_dialect::generic), message);
    EXPECT_NE(call.body.find(R"("jid":")" + row.jid + '"'), std::string::npos)
      << call.body;
  }
}

struct content_row {
  outgoing_message message;
  std::string content;
};

TEST(WhatsappBaileys, GetsFilesAsBase64) {
  const std::vector<content_row> rows{
    {file(file_kind::image, "image/jpeg", "a.jpg"),
     R"({"image":"YWJj","mimetype":"image/jpeg","caption":"see"})"},
    {file(file_kind::video, "video/mp4", "a.mp4"),
     R"({"video":"YWJj","mimetype":"video/mp4","caption":"see"})"},
    {file(file_kind::audio, "audio/ogg", "a.ogg"),
     R"({"audio":"YWJj","mimetype":"audio/ogg; codecs=opus","ptt":true})"},
    {file(file_kind::audio, "audio/mpeg", "a.mp3"),
     R"({"audio":"YWJj","mimetype":"audio/mpeg"})"},
    {file(file_kind::sticker, "image/webp", "a.webp"),
     R"({"sticker":"YWJj","mimetype":"image/webp"})"},
    {file(file_kind::document, "application/pdf", "a.pdf"),
     R"({"document":"YWJj","mimetype":"application/pdf","fileName":"a.pdf",)"
     R"("caption":"see"})"},
    {file(file_kind::document, "", "a", ""),
     R"({"document":"YWJj","mimetype":"application/octet-stream",)"
     R"("fileName":"a"})"}};
  for (const auto& row : rows) {
    const auto call = encode(some_end(sidecar_dialect::generic), row.message);
    EXPECT_NE(call.body.find(R"("messageContent":)" + row.content + ','),
              std::string::npos)
      << call.body;
    EXPECT_GT(call.total_timeout, std::chrono::seconds{60});
  }
}

TEST(WhatsappBaileys, GetsAFileThatLiesElsewhereByItsAddress) {
  auto message = file(file_kind::image, "image/png", "a.png", "");
  message.file->bytes.clear();
  message.file->link = "https://files.example/a";
  const auto call = encode(some_end(sidecar_dialect::generic), message);
  EXPECT_NE(
    call.body.find(R"({"image":{"url":"https://files.example/a"},"mimetype")"),
    std::string::npos)
    << call.body;
}

TEST(WhatsappBaileys, PadsBase64AndTakesAnyByte) {
  auto message = file(file_kind::document, "", "a", "");
  message.file->bytes = std::string("\0\xFF\xFE\x80", 4);
  const auto call = encode(some_end(sidecar_dialect::generic), message);
  EXPECT_NE(call.body.find(R"("document":"AP/+gA==")"), std::string::npos)
    << call.body;
}

TEST(WhatsappBaileys, GetsChangesAsContents) {
  using kind = outgoing_change::kind;
  const std::string key
    = R"({"remoteJid":"15551234567@s.whatsapp.net","fromMe":true,"id":"3EB0"})";
  const std::vector<std::pair<outgoing_change, std::string>> rows{
    {change(kind::edit, "now"), R"({"text":"now","edit":)" + key + '}'},
    {change(kind::revoke, ""), R"({"delete":)" + key + '}'},
    {change(kind::reaction, "👍"),
     R"({"react":{"text":"👍","key":)" + key + "}}"}};
  for (const auto& [what, content] : rows)
    expect(encode(some_end(sidecar_dialect::generic), what),
           {"POST", "http://sidecar:3000/send",
            R"({"session":"+15550001111","jid":"15551234567@s.whatsapp.net",)"
            R"("messageContent":)"
              + content + R"(,"idempotencyKey":"out-9"})"});
}

TEST(WhatsappFazer, GetsWordsForTheConnection) {
  auto message = words("Hi");
  message.quoted = quoted_message{"3EB0", true, "So?"};
  const auto call = encode(some_end(sidecar_dialect::fazer), message);
  expect(
    call,
    {"POST", "http://sidecar:3000/connections/+15550001111/send-message",
     R"({"jid":"15551234567@s.whatsapp.net","messageContent":{"text":"Hi",)"
     R"("quotedMessage":{"key":{"remoteJid":"15551234567@s.whatsapp.net",)"
     R"("fromMe":true,"id":"3EB0"},"message":{"conversation":"So?"}}},)"
     R"("chatwootMessageId":"out-123"})"});
  EXPECT_EQ(header(call, "x-api-key"), "the-key");
}

TEST(WhatsappFazer, GetsAStickerAsADocument) {
  const auto call
    = encode(some_end(sidecar_dialect::fazer),
             file(file_kind::sticker, "image/webp", "a.webp", ""));
  EXPECT_NE(call.body.find(R"({"document":"YWJj","mimetype":"image/webp",)"
                           R"("fileName":"a.webp"})"),
            std::string::npos)
    << call.body;
}

TEST(WhatsappFazer, HasCallsForEditsAndRevokes) {
  using kind = outgoing_change::kind;
  const std::string head
    = R"({"jid":"15551234567@s.whatsapp.net",)"
      R"("key":{"remoteJid":"15551234567@s.whatsapp.net","fromMe":true,)"
      R"("id":"3EB0"})";
  const std::string base = "http://sidecar:3000/connections/+15550001111";
  const auto end = some_end(sidecar_dialect::fazer);
  expect(encode(end, change(kind::edit, "now")),
         {"PATCH", base + "/messages",
          head + R"(,"messageContent":{"text":"now"}})"});
  expect(encode(end, change(kind::revoke, "")),
         {"DELETE", base + "/messages", head + '}'});
  expect(encode(end, change(kind::reaction, "👍")),
         {"POST", base + "/send-message",
          R"({"jid":"15551234567@s.whatsapp.net","messageContent":{"react":)"
          R"({"text":"👍","key":{"remoteJid":"15551234567@s.whatsapp.net",)"
          R"("fromMe":true,"id":"3EB0"}}},"chatwootMessageId":"out-9"})"});
}

TEST(WhatsappEvolution, HasACallForEachKindOfMessage) {
  auto end = some_end(sidecar_dialect::evolution);
  end.session = "my line";
  auto reply = words("Hi");
  reply.quoted = quoted_message{"3EB0", false, "So?"};
  const std::string base = "http://sidecar:3000/message/";
  const std::string number = R"({"number":"15551234567",)";
  const auto call = encode(end, reply);
  expect(call,
         {"POST", base + "sendText/my%20line",
          number
            + R"("text":"Hi","quoted":{"key":{"remoteJid":)"
              R"("15551234567@s.whatsapp.net","fromMe":false,"id":"3EB0"},)"
              R"("message":{"conversation":"So?"}}})"});
  EXPECT_EQ(header(call, "apikey"), "the-key");
  expect(encode(end, file(file_kind::image, "image/png", "a.png")),
         {"POST", base + "sendMedia/my%20line",
          number
            + R"("mediatype":"image","mimetype":"image/png","media":"YWJj",)"
              R"("caption":"see","fileName":"a.png"})"});
  expect(encode(end, file(file_kind::audio, "audio/ogg", "a.ogg")),
         {"POST", base + "sendWhatsAppAudio/my%20line",
          number + R"("audio":"YWJj"})"});
  expect(
    encode(end, file(file_kind::sticker, "image/webp", "a.webp")),
    {"POST", base + "sendSticker/my%20line", number + R"("sticker":"YWJj"})"});
}

TEST(WhatsappEvolution, WritesToWhoHasNoNumber) {
  auto message = words("Hi");
  message.address = "225123456789012@lid";
  const auto call = encode(some_end(sidecar_dialect::evolution), message);
  EXPECT_EQ(call.body, R"({"number":"225123456789012@lid","text":"Hi"})");
}

TEST(WhatsappEvolution, HasACallForEachKindOfChange) {
  using kind = outgoing_change::kind;
  auto end = some_end(sidecar_dialect::evolution);
  end.session = "main";
  const std::string key
    = R"("key":{"remoteJid":"15551234567@s.whatsapp.net","fromMe":true,)"
      R"("id":"3EB0"})";
  expect(encode(end, change(kind::edit, "now")),
         {"POST", "http://sidecar:3000/chat/updateMessage/main",
          R"({"number":"15551234567",)" + key + R"(,"text":"now"})"});
  expect(encode(end, change(kind::revoke, "")),
         {"DELETE", "http://sidecar:3000/chat/deleteMessageForEveryone/main",
          R"({"id":"3EB0","remoteJid":"15551234567@s.whatsapp.net",)"
          R"("fromMe":true})"});
  expect(encode(end, change(kind::reaction, "👍")),
         {"POST", "http://sidecar:3000/message/sendReaction/main",
          '{' + key + R"(,"reaction":"👍"})"});
}

TEST(WhatsappBaileys, DialectsHaveNames) {
  EXPECT_EQ(parse_sidecar_dialect("generic"), sidecar_dialect::generic);
  EXPECT_EQ(parse_sidecar_dialect("fazer"), sidecar_dialect::fazer);
  EXPECT_EQ(parse_sidecar_dialect("evolution"), sidecar_dialect::evolution);
  EXPECT_EQ(parse_sidecar_dialect("waha"), std::nullopt);
}

} // namespace
} // namespace switchboard::channels::whatsapp
