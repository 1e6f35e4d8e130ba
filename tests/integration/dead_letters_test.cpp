#include "tests/integration/n8n_fixture.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>

namespace switchboard::test {
namespace {

class DeadLetters : public n8n_test {
protected:
  static http_reply replay(test_server& server, const std::string& id) {
    return server.post("/api/v1/dead-letters/" + id + "/replay", "", as_admin);
  }
};

TEST_F(DeadLetters, HoldWhatFailedFourTimes) {
  n8n.script({reaction::of(reaction_kind::reset), reaction::with_status(500),
              reaction::with_status(500),
              reaction::of(reaction_kind::not_registered)});
  test_server server{with()};
  const auto made = server.create_ticket();
  const auto letters = dead_letters(server, 1);
  ASSERT_EQ(letters.size(), 1U);
  const auto& letter = letters.front();
  const std::vector<std::string> keys{"id",        "lane",    "kind",
                                      "ticket_id", "reason",  "created_at",
                                      "died_at",   "payload", "attempts"};
  EXPECT_EQ(keys_of(letter), keys);
  EXPECT_EQ(text_at(letter, "/lane"), "n8n:ticket-created");
  EXPECT_EQ(text_at(letter, "/kind"), "ticket.created");
  EXPECT_EQ(text_at(letter, "/ticket_id"), made.id);
  EXPECT_EQ(text_at(letter, "/reason"), "HTTP 404");
  EXPECT_LE(text_at(letter, "/created_at"), text_at(letter, "/died_at"));
  EXPECT_EQ(text_at(json::parse(text_at(letter, "/payload")), "/ticketRef"),
            made.ref);
  ASSERT_EQ(letter.at("attempts").as_array().size(), 4U);
  const std::vector<json::value> statuses{nullptr, 500, 500, 404};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& tried = letter.at("attempts").at(i);
    const std::vector<std::string> attempt_keys{
      "number", "at", "outcome", "status", "latency_ms", "detail", "body"};
    EXPECT_EQ(keys_of(tried), attempt_keys);
    EXPECT_EQ(tried.at("number"), i + 1);
    EXPECT_EQ(tried.at("status"), statuses[i]);
    EXPECT_EQ(text_at(tried, "/outcome"), "retry_later");
  }
  EXPECT_EQ(n8n.call_count(), 4U);
  EXPECT_EQ(server.metric("switchboard_dead_letters"), 1);
  // The ticket itself is none the worse.
  EXPECT_EQ(server.get("/api/ticket/" + made.ref).status, 200);
  // The secret is not among what an operator sees.
  EXPECT_EQ(
    server.get("/api/v1/dead-letters", as_admin).body.find(n8n.api_key()),
    std::string::npos);
}

TEST_F(DeadLetters, WaitLongerFromAttemptToAttempt) {
  n8n.usually(reaction::with_status(500));
  test_server server{with({{"SWITCHBOARD_N8N_BACKOFF_MS", "100"}})};
  server.create_ticket();
  dead_letters(server, 1);
  const auto calls = n8n.calls();
  ASSERT_EQ(calls.size(), 4U);
  // 100, 200 and 400 ms, each jittered by a fifth at most.
  EXPECT_GE(calls[1].at - calls[0].at, milliseconds{79});
  EXPECT_GE(calls[2].at - calls[1].at, milliseconds{159});
  EXPECT_GE(calls[3].at - calls[2].at, milliseconds{319});
}

TEST_F(DeadLetters, AreMadeAtOnceWhenN8nRefuses) {
  test_server server{with({{"N8N_SHARED_SECRET", "not-the-right-secret"}})};
  server.create_ticket();
  const auto letters = dead_letters(server, 1);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(text_at(letters.front(), "/reason"), "HTTP 403");
  EXPECT_EQ(letters.front().at("attempts").as_array().size(), 1U);
  EXPECT_EQ(text_at(letters.front(), "/attempts/0/body"),
            "Authorization data is wrong!");
  EXPECT_EQ(n8n.call_count(), 1U);
}

TEST_F(DeadLetters, AreMadeOfAClosedPortToo) {
  n8n.stop();
  test_server server{with()};
  server.create_ticket();
  const auto letters = dead_letters(server, 1);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters.front().at("attempts").as_array().size(), 4U);
  EXPECT_TRUE(letters.front().at("attempts").at(0).at("status").is_null());
  n8n.start();
}

