#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <cstdio>

namespace switchboard::test {
namespace {

class Http : public shared_server_test<Http> {};

/// With little time for a request to arrive.
class HttpInTime : public shared_server_test<HttpInTime> {
public:
  static settings make_settings() {
    return {{"SWITCHBOARD_LIMITS_REQUEST_TIMEOUT_S", "1"}};
  }
};

std::string create_request(const std::string& message) {
  auto body = ticket_body();
  body["message"] = message;
  const auto text = json::serialize(body);
  return "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Type: "
         "application/json\r\nContent-Length: "
         + std::to_string(text.size()) + "\r\n\r\n" + text;
}

TEST_F(Http, KeepsAConnectionForManyRequests) {
  http_connection wire{server().port()};
  for (int i = 0; i < 50; ++i) {
    const auto made = wire.call(verb::post, "/api/ticket", json_type,
                                json::serialize(ticket_body()));
    ASSERT_EQ(made.status, 201) << made.problem;
    EXPECT_TRUE(made.keep_alive);
    const auto ref = text_at(parsed(made), "/ticketRef");
    ASSERT_EQ(wire.call(verb::get, "/api/ticket/" + ref).status, 200);
    // An error is no reason to part.
    ASSERT_EQ(wire.call(verb::get, "/nothing").status, 404);
    ASSERT_EQ(wire.call(verb::post, "/api/ticket", json_type, "{").status, 400);
  }
}

TEST_F(Http, AnswersAPipelineInItsOrder) {
  const auto known = server().create_ticket();
  http_connection wire{server().port()};
  std::string all;
  constexpr int rounds = 20;
  for (int i = 0; i < rounds; ++i) {
    all += create_request("pipelined " + std::to_string(i));
    all += "GET /api/ticket/" + known.ref + " HTTP/1.1\r\nHost: x\r\n\r\n";
    all += "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
    all += "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    all += "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  ASSERT_TRUE(wire.send_bytes(all));
  for (int i = 0; i < rounds; ++i) {
    const auto made = wire.read_reply();
    ASSERT_EQ(made.status, 201) << i << made.problem;
    const auto read = wire.read_reply();
    ASSERT_EQ(read.status, 200) << i;
    EXPECT_EQ(text_at(parsed(read), "/ticket/id"), known.id);
    ASSERT_EQ(wire.read_reply().status, 404) << i;
    const auto head = wire.read_reply(true);
    ASSERT_EQ(head.status, 200) << i;
    ASSERT_EQ(wire.read_reply().body, R"({"ok":true})") << i;
    const auto ref = text_at(parsed(made), "/ticketRef");
    EXPECT_EQ(server().bodies(ref),
              std::vector<std::string>{"pipelined " + std::to_string(i)});
  }
}

TEST_F(Http, LetsAReadSeeTheCreateBeforeItInThePipeline) {
  // The ref is not known in advance, so the reply that follows is inbound's.
  const auto made = server().create_ticket();
  const auto body = json::serialize(inbound_body(made.ref, "pipelined"));
  http_connection wire{server().port()};
  ASSERT_TRUE(wire.send_bytes(
    "POST /api/ticket/inbound HTTP/1.1\r\nHost: x\r\nContent-Type: "
    "application/json\r\nx-api-key: "
    + std::string{inbound_key}
    + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body
    + "GET /api/ticket/" + made.ref + " HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(wire.read_reply().status, 200);
  EXPECT_EQ(parsed(wire.read_reply()).at("messages").as_array().size(), 2U);
}

TEST_F(Http, AnswersHeadWithTheHeadersOfGet) {
  const auto made = server().create_ticket();
  for (const auto& path : {"/api/ticket/" + made.ref, std::string{"/healthz"},
                           std::string{"/api/ticket/T-20260131-ZZZZZZZZ"}}) {
    http_connection wire{server().port()};
    const auto get = wire.call(verb::get, path);
    const auto head = wire.call(verb::head, path);
    EXPECT_EQ(head.status, get.status) << path;
    EXPECT_EQ(head.header("Content-Length"), get.header("Content-Length"));
    EXPECT_EQ(head.header("Content-Type"), get.header("Content-Type"));
    EXPECT_TRUE(head.body.empty());
    // What follows is the next answer, not a body.
    EXPECT_EQ(wire.call(verb::get, "/healthz").body, R"({"ok":true})");
  }
}

TEST_F(Http, PartsWhenItIsAskedTo) {
  const auto modern = support::call_raw(
    server().port(),
    "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(modern);
  EXPECT_TRUE(modern->starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(modern->find("Connection: close"), std::string::npos);
  const auto old
    = support::call_raw(server().port(), "GET /healthz HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->ends_with(R"({"ok":true})"));
}

TEST_F(Http, TakesAChunkedBody) {
  http_connection wire{server().port()};
  const auto body = json::serialize(ticket_body());
  ASSERT_TRUE(wire.send_bytes(
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"));
  std::string rest = body.substr(1);
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%zx", rest.size());
  ASSERT_TRUE(wire.send_bytes(std::string{size.data()} + "\r\n" + rest
                              + "\r\n0\r\n\r\n"));
  EXPECT_EQ(wire.read_reply().status, 201);
  EXPECT_EQ(wire.call(verb::get, "/healthz").status, 200);
}

TEST_F(Http, TakesARequestByteByByte) {
  http_connection wire{server().port()};
  const auto request = create_request("slowly");
  for (const char byte : request)
    ASSERT_TRUE(wire.send_bytes({&byte, 1}));
  EXPECT_EQ(wire.read_reply().status, 201);
}

TEST_F(Http, ServesManyConnectionsAtOnce) {
  std::vector<http_connection> all;
  for (int i = 0; i < 500; ++i) {
    all.emplace_back(server().port());
    ASSERT_TRUE(all.back().is_open()) << i;
  }
  for (auto& one : all)
    ASSERT_TRUE(one.send_bytes("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
  for (auto& one : all)
    ASSERT_EQ(one.read_reply().status, 200);
  EXPECT_GE(server().metric("switchboard_http_connections"), 500);
  all.clear();
  EXPECT_TRUE(eventually(
    [] { return server().metric("switchboard_http_connections") <= 2; }));
}

TEST_F(HttpInTime, CutsOffRequestsThatDoNotArrive) {
  const auto whole = create_request("never");
  const auto head_size = whole.find("\r\n\r\n") + 4;
  const auto began = std::chrono::steady_clock::now();
  std::vector<http_connection> slow;
  for (const auto size :
       {std::size_t{1}, std::size_t{30}, head_size, head_size + 5}) {
    slow.emplace_back(server().port());
    ASSERT_TRUE(
      slow.back().send_bytes(std::string_view{whole}.substr(0, size)));
  }
  // Others are served meanwhile.
  EXPECT_EQ(server().get("/healthz").status, 200);
  for (auto& one : slow) {
    const auto rest = one.read_until_close(patience);
    ASSERT_TRUE(rest);
    EXPECT_TRUE(rest->starts_with("HTTP/1.1 408 ")) << *rest;
    EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds{900});
  }
}

TEST_F(HttpInTime, CutsOffAClientThatTrickles) {
  // Each byte comes in time, the request as a whole does not.
  http_connection slow{server().port()};
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(slow.send_bytes("GET /healthz HTTP/1.1\r\nX-Slow: "));
  bool open = true;
  while (open && std::chrono::steady_clock::now() - began < patience)
    open
      = slow.send_bytes("x") && !slow.socket().wait_for_close(milliseconds{50});
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{10});
}

TEST_F(HttpInTime, LeavesAnIdleConnectionAlone) {
  http_connection idle{server().port()};
  EXPECT_EQ(idle.call(verb::get, "/healthz").status, 200);
  // Longer than the time for a request.
  EXPECT_FALSE(idle.socket().wait_for_close(milliseconds{1'500}));
  EXPECT_EQ(idle.call(verb::get, "/healthz").status, 200);
}

TEST(HttpAlone, ClosesIdleConnectionsAfterTheirTime) {
  test_server server{{{"SWITCHBOARD_HTTP_IDLE_TIMEOUT_S", "1"}}};
  http_connection idle{server.port()};
  EXPECT_EQ(idle.call(verb::get, "/healthz").status, 200);
  EXPECT_EQ(idle.read_until_close(patience), "");
}

TEST(HttpAlone, LetsNewConnectionsWaitForAPlace) {
  test_server server{{{"SWITCHBOARD_LIMITS_CONNECTIONS", "3"}}};
  std::vector<http_connection> inside;
  for (int i = 0; i < 3; ++i) {
    inside.emplace_back(server.port());
    EXPECT_EQ(inside.back().call(verb::get, "/healthz").status, 200);
  }
  http_connection waiting{server.port()};
  ASSERT_TRUE(waiting.send_bytes("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(waiting.read_reply(false, milliseconds{300}).status, 0);
  EXPECT_EQ(inside.front().call(verb::get, "/healthz").status, 200);
  inside.pop_back();
  EXPECT_EQ(waiting.read_reply().status, 200);
}

TEST(HttpAlone, ServesFromSeveralThreads) {
  test_server server{{{"SWITCHBOARD_HTTP_THREADS", "3"}}};
  in_parallel(6, [&](std::size_t) {
    http_connection wire{server.port()};
    for (int i = 0; i < 20; ++i) {
      const auto made = wire.call(verb::post, "/api/ticket", json_type,
                                  json::serialize(ticket_body()));
      ASSERT_EQ(made.status, 201);
      const auto ref = text_at(parsed(made), "/ticketRef");
      ASSERT_EQ(wire.call(verb::get, "/api/ticket/" + ref).status, 200);
    }
  });
  EXPECT_EQ(server.process().terminate(), 0);
}

} // namespace
} // namespace switchboard::test
