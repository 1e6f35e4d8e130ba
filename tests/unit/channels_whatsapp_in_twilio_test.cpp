#include "channels/whatsapp/twilio_inbound.hpp"
#include "tests/unit/channels_whatsapp_show.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

using tests::show;

inbound_batch decode(std::string_view body) {
  const auto fields = parse_form(body);
  EXPECT_TRUE(fields) << body;
  const auto batch = decode_twilio(fields.value());
  EXPECT_TRUE(batch) << body;
  return batch ? batch.value() : inbound_batch{};
}

constexpr std::string_view head
  = "MessageSid=SM1&From=whatsapp%3A%2B15551234567&To=whatsapp%3A%2B14155238886"
    "&WaId=15551234567&ProfileName=Ana&";

struct row {
  std::string name;
  std::string fields;
  std::string shown;
};

TEST(WhatsAppFromTwilio, SaysWhatTheCustomerMeans) {
  const std::vector<row> rows{
    {"text", "Body=Hola%2C+%C2%BFme+ayudan%3F&NumMedia=0&MessageType=text",
     "Hola, ¿me ayudan?"},
    {"picture",
     "Body=&NumMedia=1&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2FM&"
     "MediaContentType0=image%2Fjpeg",
     "<image.jpg|image/jpeg|https://api.twilio.com/M>"},
    {"picture with a caption",
     "Body=broken&NumMedia=1&MediaUrl0=https%3A%2F%2Fa%2FM&MediaContentType0="
     "image%2Fpng",
     "broken<image.png|image/png|https://a/M>"},
    {"a document has its name in the text",
     "Body=my+log.pdf&NumMedia=1&MediaUrl0=https%3A%2F%2Fa%2FM&"
     "MediaContentType0=application%2Fpdf&MessageType=document",
     "<my log.pdf|application/pdf|https://a/M>"},
    {"a document with words",
     "Body=see+this&NumMedia=1&MediaUrl0=https%3A%2F%2Fa%2FM&"
     "MediaContentType0=application%2Fpdf",
     "see this<document.pdf|application/pdf|https://a/M>"},
    {"voice",
     "Body=&NumMedia=1&MediaUrl0=https%3A%2F%2Fa%2FM&MediaContentType0=audio%"
     "2Fogg&MessageType=audio",
     "<audio.ogg|audio/ogg|https://a/M>"},
    {"sticker",
     "Body=&NumMedia=1&MediaUrl0=https%3A%2F%2Fa%2FM&MediaContentType0=image%"
     "2Fwebp&MessageType=sticker",
     "<sticker.webp|image/webp|https://a/M>"},
    {"contact card",
     "Body=&NumMedia=1&MediaUrl0=https%3A%2F%2Fa%2FM&MediaContentType0=text%"
     "2Fvcard&MessageType=contacts",
     "<contact.vcf|text/vcard|https://a/M>"},
    {"a file without an address",
     "Body=&NumMedia=1&MediaUrl0=ftp%3A%2F%2Fa&MediaContentType0=image%2Fpng",
     "<image.png|image/png>"},
    {"location", "Body=&NumMedia=0&Latitude=40.4&Longitude=-3.7",
     "📍 Location\nhttps://maps.google.com/?q=40.4,-3.7"},
    {"location with a name",
     "Body=Caf%C3%A9&NumMedia=0&Latitude=40.4&Longitude=-3.7&Label=Caf%C3%A9&"
     "Address=Sol+1",
     "📍 Café, Sol 1\nhttps://maps.google.com/?q=40.4,-3.7"},
    {"button", "Body=Yes&ButtonText=Yes&ButtonPayload=yes&NumMedia=0", "Yes"},
    {"button without text", "Body=&ButtonText=Yes&ButtonPayload=y&NumMedia=0",
     "Yes"},
    {"list", "Body=&ListTitle=Billing&ListId=1&NumMedia=0", "Billing"},
    {"ad",
     "Body=Hi&NumMedia=0&ReferralHeadline=Shoes&ReferralSourceUrl=https%3A%2F%"
     "2Ffb.me%2Fx",
     "Hi\n📣 Shoes https://fb.me/x"},
    {"reaction",
     "Body=%F0%9F%91%8D&NumMedia=0&MessageType=reaction&"
     "OriginalRepliedMessageSid=SM0",
     "react SM0 👍"},
    {"nothing we know", "Body=&NumMedia=0&MessageType=poll",
     "[unsupported message: poll]"},
    {"nothing at all", "NumMedia=0", "[unsupported message: unknown]"}};
  for (const auto& row : rows)
    EXPECT_EQ(show(decode(std::string{head} + row.fields)), "SM1=" + row.shown)
      << row.name;
}

