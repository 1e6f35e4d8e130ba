#include "tests/simulators/whatsapp_twilio.hpp"

#include "tests/simulators/whatsapp_fixture.hpp"

namespace switchboard::simulators {
namespace {

const std::string ana_address = "whatsapp:+15551234567";

class TwilioTest : public testing::Test {
protected:
  static twilio_options options() {
    twilio_options out;
    out.public_url = "https://support.example.com";
    return out;
  }

  TwilioTest() {
    twilio.connect(engine.url());
  }

  support::header_list headers() const {
    const auto& known = twilio.options();
    return {{"authorization", whatsapp::basic_authorization(known.account_sid,
                                                            known.auth_token)},
            {"content-type", "application/x-www-form-urlencoded"}};
  }

  http_reply send(twilio_fields more) const {
    twilio_fields form{{"To", ana_address},
                       {"From", "whatsapp:" + twilio.options().from}};
    form.insert(form.end(), more.begin(), more.end());
    return post(form);
  }

  http_reply post(const twilio_fields& form) const {
    return support::call(
      twilio.port(), verb::post,
      "/2010-04-01/Accounts/" + twilio.options().account_sid + "/Messages.json",
      headers(), whatsapp::to_form(form));
  }

  static json::value code_of(const http_reply& reply) {
    return at_pointer(reply.body, "/code");
  }

  /// A field of the last webhook.
  std::string told(std::string_view name) const {
    const auto form = whatsapp::from_form(engine.last().body);
    if (form)
      for (const auto& [key, value] : *form)
        if (key == name)
          return value;
    return {};
  }

  engine_stub engine;
  twilio_simulator twilio{options()};
  twilio_customer ana;
};

TEST_F(TwilioTest, TakesATextWithinTheWindow) {
  twilio.says(ana, "Hola");
  const auto reply = send({{"Body", "Hello"}});
  EXPECT_EQ(reply.status, 201);
  const auto all = twilio.deliveries(ana_address);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].text, "Hello");
  EXPECT_EQ(at_pointer(reply.body, "/sid"), json::value(all[0].id));
  EXPECT_EQ(twilio.complaints(), texts{});
}

TEST_F(TwilioTest, SignsWhatCustomersSay) {
  const auto said = twilio.says(ana, "Hola, \u00bfme ayudan?");
  EXPECT_EQ(said.reply.status, 200);
  const auto request = engine.last();
  EXPECT_EQ(request.header("Host"), "support.example.com");
  const auto form = whatsapp::from_form(request.body);
  ASSERT_TRUE(form);
  EXPECT_EQ(request.header("X-Twilio-Signature"),
            twilio_simulator::sign(
              twilio.options().auth_token,
              "https://support.example.com/webhook/twilio/whatsapp", *form));
  EXPECT_EQ(told("MessageSid"), said.id);
  EXPECT_EQ(told("WaId"), "15551234567");
  EXPECT_EQ(told("Body"), "Hola, \u00bfme ayudan?");
  const auto first = request.body;
  twilio.repeats(said.id);
  EXPECT_EQ(engine.last().body, first);
  twilio.posts(*form, false);
  EXPECT_NE(engine.last().header("X-Twilio-Signature"),
            request.header("X-Twilio-Signature"));
}

TEST_F(TwilioTest, ClosesTheWindowAfterADay) {
  twilio.says(ana, "Hola");
  EXPECT_TRUE(twilio.has_open_window(ana.phone));
  twilio.advance(hours{24});
  EXPECT_FALSE(twilio.has_open_window(ana.phone));
  const auto reply
    = send({{"Body", "Hello"},
            {"StatusCallback",
             "https://support.example.com/webhook/twilio/whatsapp"}});
  EXPECT_EQ(reply.status, 201) << "it fails later";
  ASSERT_TRUE(twilio.wait_until_quiet());
  EXPECT_EQ(told("MessageStatus"), "undelivered");
  EXPECT_EQ(told("ErrorCode"), "63016");
  EXPECT_TRUE(twilio.deliveries().empty());
  EXPECT_EQ(twilio.failed().size(), 1U);
  EXPECT_EQ(send({{"ContentSid", "HX0123456789abcdef0123456789abcdef"},
                  {"ContentVariables", R"({"1":"Hello"})"}})
              .status,
            201);
  ASSERT_EQ(twilio.deliveries().size(), 1U);
  EXPECT_EQ(twilio.deliveries()[0].text, "Hello");
  EXPECT_EQ(twilio.complaints(), texts{});
}

