#include "tests/simulators/whatsapp_sidecar.hpp"

#include "tests/simulators/whatsapp_fixture.hpp"

namespace switchboard::simulators {
namespace {

const std::string ana_jid = "15551234567@s.whatsapp.net";

class SidecarTest : public testing::Test {
protected:
  static sidecar_options options_of(sidecar_kind kind) {
    sidecar_options out;
    out.kind = kind;
    if (kind == sidecar_kind::fazer)
      out.session = "+15550001111";
    return out;
  }

  explicit SidecarTest(sidecar_kind kind = sidecar_kind::generic)
    : sidecar{options_of(kind)} {
    sidecar.connect(engine.url());
  }

  http_reply post(const std::string& path, const json::value& body,
                  const std::string& header = "x-api-key") const {
    return support::call(sidecar.port(), verb::post, path,
                         {{"content-type", "application/json"},
                          {header, sidecar.options().api_key}},
                         json::serialize(body));
  }

  http_reply send(const json::object& content, const std::string& key,
                  const json::object& more = {}) const {
    json::object body{{"session", "main"},
                      {"jid", ana_jid},
                      {"messageContent", content},
                      {"idempotencyKey", key}};
    for (const auto& [name, value] : more)
      body[name] = value;
    return post("/send", body);
  }

  engine_stub engine;
  sidecar_simulator sidecar;
  sidecar_author ana{ana_jid, "Ana", {}, {}};
};

class FazerTest : public SidecarTest {
protected:
  FazerTest() : SidecarTest{sidecar_kind::fazer} {}
};

class EvolutionTest : public SidecarTest {
protected:
  EvolutionTest() : SidecarTest{sidecar_kind::evolution} {}
};

TEST_F(SidecarTest, TakesAText) {
  const auto reply = send({{"text", "Hello"}}, "out-1");
  EXPECT_EQ(reply.status, 200);
  const auto all = sidecar.deliveries(ana_jid);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].kind, "text");
  EXPECT_EQ(all[0].text, "Hello");
  EXPECT_EQ(at_pointer(reply.body, "/data/key/id"), json::value(all[0].id));
  EXPECT_EQ(sidecar.complaints(), texts{});
}

TEST_F(SidecarTest, SendsNothingTwiceForTheSameKey) {
  const auto first = send({{"text", "Hello"}}, "out-1");
  const auto again = send({{"text", "Hello"}}, "out-1");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(sidecar.deliveries().size(), 1U);
  EXPECT_EQ(sidecar.complaints(), texts{});
  send({{"text", "Other"}}, "out-1");
  EXPECT_EQ(sidecar.complaints().size(), 1U);
}

TEST_F(SidecarTest, SaysThatASendIsInProgress) {
  sidecar.fail(
    whatsapp_fault::of(whatsapp_fault::kind::hang).with_effect().on("/send"));
  support::http_connection first{sidecar.port()};
  const auto body
    = json::serialize(json::object{{"session", "main"},
                                   {"jid", ana_jid},
                                   {"messageContent", {{"text", "Hello"}}},
                                   {"idempotencyKey", "out-1"}});
  first.send_bytes("POST /send HTTP/1.1\r\nHost: x\r\nx-api-key: "
                   + sidecar.options().api_key
                   + "\r\nContent-Type: application/json\r\nContent-Length: "
                   + std::to_string(body.size()) + "\r\n\r\n" + body);
  ASSERT_TRUE(sidecar.wait_for_calls(1));
  EXPECT_EQ(send({{"text", "Hello"}}, "out-1").status, 409);
  sidecar.release_hanging();
  EXPECT_EQ(first.read_reply().status, 200);
  EXPECT_EQ(send({{"text", "Hello"}}, "out-1").status, 200);
  EXPECT_EQ(sidecar.deliveries().size(), 1U);
}

TEST_F(SidecarTest, RefusesWhatNoClientSends) {
  const json::object text{{"text", "x"}};
  const std::vector<json::object> wrong{
    {{"messageContent", {{"text", 1}}}},
    {{"messageContent", {{"text", "x"}, {"colour", "red"}}}},
    {{"messageContent", {{"text", "x"}, {"image", "eA=="}}}},
    {{"messageContent", {{"image", "no base64"}, {"mimetype", "image/png"}}}},
    {{"messageContent", {{"image", "eA=="}, {"mimetype", "audio/ogg"}}}},
    {{"messageContent", {{"document", "eA=="}, {"mimetype", "x/y"}}}},
    {{"jid", "1555:3@s.whatsapp.net"}},
    {{"session", "other"}},
    {{"idempotencyKey", ""}},
    {{"extra", true}}};
  for (const auto& one : wrong)
    EXPECT_EQ(send(text, "key", one).status, 400) << json::serialize(one);
  EXPECT_GE(sidecar.complaints().size(), wrong.size());
  EXPECT_TRUE(sidecar.deliveries().empty());
}

