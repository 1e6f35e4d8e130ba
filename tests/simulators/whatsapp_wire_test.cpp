#include "tests/simulators/whatsapp_cloud.hpp"
#include "tests/simulators/whatsapp_fixture.hpp"
#include "tests/simulators/whatsapp_twilio.hpp"

// The signatures are those of the providers' own documentation, so that the
// simulators cannot err together with the product.

namespace switchboard::simulators {
namespace {

using namespace whatsapp; // NOLINT(google-build-using-namespace)

TEST(WhatsappWire, SignsAsTwilioDocumentsIt) {
  const twilio_fields form{{"CallSid", "CA1234567890ABCDE"},
                           {"Caller", "+14158675309"},
                           {"Digits", "1234"},
                           {"From", "+14158675309"},
                           {"To", "+18005551212"}};
  EXPECT_EQ(twilio_simulator::sign(
              "12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

TEST(WhatsappWire, SignsDoubledFieldsOnce) {
  const twilio_fields form{{"Sid", "CA123"},
                           {"SidAccount", "AC123"},
                           {"Digits", "5678"},
                           {"Digits", "1234"},
                           {"Digits", "1234"}};
  EXPECT_EQ(twilio_simulator::sign(
              "12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form),
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=");
}

TEST(WhatsappWire, SignsAsMetaDocumentsIt) {
  EXPECT_EQ(cloud_simulator::sign(
              "test_app_secret",
              R"({"object":"whatsapp_business_account","entry":[]})"),
            "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c"
            "633756");
}

TEST(WhatsappWire, EscapesAsMetaDoes) {
  EXPECT_EQ(escape_as_meta("\"caf\u00e9 a/b \U0001F44D\""),
            R"("caf\u00e9 a\/b \ud83d\udc4d")");
}

TEST(WhatsappWire, TurnsBytesIntoBase64AndBack) {
  for (const std::string bytes : {"", "a", "ab", "abc", "abcd"})
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  EXPECT_EQ(to_base64("Man"), "TWFu");
  for (const auto* const wrong : {"A", "AB=C", "A===", "AB C"})
    EXPECT_FALSE(from_base64(wrong)) << wrong;
}

TEST(WhatsappWire, ReadsFormsAndRefusesOthers) {
  EXPECT_EQ(from_form("a=1+2&b=%C3%A9&c="),
            (form_fields{{"a", "1 2"}, {"b", "\u00e9"}, {"c", ""}}));
  EXPECT_EQ(to_form({{"To", "whatsapp:+1 \u00e9"}}),
            "To=whatsapp%3A%2B1+%C3%A9");
  for (const auto* const wrong : {"a", "a=%", "a=%zz", "a=%ff"})
    EXPECT_FALSE(from_form(wrong)) << wrong;
}

TEST(WhatsappWire, ReadsMultipart) {
  std::string problem;
  const auto parts = read_multipart(
    "multipart/form-data; boundary=xyz",
    "--xyz\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage/png"
    "\r\n--xyz\r\nContent-Disposition: form-data; name=\"file\"; "
    "filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nby\r\ntes\r\n--xyz--"
    "\r\n",
    problem);
  EXPECT_EQ(problem, "");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].body, "image/png");
  EXPECT_EQ(parts[1].file_name, "a.png");
  EXPECT_EQ(parts[1].content_type, "image/png");
  EXPECT_EQ(parts[1].body, "by\r\ntes");
}

TEST(WhatsappWire, RefusesBrokenMultipart) {
  const std::string part
    = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1";
  for (const auto& body :
       {std::string{}, part, part + "\r\n--x", part + "\r\n--x--more"}) {
    std::string problem;
    const auto parts
      = read_multipart("multipart/form-data; boundary=x", body, problem);
    EXPECT_LE(parts.size(), 1U);
    EXPECT_NE(problem, "") << body;
  }
}

TEST(WhatsappWire, KnowsAddresses) {
  for (const auto* const jid : {"15551234567@s.whatsapp.net", "225123@lid",
                                "120363040000000000@g.us", "1555-1234@g.us"})
    EXPECT_TRUE(is_jid(jid)) << jid;
  for (const auto* const other :
       {"15551234567", "1555:3@s.whatsapp.net", "status@broadcast", "@lid", ""})
    EXPECT_FALSE(is_jid(other)) << other;
  EXPECT_TRUE(is_e164("+15551234567"));
  EXPECT_FALSE(is_e164("15551234567"));
}

TEST(WhatsappWire, NotesWhatIsWrongWithMembers) {
  texts problems;
  const json::object given{{"a", 1}, {"b", "too long"}, {"d", "new"}};
  member_reader in{given, "x.", problems};
  in.text("a");
  in.text("b", true, 3);
  in.needed("c");
  in.finish();
  EXPECT_EQ(problems, (texts{"x.a is no string", "x.b is longer than 3",
                             "x.c is missing", "x.d is not known"}));
}

} // namespace
} // namespace switchboard::simulators
