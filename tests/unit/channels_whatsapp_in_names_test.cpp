#include "channels/whatsapp/errand.hpp"
#include "channels/whatsapp/form.hpp"
#include "channels/whatsapp/inbound_text.hpp"
#include "channels/whatsapp/provider.hpp"
#include "channels/whatsapp/vcard.hpp"
#include "domain/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

TEST(WhatsAppProvider, HasOneName) {
  for (const auto p : all_providers)
    EXPECT_EQ(parse_provider(to_string(p)), p);
  EXPECT_FALSE(parse_provider("Twilio"));
  EXPECT_FALSE(parse_provider(""));
}

TEST(WhatsAppProvider, HasAWindowWhenItIsWhatsAppsOwnInterface) {
  EXPECT_TRUE(has_window(provider::twilio));
  EXPECT_TRUE(has_window(provider::cloud));
  EXPECT_FALSE(has_window(provider::baileys));
  EXPECT_FALSE(has_window(provider::n8n));
}

TEST(WhatsAppExternalId, NamesProviderAccountAndId) {
  EXPECT_EQ(external_id(provider::cloud, "106", "wamid.A=="),
            "cloud:106:wamid.A==");
  EXPECT_EQ(external_id(provider::baileys, "", "3EB0"), "baileys::3EB0");
  EXPECT_EQ(provider_of("cloud:106:wamid.A=="), provider::cloud);
  EXPECT_FALSE(provider_of("telegram:1:2"));
  EXPECT_FALSE(provider_of("cloud"));
}

TEST(WhatsAppExternalId, CanBeReadBack) {
  const std::vector<external_name> rows{
    {provider::cloud, "106", "wamid.A:B=="},
    {provider::twilio, "+14155238886", "SM01"},
    {provider::baileys, "", "3EB0"},
    {provider::n8n, "a:b%3A~c", "x"}};
  for (const auto& row : rows)
    EXPECT_EQ(parse_external_id(external_id(row.via, row.account, row.id)),
              row);
}

TEST(WhatsAppExternalId, SeparatesAccountFromId) {
  EXPECT_NE(external_id(provider::baileys, "a:b", "c"),
            external_id(provider::baileys, "a", "b:c"));
}

TEST(WhatsAppExternalId, IsAHashWhenItIsTooLong) {
  const std::string id(300, 'x');
  const auto one = external_id(provider::cloud, "106", id);
  EXPECT_LE(one.size(), domain::external_id_size_max);
  EXPECT_EQ(provider_of(one), provider::cloud);
  EXPECT_FALSE(parse_external_id(one));
  EXPECT_EQ(one, external_id(provider::cloud, "106", id));
  EXPECT_NE(one, external_id(provider::cloud, "107", id));
}

TEST(WhatsAppLanes, NameAProviderAndAnAddress) {
  EXPECT_EQ(lane_of(provider::twilio, "+1555"), "whatsapp:twilio:+1555");
  EXPECT_EQ(intake_lane(provider::baileys), "whatsapp-in:baileys");
  EXPECT_EQ(files_lane(provider::cloud), "whatsapp-files:cloud");
  const lane_place place{provider::baileys, "1:2@s.whatsapp.net"};
  EXPECT_EQ(parse_lane(lane_of(place.via, place.address)), place);
  for (const auto* other : {"whatsapp-in:baileys", "whatsapp:baileys:",
                            "whatsapp:other:1", "telegram:1:2", "whatsapp:"})
    EXPECT_FALSE(parse_lane(other)) << other;
}

TEST(WhatsAppErrand, ComesBackAsItWasWritten) {
  errand full;
  full.what = errand_kind::relay;
  full.ticket = domain::ticket_id{
    *domain::parse_uuid("0190a5a0-7c00-7000-8000-000000000001")};
  full.message = domain::message_sequence{7};
  full.part = 2;
  full.account = "main";
  full.quotes = "wamid.A==";
  full.as_template = true;
  full.text = " two\nlines \"quoted\" ";
  EXPECT_EQ(decode_errand(encode(full)), full);
  for (const auto kind :
       {errand_kind::message, errand_kind::edit, errand_kind::revoke,
        errand_kind::ticket, errand_kind::relay, errand_kind::notice}) {
    errand one;
    one.what = kind;
    EXPECT_EQ(decode_errand(encode(one)), one) << to_string(kind);
  }
}

TEST(WhatsAppErrand, IsNoneInOtherWords) {
  for (const auto* payload :
       {"", "[]", "{}", R"({"what":"dance"})",
        R"({"what":"notice","ticket":"x"})", R"({"what":"notice","part":-1})"})
    EXPECT_FALSE(decode_errand(payload)) << payload;
}

