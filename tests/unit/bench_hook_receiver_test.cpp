#include "bench/client_socket.hpp"
#include "bench/hook_receiver.hpp"
#include "bench/list_scenario.hpp"
#include "bench/webhook_run.hpp"
#include "bench/website_requests.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>

#include <array>

namespace switchboard::bench {
namespace {

/// One call on a connection of its own; whether it was answered with 200.
bool tell(const hook_receiver& receiver, const std::string& target,
          const std::string& body) {
  const auto url = receiver.url(0);
  endpoint server;
  server.port = static_cast<std::uint16_t>(std::stoul(
    url.substr(url.rfind(':') + 1, url.rfind('/') - url.rfind(':') - 1)));
  const auto socket = connect_to(server);
  const auto call = make_request("POST", target, to_string(server), "", body);
  // In two pieces: the receiver has to wait for the second one.
  const auto half = call.size() / 2;
  ::send(socket.get(), call.data(), half, MSG_NOSIGNAL);
  ::send(socket.get(), call.data() + half, call.size() - half, MSG_NOSIGNAL);
  pollfd waiting{.fd = socket.get(), .events = POLLIN, .revents = 0};
  std::array<char, 256> buffer{};
  if (::poll(&waiting, 1, 5'000) != 1)
    return false;
  const auto size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
  return size > 0
         && std::string_view{buffer.data(), static_cast<std::size_t>(size)}
              .starts_with("HTTP/1.1 200 ");
}

std::string created(int number) {
  return R"({"type":"ticket.created","timestamp":"2026-01-31T12:00:00.123Z",)"
         R"("data":{"ticket":{"id":"x","number":)"
         + std::to_string(number) + R"(}},"sequence":1})";
}

TEST(HookReceiver, CountsWhoHeardOfWhat) {
  hook_receiver receiver{2};
  for (const auto* target : {"/0", "/1", "/1"})
    EXPECT_TRUE(tell(receiver, target, created(7)));
  EXPECT_TRUE(tell(receiver, "/0", created(8)));
  EXPECT_TRUE(tell(receiver, "/2", created(9)));
  EXPECT_TRUE(tell(receiver, "/0", R"({"type":"ticket.updated"})"));
  EXPECT_EQ(receiver.known(), 3U);
  receiver.stop();
  const auto got = receiver.figures();
  EXPECT_EQ(got.deliveries, 4U);
  EXPECT_EQ(got.repeated, 1U);
  EXPECT_EQ(got.strange, 2U);
  EXPECT_EQ(got.known_min, 1U);
  EXPECT_EQ(got.known_max, 2U);
  EXPECT_EQ(got.latency.count(), 3U);
}

TEST(WebhookRun, WantsEachTicketOnceAtEachEndpoint) {
  webhook_run_figures run;
  run.tickets = 3;
  run.hooks.known_min = run.hooks.known_max = 3;
  EXPECT_EQ(run.problem(2), "");
  run.hooks.repeated = 1;
  EXPECT_NE(run.problem(2), "");
  run.hooks.repeated = 0;
  run.hooks.known_min = 2;
  EXPECT_NE(run.problem(2), "");
}

TEST(ListScenario, AsksForTheNextPageOfTheLastOne) {
  list_scenario work{"h", "key"};
  const auto kinds = work.kinds().size();
  const auto next_page = [&] {
    outgoing out;
    for (std::size_t i = 0; i < kinds; ++i)
      if (auto one = work.next(); one.kind + 1 == kinds)
        out = one;
    return out;
  };
  const auto first = next_page();
  EXPECT_EQ(first.bytes.find("cursor"), std::string_view::npos);
  EXPECT_NE(first.bytes.find("Bearer key\r\n"), std::string_view::npos);
  const auto page = [](std::string_view body, unsigned status = 200) {
    return answer{.status = status, .body = body, .closes = false};
  };
  EXPECT_FALSE(work.accept(first.token, page(R"({"ok":false})")));
  EXPECT_FALSE(work.accept(first.token, page(R"({"data":[]})", 429)));
  EXPECT_TRUE(
    work.accept(first.token, page(R"({"data":[],"next_cursor":"abc"})")));
  EXPECT_NE(next_page().bytes.find("cursor=abc "), std::string_view::npos);
  EXPECT_TRUE(
    work.accept(first.token, page(R"({"data":[],"next_cursor":null})")));
  EXPECT_EQ(next_page().bytes.find("cursor"), std::string_view::npos);
}

} // namespace
} // namespace switchboard::bench
