#include "channels/whatsapp/outgoing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

using change_kind = outgoing_change::kind;

const twilio_end twilio{"https://api.twilio.com", "AC0123", "secret",
                        "+14155238886",           "HX42",   ""};
const cloud_end cloud{"https://graph.facebook.com",
                      "v23.0",
                      "token",
                      "1065",
                      "ticket_update",
                      "en_US"};
const n8n_end n8n{"https://n8n.example/webhook/send", "the-key"};

outgoing_message words(std::string address, std::string text) {
  outgoing_message out;
  out.address = std::move(address);
  out.text = std::move(text);
  out.idempotency_key = "out-123";
  return out;
}

outgoing_message linked(std::string address, file_kind kind, std::string type,
                        std::string name) {
  auto out = words(std::move(address), "see");
  out.file = outgoing_file{kind,
                           std::move(type),
                           std::move(name),
                           "",
                           "https://files.example/a?x=1&y=2",
                           ""};
  return out;
}

std::string header(const http_request& call, std::string_view name) {
  const auto at = std::ranges::find(
    call.headers, name, &std::pair<std::string, std::string>::first);
  return at == call.headers.end() ? "(none)" : at->second;
}

// -- Twilio -------------------------------------------------------------------

TEST(WhatsappTwilio, GetsAFormWithBasicAuthorization) {
  const auto call
    = encode(twilio, words("whatsapp:+15551234567", "Hi, ¿ok? a+b=c&d ~*\n🙏"));
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url,
            "https://api.twilio.com/2010-04-01/Accounts/AC0123/"
            "Messages.json");
  EXPECT_EQ(call.body,
            "To=whatsapp%3A%2B15551234567&From=whatsapp%3A%2B14155238886&Body="
            "Hi%2C%20%C2%BFok%3F%20a%2Bb%3Dc%26d%20~%2A%0A%F0%9F%99%8F");
  EXPECT_EQ(header(call, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header(call, "Authorization"), "Basic QUMwMTIzOnNlY3JldA==");
  EXPECT_FALSE(call.public_only);
}

TEST(WhatsappTwilio, WritesToEveryKindOfAddress) {
  const std::vector<std::pair<std::string, std::string>> rows{
    {"+15551234567", "whatsapp%3A%2B15551234567"},
    {"15551234567@s.whatsapp.net", "whatsapp%3A%2B15551234567"},
    {"whatsapp:ID.4566", "whatsapp%3AID.4566"}};
  for (const auto& [given, wanted] : rows)
    EXPECT_TRUE(encode(twilio, words(given, "x"))
                  .body.starts_with("To=" + wanted + "&From="))
      << given;
}

TEST(WhatsappTwilio, SendsThroughAMessagingServiceAndAsksForStatuses) {
  auto end = twilio;
  end.from = "MG77";
  end.status_url = "https://desk.example/webhook/twilio/whatsapp";
  EXPECT_EQ(encode(end, words("+1555123", "x")).body,
            "To=whatsapp%3A%2B1555123&MessagingServiceSid=MG77&Body=x"
            "&StatusCallback=https%3A%2F%2Fdesk.example%2Fwebhook%2Ftwilio%2F"
            "whatsapp");
}

TEST(WhatsappTwilio, GetsFilesByTheirAddress) {
  const std::string link
    = "&MediaUrl=https%3A%2F%2Ffiles.example%2Fa%3Fx%3D1%26y%3D2";
  EXPECT_TRUE(
    encode(twilio, linked("+1555123", file_kind::image, "image/png", "a.png"))
      .body.ends_with("&Body=see" + link));
  // Nobody is shown words below these.
  for (const auto kind : {file_kind::document, file_kind::audio})
    EXPECT_EQ(encode(twilio, linked("+1555123", kind, "a/b", "a")).body,
              "To=whatsapp%3A%2B1555123&From=whatsapp%3A%2B14155238886" + link);
}

