#include "tests/integration/n8n_fixture.hpp"

#include <boost/json/parse.hpp>

#include <map>
#include <set>

namespace switchboard::test {
namespace {

class N8nHook : public n8n_test {};

TEST_F(N8nHook, IsCalledOnceWithTheWholeTicket) {
  test_server server{with()};
  const auto made = server.create_ticket();
  ASSERT_TRUE(n8n.wait_for_calls(1, patience));
  const auto call = n8n.calls().front();
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.status, 200);
  EXPECT_EQ(call.content_type, "application/json");
  const auto body = json::parse(call.body);
  const std::vector<std::string> keys{
    "event",        "ticketId",      "ticketRef",     "ticketUrl",
    "customerName", "customerPhone", "customerEmail", "subject",
    "message",      "priority",      "createdAt",     "agentPhone"};
  EXPECT_EQ(keys_of(body), keys);
  EXPECT_EQ(text_at(body, "/event"), "ticket.created");
  EXPECT_EQ(text_at(body, "/ticketId"), made.id);
  EXPECT_EQ(text_at(body, "/ticketRef"), made.ref);
  EXPECT_EQ(text_at(body, "/ticketUrl"), made.url);
  EXPECT_EQ(text_at(body, "/customerName"), "John Doe");
  EXPECT_EQ(text_at(body, "/customerPhone"), customer_phone);
  EXPECT_EQ(text_at(body, "/customerEmail"), "john@example.com");
  EXPECT_EQ(text_at(body, "/subject"), "Product Quality Issue");
  EXPECT_EQ(text_at(body, "/message"),
            "I received damaged bottles in my last order.");
  EXPECT_EQ(text_at(body, "/priority"), "high");
  EXPECT_EQ(text_at(body, "/createdAt"),
            text_at(server.thread(made.ref), "/ticket/createdAt"));
  EXPECT_EQ(text_at(body, "/agentPhone"), manager_phone);
  // Delivered means done: neither a reply nor a restart calls it again.
  ASSERT_TRUE(eventually([&] { return attempts(server, "delivered") >= 1; }));
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "hello")).status, 200);
  server.restart();
  const auto next = server.create_ticket();
  ASSERT_TRUE(n8n.wait_for_calls(2, patience));
  EXPECT_EQ(n8n.calls().back().content.ticket_ref, next.ref);
  EXPECT_EQ(n8n.call_count(), 2U);
}

TEST_F(N8nHook, SaysNullForWhatTheCustomerDidNotGive) {
  test_server server{with()};
  auto body = ticket_body();
  body.erase("customerPhone");
  server.create_ticket(body);
  ASSERT_TRUE(n8n.wait_for_calls(1, patience));
  const auto sent = json::parse(n8n.calls().front().body);
  EXPECT_TRUE(sent.at("customerPhone").is_null());
}

TEST_F(N8nHook, IsNotCalledForARefusedOrRepeatedRequest) {
  test_server server{with()};
  const auto once = joined(json_type, {{"Idempotency-Key", "n8n-once"}});
  EXPECT_EQ(server.create({}).status, 400);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(server.create(ticket_body(), once).status, 201);
  const auto last = server.create_ticket();
  ASSERT_TRUE(n8n.wait_until(
    [&](const auto& calls) {
      return !calls.empty() && calls.back().content.ticket_ref == last.ref;
    },
    patience));
  EXPECT_EQ(n8n.call_count(), 2U);
}

TEST_F(N8nHook, DoesNotDelayTicketsWhileItHangs) {
  n8n.usually(reaction::of(reaction_kind::hang));
  test_server server{with()};
  std::set<std::string> refs;
  for (int i = 0; i < 40; ++i)
    refs.insert(server.create_ticket().ref);
  ASSERT_TRUE(n8n.wait_for_calls(1, patience));
  // Everything has been answered and can be read, and nothing was delivered.
  EXPECT_EQ(attempts(server, "delivered"), 0);
  for (const auto& ref : refs)
    EXPECT_EQ(server.get("/api/ticket/" + ref).status, 200);
  n8n.usually(reaction::ok());
  ASSERT_TRUE(eventually([&] {
    n8n.release_hanging();
    return attempts(server, "delivered") >= 40;
  }));
  std::set<std::string> told;
  for (const auto& call : n8n.calls())
    told.insert(call.content.ticket_ref);
  EXPECT_EQ(told, refs);
}

