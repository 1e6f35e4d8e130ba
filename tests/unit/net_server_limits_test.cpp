// Goal: show that the server refuses what is malformed, too large or too slow,
// says so, and never takes one request for two. Method: raw bytes on real
// sockets; the answer must come and the connection must end.

#include "tests/unit/net_server_fixture.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace switchboard::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

class ServerLimits : public ServerTest {};

/// The status of what came, and whether it is in the shape of our errors.
std::string summary(const std::string& answer) {
  const auto status
    = answer.substr(0, std::min<std::size_t>(answer.size(), 12));
  const auto body = answer.find("\r\n\r\n{\"ok\":false,\"error\":{\"code\":\"");
  const bool once = answer.find("HTTP/1.1", 1) == std::string::npos;
  return status + (body != std::string::npos ? " in shape" : " unshaped")
         + (once ? "" : ", and more");
}

TEST_F(ServerLimits, RefusesWhatIsNotPlainHttp) {
  start();
  const std::vector<std::string> table{
    "nonsense\r\n\r\n",
    "GET\r\n\r\n",
    "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET /hello HTTP/0.9\r\nHost: a\r\n\r\n",
    "GET /hello\r\nHost: a\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET /he\x01llo HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /he\0llo HTTP/1.1\r\nHost: a\r\n\r\n"s,
    "GET /hello HTTP/1.1\r\nHost: a\0b\r\n\r\n"s,
    "GET /hello HTTP/1.1\nHost: a\n\n\r\n\r\n",
    "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n",
    "GET /hello HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n",
    "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n",
    "GET /hello HTTP/1.1\r\n\r\n",
    "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /hello HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"s,
  };
  for (const auto& bytes : table)
    EXPECT_EQ(summary(raw(bytes)), "HTTP/1.1 400 in shape") << bytes;
}

