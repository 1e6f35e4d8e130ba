// Goal: pin what clients see of the server. Method: real sockets on the
// loopback, raw bytes where no proper client would send them.

#include "tests/unit/net_server_fixture.hpp"

#include <string>

namespace switchboard::net {
namespace {

using namespace std::chrono_literals;

class Server : public ServerTest {
protected:
  Server() {
    start();
  }
};

TEST_F(Server, AnswersARequest) {
  const auto answer = get("/hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"ok":true})");
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.header("Date").size(), 29u);
  EXPECT_TRUE(answer.keep_alive);
}

TEST_F(Server, PassesParametersAndQuery) {
  EXPECT_EQ(get("/hello/a%20b?x=1&y=%2F").body, "a b?x=1&y=%2F");
}

TEST_F(Server, PassesHeaders) {
  EXPECT_EQ(
    get("/header/x-one", {{"X-One", "first"}, {"x-oNe", "second"}}).body,
    "2first");
  EXPECT_EQ(get("/header/x-two").body, "0");
}

TEST_F(Server, PassesTheBody) {
  const auto answer = post("/echo", "some text");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "some text");
}

TEST_F(Server, TakesBodiesLargerThanItsBuffer) {
  const std::string body(700'000, 'y');
  EXPECT_EQ(post("/echo", body).body, body);
}

TEST_F(Server, TakesBodiesInChunks) {
  auto line = connect();
  line.send_bytes(
    "POST /echo HTTP/1.1\r\nHost: a\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n"
    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(line.read_reply().body, "hello world");
  EXPECT_EQ(line.read_reply().body, R"({"ok":true})");
}

TEST_F(Server, TakesRequestsByteByByte) {
  auto line = connect();
  for (const char c : std::string{"POST /echo HTTP/1.1\r\nHost: a\r\n"
                                  "Content-Length: 3\r\n\r\nabc"
                                  "POST /echo HTTP/1.1\r\nHost: a\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n"
                                  "3\r\ndef\r\n0\r\n\r\n"})
    ASSERT_TRUE(line.send_bytes({&c, 1}));
  EXPECT_EQ(line.read_reply().body, "abc");
  EXPECT_EQ(line.read_reply().body, "def");
}

TEST_F(Server, KeepsConnections) {
  auto line = connect();
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(line.call(verb::get, "/hello/" + std::to_string(i)).body,
              std::to_string(i) + "?");
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.requests.size() == 50; }));
  EXPECT_EQ(seen_.look(&remembering_observer::opened), 1);
}

TEST_F(Server, AnswersPipelinedRequestsInOrder) {
  auto line = connect();
  std::string bytes;
  for (int i = 0; i < 300; ++i)
    bytes += "GET /hello/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(line.send_bytes(bytes));
  for (int i = 0; i < 300; ++i)
    ASSERT_EQ(line.read_reply().body, std::to_string(i) + "?");
}