TEST(WhatsappTwilio, FillsTheTemplateInOneLine) {
  auto message = words("+1555123", "Dear\tAna,\n\n  all \"well\"\n");
  message.as_template = true;
  EXPECT_EQ(encode(twilio, message).body,
            "To=whatsapp%3A%2B1555123&From=whatsapp%3A%2B14155238886"
            "&ContentSid=HX42&ContentVariables=%7B%221%22%3A%22Dear%20Ana%2C"
            "%20all%20%5C%22well%5C%22%22%7D");
}

// -- Cloud API ----------------------------------------------------------------

const std::string cloud_head
  = R"({"messaging_product":"whatsapp","recipient_type":"individual",)"
    R"("to":"16505551234",)";
const std::string cloud_tail = R"(,"biz_opaque_callback_data":"out-123"})";

TEST(WhatsappCloud, GetsWordsWithTheirContext) {
  auto message = words("16505551234", "Hello");
  message.quoted = quoted_message{"wamid.X", false, "Hi?"};
  const auto call = encode(cloud, message);
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "https://graph.facebook.com/v23.0/1065/messages");
  EXPECT_EQ(call.body,
            cloud_head
              + R"("type":"text","text":{"body":"Hello","preview_url":false},)"
                R"("context":{"message_id":"wamid.X"})"
              + cloud_tail);
  EXPECT_EQ(header(call, "Authorization"), "Bearer token");
  EXPECT_EQ(header(call, "Content-Type"), "application/json");
  EXPECT_FALSE(call.public_only);
}

TEST(WhatsappCloud, WritesToEveryKindOfAddress) {
  const std::vector<std::pair<std::string, std::string>> rows{
    {"16505551234", R"("to":"16505551234")"},
    {"+16505551234", R"("to":"16505551234")"},
    {"whatsapp:+16505551234", R"("to":"16505551234")"},
    {"16505551234@s.whatsapp.net", R"("to":"16505551234")"},
    {"US.13491208655302741918", R"("recipient":"US.13491208655302741918")"}};
  for (const auto& [given, wanted] : rows)
    EXPECT_NE(encode(cloud, words(given, "x"))
                .body.find(R"("individual",)" + wanted + R"(,"type")"),
              std::string::npos)
      << given;
}

TEST(WhatsappCloud, GetsFilesByIdOrAddress) {
  auto picture = linked("16505551234", file_kind::image, "image/png", "a.png");
  EXPECT_EQ(encode(cloud, picture).body,
            cloud_head
              + R"("type":"image","image":{"link":)"
                R"("https://files.example/a?x=1&y=2","caption":"see"})"
              + cloud_tail);
  picture.file->media_id = "77";
  EXPECT_NE(encode(cloud, picture).body.find(R"("image":{"id":"77","caption")"),
            std::string::npos);
  auto other = linked("16505551234", file_kind::document, "a/b", "a.pdf");
  other.file->media_id = "77";
  EXPECT_NE(encode(cloud, other)
              .body.find(R"("type":"document","document":{"id":"77",)"
                         R"("filename":"a.pdf","caption":"see"})"),
            std::string::npos);
  for (const auto kind : {file_kind::audio, file_kind::sticker}) {
    other.file->kind = kind;
    EXPECT_NE(encode(cloud, other).body.find(R"(":{"id":"77"},"biz_)"),
              std::string::npos);
  }
}

TEST(WhatsappCloud, FillsTheTemplateInOneLine) {
  auto message = words("16505551234", "one\n\ttwo");
  message.as_template = true;
  EXPECT_EQ(encode(cloud, message).body,
            cloud_head
              + R"("type":"template","template":{"name":"ticket_update",)"
                R"("language":{"code":"en_US"},"components":[{"type":"body",)"
                R"("parameters":[{"type":"text","text":"one two"}]}]})"
              + cloud_tail);
}

TEST(WhatsappCloud, GetsReactions) {
  const outgoing_change change{
    change_kind::reaction, "16505551234", "wamid.X", false, "👍", "out-123"};
  EXPECT_EQ(encode(cloud, change).body,
            cloud_head
              + R"("type":"reaction","reaction":{"message_id":"wamid.X",)"
                R"("emoji":"👍"})"
              + cloud_tail);
}

