#include "api/whatsapp/routes.hpp"
#include "tests/unit/api_fake_request.hpp"
#include "tests/unit/api_whatsapp_fixture.hpp"

#include <boost/json/parse.hpp>

namespace switchboard::api::whatsapp {
namespace {

using boost::beast::http::verb;
using header_list = std::vector<std::pair<std::string, std::string>>;

constexpr const char* baileys_path = "/webhook/baileys";
constexpr const char* twilio_path = "/webhook/twilio/whatsapp";
constexpr const char* cloud_path = "/webhook/whatsapp";
const header_list with_key{{"x-api-key", "sidecar-key"}};

const std::string upsert
  = R"({"event":"messages.upsert","session":"main","data":{"type":"notify",)"
    R"("messages":[{"key":{"remoteJid":"15551230001@s.whatsapp.net",)"
    R"("fromMe":false,"id":"3EB0"},"messageTimestamp":3600000,)"
    R"("pushName":"Ana","message":{"conversation":"Hi"}}]}})";

class WhatsappRoutes : public whatsapp_test {
protected:
  WhatsappRoutes() {
    route_options options;
    options.baileys = sidecar_door{"sidecar-key", ""};
    options.n8n = sidecar_door{"n8n-key", ""};
    options.twilio_auth_token = "12345";
    options.public_url = "https://support.example.com/";
    options.cloud_app_secret = "test_app_secret";
    options.cloud_verify_token = "verify-me";
    options.failures_per_minute = 0;
    serve(std::move(options));
  }

  void serve(route_options options) {
    served.emplace(in, now, std::move(options));
    router.emplace();
    served->add_to(*router);
  }

  net::response call(verb method, const std::string& target,
                     const std::string& body, const header_list& headers) {
    fake_request req;
    req.method = method;
    req.path = target;
    if (const auto question = req.path.find('?');
        question != std::string_view::npos) {
      req.query = req.path.substr(question + 1);
      req.path = req.path.substr(0, question);
    }
    req.body = body;
    req.headers = headers;
    const auto match = router->find(req.method, req.path, req.params);
    if (match.found == nullptr)
      return {405, {}};
    if (match.found->sync)
      return match.found->sync(req);
    return await(
      asio::co_spawn(executor, match.found->async(req), asio::use_future));
  }
  net::response post(const std::string& target, const std::string& body,
                     const header_list& headers) {
    return call(verb::post, target, body, headers);
  }