TEST(WhatsAppFromTwilio, TellsWhoWritesAndWhere) {
  const auto batch
    = decode(std::string{head}
             + "Body=a&OriginalRepliedMessageSid=SM0&Forwarded=true&"
               "ExternalUserId=whatsapp%3AUS.4566");
  ASSERT_EQ(batch.messages.size(), 1U);
  const auto& one = batch.messages[0];
  EXPECT_EQ(one.via, provider::twilio);
  EXPECT_EQ(one.account, "+14155238886");
  EXPECT_EQ(one.address, "+15551234567");
  EXPECT_EQ(show(one.author), "Ana/+15551234567/user:US.4566");
  EXPECT_EQ(one.reply_to, "SM0");
  EXPECT_TRUE(one.is_forwarded);
  EXPECT_FALSE(one.is_group);
}

TEST(WhatsAppFromTwilio, KnowsTheAuthorByTheNumberOfWhatsApp) {
  // Both are the same customer: Brazil's mobile numbers have two forms.
  const auto batch = decode(
    "MessageSid=SM1&From=whatsapp:%2B5511987654321&WaId=551187654321&"
    "Body=a");
  EXPECT_EQ(batch.messages.at(0).address, "+5511987654321");
  EXPECT_EQ(show(batch.messages[0].author), "/+551187654321");
}

TEST(WhatsAppFromTwilio, NeedsNoPhone) {
  const auto user
    = decode("SmsSid=SM1&ExternalUserId=whatsapp:ID.4566546130240823&Body=a");
  EXPECT_EQ(user.messages.at(0).address, "ID.4566546130240823");
  EXPECT_EQ(show(user.messages[0].author), "//user:ID.4566546130240823");
  const auto named = decode("SmsSid=SM1&From=whatsapp:US.1&Body=a");
  EXPECT_EQ(named.messages.at(0).address, "US.1");
  EXPECT_EQ(show(named.messages[0].author), "//user:US.1");
}

TEST(WhatsAppFromTwilio, TellsHowSentMessagesFare) {
  const std::vector<row> rows{
    {"queued", "MessageStatus=queued", "i1"},
    {"sending", "MessageStatus=sending", "i1"},
    {"accepted", "MessageStatus=accepted", "i1"},
    {"sent", "MessageStatus=sent", "SM1 sent"},
    {"delivered", "EventType=DELIVERED&MessageStatus=delivered",
     "SM1 delivered"},
    {"read", "MessageStatus=read", "SM1 read"},
    {"only the old field", "SmsStatus=delivered", "SM1 delivered"},
    {"failed", "MessageStatus=failed&ErrorCode=63024&ErrorMessage=No+user",
     "SM1 failed 63024 No user"},
    {"window", "MessageStatus=undelivered&ErrorCode=63016",
     "SM1 failed 63016 (window)"},
    {"canceled", "MessageStatus=canceled", "SM1 failed"},
    {"new word", "MessageStatus=pondering", "i1"}};
  for (const auto& row : rows)
    EXPECT_EQ(show(decode("MessageSid=SM1&From=whatsapp%3A%2B14155238886&To="
                          "whatsapp%3A%2B31612345678&"
                          + row.fields)),
              row.shown)
      << row.name;
  const auto one = decode(
    "MessageSid=SM1&MessageStatus=sent&From=whatsapp%3A%"
    "2B14155238886");
  EXPECT_EQ(one.statuses.at(0).account, "+14155238886");
  EXPECT_EQ(one.statuses[0].via, provider::twilio);
}

TEST(WhatsAppFromTwilio, RefusesWhatIsNeitherMessageNorStatus) {
  for (const auto* body :
       {"", "Body=a", "MessageSid=SM1&Body=a", "From=whatsapp:%2B1555&Body=a",
        "MessageStatus=sent", "MessageSid=&From=a&Body=b"}) {
    const auto fields = parse_form(body);
    ASSERT_TRUE(fields);
    EXPECT_FALSE(decode_twilio(fields.value())) << body;
  }
}

} // namespace
} // namespace switchboard::channels::whatsapp
