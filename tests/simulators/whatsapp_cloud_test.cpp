#include "tests/simulators/whatsapp_cloud.hpp"

#include "tests/simulators/whatsapp_fixture.hpp"

namespace switchboard::simulators {
namespace {

class CloudTest : public testing::Test {
protected:
  static cloud_options options() {
    cloud_options out;
    out.pair_burst = 20;
    return out;
  }

  CloudTest() {
    cloud.connect(engine.url());
  }

  support::header_list headers(const std::string& type
                               = "application/json") const {
    return {{"authorization", "Bearer " + cloud.options().access_token},
            {"content-type", type}};
  }

  std::string path(const std::string& end) const {
    return "/v23.0/" + cloud.options().phone_number_id + end;
  }

  http_reply post(const json::object& body) const {
    return support::call(cloud.port(), verb::post, path("/messages"), headers(),
                         json::serialize(body));
  }

  http_reply send(const std::string& type, const json::object& content,
                  const json::object& more = {}) const {
    json::object body{{"messaging_product", "whatsapp"},
                      {"recipient_type", "individual"},
                      {"to", ana.wa_id},
                      {"type", type},
                      {type, content}};
    for (const auto& [name, value] : more)
      body[name] = value;
    return post(body);
  }

  http_reply text(const std::string& words) const {
    return send("text", {{"body", words}});
  }

  static json::value code_of(const http_reply& reply) {
    return at_pointer(reply.body, "/error/code");
  }

  json::value told(const std::string& pointer) const {
    return at_pointer(engine.last().body, "/entry/0/changes/0/value" + pointer);
  }

  engine_stub engine;
  cloud_simulator cloud{options()};
  cloud_customer ana;
};

TEST_F(CloudTest, TakesATextWithinTheWindow) {
  const auto said = cloud.says(ana, "Hi");
  const auto reply = send("text", {{"body", "Hello"}, {"preview_url", false}},
                          {{"context", {{"message_id", said.id}}},
                           {"biz_opaque_callback_data", "out-1"}});
  EXPECT_EQ(reply.status, 200);
  const auto all = cloud.deliveries(ana.wa_id);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].text, "Hello");
  EXPECT_EQ(all[0].quoted, said.id);
  EXPECT_EQ(all[0].key, "out-1");
  EXPECT_EQ(at_pointer(reply.body, "/messages/0/id"), json::value(all[0].id));
  EXPECT_EQ(cloud.complaints(), texts{});
}

TEST_F(CloudTest, SignsAndEscapesWhatCustomersSay) {
  const auto said = cloud.says(ana, "caf\u00e9 1/2");
  const auto request = engine.last();
  EXPECT_NE(request.body.find(R"(caf\u00e9 1\/2)"), std::string::npos);
  EXPECT_EQ(request.header("X-Hub-Signature-256"),
            cloud_simulator::sign(cloud.options().app_secret, request.body));
  EXPECT_EQ(told("/messages/0/text/body"), json::value("caf\u00e9 1/2"));
  EXPECT_EQ(told("/messages/0/id"), json::value(said.id));
  EXPECT_EQ(told("/contacts/0/wa_id"), json::value(ana.wa_id));
  cloud.repeats(said.id);
  EXPECT_EQ(engine.last().body, request.body);
  cloud.posts(request.body, false);
  EXPECT_NE(engine.last().header("X-Hub-Signature-256"),
            request.header("X-Hub-Signature-256"));
}