  std::optional<routes> served;
  std::optional<net::router> router;
};

TEST_F(WhatsappRoutes, ASidecarNeedsItsKey) {
  EXPECT_EQ(post(baileys_path, upsert, {}).status, 401U);
  EXPECT_EQ(post(baileys_path, upsert, {{"x-api-key", "n8n-key"}}).status,
            401U);
  auto twice = with_key;
  twice.push_back(with_key.front());
  EXPECT_EQ(post(baileys_path, upsert, twice).status, 401U);
  EXPECT_TRUE(tickets().empty());
  const auto taken = post(baileys_path, upsert, with_key);
  EXPECT_EQ(taken.status, 200U);
  EXPECT_EQ(taken.body, R"({"ok":true,"accepted":1,"ignored":0})");
  EXPECT_EQ(said(tickets().at(0)).at(0), "customer: Hi");
  EXPECT_EQ(post(baileys_path, upsert, with_key).status, 200U);
  EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(WhatsappRoutes, TheEventMayStandInTheAddress) {
  const std::string path = "/webhook/baileys/messages-upsert";
  EXPECT_EQ(post(path, upsert, {}).status, 401U);
  EXPECT_EQ(post(path, upsert, with_key).status, 200U);
  EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(WhatsappRoutes, TheKeyMayStandInTheBody) {
  const auto with_token = [](const std::string& token) {
    return R"({"webhookVerifyToken":")" + token + "\"," + upsert.substr(1);
  };
  EXPECT_EQ(post(baileys_path, with_token("wrong"), {}).status, 401U);
  EXPECT_EQ(post(baileys_path, with_token(""), {}).status, 401U);
  EXPECT_EQ(post(baileys_path, with_token("sidecar-key"), {}).status, 200U);
  // A wrong header is not made good by it.
  EXPECT_EQ(
    post(baileys_path, with_token("sidecar-key"), {{"x-api-key", "x"}}).status,
    401U);
}

TEST_F(WhatsappRoutes, RefusesASidecarsNonsense) {
  for (const auto* const body : {"", "{", "[1", "{\"a\":1}"})
    EXPECT_EQ(post(baileys_path, body, with_key).status, 400U) << body;
}

TEST_F(WhatsappRoutes, AsksForARepetition) {
  journal.obstruct(persistence::commit_failure::no_room, "full");
  EXPECT_EQ(post(baileys_path, upsert, with_key).status, 503U);
}

TEST_F(WhatsappRoutes, AWorkflowBringsTheSame) {
  EXPECT_EQ(post("/webhook/n8n/whatsapp", upsert, with_key).status, 401U);
  EXPECT_EQ(
    post("/webhook/n8n/whatsapp", upsert, {{"x-api-key", "n8n-key"}}).status,
    200U);
  EXPECT_EQ(session_of(tickets().at(0)).lines.at(0).provider, "n8n");
}

TEST_F(WhatsappRoutes, SaysWhichProviderIsNotConfigured) {
  serve({});
  for (const auto* const path :
       {baileys_path, twilio_path, cloud_path, "/webhook/n8n/whatsapp"})
    EXPECT_EQ(post(path, upsert, with_key).status, 404U) << path;
  EXPECT_EQ(call(verb::get, cloud_path, "", {}).status, 404U);
}

TEST_F(WhatsappRoutes, AnswersMetasChallenge) {
  const std::string query
    = "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
  const auto good = call(verb::get, cloud_path + query + "verify-me", "", {});
  EXPECT_EQ(good.status, 200U);
  EXPECT_EQ(good.body, "1158201444");
  EXPECT_EQ(good.content_type, "text/plain");
  EXPECT_EQ(call(verb::get, cloud_path + query + "x", "", {}).status, 403U);
  EXPECT_EQ(call(verb::get, cloud_path, "", {}).status, 403U);
}

TEST_F(WhatsappRoutes, TakesWhatMetaHasSigned) {
  // The vector of the protocol's notes.
  const std::string body
    = R"({"object":"whatsapp_business_account","entry":[]})";
  const header_list right{
    {"X-Hub-Signature-256",
     "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c63375"
     "6"}};
  EXPECT_EQ(post(cloud_path, body, right).status, 200U);
  EXPECT_EQ(post(cloud_path, body + " ", right).status, 403U);
  EXPECT_EQ(post(cloud_path, body, {}).status, 403U);
}

const std::string twilio_form
  = "MessageSid=SM1&From=whatsapp%3A%2B15551230001&To=whatsapp%3A"
    "%2B14155238886&WaId=15551230001&Body=Hola&NumMedia=0&ProfileName=Ana";

header_list signed_by_twilio(const std::string& signature) {
  return {{"X-Twilio-Signature", signature},
          {"Content-Type", "application/x-www-form-urlencoded"}};
}

TEST_F(WhatsappRoutes, TakesWhatTwilioHasSigned) {
  const std::string right = "XGuAV3Er5mNhBU32Vxurc1ZGbTc=";
  EXPECT_EQ(post(twilio_path, twilio_form, {}).status, 403U);
  EXPECT_EQ(post(twilio_path, twilio_form, signed_by_twilio(right)).status,
            403U);
  EXPECT_TRUE(tickets().empty());
  // The address is signed as Twilio knows it, with its query.
  const auto taken = post(std::string{twilio_path} + "?a=1", twilio_form,
                          signed_by_twilio(right));
  EXPECT_EQ(taken.status, 200U);
  EXPECT_EQ(taken.body, "<Response></Response>");
  EXPECT_EQ(taken.content_type, "text/xml");
  EXPECT_EQ(said(tickets().at(0)).at(0), "customer: Hola");
}

TEST_F(WhatsappRoutes, TakesTwilioByGet) {
  const std::string right = "e3KmXiUE7Poalzyjkk8Dx07d1ps=";
  EXPECT_EQ(call(verb::get, std::string{twilio_path} + '?' + twilio_form, "",
                 signed_by_twilio(right))
              .status,
            200U);
  EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(WhatsappRoutes, KeepsWhatIsSignedAndCannotBeRead) {
  EXPECT_EQ(post(twilio_path, "AccountSid=AC1",
                 signed_by_twilio("GTnIbGdc1n7Kiqlnv9hl9hDP3+g="))
              .status,
            200U);
  EXPECT_EQ(lane("whatsapp-in:twilio").size(), 1U);
  const std::string no_text
    = "MessageSid=SM1&From=whatsapp%3A%2B15551230001&Body=%FF%00";
  EXPECT_EQ(
    post(twilio_path, no_text, signed_by_twilio("NWdd8TWg3Ks6EjAm+BPGBLjLtEI="))
      .status,
    200U);
  EXPECT_EQ(lane("whatsapp-in:twilio").size(), 2U);
  EXPECT_EQ(post(twilio_path, no_text, signed_by_twilio("x")).status, 403U);
  const header_list by_meta{{"X-Hub-Signature-256",
                             "sha256=d98345155e47c75e84299990425a55258abf8dd4"
                             "e19549ef91992e8b3d85bfe2"}};
  EXPECT_EQ(post(cloud_path,
                 R"({"object":"whatsapp_business_account","entry":7})", by_meta)
              .status,
            200U);
  EXPECT_EQ(lane("whatsapp-in:cloud").size(), 1U);
}

} // namespace
} // namespace switchboard::api::whatsapp