TEST_F(TwilioTest, RefusesWhatNoClientSends) {
  const auto from = "whatsapp:" + twilio.options().from;
  struct row {
    twilio_fields form;
    int code;
  };
  const std::vector<row> wrong{
    {{{"To", "+15551234567"}, {"From", from}, {"Body", "x"}}, 21'211},
    {{{"To", ana_address}, {"From", "whatsapp:+1999999999"}, {"Body", "x"}},
     63'007},
    {{{"To", ana_address}, {"From", from}}, 21'602},
    {{{"To", ana_address}, {"From", from}, {"Body", std::string(1'601, 'x')}},
     21'617},
    {{{"To", ana_address}, {"From", from}, {"MediaUrl", "a.png"}}, 21'620},
    {{{"To", ana_address},
      {"From", from},
      {"MediaUrl", "https://a/b"},
      {"MediaUrl", "https://a/c"}},
     21'623},
    {{{"To", ana_address}, {"From", from}, {"ContentSid", "HX1"}}, 21'655},
    {{{"To", ana_address},
      {"From", from},
      {"ContentSid", "HX0123456789abcdef0123456789abcdef"},
      {"ContentVariables", R"({"1":"two\nlines"})"}},
     21'656}};
  for (const auto& [form, code] : wrong) {
    const auto reply = post(form);
    EXPECT_EQ(reply.status, 400) << code;
    EXPECT_EQ(code_of(reply), json::value(code));
  }
  EXPECT_EQ(twilio.complaints().size(), wrong.size());
  // Taken, and complained of all the same.
  EXPECT_EQ(send({{"Body", "x"}, {"Colour", "red"}}).status, 201);
  EXPECT_EQ(twilio.complaints().back().substr(
              twilio.complaints().back().rfind("Colour")),
            "Colour is not known");
}

TEST_F(TwilioTest, AsksForCredentials) {
  const auto reply = support::call(
    twilio.port(), verb::post, "/2010-04-01/Accounts/x/Messages.json", {}, "");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(code_of(reply), json::value(20'003));
  EXPECT_EQ(twilio.complaints().size(), 1U);
}

TEST_F(TwilioTest, FetchesFilesFromTheEngine) {
  twilio.says(ana, "Hola");
  engine.keep("/files/1", picture_bytes, "Content-Type: image/png\r\n");
  EXPECT_EQ(send({{"Body", "Look"},
                  {"MediaUrl", "https://support.example.com/files/1"}})
              .status,
            201);
  ASSERT_TRUE(twilio.wait_for_deliveries(1));
  const auto got = twilio.deliveries().front();
  EXPECT_EQ(got.kind, "image");
  EXPECT_EQ(got.file.bytes, picture_bytes);
  EXPECT_EQ(got.text, "Look");
  EXPECT_EQ(twilio.complaints(), texts{});
}

TEST_F(TwilioTest, ComplainsOfFilesThatCannotBeHad) {
  twilio.says(ana, "Hola");
  engine.answer_next(404);
  send({{"MediaUrl", "https://support.example.com/files/1"},
        {"StatusCallback", "https://support.example.com/status"}});
  ASSERT_TRUE(twilio.wait_until_quiet());
  EXPECT_EQ(engine.last().target, "/status");
  EXPECT_EQ(told("ErrorCode"), "63019");
  EXPECT_EQ(twilio.complaints().size(), 1U);
}

TEST_F(TwilioTest, KeepsFilesBehindARedirect) {
  twilio.sends(ana, picture(), "Look");
  EXPECT_EQ(told("NumMedia"), "1");
  const auto path = told("MediaUrl0").substr(twilio.url().size());
  EXPECT_EQ(support::call(twilio.port(), verb::get, path).status, 401);
  const auto reply = support::call(twilio.port(), verb::get, path, headers());
  EXPECT_EQ(reply.status, 307);
  const auto location = reply.header("Location");
  const auto colon = location.rfind(':');
  const auto port
    = static_cast<std::uint16_t>(std::stoul(location.substr(colon + 1)));
  EXPECT_NE(port, twilio.port());
  const auto target = location.substr(location.find('/', colon));
  EXPECT_EQ(support::call(port, verb::get, target).body, picture_bytes);
  EXPECT_EQ(support::call(port, verb::get, target, headers()).status, 400)
    << "credentials do not belong there";
}

TEST_F(TwilioTest, ReportsStatuses) {
  twilio.says(ana, "Hola");
  send({{"Body", "Hello"}});
  const auto id = twilio.deliveries().front().id;
  EXPECT_EQ(twilio.reports(id, "read").status, 200);
  EXPECT_EQ(told("MessageStatus"), "read");
  EXPECT_EQ(told("To"), ana_address);
  EXPECT_NE(engine.last().header("X-Twilio-Signature"), "");
  twilio.fail_recipient(ana.phone, 63'024);
  send({{"Body", "Hello"}});
  ASSERT_EQ(twilio.failed().size(), 1U);
  EXPECT_EQ(twilio.failed()[0].code, 63'024);
}

TEST_F(TwilioTest, TellsWhatWasAnswered) {
  twilio.says(ana, "Hola");
  send({{"Body", "Hello"}});
  const auto id = twilio.deliveries().front().id;
  twilio.presses(ana, id, "Yes", "t1:yes");
  EXPECT_EQ(told("OriginalRepliedMessageSid"), id);
  EXPECT_EQ(told("OriginalRepliedMessageSender"),
            "whatsapp:" + twilio.options().from);
  EXPECT_EQ(told("ButtonPayload"), "t1:yes");
}

TEST_F(TwilioTest, FailsAsOrdered) {
  twilio.fail(whatsapp_fault::refuse(429));
  const auto busy = send({{"Body", "x"}});
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(code_of(busy), json::value(20'429));
  twilio.fail(whatsapp_fault::of(whatsapp_fault::kind::garbage));
  EXPECT_EQ(send({{"Body", "x"}}).status, 0);
}

} // namespace
} // namespace switchboard::simulators
