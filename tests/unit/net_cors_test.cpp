// Goal: pin what pages of other websites may do. Method: the headers that
// browsers send, on real sockets.

#include "tests/unit/net_stream_fixture.hpp"

#include <string>

namespace switchboard::net {
namespace {

constexpr const char* shop = "https://shop.example";
constexpr const char* stranger = "https://evil.example";

class Cors : public StreamTest {
protected:
  Cors() {
    options_.cross_origin.origins = {shop, "http://localhost:3000"};
    options_.cross_origin.paths
      = {"/hello", "/item/*", "/feed", "/wait", "/echo", "/status/*/never"};
    start_streams();
  }

  reply from(const std::string& origin, std::string_view target) {
    return get(target, {{"Origin", origin}});
  }
  /// As a browser asks before it sends what a plain form could not.
  reply ask_first(const std::string& origin, std::string_view target,
                  const std::string& method) {
    return support::call(server_->port(), verb::options, target,
                         {{"Origin", origin},
                          {"Access-Control-Request-Method", method},
                          {"Access-Control-Request-Headers", "authorization"}});
  }
  static std::string allowed(const reply& answer) {
    return answer.header("Access-Control-Allow-Origin");
  }
  void allow_all() {
    options_.cross_origin.origins = {"*"};
    start_streams();
  }
  void allow_none() {
    options_.cross_origin.origins.clear();
    start_streams();
  }
};

TEST_F(Cors, LetsAKnownPageReadAnswers) {
  const auto answer = from(shop, "/hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(allowed(answer), shop);
  EXPECT_EQ(answer.header("Vary"), "Origin");
  const auto readable = answer.header("Access-Control-Expose-Headers");
  for (const auto* name : {"Retry-After", "RateLimit-Reset", "Location"})
    EXPECT_NE(readable.find(name), std::string::npos) << name;
  EXPECT_EQ(answer.header_count("Access-Control-Allow-Credentials"), 0u);
}

TEST_F(Cors, TellsCachesThatItDependsOnWhoAsks) {
  for (const auto& answer : {from(stranger, "/hello"), get("/hello")}) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(allowed(answer), "");
    EXPECT_EQ(answer.header("Vary"), "Origin");
  }
}

TEST_F(Cors, ComparesOriginsAsAWhole) {
  for (const auto* other : {"https://shop.example.evil.example",
                            "http://shop.example", "https://shop.example:444",
                            "https://shop.exampl", "null", "http://localhost"})
    EXPECT_EQ(allowed(from(other, "/hello")), "") << other;
  EXPECT_EQ(allowed(from("http://localhost:3000", "/hello")),
            "http://localhost:3000");
}

TEST_F(Cors, LetsErrorsBeReadToo) {
  const auto not_allowed
    = support::call(server_->port(), verb::put, "/hello", {{"Origin", shop}});
  EXPECT_EQ(not_allowed.status, 405);
  EXPECT_EQ(allowed(not_allowed), shop);
  const auto too_large
    = raw("POST /echo HTTP/1.1\r\nHost: a\r\nOrigin: " + std::string{shop}
          + "\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_EQ(too_large.find("HTTP/1.1 413"), 0u) << too_large;
  EXPECT_NE(too_large.find("Access-Control-Allow-Origin: https://shop.example"),
            std::string::npos);
  // Of the next request on that line nothing is known.
  const auto broken = raw("GET /hello HTTP/1.1\r\nHost: a\r\nOrigin: "
                          + std::string{shop} + "\r\n\r\nGARBAGE\r\n\r\n");
  const auto second = broken.rfind("HTTP/1.1 400");
  ASSERT_NE(second, std::string::npos) << broken;
  EXPECT_EQ(broken.find("Access-Control", second), std::string::npos);
}

TEST_F(Cors, GrantsWhatBrowsersAskFirst) {
  const auto answer = ask_first(shop, "/item/7", "PUT");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(allowed(answer), shop);
  EXPECT_EQ(answer.header("Access-Control-Allow-Methods"),
            "DELETE, PATCH, PUT");
  const auto headers = answer.header("Access-Control-Allow-Headers");
  for (const auto* name :
       {"Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"})
    EXPECT_NE(headers.find(name), std::string::npos) << name;
  EXPECT_FALSE(answer.header("Access-Control-Max-Age").empty());
  EXPECT_EQ(answer.header("Vary"), "Origin");
  EXPECT_EQ(answer.header_count("Access-Control-Allow-Credentials"), 0u);
}

TEST_F(Cors, LeavesOtherOptionsAsTheyWere) {
  EXPECT_EQ(ask_first(stranger, "/item/7", "PUT").status, 405);
  EXPECT_EQ(allowed(ask_first(stranger, "/item/7", "PUT")), "");
  EXPECT_EQ(ask_first(shop, "/client", "GET").status, 405);
  EXPECT_EQ(ask_first(shop, "/nowhere", "GET").status, 404);
  EXPECT_EQ(
    support::call(server_->port(), verb::options, "/item/7", {{"Origin", shop}})
      .status,
    405);
}

TEST_F(Cors, CoversOnlyWhatItWasTold) {
  const auto other = from(shop, "/client");
  EXPECT_EQ(allowed(other), "");
  EXPECT_EQ(other.header_count("Vary"), 0u);
  EXPECT_EQ(allowed(from(shop, "/hello/you")), "");
  EXPECT_EQ(allowed(from(shop, "/status/200")), "");
}

TEST_F(Cors, StarMeansEverybody) {
  allow_all();
  const auto answer = from(stranger, "/hello");
  EXPECT_EQ(allowed(answer), "*");
  EXPECT_EQ(answer.header_count("Vary"), 0u);
  EXPECT_EQ(allowed(get("/hello")), "");
  EXPECT_EQ(ask_first(stranger, "/item/7", "DELETE").status, 204);
}

TEST_F(Cors, IsOffUnlessConfigured) {
  allow_none();
  const auto answer = from(shop, "/hello");
  EXPECT_EQ(allowed(answer), "");
  EXPECT_EQ(answer.header_count("Vary"), 0u);
  EXPECT_EQ(ask_first(shop, "/item/7", "PUT").status, 405);
}

TEST_F(Cors, CoversStreams) {
  feed_->end();
  const auto answer = from(shop, "/feed");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(allowed(answer), shop);
}

TEST_F(Cors, AsksWhoOpensAWebSocket) {
  const auto open = [this](const support::header_list& headers) {
    plain_client client;
    client.connect(server_->port());
    return client.shake_hands("/feed", headers) ? client.answer.result_int()
                                                : 101U;
  };
  EXPECT_EQ(open({{"Origin", shop}}), 101u);
  EXPECT_EQ(open({}), 101u);
  EXPECT_EQ(open({{"Origin", "http://localhost"}}), 101u); // its own page
  EXPECT_EQ(open({{"Origin", stranger}}), 403u);
  EXPECT_EQ(open({{"Origin", "null"}}), 403u);
  allow_none();
  EXPECT_EQ(open({{"Origin", stranger}}), 101u);
}

} // namespace
} // namespace switchboard::net