TEST_F(Server, KeepsTheOrderWhenSomeHandlersWait) {
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("GET /hello/1 HTTP/1.1\r\nHost: a\r\n\r\n"
                    "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"
                    "GET /hello/2 HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(line.read_reply().body, "1?"); // does not wait for its successor
  open_gate();
  EXPECT_EQ(line.read_reply().body, "/wait");
  EXPECT_EQ(line.read_reply().body, "2?");
}

TEST_F(Server, KeepsTheBodyWhileAHandlerWaits) {
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("POST /wait HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: 4\r\n\r\nbodyGET /hello HT"));
  open_gate();
  EXPECT_EQ(line.read_reply().body, "/waitbody");
  ASSERT_TRUE(line.send_bytes("TP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(line.read_reply().status, 200);
}

TEST_F(Server, AnswersOthersWhileAHandlerWaits) {
  auto line = connect();
  ASSERT_TRUE(line.send_bytes("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(get("/hello").status, 200);
  open_gate();
  EXPECT_EQ(line.read_reply().status, 200);
}

TEST_F(Server, AnswersWhenTheActorDoesNot) {
  deadline_ = 100ms;
  EXPECT_EQ(get("/wait").status, 503);
}

TEST_F(Server, ServesHeadWithoutABody) {
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                    "HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto head = line.read_reply(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "11");
  EXPECT_EQ(line.read_reply(true).status, 404);
  EXPECT_EQ(line.read_reply().body, R"({"ok":true})");
}

TEST_F(Server, SendsNoBodyWhereNoneMayBe) {
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("GET /status/204 HTTP/1.1\r\nHost: a\r\n\r\n"
                    "GET /status/304 HTTP/1.1\r\nHost: a\r\n\r\n"
                    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto empty = line.read_reply();
  EXPECT_EQ(empty.status, 204);
  EXPECT_EQ(empty.header_count("Content-Length"), 0u);
  EXPECT_EQ(line.read_reply().status, 304);
  EXPECT_EQ(line.read_reply().status, 200);
}

TEST_F(Server, SendsLargeBodies) {
  auto line = connect();
  for (const std::size_t size : {8'192u, 8'193u, 100'000u, 5'000'000u}) {
    const auto answer = line.call(verb::get, "/size/" + std::to_string(size));
    EXPECT_EQ(answer.body.size(), size);
  }
}

TEST_F(Server, SaysWhatIsNotThere) {
  const auto answer = get("/nowhere");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body.substr(0, 47),
            R"({"ok":false,"error":{"code":"not_found","messag)");
  EXPECT_FALSE(answer.header("X-Request-Id").empty());
  EXPECT_TRUE(answer.keep_alive);
}

TEST_F(Server, SaysWhichMethodsAreAllowed) {
  const auto answer = support::call(server_->port(), verb::delete_, "/wait");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD, POST");
  EXPECT_NE(answer.body.find("\"method_not_allowed\""), std::string::npos);
}

TEST_F(Server, ServesEachMethod) {
  auto line = connect();
  const auto put = line.call(verb::put, "/item/1", {}, "whole");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.body, "/item/1 whole");
  EXPECT_EQ(line.call(verb::patch, "/item/1", {}, "part").body, "/item/1 part");
  const auto gone = line.call(verb::delete_, "/item/1");
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.header_count("Content-Length"), 0u);
  EXPECT_EQ(gone.body, "");
  // No route for GET, so none for HEAD; its refusal has no body either.
  ASSERT_TRUE(line.send_bytes("HEAD /item/1 HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto head = line.read_reply(true);
  EXPECT_EQ(head.status, 405);
  EXPECT_EQ(head.header("Allow"), "DELETE, PATCH, PUT");
  EXPECT_EQ(line.call(verb::get, "/hello").status, 200);
}

TEST_F(Server, TellsToGoOnWithABody) {
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("POST /echo HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: 2\r\n"
                    "Expect: 100-continue\r\n\r\n"));
  std::string interim;
  ASSERT_TRUE(line.socket().receive_some(interim));
  EXPECT_EQ(interim, "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(line.send_bytes("hi"));
  EXPECT_EQ(line.read_reply().body, "hi");
}

TEST_F(Server, RefusesABodyBeforeItIsSent) {
  const auto answer = raw(
    "POST /echo HTTP/1.1\r\nHost: a\r\n"
    "Content-Length: 99999999\r\n"
    "Expect: 100-continue\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
}

TEST_F(Server, SurvivesAHandlerThatThrows) {
  auto line = connect();
  const auto answer = line.call(verb::get, "/throw");
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find("\"internal_error\""), std::string::npos);
  EXPECT_EQ(answer.body.find("a bug"), std::string::npos);
  EXPECT_EQ(line.call(verb::get, "/hello").status, 200);
}

TEST_F(Server, SurvivesAHandlerThatThrowsLater) {
  auto line = connect();
  ASSERT_TRUE(line.send_bytes("GET /wait/throw HTTP/1.1\r\nHost: a\r\n\r\n"));
  open_gate();
  EXPECT_EQ(line.read_reply().status, 500);
  EXPECT_EQ(line.call(verb::get, "/hello").status, 200);
}

TEST_F(Server, SendsNoHeadersThatAHandlerSmuggles) {
  const auto answer = get("/split");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.header_count("X-C"), 0u);
}

TEST_F(Server, ClosesWhenTheClientWantsIt) {
  const auto answer
    = raw("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST_F(Server, ServesOldClients) {
  const auto closed = raw("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(closed.starts_with("HTTP/1.1 200 OK")) << closed;
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_EQ(line.read_reply().header("Connection"), "keep-alive");
  EXPECT_EQ(line.call(verb::get, "/hello").status, 200);
}

TEST_F(Server, TakesAbsoluteTargets) {
  auto line = connect();
  EXPECT_EQ(line.call(verb::get, "http://example.com/hello/x?y").body, "x?y");
  EXPECT_EQ(line.call(verb::get, "http://example.com").status, 404);
  EXPECT_EQ(line.call(verb::options, "*").status, 404);
}

TEST_F(Server, ForgetsClientsThatVanish) {
  deadline_ = 200ms;
  {
    auto line = connect();
    ASSERT_TRUE(
      line.send_bytes("POST /echo HTTP/1.1\r\nHost: a\r\n"
                      "Content-Length: 10\r\n\r\nabc"));
  }
  {
    auto line = connect();
    ASSERT_TRUE(line.send_bytes("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
    line.socket().reset();
  }
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.closed == 2; }));
}

TEST_F(Server, TellsItsObserver) {
  get("/hello/x");
  get("/nowhere");
  get("/throw");
  raw("nonsense\r\n\r\n");
  ASSERT_TRUE(seen_.wait_until([&] { return seen_.closed == 4; }));
  ASSERT_EQ(seen_.requests.size(), 4u);
  EXPECT_EQ(seen_.requests[0].route, "/hello/:name");
  EXPECT_EQ(seen_.requests[1].route, "");
  EXPECT_EQ(seen_.requests[1].status, 404u);
  EXPECT_EQ(seen_.requests[2].status, 500u);
  EXPECT_EQ(seen_.requests[3].status, 400u);
}

} // namespace
} // namespace switchboard::net