TEST(WhatsappCloud, GetsBytesAsAForm) {
  const outgoing_file file{file_kind::document,
                           "Application/PDF; x=y",
                           "b\"ill.pdf",
                           "%PDF\r\n",
                           "",
                           ""};
  const auto call = encode_upload(cloud, file, "XYZ");
  EXPECT_EQ(call.url, "https://graph.facebook.com/v23.0/1065/media");
  EXPECT_EQ(header(call, "Content-Type"), "multipart/form-data; boundary=XYZ");
  EXPECT_EQ(header(call, "Authorization"), "Bearer token");
  EXPECT_EQ(call.body,
            "--XYZ\r\nContent-Disposition: form-data; "
            "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"
            "--XYZ\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\n"
            "application/pdf\r\n"
            "--XYZ\r\nContent-Disposition: form-data; name=\"file\"; "
            "filename=\"b_ill.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
            "%PDF\r\n\r\n--XYZ--\r\n");
  EXPECT_FALSE(call.public_only);
}

http_answer answered(int status, std::string body) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

TEST(WhatsappCloud, NamesWhatWasUploaded) {
  EXPECT_EQ(decode_upload(answered(200, R"({"id":"77"})")), "77");
  for (const std::string body :
       {"", "{}", "[1", R"({"id":77})", R"({"id":""})"})
    EXPECT_EQ(decode_upload(answered(200, body)), std::nullopt) << body;
  EXPECT_EQ(decode_upload(answered(400, R"({"id":"77"})")), std::nullopt);
}

