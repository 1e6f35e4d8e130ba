#include "tests/simulators/whatsapp_n8n.hpp"

#include "tests/simulators/whatsapp_control.hpp"
#include "tests/simulators/whatsapp_fixture.hpp"
#include "tests/simulators/whatsapp_sidecar.hpp"

namespace switchboard::simulators {
namespace {

class N8nBridgeTest : public testing::Test {
protected:
  N8nBridgeTest() {
    bridge.connect(engine.url());
  }

  http_reply send(const json::object& content,
                  const std::string& key = "n8n-bridge-key-0123456789") const {
    return support::call(
      bridge.port(), verb::post, bridge.options().path,
      {{"content-type", "application/json"}, {"x-api-key", key}},
      json::serialize(json::object{{"event", "message.send"},
                                   {"to", "+15551234567"},
                                   {"messageContent", content},
                                   {"idempotencyKey", "out-1"}}));
  }

  engine_stub engine;
  n8n_bridge bridge;
};

TEST_F(N8nBridgeTest, TakesATextAndCountsItTwice) {
  EXPECT_EQ(send({{"text", "Hello"}}).status, 200);
  EXPECT_EQ(send({{"text", "Hello"}}).status, 200);
  EXPECT_EQ(bridge.deliveries("+15551234567").size(), 2U);
  EXPECT_EQ(bridge.complaints(), texts{});
}

TEST_F(N8nBridgeTest, FetchesFilesByTheirLink) {
  engine.keep("/files/1", picture_bytes, "Content-Type: image/png\r\n");
  send({{"image", {{"link", "https://support.example.com/files/1"}}},
        {"mimetype", "image/png"},
        {"fileName", "a.png"},
        {"caption", "Look"}});
  ASSERT_TRUE(bridge.wait_for_deliveries(1));
  EXPECT_EQ(bridge.deliveries()[0].file.bytes, picture_bytes);
  EXPECT_EQ(bridge.deliveries()[0].text, "Look");
  EXPECT_EQ(bridge.complaints(), texts{});
}

TEST_F(N8nBridgeTest, AnswersAsN8nDoes) {
  EXPECT_EQ(send({{"text", "x"}}, "wrong").status, 403);
  EXPECT_EQ(send({{"text", 1}}).status, 500);
  EXPECT_EQ(bridge.complaints().size(), 2U);
  bridge.set_active(false);
  EXPECT_EQ(send({{"text", "x"}}).status, 404);
}

TEST_F(N8nBridgeTest, PostsTheSimplifiedForm) {
  const auto said = bridge.says("+15551234567", "Hi", "Ana");
  const auto request = engine.last();
  EXPECT_EQ(request.target, "/webhook/n8n/whatsapp");
  EXPECT_EQ(request.header("x-api-key"), bridge.options().api_key);
  EXPECT_EQ(at_pointer(request.body, "/from"), json::value("+15551234567"));
  EXPECT_EQ(at_pointer(request.body, "/id"), json::value(said.id));
  EXPECT_EQ(at_pointer(request.body, "/text"), json::value("Hi"));
}

/// A simulator in the hands of a person with curl.
class WhatsappControlTest : public testing::Test {
protected:
  static n8n_bridge_options options(const engine_stub& engine) {
    n8n_bridge_options out;
    out.waits = false;
    out.engine = engine.url();
    return out;
  }

  WhatsappControlTest() : bridge{options(engine)} {
    whatsapp_hand hand;
    hand.say = [this](const whatsapp_words& words) {
      return bridge.says(words.from, words.text, words.name);
    };
    hand.report = [this](const std::string& id, const std::string& status) {
      reported = id + " " + status;
    };
    hand.become = [this](std::string_view state) {
      return set_whatsapp_state(bridge, state);
    };
    bridge.set_control(make_whatsapp_control(bridge, std::move(hand)));
  }

  ~WhatsappControlTest() override {
    bridge.stop();
  }

  http_reply post(const std::string& action, const json::object& body) const {
    return support::call(bridge.port(), verb::post, "/control/" + action, {},
                         json::serialize(body));
  }

  http_reply send() const {
    return support::call(
      bridge.port(), verb::post, bridge.options().path,
      {{"content-type", "application/json"},
       {"x-api-key", bridge.options().api_key}},
      R"({"event":"message.send","to":"+15551234567","idempotencyKey":"a",
          "messageContent":{"text":"Hello"}})");
  }

  engine_stub engine;
  n8n_bridge bridge;
  std::string reported;
};

TEST_F(WhatsappControlTest, SaysAndShows) {
  const auto reply
    = post("say", {{"from", "+15551234567"}, {"text", "Hi"}, {"name", "Ana"}});
  EXPECT_EQ(reply.status, 200);
  ASSERT_TRUE(bridge.wait_until_quiet());
  EXPECT_EQ(at_pointer(engine.last().body, "/id"),
            at_pointer(reply.body, "/id"));
  send();
  const auto shown = support::call(bridge.port(), verb::get, "/control/sent");
  EXPECT_EQ(at_pointer(shown.body, "/sent/0/text"), json::value("Hello"));
  EXPECT_EQ(post("report", {{"id", "1"}, {"status", "read"}}).status, 200);
  EXPECT_EQ(reported, "1 read");
}

TEST_F(WhatsappControlTest, ChangesTheState) {
  EXPECT_EQ(post("state", {{"state", "disconnected"}}).status, 200);
  EXPECT_EQ(send().status, 503);
  EXPECT_EQ(post("state", {{"state", "connected"}}).status, 200);
  EXPECT_EQ(send().status, 200);
}

TEST_F(WhatsappControlTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(post("say", {{"from", "Ana"}, {"text", "Hi"}}).status, 400);
  EXPECT_EQ(post("say", {{"from", "+15551234567"}}).status, 400);
  EXPECT_EQ(post("state", {{"state", "asleep"}}).status, 400);
  EXPECT_EQ(post("dance", {}).status, 404);
  EXPECT_EQ(support::call(bridge.port(), verb::get, "/control/dance").status,
            404);
}

} // namespace
} // namespace switchboard::simulators
