#include "channels/whatsapp/cloud_inbound.hpp"
#include "tests/unit/channels_whatsapp_show.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

using tests::show;

inbound_batch decode(std::string_view body) {
  const auto batch = decode_cloud(body);
  EXPECT_TRUE(batch) << body;
  return batch ? batch.value() : inbound_batch{};
}

/// A call with one change whose value has these fields.
std::string call(std::string_view value) {
  return R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":)"
         R"([{"field":"messages","value":{"messaging_product":"whatsapp",)"
         R"("metadata":{"display_phone_number":"15550783881",)"
         R"("phone_number_id":"106"},)"
         + std::string{value} + "}}]}]}";
}

/// One message with these fields, of somebody with a name.
std::string message(std::string_view fields) {
  return call(
    R"("contacts":[{"profile":{"name":"Ana"},"wa_id":"16505551234",)"
    R"("user_id":"US.1349"}],"messages":[{"from":"16505551234","id":"wamid.A",)"
    R"("timestamp":"1749416383",)"
    + std::string{fields} + "}]");
}

struct row {
  std::string name;
  std::string fields;
  std::string shown;
};

TEST(WhatsAppFromTheCloud, SaysWhatTheCustomerMeans) {
  const std::vector<row> rows{
    {"text", R"("type":"text","text":{"body":" caf\u00e9 \ud83d\ude4f "})",
     "café 🙏"},
    {"half a pair", R"("type":"text","text":{"body":"a\ud83d b"})",
     "a\xEF\xBF\xBD b"},
    {"image",
     R"("type":"image","image":{"mime_type":"image\/jpeg","sha256":"x",)"
     R"("id":"100","caption":"broken"})",
     "broken<image.jpg|image/jpeg|100>"},
    {"video", R"("type":"video","video":{"mime_type":"video/mp4","id":"100"})",
     "<video.mp4|video/mp4|100>"},
    {"sticker",
     R"("type":"sticker","sticker":{"mime_type":"image/webp","id":"100",)"
     R"("animated":false})",
     "<sticker.webp|image/webp|100>"},
    {"document",
     R"("type":"document","document":{"filename":"a.pdf","mime_type":)"
     R"("application/pdf","id":"100","caption":"see"})",
     "see<a.pdf|application/pdf|100>"},
    {"voice",
     R"("type":"audio","audio":{"mime_type":"audio/ogg; codecs=opus",)"
     R"("id":"100","voice":true})",
     "<voice.ogg|audio/ogg; codecs=opus|100>"},
    {"audio", R"("type":"audio","audio":{"mime_type":"audio/mpeg","id":"1"})",
     "<audio.mp3|audio/mpeg|1>"},
    {"location",
     R"("type":"location","location":{"latitude":37.483307,"longitude":)"
     R"(-122.148981,"name":"HQ","address":"1 Hacker Way"})",
     "📍 HQ, 1 Hacker Way\nhttps://maps.google.com/?q=37.483307,-122.148981"},
    {"location without more",
     R"("type":"location","location":{"latitude":37,"longitude":-122})",
     "📍 Location\nhttps://maps.google.com/?q=37,-122"},
    {"contacts",
     R"("type":"contacts","contacts":[{"name":{"formatted_name":"Bo"},)"
     R"("phones":[{"phone":"+1 650","wa_id":"1650"},{"wa_id":"16505550000"}],)"
     R"("emails":[{"email":"b@x.org"}]},{"org":{"company":"Acme"}}])",
     "👤 Bo: +1 650, +16505550000, b@x.org\n👤 Acme"},
    {"reaction",
     R"("type":"reaction","reaction":{"message_id":"wamid.Q","emoji":)"
     R"("\ud83d\udc4d"})",
     "react wamid.Q 👍"},
    {"reaction taken back",
     R"("type":"reaction","reaction":{"message_id":"wamid.Q"})",
     "react wamid.Q "},
    {"button", R"("type":"button","button":{"payload":"yes","text":"Yes"})",
     "Yes"},
    {"button of ours",
     R"("type":"interactive","interactive":{"type":"button_reply",)"
     R"("button_reply":{"id":"t42:close","title":"Close"}})",
     "Close"},
    {"list",
     R"("type":"interactive","interactive":{"type":"list_reply","list_reply":)"
     R"({"id":"1","title":"Billing","description":"d"}})",
     "Billing"},
    {"flow",
     R"("type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":)"
     R"({"name":"flow","body":"Sent","response_json":"{}"}})",
     "Sent"},
    {"order",
     R"("type":"order","order":{"catalog_id":"c","text":"please",)"
     R"("product_items":[{"product_retailer_id":"sku1","quantity":2,)"
     R"("item_price":10.5,"currency":"USD"},{"product_retailer_id":"sku2"}]})",
     "🛒 Order: please\n2 × sku1 (10.50 USD)\n1 × sku2"},
    {"ad",
     R"("type":"text","text":{"body":"Hi"},"referral":{"source_url":)"
     R"("https://fb.me/x","headline":"Shoes"})",
     "Hi\n📣 Shoes https://fb.me/x"},
    {"about a product",
     R"("type":"text","text":{"body":"Hi"},"context":{"from":"1","id":"q",)"
     R"("referred_product":{"catalog_id":"c","product_retailer_id":"sku1"}})",
     "Hi\n🛍 About the product sku1"},
    {"new number",
     R"("type":"system","system":{"body":"User A changed from 1 to 2",)"
     R"("wa_id":"2","type":"user_changed_number"})",
     "User A changed from 1 to 2"},
    {"edit",
     R"("type":"edit","edit":{"original_message_id":"wamid.O","message":)"
     R"({"type":"text","text":{"body":"fixed"}}})",
     "edit wamid.O fixed"},
    {"edit of a caption",
     R"("type":"edit","edit":{"original_message_id":"wamid.O","message":)"
     R"({"type":"image","image":{"caption":"fixed"}}})",
     "edit wamid.O fixed"},
    {"revoke", R"("type":"revoke","revoke":{"original_message_id":"wamid.O"})",
     "revoke wamid.O"},
    {"unsupported",
     R"("type":"unsupported","errors":[{"code":131051,"title":"Unknown"}])",
     "[unsupported message: unknown]"},
    {"unsupported, by name",
     R"("type":"unsupported","unsupported":{"type":"poll"})",
     "[unsupported message: poll]"},
    {"of tomorrow", R"("type":"hologram","hologram":{})",
     "[unsupported message: hologram]"}};
  for (const auto& row : rows)
    EXPECT_EQ(show(decode(message(row.fields))), "wamid.A=" + row.shown)
      << row.name;
}