TEST(WhatsappCloud, TellsWhereAFileLies) {
  const auto call = encode_media_query(cloud, "10/03");
  EXPECT_EQ(call.method, "GET");
  EXPECT_EQ(call.url, "https://graph.facebook.com/v23.0/10%2F03");
  EXPECT_EQ(header(call, "Authorization"), "Bearer token");
  for (const std::string size : {"303833", "\"303833\""}) {
    const auto place = decode_media_place(answered(
      200, R"({"url":"https://lookaside.fbsbx.com/x","mime_type":"image/jpeg",)"
           R"("sha256":"00","file_size":)"
             + size + R"(,"id":"1003"})"));
    ASSERT_TRUE(place);
    EXPECT_EQ(place->url, "https://lookaside.fbsbx.com/x");
    EXPECT_EQ(place->mime_type, "image/jpeg");
    EXPECT_EQ(place->size, 303'833U);
  }
  EXPECT_FALSE(decode_media_place(answered(200, R"({"id":"1003"})")));
  EXPECT_FALSE(decode_media_place(answered(404, R"({"url":"https://x"})")));
}

// -- n8n ----------------------------------------------------------------------

TEST(WhatsappN8n, GetsWords) {
  auto message = words("15551234567@s.whatsapp.net", "Hi");
  message.quoted = quoted_message{"3EB0", false, "So?"};
  const auto call = encode(n8n, message);
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "https://n8n.example/webhook/send");
  EXPECT_EQ(
    call.body,
    R"({"event":"message.send","to":"+15551234567",)"
    R"("jid":"15551234567@s.whatsapp.net","messageContent":{"text":"Hi"},)"
    R"("quoted":{"key":{"remoteJid":"15551234567@s.whatsapp.net",)"
    R"("fromMe":false,"id":"3EB0"},"message":{"conversation":"So?"}},)"
    R"("idempotencyKey":"out-123"})");
  EXPECT_EQ(header(call, "x-api-key"), "the-key");
  EXPECT_FALSE(call.public_only);
}

TEST(WhatsappN8n, GetsFilesByTheirAddress) {
  EXPECT_EQ(
    encode(n8n, linked("+15551234567", file_kind::image, "image/png", "a.png"))
      .body,
    R"({"event":"message.send","to":"+15551234567","messageContent":)"
    R"({"image":{"link":"https://files.example/a?x=1&y=2"},)"
    R"("mimetype":"image/png","fileName":"a.png","caption":"see"},)"
    R"("idempotencyKey":"out-123"})");
}

TEST(WhatsappN8n, WritesToWhoHasNoNumber) {
  const auto body = encode(n8n, words("2251@lid", "Hi")).body;
  EXPECT_NE(body.find(R"("to":"2251@lid","jid":"2251@lid")"),
            std::string::npos);
}

// -- limits -------------------------------------------------------------------

TEST(WhatsappLimits, AreThoseOfTheProvider) {
  EXPECT_EQ(text_length_max(provider::twilio), 1600U);
  for (const auto p : {provider::baileys, provider::cloud, provider::n8n})
    EXPECT_EQ(text_length_max(p), 4096U);
  for (const auto p : all_providers) {
    EXPECT_EQ(caption_length_max(p, file_kind::image), 1024U);
    EXPECT_EQ(caption_length_max(p, file_kind::video), 1024U);
    EXPECT_EQ(caption_length_max(p, file_kind::audio), 0U);
    EXPECT_EQ(caption_length_max(p, file_kind::sticker), 0U);
    EXPECT_EQ(file_size_max(p, file_kind::sticker), 100'000U);
    EXPECT_EQ(file_size_max(p, file_kind::video), 16'000'000U);
    EXPECT_EQ(file_size_max(p, file_kind::audio), 16'000'000U);
  }
  EXPECT_EQ(caption_length_max(provider::twilio, file_kind::document), 0U);
  EXPECT_EQ(caption_length_max(provider::cloud, file_kind::document), 1024U);
  EXPECT_EQ(file_size_max(provider::cloud, file_kind::image), 5'000'000U);
  EXPECT_EQ(file_size_max(provider::twilio, file_kind::image), 5'000'000U);
  EXPECT_EQ(file_size_max(provider::baileys, file_kind::image), 16'000'000U);
  EXPECT_EQ(file_size_max(provider::cloud, file_kind::document), 100'000'000U);
  EXPECT_EQ(file_size_max(provider::twilio, file_kind::document), 16'000'000U);
  EXPECT_EQ(file_size_max(provider::baileys, file_kind::document), 16'000'000U);
}

TEST(WhatsappLimits, NameTheTypesOfEachKind) {
  const std::vector<std::pair<std::string, file_kind>> rows{
    {"image/jpeg", file_kind::image},
    {"IMAGE/PNG", file_kind::image},
    {"image/webp", file_kind::document},
    {"image/gif", file_kind::document},
    {"video/mp4", file_kind::video},
    {"video/3gpp", file_kind::video},
    {"video/webm", file_kind::document},
    {"audio/aac", file_kind::audio},
    {"audio/amr", file_kind::audio},
    {"audio/mpeg", file_kind::audio},
    {"audio/mp4", file_kind::audio},
    {"audio/ogg; codecs=opus", file_kind::audio},
    {"audio/ogg ;codecs=opus", file_kind::audio},
    {"audio/wav", file_kind::document},
    {"application/pdf", file_kind::document},
    {"", file_kind::document}};
  for (const auto& [type, kind] : rows) {
    EXPECT_EQ(file_kind_of(type), kind) << type;
    EXPECT_TRUE(takes_type(kind, type)) << type;
  }
  EXPECT_TRUE(takes_type(file_kind::sticker, "image/webp"));
  EXPECT_FALSE(takes_type(file_kind::sticker, "image/png"));
  EXPECT_FALSE(takes_type(file_kind::image, "image/webp"));
}

TEST(WhatsappLimits, NameTheChangesThatAProviderCan) {
  for (const auto what :
       {change_kind::edit, change_kind::revoke, change_kind::reaction}) {
    EXPECT_TRUE(can(provider::baileys, what));
    EXPECT_FALSE(can(provider::twilio, what));
    EXPECT_FALSE(can(provider::n8n, what));
    EXPECT_EQ(can(provider::cloud, what), what == change_kind::reaction);
  }
}

} // namespace
} // namespace switchboard::channels::whatsapp