TEST_F(CloudTest, HidesPhonesOfThoseWithUsernames) {
  ana.user_id = "US.13491208655302741918";
  ana.hides_phone = true;
  cloud.says(ana, "Hi");
  EXPECT_TRUE(told("/messages/0/from").is_null());
  EXPECT_EQ(told("/contacts/0/user_id"), json::value(ana.user_id));
  const auto reply = post({{"messaging_product", "whatsapp"},
                           {"recipient", ana.user_id},
                           {"type", "text"},
                           {"text", {{"body", "Hello"}}}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(cloud.deliveries(ana.user_id).size(), 1U);
}

TEST_F(CloudTest, VerifiesTheWebhook) {
  cloud.verifies("1158201444");
  EXPECT_EQ(engine.last().method, "GET");
  EXPECT_EQ(engine.last().target,
            "/webhook/whatsapp?hub.mode=subscribe&hub.challenge=1158201444"
            "&hub.verify_token=cloud-verify-token");
}

TEST_F(CloudTest, ClosesTheWindowAfterADay) {
  cloud.says(ana, "Hi");
  cloud.advance(hours{25});
  EXPECT_FALSE(cloud.has_open_window(ana.wa_id));
  EXPECT_EQ(text("Hello").status, 200) << "it fails later";
  ASSERT_TRUE(cloud.wait_until_quiet());
  EXPECT_EQ(told("/statuses/0/status"), json::value("failed"));
  EXPECT_EQ(told("/statuses/0/errors/0/code"), json::value(131'047));
  const json::object parameter{{"type", "text"}, {"text", "Hello"}};
  const json::object component{{"type", "body"},
                               {"parameters", json::array{parameter}}};
  EXPECT_EQ(send("template", {{"name", "ticket_update"},
                              {"language", {{"code", "en_US"}}},
                              {"components", json::array{component}}})
              .status,
            200);
  ASSERT_EQ(cloud.deliveries().size(), 1U);
  EXPECT_EQ(cloud.deliveries()[0].kind, "template");
  EXPECT_EQ(cloud.deliveries()[0].text, "Hello");
  EXPECT_EQ(cloud.complaints(), texts{});
}

TEST_F(CloudTest, RefusesWhatNoClientSends) {
  struct row {
    std::string type;
    json::object content;
    int code;
  };
  const std::vector<row> wrong{
    {"text", {{"body", ""}}, 100},
    {"text", {{"body", std::string(4'097, 'x')}}, 100},
    {"text", {{"body", "x"}, {"colour", "red"}}, 100},
    {"image", {{"caption", "x"}}, 100},
    {"image", {{"id", "123"}}, 100},
    {"audio", {{"link", "https://a/b"}, {"caption", "x"}}, 100},
    {"reaction", {{"message_id", "wamid.x"}, {"emoji", "👍"}}, 100},
    {"poem", {{"body", "x"}}, 100},
    {"template",
     {{"name", "other"}, {"language", {{"code", "en_US"}}}},
     132'001},
    {"template",
     {{"name", "ticket_update"}, {"language", {{"code", "en_US"}}}},
     132'000}};
  for (const auto& [type, content, code] : wrong) {
    const auto reply = send(type, content);
    EXPECT_EQ(reply.status, 400) << json::serialize(content);
    EXPECT_EQ(code_of(reply), json::value(code)) << json::serialize(content);
  }
  EXPECT_GE(cloud.complaints().size(), wrong.size());
}

TEST_F(CloudTest, AsksForTheToken) {
  EXPECT_EQ(support::call(cloud.port(), verb::post, path("/messages")).status,
            401);
  EXPECT_EQ(cloud.complaints().size(), 1U);
  cloud.expire_token();
  const auto reply = text("x");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(code_of(reply), json::value(190));
  EXPECT_EQ(cloud.complaints().size(), 1U) << "that is nobody's mistake";
}

TEST_F(CloudTest, LimitsThePairAndLetsItRecover) {
  cloud.says(ana, "Hi");
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(text("x").status, 200) << i;
  EXPECT_EQ(code_of(text("x")), json::value(131'056));
  cloud.advance(std::chrono::seconds{6});
  EXPECT_EQ(text("x").status, 200);
}

TEST_F(CloudTest, TakesUploadsAndSendsThem) {
  cloud.says(ana, "Hi");
  const std::string part = "--xyz\r\nContent-Disposition: form-data; name=";
  const auto body = part + "\"messaging_product\"\r\n\r\nwhatsapp\r\n" + part
                    + "\"type\"\r\n\r\nimage/png\r\n" + part
                    + "\"file\"; filename=\"a.png\"\r\nContent-Type: "
                      "image/png\r\n\r\n"
                    + picture_bytes + "\r\n--xyz--\r\n";
  const auto uploaded
    = support::call(cloud.port(), verb::post, path("/media"),
                    headers("multipart/form-data; boundary=xyz"), body);
  ASSERT_EQ(uploaded.status, 200) << uploaded.body;
  const auto id = at_pointer(uploaded.body, "/id");
  EXPECT_EQ(send("image", {{"id", id}, {"caption", "Look"}}).status, 200);
  ASSERT_EQ(cloud.deliveries().size(), 1U);
  EXPECT_EQ(cloud.deliveries()[0].file.bytes, picture_bytes);
  EXPECT_EQ(cloud.complaints(), texts{});
}

TEST_F(CloudTest, KeepsFilesForFiveMinutes) {
  cloud.sends(ana, picture(), "Look");
  const std::string id{told("/messages/0/image/id").as_string().c_str()};
  const auto asked
    = support::call(cloud.port(), verb::get, "/v23.0/" + id, headers());
  ASSERT_EQ(asked.status, 200);
  const std::string url{at_pointer(asked.body, "/url").as_string().c_str()};
  const auto colon = url.rfind(':');
  const auto port
    = static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
  const auto target = url.substr(url.find('/', colon));
  EXPECT_EQ(support::call(port, verb::get, target).status, 401);
  EXPECT_EQ(support::call(port, verb::get, target, headers()).body,
            picture_bytes);
  cloud.advance(std::chrono::minutes{6});
  EXPECT_EQ(support::call(port, verb::get, target, headers()).status, 404);
}

TEST_F(CloudTest, ReportsInBatchesAndBackwards) {
  cloud.says(ana, "Hi");
  send("text", {{"body", "Hello"}}, {{"biz_opaque_callback_data", "out-1"}});
  const auto id = cloud.deliveries().front().id;
  cloud.post_batch(
    {cloud.message(ana, {{"type", "text"}, {"text", {{"body", "a"}}}}),
     cloud.message(ana, {{"type", "text"}, {"text", {{"body", "b"}}}})},
    {cloud.status(id, "read"), cloud.status(id, "delivered")}, ana);
  EXPECT_EQ(told("/messages/1/text/body"), json::value("b"));
  const std::string statuses = "/entry/0/changes/1/value/statuses/0";
  EXPECT_EQ(at_pointer(engine.last().body, statuses + "/status"),
            json::value("read"));
  EXPECT_EQ(
    at_pointer(engine.last().body, statuses + "/biz_opaque_callback_data"),
    json::value("out-1"));
}

TEST_F(CloudTest, ReportsByItselfInOrder) {
  auto chatty = options();
  chatty.statuses = {"sent", "delivered", "read"};
  chatty.engine = engine.url();
  cloud_simulator other{chatty};
  other.says(ana, "Hi");
  EXPECT_EQ(
    support::call(other.port(), verb::post, path("/messages"), headers(),
                  R"({"messaging_product":"whatsapp","to":"15551234567",
                              "type":"text","text":{"body":"Hello"}})")
      .status,
    200);
  ASSERT_TRUE(other.wait_until_quiet());
  const auto all = engine.requests();
  ASSERT_EQ(all.size(), 4U);
  const auto state = [&all](std::size_t at) {
    return at_pointer(all[at].body,
                      "/entry/0/changes/0/value/statuses/0/status");
  };
  EXPECT_EQ(state(1), json::value("sent"));
  EXPECT_EQ(state(2), json::value("delivered"));
  EXPECT_EQ(state(3), json::value("read"));
}

TEST_F(CloudTest, RepeatsWhatTheEngineDidNotTake) {
  auto patient = options();
  patient.retries = {milliseconds{1}, milliseconds{1}};
  patient.engine = engine.url();
  cloud_simulator other{patient};
  engine.answer_next(503);
  engine.answer_next(500);
  const auto said = other.says(ana, "Hi");
  EXPECT_EQ(said.reply.status, 200);
  EXPECT_EQ(said.reply.attempts, 3U);
  EXPECT_EQ(engine.requests().size(), 3U);
}

TEST_F(CloudTest, MarksAsRead) {
  const auto said = cloud.says(ana, "Hi");
  EXPECT_EQ(post({{"messaging_product", "whatsapp"},
                  {"status", "read"},
                  {"message_id", said.id}})
              .status,
            200);
  EXPECT_EQ(post({{"messaging_product", "whatsapp"},
                  {"status", "read"},
                  {"message_id", "wamid.x"}})
              .status,
            400);
}

} // namespace
} // namespace switchboard::simulators