TEST(WhatsAppFromTheCloud, TellsWhoWritesAndWhere) {
  const auto batch = decode(message(
    R"("type":"text","text":{"body":"a"},"context":{"from":"15550783881",)"
    R"("id":"wamid.Q","frequently_forwarded":true})"));
  ASSERT_EQ(batch.messages.size(), 1U);
  const auto& one = batch.messages[0];
  EXPECT_EQ(one.via, provider::cloud);
  EXPECT_EQ(one.account, "106");
  EXPECT_EQ(one.address, "16505551234");
  EXPECT_EQ(show(one.author), "Ana/+16505551234/user:US.1349");
  EXPECT_EQ(one.sent_at,
            domain::timestamp{std::chrono::seconds{1'749'416'383}});
  EXPECT_EQ(one.reply_to, "wamid.Q");
  EXPECT_TRUE(one.is_forwarded);
}

TEST(WhatsAppFromTheCloud, NeedsNoPhone) {
  const auto user = decode(
    call(R"("contacts":[{"profile":{"username":"ana"},"user_id":"US.1349"}],)"
         R"("messages":[{"id":"wamid.A","type":"text","text":{"body":"a"}}])"));
  EXPECT_EQ(user.messages.at(0).address, "US.1349");
  EXPECT_EQ(show(user.messages[0].author), "ana//user:US.1349");
  const auto both
    = decode(call(R"("contacts":[{"profile":{"name":"Bo"},"user_id":"US.2"},)"
                  R"({"profile":{"name":"Ana"},"user_id":"US.1"}],"messages":[)"
                  R"({"from_user_id":"US.1","id":"w","type":"text","text":)"
                  R"({"body":"a"}}])"));
  EXPECT_EQ(show(both.messages.at(0).author), "Ana//user:US.1");
}

TEST(WhatsAppFromTheCloud, GivesNobodyTheNameOfAnother) {
  const std::string head
    = R"("contacts":[{"profile":{"name":"Ana"},"wa_id":"16505551234",)"
      R"("user_id":"US.1"}],"messages":[)";
  const std::string text = R"("type":"text","text":{"body":"a"}})";
  const auto two
    = decode(call(head + R"({"from":"16505551234","id":"w1",)" + text
                  + R"(,{"from":"16505559999","id":"w2",)" + text + "]"));
  EXPECT_EQ(show(two.messages.at(0).author), "Ana/+16505551234/user:US.1");
  EXPECT_EQ(show(two.messages.at(1).author), "/+16505559999");
  // Another form of the same number.
  const auto one
    = decode(call(head + R"({"from":"165055512340","id":"w1",)" + text + "]"));
  EXPECT_EQ(show(one.messages.at(0).author), "Ana/+165055512340/user:US.1");
}

TEST(WhatsAppFromTheCloud, TellsHowSentMessagesFare) {
  const std::vector<row> rows{
    {"sent", R"("status":"sent")", "wamid.S sent"},
    {"delivered", R"("status":"delivered")", "wamid.S delivered"},
    {"read", R"("status":"read")", "wamid.S read"},
    {"played", R"("status":"played")", "wamid.S read"},
    {"new word", R"("status":"pondered")", "i1"},
    {"window",
     R"("status":"failed","errors":[{"code":131047,"title":"Re-engagement",)"
     R"("error_data":{"details":"more than 24 hours"}}])",
     "wamid.S failed 131047 more than 24 hours (window)"},
    {"failed",
     R"("status":"failed","errors":[{"code":131026,"title":"Undeliverable"}])",
     "wamid.S failed 131026 Undeliverable"},
    {"failed without a reason", R"("status":"failed")", "wamid.S failed"}};
  for (const auto& row : rows)
    EXPECT_EQ(show(decode(call(
                R"("statuses":[{"id":"wamid.S","recipient_id":"16505551234",)"
                + row.fields + "}]"))),
              row.shown)
      << row.name;
}

TEST(WhatsAppFromTheCloud, TakesAllOfABatchButWhatIsSpoilt) {
  const std::string text = R"("type":"text","text":{"body":"a"}})";
  const auto value = R"("messages":[{"from":"16505551234","id":"w1",)" + text
                     + R"(,{"id":"w2",)" + text            // nobody's
                     + R"(,{"from":"16505551234",)" + text // nameless
                     + R"(,{"from":"16505551234","id":"w3","type":"text"})"
                     + R"(,7,{"from":"16505551234","id":"w4",)" + text
                     + R"(,{"from":"16505551234","id":"w5","type":)"
                       R"("request_welcome"}],"statuses":[{"status":"sent"},)"
                       R"({"id":"s1","status":"sent"}],"errors":[{"code":1}])";
  EXPECT_EQ(show(decode(call(value))), "w1=a; w4=a; s1 sent; i2; m5");
}

TEST(WhatsAppFromTheCloud, PassesOtherFieldsOver) {
  EXPECT_EQ(show(decode(R"({"object":"whatsapp_business_account","entry":[)"
                        R"({"changes":[{"field":"account_update","value":{}},)"
                        R"({"field":"messages"}]},{}]})")),
            "i2");
  EXPECT_EQ(
    show(decode(R"({"object":"whatsapp_business_account","entry":[]})")), "");
}

TEST(WhatsAppFromTheCloud, RefusesWhatIsNoCallOfIt) {
  for (const auto* body :
       {"", "{", "[]", "null", "{}", R"({"object":"page","entry":[]})",
        R"({"object":"whatsapp_business_account"})", "{\"entry\":[\xFF]}"})
    EXPECT_FALSE(decode_cloud(body)) << body;
}

} // namespace
} // namespace switchboard::channels::whatsapp
