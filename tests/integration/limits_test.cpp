#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>

namespace switchboard::test {
namespace {

int number_in(const http_reply& reply, std::string_view header) {
  const auto text = reply.header(header);
  int out = -1;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

void expect_limited(const http_reply& reply, int limit) {
  EXPECT_TRUE(is_error(reply, 429, "rate_limited"));
  EXPECT_GE(number_in(reply, "Retry-After"), 1);
  EXPECT_LE(number_in(reply, "Retry-After"), 60);
  EXPECT_EQ(number_in(reply, "RateLimit-Limit"), limit);
  EXPECT_EQ(number_in(reply, "RateLimit-Remaining"), 0);
  EXPECT_GE(number_in(reply, "RateLimit-Reset"), 1);
  EXPECT_LE(number_in(reply, "RateLimit-Reset"), 60);
}

header_list forwarded(const std::string& chain) {
  return joined(json_type, {{"X-Forwarded-For", chain}});
}

TEST(Limits, OnCreatingHoldForAnAddress) {
  test_server server{{{"SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE", "3"}}};
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(server.create(ticket_body()).status, 201);
  expect_limited(server.create(ticket_body()), 3);
  // Nobody's header is believed; and bad bodies are not looked at any more.
  expect_limited(server.create(ticket_body(), forwarded("192.0.2.1")), 3);
  expect_limited(server.post("/api/ticket", "{"), 3);
}

TEST(Limits, OnCreatingLeaveOtherCallsAlone) {
  test_server server{{{"SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE", "1"}}};
  const auto made = server.create_ticket();
  expect_limited(server.create(ticket_body()), 1);
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "hello")).status, 200);
  EXPECT_EQ(server.get("/api/ticket/" + made.ref).status, 200);
  EXPECT_EQ(server.get("/healthz").status, 200);
}

TEST(Limits, CountFailedCreatesToo) {
  test_server server{{{"SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE", "2"}}};
  EXPECT_EQ(server.post("/api/ticket", "{").status, 400);
  EXPECT_EQ(server.post("/api/ticket", "{", {}).status, 415);
  expect_limited(server.create(ticket_body()), 2);
}

TEST(Limits, OnMissesHideHitsFromThoseWhoGuess) {
  test_server server{{{"SWITCHBOARD_LIMITS_PUBLIC_MISS_PER_MINUTE", "3"}}};
  const auto made = server.create_ticket();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(server.get("/api/ticket/" + made.ref).status, 200);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(
      server.get("/api/ticket/T-20260131-ZZZZZZZ" + std::to_string(i)).status,
      404);
  expect_limited(server.get("/api/ticket/T-20260131-ZZZZZZZ9"), 3);
  expect_limited(server.get("/api/ticket/" + made.ref), 3);
  // Whoever has the key does not guess.
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "hello")).status, 200);
}

TEST(Limits, CountTheAddressThatATrustedProxyNames) {
  test_server server{
    {{"SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE", "1"},
     {"SWITCHBOARD_HTTP_TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8"}}};
  struct row {
    const char* chain;
    int status;
  };
  const std::vector<row> rows{
    {"192.0.2.1", 201},
    {"192.0.2.1", 429},
    {"192.0.2.2", 201},
    // What the client itself wrote into the header does not count.
    {"198.51.100.7, 192.0.2.1", 429},
    {"198.51.100.7, 192.0.2.3", 201},
    // Through two of our own proxies.
    {"192.0.2.2, 10.1.2.3", 429},
    {"192.0.2.4, 10.1.2.3, 127.0.0.2", 201},
    {"2001:db8::1", 201},
    {"2001:db8:0:0::1", 429},
    {"[2001:db8::2]:4711", 201},
    {"192.0.2.3:1234", 429},
  };
  const auto body = json::serialize(ticket_body());
  for (const auto& row : rows)
    EXPECT_EQ(server.post("/api/ticket", body, forwarded(row.chain)).status,
              row.status)
      << row.chain;
  // Without the header, and with nonsense in it, it is the peer that counts.
  EXPECT_EQ(server.create(ticket_body()).status, 201);
  EXPECT_EQ(server.post("/api/ticket", body, forwarded("nonsense")).status,
            429);
}

} // namespace
} // namespace switchboard::test