TEST_F(SidecarTest, AsksForTheKey) {
  const auto reply = support::call(sidecar.port(), verb::post, "/send",
                                   {{"x-api-key", "wrong"}}, "{}");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(sidecar.complaints(), texts{"/send: a wrong key"});
}

TEST_F(SidecarTest, KnowsFilesQuotesAndChanges) {
  const auto said = sidecar.says(ana, "It is broken");
  const json::object key{
    {"remoteJid", ana_jid}, {"fromMe", false}, {"id", said.id}};
  const json::object quoted{{"key", key},
                            {"message", {{"conversation", "It is broken"}}}};
  const auto sent = send({{"image", whatsapp::to_base64(picture_bytes)},
                          {"mimetype", "image/png"},
                          {"caption", "Look"}},
                         "out-1", {{"quoted", quoted}});
  ASSERT_EQ(sent.status, 200);
  const json::object ours{{"remoteJid", ana_jid},
                          {"fromMe", true},
                          {"id", at_pointer(sent.body, "/data/key/id")}};
  EXPECT_EQ(send({{"text", "Now"}, {"edit", ours}}, "out-2").status, 200);
  EXPECT_EQ(send({{"react", {{"text", "👍"}, {"key", key}}}}, "out-3").status,
            200);
  EXPECT_EQ(send({{"delete", ours}}, "out-4").status, 200);
  EXPECT_EQ(sidecar.complaints(), texts{});
  const auto all = sidecar.deliveries();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].file.bytes, picture_bytes);
  EXPECT_EQ(all[0].quoted, said.id);
  EXPECT_EQ(all[1].kind + all[2].kind + all[3].kind, "editreactionrevoke");
  EXPECT_EQ(all[1].target, all[0].id);
  // Another's message cannot be taken back.
  EXPECT_EQ(send({{"delete", key}}, "out-5").status, 400);
}

TEST_F(SidecarTest, HasStates) {
  const auto told = sidecar.becomes(sidecar_state::logged_out);
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(at_pointer(engine.last().body,
                       "/data/lastDisconnect/error/output/"
                       "statusCode"),
            json::value(401));
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 404);
  sidecar.set_state(sidecar_state::disconnected);
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 503);
  sidecar.set_state(sidecar_state::connected);
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 200);
}

TEST_F(SidecarTest, TellsTheEngineInTheCanonicalForm) {
  const auto said = sidecar.says(ana, "Hi");
  EXPECT_EQ(said.reply.status, 200);
  const auto request = engine.last();
  EXPECT_EQ(request.target, "/webhook/baileys");
  EXPECT_EQ(request.header("x-api-key"), sidecar.options().api_key);
  const auto& body = request.body;
  EXPECT_EQ(at_pointer(body, "/event"), json::value("messages.upsert"));
  EXPECT_EQ(at_pointer(body, "/session"), json::value("main"));
  const std::string first = "/data/messages/0";
  EXPECT_EQ(at_pointer(body, first + "/key/id"), json::value(said.id));
  EXPECT_EQ(at_pointer(body, first + "/message/conversation"),
            json::value("Hi"));
  EXPECT_EQ(at_pointer(body, first + "/pushName"), json::value("Ana"));
}

TEST_F(SidecarTest, TellsOfGroupsAndHiddenNumbers) {
  sidecar_author who{"225123456789012@lid", "Ana", ana_jid,
                     "120363040000000000@g.us"};
  sidecar_extra extra;
  extra.mentions = {sidecar.options().own_jid};
  extra.wrapper = "ephemeralMessage";
  sidecar.says(who, "help", extra);
  const auto body = engine.last().body;
  const std::string first = "/data/messages/0";
  EXPECT_EQ(at_pointer(body, first + "/key/remoteJid"), json::value(who.group));
  EXPECT_EQ(at_pointer(body, first + "/key/participant"), json::value(who.jid));
  EXPECT_EQ(at_pointer(body, first + "/key/participantAlt"),
            json::value(ana_jid));
  EXPECT_EQ(at_pointer(body, first
                               + "/message/ephemeralMessage/message/"
                                 "extendedTextMessage/contextInfo/mentionedJid"
                                 "/0"),
            json::value(sidecar.options().own_jid));
}

TEST_F(SidecarTest, BringsFilesInThreeWays) {
  sidecar_extra extra;
  auto said = sidecar.sends(ana, picture(), "Look", extra);
  EXPECT_EQ(at_pointer(engine.last().body, "/media/" + said.id + "/base64"),
            json::value(whatsapp::to_base64(picture_bytes)));
  extra.media = sidecar_media::bare;
  said = sidecar.sends(ana, picture(), {}, extra);
  EXPECT_EQ(at_pointer(engine.last().body, "/media/" + said.id),
            json::value(whatsapp::to_base64(picture_bytes)));
  extra.media = sidecar_media::url;
  said = sidecar.sends(ana, picture(), {}, extra);
  const std::string url{
    at_pointer(engine.last().body, "/media/" + said.id + "/url")
      .as_string()
      .c_str()};
  const auto path = url.substr(url.find("/media/"));
  const auto reply = support::call(sidecar.port(), verb::get, path,
                                   {{"x-api-key", sidecar.options().api_key}});
  EXPECT_EQ(reply.body, picture_bytes);
  EXPECT_EQ(support::call(sidecar.port(), verb::get, path).status, 401);
}