TEST_F(N8nHook, IsRepeatedAfterWhatMayPass) {
  struct row {
    const char* name;
    reaction what;
  };
  const std::vector<row> rows{
    {"500", reaction::with_status(500)},
    {"503", reaction::with_status(503)},
    {"404", reaction::of(reaction_kind::not_registered)},
    {"reset", reaction::of(reaction_kind::reset)},
    {"close", reaction::of(reaction_kind::close)},
    {"garbage", reaction::of(reaction_kind::garbage)},
    {"redirect", reaction::with_status(302)},
    {"hang", reaction::of(reaction_kind::hang)},
  };
  test_server server{with({{"SWITCHBOARD_N8N_TIMEOUT_MS", "300"}})};
  for (const auto& row : rows) {
    n8n.forget();
    n8n.script({row.what, row.what});
    const auto made = server.create_ticket();
    ASSERT_TRUE(n8n.wait_for_calls(3, patience)) << row.name;
    const auto calls = n8n.calls();
    EXPECT_EQ(calls[2].status, 200) << row.name;
    for (const auto& call : calls) {
      EXPECT_EQ(call.content.ticket_ref, made.ref) << row.name;
      EXPECT_EQ(call.body, calls.front().body) << row.name;
    }
  }
  EXPECT_TRUE(dead_letters(server, 0).empty());
}

TEST_F(N8nHook, TakesAnAnswerOfAnySize) {
  n8n.script({reaction::of(reaction_kind::huge_body)});
  test_server server{with()};
  server.create_ticket();
  ASSERT_TRUE(eventually([&] { return attempts(server, "delivered") >= 1; }));
  EXPECT_EQ(n8n.call_count(), 1U);
}

TEST_F(N8nHook, WaitsAsLongAsItIsAskedTo) {
  n8n.script({reaction::with_status(429, "1")});
  test_server server{with()};
  server.create_ticket();
  ASSERT_TRUE(n8n.wait_for_calls(2, patience));
  const auto calls = n8n.calls();
  EXPECT_GE(calls[1].at - calls[0].at, milliseconds{950});
}

TEST_F(N8nHook, CatchesUpWhenN8nComesBack) {
  n8n.stop();
  test_server server{with({{"SWITCHBOARD_N8N_RETRIES", "20"}})};
  std::set<std::string> refs;
  for (int i = 0; i < 10; ++i)
    refs.insert(server.create_ticket().ref);
  ASSERT_TRUE(
    eventually([&] { return attempts(server, "retry_later") >= 20; }));
  n8n.start();
  ASSERT_TRUE(n8n.wait_for_calls(10, patience));
  std::set<std::string> told;
  for (const auto& call : n8n.calls())
    told.insert(call.content.ticket_ref);
  EXPECT_EQ(told, refs);
}

TEST_F(N8nHook, GoesOnAfterAKill) {
  n8n.usually(reaction::of(reaction_kind::hang));
  test_server server{with({{"SWITCHBOARD_N8N_CONCURRENCY", "4"}})};
  std::set<std::string> refs;
  for (int i = 0; i < 12; ++i)
    refs.insert(server.create_ticket().ref);
  ASSERT_TRUE(n8n.wait_for_calls(4, patience));
  server.process().kill();
  n8n.usually(reaction::ok());
  server.process().start();
  ASSERT_TRUE(n8n.wait_for_calls(16, patience));
  // At least once each; only those that were on their way come again.
  std::map<std::string, int> told;
  for (const auto& call : n8n.calls())
    ++told[call.content.ticket_ref];
  EXPECT_EQ(told.size(), refs.size());
  for (const auto& [ref, count] : told)
    EXPECT_LE(count, 2) << ref;
}

TEST_F(N8nHook, GoesOnAfterARestart) {
  n8n.stop();
  test_server server{with({{"SWITCHBOARD_N8N_RETRIES", "20"}})};
  const auto made = server.create_ticket();
  ASSERT_TRUE(eventually([&] { return attempts(server, "retry_later") >= 1; }));
  EXPECT_EQ(server.process().terminate(), 0);
  n8n.start();
  server.process().start();
  ASSERT_TRUE(n8n.wait_for_calls(1, patience));
  EXPECT_EQ(n8n.calls().front().content.ticket_ref, made.ref);
}

TEST_F(N8nHook, TellsOfEveryTicketOfACrowdOnce) {
  test_server server{with()};
  in_parallel(8, [&](std::size_t) {
    for (int i = 0; i < 15; ++i)
      server.create_ticket();
  });
  ASSERT_TRUE(eventually([&] { return attempts(server, "delivered") >= 120; }));
  std::set<std::string> told;
  for (const auto& call : n8n.calls())
    told.insert(call.content.ticket_ref);
  EXPECT_EQ(told.size(), 120U);
  EXPECT_EQ(n8n.call_count(), 120U);
  // The calls share connections.
  EXPECT_LE(n8n.connection_count(), 40U);
}

} // namespace
} // namespace switchboard::test
