#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

namespace switchboard::test {
namespace {

/// What no client of good will sends. The server answers with a 4xx that says
/// what is wrong, or closes, and goes on.
class HostileInput : public shared_server_test<HostileInput> {
public:
  static settings make_settings() {
    return {{"SWITCHBOARD_LIMITS_BODY_BYTES", "65536"},
            {"SWITCHBOARD_LIMITS_HEADER_BYTES", "4096"}};
  }

protected:
  void TearDown() override {
    EXPECT_EQ(server().get("/healthz").status, 200);
    EXPECT_TRUE(server().process().is_running());
  }

  static std::string raw(const std::string& bytes) {
    return support::call_raw(server().port(), bytes, patience)
      .value_or("(kept open)");
  }
};

/// A body with one more member, written as it is given.
std::string body_with(const std::string& member) {
  auto out = json::serialize(ticket_body());
  return out.insert(1, member + ",");
}

TEST_F(HostileInput, RefusesWhatIsNoJsonObject) {
  const std::string good = json::serialize(ticket_body());
  const std::vector<std::string> bodies{
    "",
    " ",
    "null",
    "true",
    "17",
    "\"text\"",
    "[]",
    "[" + good + "]",
    "{",
    "{]",
    good.substr(0, good.size() - 1),
    good + "}",
    good + good,
    "{'customerName':'John'}",
    R"({"customerName":"John",})",
    R"({"customerName" "John"})",
    R"({customerName:"John"})",
    body_with(R"("x":01)"),
    body_with(R"("x":1e)"),
    body_with(R"("x":NaN)"),
    body_with(R"("x":tru)"),
    body_with(R"("x":"\q")"),
    body_with(R"("x":"\u12")"),
    body_with("\"x\":\"line\nbreak\""),
    body_with(R"("x":"\ud800")"),
    body_with(R"("x":"\udc00\ud800")"),
    std::string("\0\0\0\0", 4),
    good + std::string(1, '\0'),
    "/*" + good + "*/",
  };
  for (const auto& body : bodies) {
    EXPECT_TRUE(
      is_error(server().post("/api/ticket", body), 400, "validation_failed"))
      << body;
    EXPECT_TRUE(is_error(server().post("/api/ticket/inbound", body, as_inbound),
                         400, "validation_failed"))
      << body;
  }
}

TEST_F(HostileInput, RefusesWhatIsNotUtf8) {
  for (const std::string bytes :
       {"\xFF", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80",
        "\x80", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_TRUE(is_error(
      server().post("/api/ticket", body_with(R"("x":")" + bytes + "\"")), 400,
      "validation_failed"));
    EXPECT_TRUE(
      is_error(server().post("/api/ticket", body_with("\"" + bytes + "\":1")),
               400, "validation_failed"));
  }
}

TEST_F(HostileInput, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
  };
  for (const std::size_t depth : {20U, 1'000U, 30'000U}) {
    const auto arrays = nested(depth, '[', ']');
    for (const auto& body : {arrays, body_with("\"x\":" + arrays),
                             std::string(depth, '['), std::string(depth, '{')})
      EXPECT_TRUE(
        is_error(server().post("/api/ticket", body), 400, "validation_failed"))
        << depth;
  }
}

TEST_F(HostileInput, RefusesAFieldThatIsGivenTwice) {
  for (const std::string member :
       {R"("subject":"other")", R"("subject":null)", R"("subject":[])",
        R"("\u0073ubject":"other")"}) {
    const auto reply = server().post("/api/ticket", body_with(member));
    EXPECT_TRUE(is_error(reply, 400, "validation_failed")) << member;
    EXPECT_EQ(wrong_fields(reply), std::vector<std::string>{"subject"});
  }
}

TEST_F(HostileInput, RefusesNulInTextThatItKeeps) {
  for (const std::string field : {"customerName", "subject", "message"}) {
    auto body = ticket_body();
    body[field] = json::string("a\0b", 3);
    EXPECT_EQ(wrong_fields(server().create(body)),
              std::vector<std::string>{field});
  }
}

TEST_F(HostileInput, SurvivesHugeNumbers) {
  for (const auto& number :
       {std::string{"1e999999"}, std::string{"-1e-999999"},
        std::string(5'000, '9'), "0." + std::string(5'000, '9'),
        std::string{"18446744073709551616"},
        std::string{"-9223372036854775809"}}) {
    const auto reply
      = server().post("/api/ticket", body_with("\"x\":" + number));
    EXPECT_TRUE(reply.status == 201 || reply.status == 400) << number;
    const auto typed
      = server().post("/api/ticket", "{\"customerName\":" + number + "}");
    EXPECT_TRUE(is_error(typed, 400, "validation_failed")) << number;
  }
}

TEST_F(HostileInput, RefusesBodiesThatAreTooLarge) {
  const std::string large(65'537, ' ');
  EXPECT_TRUE(
    is_error(server().post("/api/ticket", large), 413, "payload_too_large"));
  EXPECT_TRUE(is_error(server().post("/api/ticket/inbound", large), 413,
                       "payload_too_large"));
  // Refused by its length alone, before it comes.
  const auto announced = raw(
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Type: "
    "application/json\r\nContent-Length: 99999999999\r\n\r\n");
  EXPECT_TRUE(announced.starts_with("HTTP/1.1 413 ")) << announced;
  std::string chunks
    = "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Type: "
      "application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 9; ++i)
    chunks += "2000\r\n" + std::string(0x2000, ' ') + "\r\n";
  const auto chunked = raw(chunks);
  EXPECT_TRUE(chunked.starts_with("HTTP/1.1 413 ")) << chunked;
  // The largest that is allowed is only JSON's business.
  EXPECT_EQ(server().post("/api/ticket", std::string(65'536, ' ')).status, 400);
}

TEST_F(HostileInput, RefusesHeadersThatAreTooLarge) {
  const auto one = raw("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: "
                       + std::string(5'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(one.starts_with("HTTP/1.1 431 ")) << one;
  std::string many = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 500; ++i)
    many += "X-" + std::to_string(i) + ": y\r\n";
  const auto other = raw(many + "\r\n");
  EXPECT_TRUE(other.starts_with("HTTP/1.1 431 ")) << other;
  const auto target
    = raw("GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(target.starts_with("HTTP/1.1 414 ")
              || target.starts_with("HTTP/1.1 431 "))
    << target;
}

TEST_F(HostileInput, RefusesWhatIsNoProperHttp) {
  const std::string end = "\r\nHost: x\r\n\r\n";
  using namespace std::string_literals; // for zeros
  const std::vector<std::string> requests{
    "nonsense\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\r\n\r\n"s,
    "GET /healthz HTTP/2.0" + end,
    "GET /healthz HTTX/1.1" + end,
    "GET  /healthz HTTP/1.1" + end,
    "GET /heal\x01thz HTTP/1.1" + end,
    "GET /healthz HTTP/1.1\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Length: 2x\r\n\r\n{}",
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\n"s
      + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"s
      + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\n"
    "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
  };
  for (const auto& request : requests) {
    const auto answer = raw(request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << request << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos) << request;
  }
}

TEST_F(HostileInput, IsNotConfusedByStrangePaths) {
  for (const std::string path :
       {"/", "//", "/api", "/api/", "/api/ticket/", "/api//ticket",
        "/api/ticket/%00", "/api/ticket/%", "/api/ticket/%zz",
        "/api/ticket/x/y", "/../etc/passwd", "/api/v1/dead-letters/",
        "/api/v1/dead-letters/1/replay/x", "/%68ealthz/x"})
    EXPECT_TRUE(is_error(server().get(path), 404, "not_found")) << path;
}

TEST_F(HostileInput, SurvivesClientsThatGoAway) {
  const auto body = json::serialize(ticket_body());
  const auto request
    = "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Type: "
      "application/json\r\nContent-Length: "
      + std::to_string(body.size()) + "\r\n\r\n" + body;
  for (std::size_t cut = 1; cut <= request.size(); cut += 23) {
    auto socket = support::connect_to(server().port());
    socket.send_all(std::string_view{request}.substr(0, cut));
    if (cut % 2 == 0)
      socket.reset();
  }
}

} // namespace
} // namespace switchboard::test