TEST_F(SidecarTest, ReportsReactionsEditsAndStatuses) {
  send({{"text", "Hello"}}, "out-1");
  const auto id = sidecar.deliveries().front().id;
  sidecar.reacts(ana, id, "👍");
  const std::string first = "/data/messages/0/message";
  EXPECT_EQ(at_pointer(engine.last().body, first + "/reactionMessage/key/id"),
            json::value(id));
  EXPECT_EQ(
    at_pointer(engine.last().body, first + "/reactionMessage/key/fromMe"),
    json::value(true));
  const auto said = sidecar.says(ana, "Hi");
  sidecar.edits(ana, said.id, "Hello");
  EXPECT_EQ(at_pointer(engine.last().body, first + "/protocolMessage/type"),
            json::value("MESSAGE_EDIT"));
  sidecar.reports(id, 4);
  EXPECT_EQ(at_pointer(engine.last().body, "/event"),
            json::value("messages.update"));
  EXPECT_EQ(at_pointer(engine.last().body, "/data/0/update/status"),
            json::value(4));
}

TEST_F(SidecarTest, FailsAsOrdered) {
  using kind = whatsapp_fault::kind;
  sidecar.fail(whatsapp_fault::slow_down("7"));
  const auto slow = send({{"text", "x"}}, "a");
  EXPECT_EQ(slow.status, 429);
  EXPECT_EQ(slow.header("Retry-After"), "7");
  sidecar.fail(whatsapp_fault::of(kind::reset));
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 0);
  sidecar.fail(whatsapp_fault::of(kind::nonsense));
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 200);
  EXPECT_TRUE(sidecar.deliveries().empty());
  sidecar.fail(whatsapp_fault::of(kind::close).with_effect());
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 0);
  EXPECT_EQ(sidecar.deliveries().size(), 1U);
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 200);
  EXPECT_EQ(sidecar.deliveries().size(), 1U);
}

TEST_F(SidecarTest, KeepsItsPortOverARestart) {
  const auto port = sidecar.port();
  sidecar.stop();
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 0);
  sidecar.start();
  EXPECT_EQ(sidecar.port(), port);
  EXPECT_EQ(send({{"text", "x"}}, "a").status, 200);
}

TEST_F(FazerTest, SpeaksItsOwnWay) {
  const auto said = sidecar.sends(ana, picture());
  const auto request = engine.last();
  EXPECT_EQ(request.header("x-api-key"), "");
  EXPECT_EQ(at_pointer(request.body, "/webhookVerifyToken"),
            json::value(sidecar.options().api_key));
  EXPECT_EQ(at_pointer(request.body, "/extra/media/" + said.id),
            json::value(whatsapp::to_base64(picture_bytes)));
  const json::object body{{"jid", ana_jid},
                          {"messageContent", {{"text", "Hello"}}},
                          {"chatwootMessageId", "out-1"}};
  for (const auto* const session : {"+15550001111", "%2B15550001111"})
    EXPECT_EQ(
      post("/connections/" + std::string{session} + "/send-message", body)
        .status,
      200);
  EXPECT_EQ(sidecar.deliveries().size(), 1U);
  EXPECT_EQ(sidecar.complaints(), texts{});
  EXPECT_EQ(post("/send", body).status, 404);
}

TEST_F(EvolutionTest, SpeaksItsOwnWay) {
  sidecar_extra extra;
  const auto first = sidecar.says(ana, "Hi");
  EXPECT_EQ(at_pointer(engine.last().body, "/data/message/conversation"),
            json::value("Hi"));
  extra.quoted = first.id;
  sidecar.says(ana, "Again", extra);
  EXPECT_EQ(at_pointer(engine.last().body, "/data/message/conversation"),
            json::value("Again"));
  EXPECT_EQ(at_pointer(engine.last().body, "/data/contextInfo/stanzaId"),
            json::value(first.id));
  const auto reply
    = post("/message/sendText/main",
           {{"number", "15551234567"}, {"text", "Hello"}}, "apikey");
  EXPECT_EQ(reply.status, 201);
  const auto key = at_pointer(reply.body, "/key");
  EXPECT_EQ(post("/message/sendReaction/main",
                 {{"key", key}, {"reaction", "👍"}}, "apikey")
              .status,
            201);
  EXPECT_EQ(post("/message/sendMedia/main",
                 {{"number", "15551234567"},
                  {"mediatype", "image"},
                  {"mimetype", "image/png"},
                  {"media", whatsapp::to_base64(picture_bytes)},
                  {"caption", "Look"},
                  {"fileName", "a.png"}},
                 "apikey")
              .status,
            201);
  EXPECT_EQ(sidecar.complaints(), texts{});
  ASSERT_EQ(sidecar.deliveries(ana_jid).size(), 3U);
}

} // namespace
} // namespace switchboard::simulators
