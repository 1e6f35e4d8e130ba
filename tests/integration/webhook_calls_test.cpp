// Trying an endpoint out, and where calls may not go.
#include "tests/integration/webhook_fixture.hpp"

#include <boost/json/parse.hpp>

namespace switchboard::test {
namespace {

class WebhookCalls : public webhook_test {
protected:
  static json::value try_out(test_server& server, const hook& which,
                             const json::value& what = nullptr) {
    const auto reply = send(server, verb::post, which.target("/test"), what);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return parsed(reply);
  }

  static http_reply make(test_server& server, const std::string& url) {
    return send(server, verb::post, "/api/v1/webhooks",
                {{"url", url}, {"events", json::array{"*"}}});
  }

  std::string url_of(const std::string& host, const std::string& path) {
    return "http://" + host + ":" + std::to_string(receiver.port()) + path;
  }
};

TEST_F(WebhookCalls, AreTriedOutByASample) {
  struct row {
    const char* name;
    webhook_reaction what;
    bool ok;
    const char* outcome;
    json::value status;
  };
  const std::vector<row> rows{
    // On fresh connections: on a kept one the client would try once more.
    {"reset", webhook_reaction::of(reaction_kind::reset), false, "retry_later",
     nullptr},
    {"garbage", webhook_reaction::of(reaction_kind::garbage), false,
     "retry_later", nullptr},
    {"200", webhook_reaction::ok(), true, "delivered", 200},
    {"204", webhook_reaction::with_status(204), true, "delivered", 204},
    {"500", webhook_reaction::with_status(500), false, "retry_later", 500},
    {"302", webhook_reaction::redirect(receiver.url("/other")), false,
     "retry_later", 302},
    {"410", webhook_reaction::with_status(410), false, "gone", 410},
    {"429", webhook_reaction::with_status(429, "60"), false, "slow_down", 429},
  };
  test_server server{with()};
  const auto one = subscribe(server, "/sample");
  for (const auto& row : rows) {
    receiver.script(one.path, {row.what});
    const auto got = try_out(server, one);
    const std::vector<std::string> keys{
      "ok", "webhook_id", "outcome", "status", "latency_ms", "detail", "body"};
    EXPECT_EQ(keys_of(got), keys);
    EXPECT_EQ(got.at("ok"), json::value(row.ok)) << row.name;
    EXPECT_EQ(text_at(got, "/outcome"), row.outcome) << row.name;
    EXPECT_EQ(got.at("status"), row.status) << row.name;
    EXPECT_EQ(text_at(got, "/webhook_id"), receiver.calls(one.path).back().id);
  }
  // One call each; nothing of it is retried, kept, or held against it.
  EXPECT_EQ(receiver.calls().size(), rows.size());
  const auto shown = read(server, one.target());
  EXPECT_EQ(shown.at("enabled"), json::value(true));
  EXPECT_TRUE(shown.at("failing_since").is_null());
  EXPECT_TRUE(list(server, one.target("/attempts")).empty());
}

TEST_F(WebhookCalls, AreTriedOutWhenNobodyListens) {
  test_server server{with()};
  const auto one = subscribe(server, "/sample");
  receiver.stop();
  const auto got = try_out(server, one);
  EXPECT_EQ(got.at("ok"), json::value(false));
  EXPECT_EQ(text_at(got, "/outcome"), "retry_later");
  EXPECT_TRUE(got.at("status").is_null());
  EXPECT_FALSE(text_at(got, "/detail").empty());
  receiver.start();
}

TEST_F(WebhookCalls, AreTriedOutWithEveryEvent) {
  test_server server{with()};
  const auto one = subscribe(server, "/sample");
  for (const std::string type :
       {"ticket.created", "ticket.updated", "ticket.closed", "ticket.assigned",
        "message.received", "message.sent", "user.mentioned",
        "error.occurred"}) {
    EXPECT_EQ(try_out(server, one, {{"event", type}}).at("ok"),
              json::value(true))
      << type;
    EXPECT_EQ(receiver.calls(one.path).back().content.type, type);
  }
  const auto refused
    = send(server, verb::post, one.target("/test"), {{"event", "no.such"}});
  EXPECT_TRUE(is_error(refused, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(refused), std::vector<std::string>{"event"});
}

TEST_F(WebhookCalls, GoNowherePrivateWhenAnEndpointIsSaved) {
  test_server server{with({{"SWITCHBOARD_WEBHOOKS_ALLOW_NETWORKS", ""}})};
  for (const std::string host : {"127.0.0.1",
                                 "127.8.8.8",
                                 "10.0.0.1",
                                 "172.16.0.1",
                                 "192.168.1.1",
                                 "169.254.169.254",
                                 "100.64.0.1",
                                 "0.0.0.0",
                                 "224.0.0.1",
                                 "255.255.255.255",
                                 "localhost",
                                 "LocalHost",
                                 "a.localhost",
                                 "[::1]",
                                 "[::]",
                                 "[fe80::1]",
                                 "[fc00::1]",
                                 "[fd12:3456::1]",
                                 "[ff02::1]",
                                 "[::ffff:127.0.0.1]",
                                 "[::ffff:a00:1]",
                                 "[64:ff9b::7f00:1]",
                                 "[2002:7f00:1::]",
                                 "2130706433",
                                 "0x7f000001",
                                 "127.1",
                                 "0177.0.0.1"}) {
    const auto reply = make(server, url_of(host, "/x"));
    EXPECT_TRUE(is_error(reply, 400, "validation_failed")) << host;
    EXPECT_EQ(wrong_fields(reply), std::vector<std::string>{"url"}) << host;
  }
  for (const std::string url :
       {"ftp://example.com/x", "http://", "https://user:word@example.com/",
        "https://example.com/#part", "/hook", "https://example.com:0/"})
    EXPECT_TRUE(is_error(make(server, url), 400, "validation_failed")) << url;
  for (const std::string host :
       {"93.184.216.34", "example.com", "[2606:2800:220:1:248:1893:25c8:1946]"})
    EXPECT_EQ(make(server, url_of(host, "/x")).status, 201) << host;
  EXPECT_EQ(receiver.connection_count(), 0U);
}

TEST_F(WebhookCalls, GoNowherePrivateWhenANameLeadsThere) {
  // Saved while it was allowed; what counts is where the name leads now.
  test_server server{
    with({{"SWITCHBOARD_WEBHOOKS_ALLOW_NETWORKS", "127.0.0.0/8,::1/128"}})};
  std::vector<hook> hooks;
  for (const std::string host :
       {"localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"}) {
    const auto path = "/" + std::to_string(hooks.size());
    hooks.push_back(subscribe(server, path,
                              {{"url", url_of(host, path)},
                               {"events", json::array{"ticket.created"}}}));
  }
  server.process().environment()["SWITCHBOARD_WEBHOOKS_ALLOW_NETWORKS"] = "";
  server.restart();
  const auto connections = receiver.connection_count();
  ticket(server);
  const auto letters = dead_letters(server, hooks.size());
  for (const auto& letter : letters) {
    EXPECT_NE(text_at(letter, "/reason").find("not allowed"), std::string::npos)
      << text_at(letter, "/reason");
    EXPECT_EQ(letter.at("attempts").as_array().size(), 1U);
  }
  for (const auto& one : hooks) {
    const auto got = try_out(server, one);
    EXPECT_EQ(text_at(got, "/outcome"), "refused");
    EXPECT_TRUE(got.at("status").is_null());
  }
  EXPECT_EQ(receiver.connection_count(), connections);
}

TEST_F(WebhookCalls, GoToNamesOfNetworksThatAreAllowed) {
  test_server server{with()};
  const auto one
    = subscribe(server, "/name", {{"url", url_of("localhost", "/name")}});
  EXPECT_EQ(try_out(server, one).at("ok"), json::value(true));
}

} // namespace
} // namespace switchboard::test