TEST_F(ServerLimits, RefusesDoubtfulBorders) {
  start();
  const std::string begin = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  const std::string next = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::vector<std::string> table{
    "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "Content-Length: 5, 5\r\n\r\nhello",
    "Content-Length: +5\r\n\r\nhello",
    "Content-Length: -5\r\n\r\nhello",
    "Content-Length: 0x5\r\n\r\nhello",
    "Content-Length: 5 5\r\n\r\nhello",
    "Content-Length:\r\n\r\nhello",
    "Content-Length: 99999999999999999999999\r\n\r\nhello",
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n",
  };
  for (const auto& rest : table) {
    auto request = begin;
    request.append(rest).append(next);
    EXPECT_EQ(summary(raw(request)), "HTTP/1.1 400 in shape") << rest;
  }
  EXPECT_EQ(summary(raw("POST /echo HTTP/1.0\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
            "HTTP/1.1 400 in shape");
}

TEST_F(ServerLimits, RefusesLargeBodies) {
  options_.body_bytes_max = 1'000;
  start();
  EXPECT_EQ(post("/echo", std::string(1'000, 'x')).status, 201);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  const std::string too_much(1'001, 'x');
  EXPECT_EQ(summary(raw(head + "Content-Length: 1001\r\n\r\n" + too_much)),
            "HTTP/1.1 413 in shape");
  EXPECT_EQ(summary(raw(head + "Content-Length: 18446744073709551615\r\n\r\n")),
            "HTTP/1.1 413 in shape");
  EXPECT_EQ(summary(raw(head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"
                        + too_much + "\r\n0\r\n\r\n")),
            "HTTP/1.1 413 in shape");
  std::string drops = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 101; ++i)
    drops += "A\r\n0123456789\r\n";
  EXPECT_EQ(summary(raw(drops)), "HTTP/1.1 413 in shape");
}

TEST_F(ServerLimits, LetsARouteTakeMore) {
  options_.body_bytes_max = 1'000;
  start();
  const std::string body(3'000'000, 'x');
  EXPECT_EQ(post("/large", body).body, "3000000");
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("POST /large HTTP/1.1\r\nHost: a\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n"
                    + body + "\r\n0\r\n\r\n"));
  EXPECT_EQ(line.read_reply().body, "3000000");
}

// The client is still sending when it is refused; it must see why all the same.
TEST_F(ServerLimits, LetsAClientFinishThatIsRefused) {
  options_.body_bytes_max = 1'000;
  start();
  const std::string body(2'000'000, 'x');
  EXPECT_EQ(post("/echo", body).status, 413);
}

TEST_F(ServerLimits, RefusesLargeHeaders) {
  start();
  const std::string head = "GET /hello HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(get("/hello", {{"X-A", std::string(15'000, 'x')}}).status, 200);
  EXPECT_EQ(
    summary(raw(head + "X-A: " + std::string(17'000, 'x') + "\r\n\r\n")),
    "HTTP/1.1 431 in shape");
  EXPECT_EQ(summary(raw(head + "X-A: " + std::string(100'000, 'x'))),
            "HTTP/1.1 431 in shape");
  std::string many = head;
  for (int i = 0; i < 101; ++i)
    many += "X: y\r\n";
  EXPECT_EQ(summary(raw(many + "\r\n")), "HTTP/1.1 431 in shape");
  EXPECT_EQ(summary(raw("GET /" + std::string(17'000, 'x'))),
            "HTTP/1.1 414 in shape");
}

TEST_F(ServerLimits, RefusesEndlessChunkLines) {
  start();
  const std::string head
    = "POST /echo HTTP/1.1\r\nHost: a\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(summary(raw(head + "5;" + std::string(20'000, 'x'))),
            "HTTP/1.1 431 in shape");
  EXPECT_EQ(summary(raw(head + "0\r\nX-A: " + std::string(20'000, 'x'))),
            "HTTP/1.1 431 in shape");
}

TEST_F(ServerLimits, SkipsEmptyLinesBeforeARequest) {
  start();
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                    "\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(line.read_reply().status, 200);
  EXPECT_EQ(line.read_reply().status, 200);
}

TEST_F(ServerLimits, CutsOffSlowHeaders) {
  options_.request_timeout = 300ms;
  start();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(summary(raw("GET /hello HTTP/1.1\r\nHost: a\r\nX-A")),
            "HTTP/1.1 408 in shape");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);
}

TEST_F(ServerLimits, CutsOffBodiesThatDrip) {
  options_.request_timeout = 300ms;
  start();
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("POST /echo HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: 1000000\r\n\r\n"));
  std::string answer;
  // A byte now and then does not buy more time.
  for (int i = 0; i < 1'000 && answer.empty(); ++i) {
    line.send_bytes("x");
    line.socket().receive_some(answer, 4'096, 20ms);
  }
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 408");
}

TEST_F(ServerLimits, CountsTheTimeOfEachRequestForItself) {
  options_.request_timeout = 500ms;
  start();
  auto line = connect();
  const auto begin = std::chrono::steady_clock::now();
  // Each is sent in two parts, so that each has a deadline for a while.
  while (std::chrono::steady_clock::now() - begin < 1'200ms) {
    ASSERT_TRUE(line.send_bytes("GET /hello HTTP/1.1\r\nHo"));
    std::string nothing;
    EXPECT_FALSE(line.socket().receive_some(nothing, 100, 100ms));
    ASSERT_TRUE(line.send_bytes("st: a\r\n\r\n"));
    ASSERT_EQ(line.read_reply().status, 200);
  }
}

TEST_F(ServerLimits, ClosesIdleConnections) {
  options_.idle_timeout = 300ms;
  start();
  auto fresh = connect();
  auto used = connect();
  EXPECT_EQ(used.call(verb::get, "/hello").status, 200);
  EXPECT_EQ(fresh.read_until_close(), "");
  EXPECT_EQ(used.read_until_close(), "");
  EXPECT_EQ(seen_.look(&remembering_observer::requests).size(), 1u);
}

TEST_F(ServerLimits, DoesNotCountTheTimeOfHandlers) {
  options_.idle_timeout = options_.request_timeout = 100ms;
  deadline_ = 600ms;
  start();
  EXPECT_EQ(get("/wait").status, 503);
}

TEST_F(ServerLimits, CutsOffClientsThatDoNotRead) {
  options_.request_timeout = 300ms;
  start();
  auto line = connect();
  ASSERT_TRUE(
    line.send_bytes("GET /size/50000000 HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.closed == 1; }));
}

TEST_F(ServerLimits, ServesSlowReaders) {
  options_.request_timeout = 400ms;
  start();
  auto line = connect();
  constexpr std::size_t size = 30'000'000;
  ASSERT_TRUE(
    line.send_bytes("GET /size/30000000 HTTP/1.1\r\nHost: a\r\n\r\n"));
  std::string got;
  std::string nothing;
  // Longer in all than the timeout, but never that long without a bit.
  while (got.size() < size && line.socket().receive_some(got, 4'000'000)) {
    std::size_t read = 0;
    while (read < 3'000'000 && line.socket().receive_some(got, 1'000'000, 50ms))
      read += 1'000'000;
  }
  EXPECT_GT(got.size(), size);
}

} // namespace
} // namespace switchboard::net