TEST_F(DeadLetters, AreDeliveredWhenReplayed) {
  n8n.usually(reaction::with_status(500));
  test_server server{with()};
  const auto made = server.create_ticket();
  const auto letters = dead_letters(server, 1);
  ASSERT_EQ(letters.size(), 1U);
  const auto id = text_at(letters.front(), "/id");
  n8n.usually(reaction::ok());
  const auto reply = replay(server, id);
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.body, R"({"ok":true})");
  ASSERT_TRUE(n8n.wait_for_calls(5, patience));
  EXPECT_EQ(n8n.calls().back().content.ticket_ref, made.ref);
  EXPECT_EQ(n8n.calls().back().body, n8n.calls().front().body);
  EXPECT_TRUE(dead_letters(server, 0).empty());
  EXPECT_TRUE(is_error(replay(server, id), 404, "not_found"));
}

TEST_F(DeadLetters, KeepTheirHistoryWhenTheReplayFails) {
  n8n.usually(reaction::with_status(500));
  test_server server{with({{"SWITCHBOARD_N8N_RETRIES", "1"}})};
  server.create_ticket();
  const auto first = dead_letters(server, 1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(replay(server, text_at(first.front(), "/id")).status, 202);
  ASSERT_TRUE(n8n.wait_for_calls(4, patience));
  const auto second = dead_letters(server, 1);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(text_at(second.front(), "/id"), text_at(first.front(), "/id"));
  EXPECT_EQ(second.front().at("attempts").as_array().size(), 4U);
}

TEST_F(DeadLetters, CanBeReplayedAfterAKillWithBetterSettings) {
  test_server server{with({{"N8N_SHARED_SECRET", "not-the-right-secret"}})};
  const auto made = server.create_ticket();
  const auto letters = dead_letters(server, 1);
  ASSERT_EQ(letters.size(), 1U);
  server.process().environment()["N8N_SHARED_SECRET"] = n8n.api_key();
  server.restart_after_kill();
  EXPECT_EQ(replay(server, text_at(letters.front(), "/id")).status, 202);
  ASSERT_TRUE(n8n.wait_for_calls(2, patience));
  EXPECT_EQ(n8n.calls().back().status, 200);
  EXPECT_EQ(n8n.calls().back().content.ticket_ref, made.ref);
}

TEST_F(DeadLetters, AreListedPageByPage) {
  n8n.usually(reaction::with_status(400));
  test_server server{with()};
  std::set<std::string> tickets;
  for (int i = 0; i < 5; ++i)
    tickets.insert(server.create_ticket().id);
  dead_letters(server, 5);
  std::multiset<std::string> seen;
  std::vector<std::size_t> sizes;
  std::string cursor;
  do {
    const auto page
      = parsed(server.get("/api/v1/dead-letters?limit=2"
                            + (cursor.empty() ? "" : "&cursor=" + cursor),
                          as_admin));
    const std::vector<std::string> keys{"data", "next_cursor"};
    EXPECT_EQ(keys_of(page), keys);
    sizes.push_back(page.at("data").as_array().size());
    for (const auto& letter : page.at("data").as_array())
      seen.insert(text_at(letter, "/ticket_id"));
    cursor
      = page.at("next_cursor").is_null() ? "" : text_at(page, "/next_cursor");
  } while (!cursor.empty() && sizes.size() < 10);
  const std::vector<std::size_t> expected{2, 2, 1};
  EXPECT_EQ(sizes, expected);
  EXPECT_EQ(seen.size(), 5U);
  EXPECT_TRUE(std::equal(seen.begin(), seen.end(), tickets.begin()));
  const auto full
    = parsed(server.get("/api/v1/dead-letters?limit=5", as_admin));
  EXPECT_TRUE(full.at("next_cursor").is_null());
}

TEST_F(DeadLetters, RefuseAPageThatMakesNoSense) {
  test_server server{with()};
  for (const std::string query :
       {"limit=0", "limit=201", "limit=-1", "limit=ten",
        "limit=", "limit=99999999999999999999", "limit=1.5"}) {
    const auto reply = server.get("/api/v1/dead-letters?" + query, as_admin);
    EXPECT_TRUE(is_error(reply, 400, "validation_failed")) << query;
    EXPECT_EQ(wrong_fields(reply), std::vector<std::string>{"limit"});
  }
  const auto reply
    = server.get("/api/v1/dead-letters?cursor=x%20y&limit=200", as_admin);
  EXPECT_EQ(wrong_fields(reply), std::vector<std::string>{"cursor"});
  for (const std::string id :
       {"0", "1", "x", "18446744073709551615", "-1", "99999999999999999999999"})
    EXPECT_TRUE(is_error(replay(server, id), 404, "not_found")) << id;
}

} // namespace
} // namespace switchboard::test