TEST(WhatsAppForm, DecodesWhatBrowsersEncode) {
  const auto read
    = parse_form("a=1+2&b=%C3%A9%F0%9F%99%8F&a=&c&=x&&d=%2B%26%3D&e=a=b");
  ASSERT_TRUE(read);
  const form expected{{"a", "1 2"}, {"b", "é🙏"},  {"a", ""},   {"c", ""},
                      {"", "x"},    {"d", "+&="}, {"e", "a=b"}};
  EXPECT_EQ(read.value(), expected);
  EXPECT_EQ(find_field(read.value(), "a"), "1 2");
  EXPECT_EQ(find_field(read.value(), "z"), "");
}

TEST(WhatsAppForm, LetsAPercentSignBeThatBeginsNoByte) {
  const auto read = parse_form("a=100%&b=%zz&c=%4");
  ASSERT_TRUE(read);
  const form expected{{"a", "100%"}, {"b", "%zz"}, {"c", "%4"}};
  EXPECT_EQ(read.value(), expected);
}

TEST(WhatsAppForm, RefusesWhatIsBeyondItsLimits) {
  EXPECT_TRUE(parse_form(""));
  EXPECT_FALSE(parse_form("a=12345", {6, 10}));
  EXPECT_FALSE(parse_form("a&b&c", {100, 2}));
  EXPECT_FALSE(parse_form("a=%FF"));
  EXPECT_FALSE(parse_form("a=%00"));
}

TEST(WhatsAppVcard, SaysWhoAndHow) {
  const auto card = read_vcard(
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane "
    "Doe\r\nitem1.TEL;waid=15551234567:+1 555 123 4567\r\n"
    "TEL;type=CELL;waid=447911123456:\r\n"
    "EMAIL:jane@example.com\r\nEND:VCARD",
    "J");
  const contact_card expected{
    "Jane Doe", {"+1 555 123 4567", "+447911123456"}, {"jane@example.com"}};
  EXPECT_EQ(card, expected);
}

TEST(WhatsAppVcard, FindsANameWhereverThereIsOne) {
  EXPECT_EQ(read_vcard("N:Doe;Jane\nTEL:1", "").name, "Jane Doe");
  EXPECT_EQ(read_vcard("TEL:1", "Shown").name, "Shown");
  EXPECT_EQ(read_vcard("FN:a\\, b\\;c", "").name, "a, b;c");
  EXPECT_EQ(read_vcard("", "").name, "");
}

TEST(WhatsAppText, IsCleaned) {
  EXPECT_EQ(clean_text("  a\r\nb\x01"
                       "c\t d \n"),
            "a\nbc\t d");
  EXPECT_EQ(clean_text("a\xFF"
                       "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(clean_text(std::string{"a\0b", 3}), "ab");
  EXPECT_EQ(clean_text("a\xC2\x85"
                       "b\xC2\xA9"),
            "ab\xC2\xA9");
  EXPECT_EQ(clean_line("  Ana\nLópez \t", 200), "Ana López");
  EXPECT_EQ(clean_line("ñandú", 3), "ñan");
}

TEST(WhatsAppText, IsCutWithAWordAboutIt) {
  const std::string fits(domain::body_length_max, 'x');
  EXPECT_EQ(body_text(fits), fits);
  std::string many;
  for (std::size_t i = 0; i <= domain::body_length_max; ++i)
    many += "é";
  const auto cut = body_text(many);
  EXPECT_EQ(domain::count_code_points(cut), domain::body_length_max);
  EXPECT_TRUE(cut.starts_with("éé"));
  EXPECT_TRUE(cut.ends_with("its end was left out.]"));
}

TEST(WhatsAppText, TellsSecondsFromMilliseconds) {
  const domain::timestamp at{std::chrono::seconds{1'749'416'383}};
  EXPECT_EQ(read_moment(1'749'416'383), at);
  EXPECT_EQ(read_moment(1'749'416'383'000), at);
  EXPECT_EQ(read_moment(-1), domain::timestamp{});
  EXPECT_EQ(read_moment(std::nullopt), domain::timestamp{});
  EXPECT_EQ(read_moment(INT64_MAX), domain::timestamp{});
}

TEST(WhatsAppText, NamesFilesByTheirKind) {
  EXPECT_EQ(make_media("image", "image/jpeg", "").name, "image.jpg");
  EXPECT_EQ(make_media("voice", "audio/ogg; codecs=opus", "").name,
            "voice.ogg");
  EXPECT_EQ(make_media("document", "application/x-what", "").name, "document");
  EXPECT_EQ(make_media("document", "", "a\nb.pdf").name, "a b.pdf");
  EXPECT_EQ(make_media("document", "ä/b", "").mime_type, "");
}

TEST(WhatsAppText, ReadsPhonesOfDigits) {
  EXPECT_EQ(read_phone("15551234567"), "+15551234567");
  EXPECT_EQ(read_phone("+15551234567"), "+15551234567");
  EXPECT_EQ(read_phone("123"), "");
  EXPECT_EQ(read_phone("US.1349"), "");
}

} // namespace
} // namespace switchboard::channels::whatsapp
