// Endpoints that fail, for a moment or for good, and what that does to others.
#include "tests/integration/webhook_fixture.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <map>

namespace switchboard::test {
namespace {

/// Long enough that no retry comes while a test looks.
constexpr const char* patient_schedule = "0,3600";

class WebhookFailures : public webhook_test {
protected:
  static webhook_endpoint_options in_any_order() {
    webhook_endpoint_options out;
    out.ordered = false;
    return out;
  }

  /// Only the creation of tickets: one event for each.
  static json::object of_creation() {
    return {{"events", json::array{"ticket.created"}}};
  }

  static json::object of_errors() {
    return {{"events", json::array{"error.occurred"}}};
  }

  /// Creates tickets until the endpoint is disabled.
  static bool is_given_up(test_server& server, const hook& which) {
    return eventually([&] {
      ticket(server);
      return read(server, which.target()).at("enabled") == json::value(false);
    });
  }

  /// Whether an `error.occurred` of this place and code reached the endpoint.
  bool is_told_of(const hook& to, const std::string& where,
                  const std::string& code) {
    return eventually([&] {
      const auto calls = receiver.calls(to.path);
      return std::any_of(calls.begin(), calls.end(), [&](const auto& call) {
        const auto body = json::parse(call.request.body);
        return text_at(body, "/type") == "error.occurred"
               && text_at(body, "/data/error/where") == where
               && text_at(body, "/data/error/code") == code;
      });
    });
  }

  static bool is_listed(test_server& server, const std::string& where,
                        const std::string& code) {
    return eventually([&] {
      const auto errors = list(server, "/api/v1/errors");
      return std::any_of(errors.begin(), errors.end(), [&](const auto& one) {
        return text_at(one, "/where") == where && text_at(one, "/code") == code;
      });
    });
  }
};

TEST_F(WebhookFailures, AreTriedAgainAfterWhatMayPass) {
  struct row {
    const char* name;
    webhook_reaction what;
  };
  const std::vector<row> rows{
    {"500", webhook_reaction::with_status(500)},
    {"404", webhook_reaction::with_status(404)},
    {"401", webhook_reaction::with_status(401)},
    {"redirect", webhook_reaction::redirect(receiver.url("/elsewhere"))},
    {"reset", webhook_reaction::of(reaction_kind::reset)},
    {"close", webhook_reaction::of(reaction_kind::close)},
    {"garbage", webhook_reaction::of(reaction_kind::garbage)},
    {"hang", webhook_reaction::of(reaction_kind::hang)},
  };
  test_server server{with({{"SWITCHBOARD_WEBHOOKS_TIMEOUT_S", "1"}})};
  const auto one = subscribe(server, "/passing", of_creation());
  for (const auto& row : rows) {
    receiver.forget();
    receiver.script(one.path, {row.what, row.what});
    ticket(server);
    ASSERT_TRUE(hears(one, 3)) << row.name;
    const auto calls = receiver.calls(one.path);
    EXPECT_EQ(calls[2].status, 200) << row.name;
    for (const auto& call : calls) {
      EXPECT_EQ(call.id, calls.front().id) << row.name;
      EXPECT_EQ(call.request.body, calls.front().request.body) << row.name;
    }
    EXPECT_EQ(receiver.calls().size(), 3U) << row.name;
    receiver.release_hanging();
  }
  EXPECT_TRUE(list(server, "/api/v1/dead-letters").empty());
  EXPECT_TRUE(eventually(
    [&] { return read(server, one.target()).at("failing_since").is_null(); }));
}

TEST_F(WebhookFailures, TakeAnAnswerOfAnySize) {
  test_server server{with()};
  const auto one = subscribe(server, "/huge", of_creation());
  receiver.script(one.path, {webhook_reaction::of(reaction_kind::huge_body)});
  ticket(server);
  const auto tried = attempts(server, one, 1);
  EXPECT_EQ(text_at(tried.at(0), "/outcome"), "delivered");
  EXPECT_LE(text_at(tried.at(0), "/body").size(), 4'096U);
}

TEST_F(WebhookFailures, EndAsDeadLetters) {
  test_server server{with()};
  const auto one = subscribe(server, "/dead", of_creation());
  const auto errors = subscribe(server, "/errors", of_errors());
  receiver.usually(one.path, webhook_reaction::with_status(503));
  const auto made = ticket(server);
  const auto letters = dead_letters(server, 1);
  ASSERT_EQ(letters.size(), 1U);
  const auto& letter = letters.front();
  EXPECT_EQ(text_at(letter, "/lane"), "webhook:" + one.id);
  EXPECT_EQ(text_at(letter, "/kind"), "ticket.created");
  EXPECT_EQ(text_at(letter, "/ticket_id"), text_at(made, "/id"));
  EXPECT_EQ(text_at(letter, "/reason"), "HTTP 503");
  EXPECT_EQ(letter.at("attempts").as_array().size(), 4U);
  EXPECT_EQ(receiver.tally(one.path).calls, 4U);
  EXPECT_EQ(attempts(server, one, 4).back().at("number"), 4);
  EXPECT_FALSE(read(server, one.target()).at("failing_since").is_null());
  EXPECT_TRUE(is_told_of(errors, "webhook:" + one.id, "retries_exhausted"));
  EXPECT_TRUE(is_listed(server, "webhook:" + one.id, "retries_exhausted"));
}

TEST_F(WebhookFailures, WaitLongerFromAttemptToAttempt) {
  test_server server{
    with({{"SWITCHBOARD_WEBHOOKS_RETRY_SCHEDULE_S", "0,0.2,0.5"}})};
  const auto one = subscribe(server, "/slow", of_creation());
  receiver.usually(one.path, webhook_reaction::with_status(500));
  ticket(server);
  dead_letters(server, 1);
  const auto calls = receiver.calls(one.path);
  ASSERT_EQ(calls.size(), 3U);
  // Each pause is jittered by a fifth at most.
  EXPECT_GE(calls[1].at - calls[0].at, milliseconds{159});
  EXPECT_GE(calls[2].at - calls[1].at, milliseconds{399});
}

TEST_F(WebhookFailures, WaitAsLongAsTheyAreAskedTo) {
  test_server server{with()};
  for (const int status : {429, 503}) {
    const auto one
      = subscribe(server, "/asked" + std::to_string(status), of_creation());
    receiver.script(one.path, {webhook_reaction::with_status(status, "1")});
    ticket(server);
    ASSERT_TRUE(hears(one, 2)) << status;
    const auto calls = receiver.calls(one.path);
    EXPECT_GE(calls[1].at - calls[0].at, milliseconds{950}) << status;
    EXPECT_LE(calls[1].at - calls[0].at, seconds{5}) << status;
  }
}

TEST_F(WebhookFailures, AreDisabledByGone) {
  test_server server{with()};
  const auto one = subscribe(server, "/gone", of_creation());
  const auto other = subscribe(server, "/other", of_errors());
  receiver.script(one.path, {webhook_reaction::with_status(410)});
  ticket(server);
  ASSERT_TRUE(becomes_disabled(server, one));
  EXPECT_NE(text_at(read(server, one.target()), "/disabled_reason").find("410"),
            std::string::npos);
  EXPECT_TRUE(is_told_of(other, "webhook:" + one.id, "disabled"));
  EXPECT_TRUE(is_listed(server, "webhook:" + one.id, "disabled"));
  ticket(server);
  server.restart();
  ticket(server);
  EXPECT_EQ(read(server, one.target()).at("enabled"), json::value(false));
  EXPECT_EQ(receiver.tally(one.path).calls, 1U);
}

TEST_F(WebhookFailures, ForTooLongDisableAnEndpoint) {
  test_server server{
    with({{"SWITCHBOARD_WEBHOOKS_DISABLE_AFTER_S", "1"},
          {"SWITCHBOARD_WEBHOOKS_RETRY_SCHEDULE_S", "0,0.2,3600"}})};
  const auto one = subscribe(server, "/down", of_creation());
  const auto other = subscribe(server, "/other", of_errors());
  receiver.usually(one.path, webhook_reaction::with_status(500));
  ASSERT_TRUE(is_given_up(server, one));
  const auto shown = read(server, one.target());
  EXPECT_FALSE(text_at(shown, "/disabled_reason").empty());
  EXPECT_TRUE(is_told_of(other, "webhook:" + one.id, "disabled"));
  // Switched on again, it begins anew.
  receiver.usually(one.path, webhook_reaction::ok());
  const auto again
    = send(server, verb::patch, one.target(), {{"enabled", true}});
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_TRUE(parsed(again).at("disabled_reason").is_null());
  EXPECT_TRUE(parsed(again).at("failing_since").is_null());
  ticket(server);
  ASSERT_TRUE(accepts(one, 1));
  EXPECT_EQ(read(server, one.target()).at("enabled"), json::value(true));
}

TEST_F(WebhookFailures, LeaveWhatWaitedForAnEndpointThatIsEnabledAgain) {
  test_server server{with({{"SWITCHBOARD_WEBHOOKS_CONCURRENCY", "1"}})};
  const auto one = subscribe(server, "/later", of_creation());
  receiver.usually(one.path, webhook_reaction::of(reaction_kind::hang));
  for (int i = 0; i < 10; ++i)
    ticket(server);
  ASSERT_TRUE(hears(one, 1));
  EXPECT_EQ(
    send(server, verb::patch, one.target(), {{"enabled", false}}).status, 200);
  receiver.usually(one.path, webhook_reaction::ok());
  receiver.release_hanging();
  ticket(server); // Nobody asked for this one while the endpoint was off.
  server.restart();
  EXPECT_EQ(send(server, verb::patch, one.target(), {{"enabled", true}}).status,
            200);
  ASSERT_TRUE(accepts(one, 10));
  const auto last = ticket(server);
  ASSERT_TRUE(accepts(one, 11));
  EXPECT_EQ(receiver.calls(one.path).back().content.ticket_id,
            text_at(last, "/id"));
}

TEST_F(WebhookFailures, HoldBackOnlyTheirOwnTicket) {
  test_server server{
    with({{"SWITCHBOARD_WEBHOOKS_RETRY_SCHEDULE_S", "0,1,1,1"}})};
  const auto one = subscribe(server, "/held");
  receiver.script(one.path, {webhook_reaction::with_status(500)});
  const auto held = ticket(server);
  ASSERT_TRUE(hears(one, 1));
  say(server, held, "first");
  say(server, held, "second");
  std::set<std::string> others;
  for (int i = 0; i < 10; ++i)
    others.insert(text_at(ticket(server), "/id"));
  ASSERT_TRUE(accepts(one, 20));
  for (const auto& call : receiver.calls(one.path))
    if (call.accepted) {
      EXPECT_TRUE(others.contains(call.content.ticket_id));
    }
  ASSERT_TRUE(accepts(one, 24));
  std::vector<std::int64_t> numbers;
  for (const auto& call : receiver.calls(one.path))
    if (call.accepted && call.content.ticket_id == text_at(held, "/id"))
      numbers.push_back(call.content.sequence);
  const std::vector<std::int64_t> expected{1, 2, 3, 4};
  EXPECT_EQ(numbers, expected);
}

TEST_F(WebhookFailures, OfOneEndpointDoNotDelayAnother) {
  test_server server{
    with({{"SWITCHBOARD_WEBHOOKS_RETRY_SCHEDULE_S", patient_schedule},
          {"SWITCHBOARD_WEBHOOKS_CONCURRENCY", "4"}})};
  const auto hanging = subscribe(server, "/hanging");
  const auto healthy = subscribe(server, "/healthy");
  const auto closed = subscribe(server, "/closed",
                                {{"url", "http://127.0.0.1:1/nobody-listens"}});
  receiver.usually(hanging.path, webhook_reaction::of(reaction_kind::hang));
  for (int i = 0; i < 50; ++i)
    say(server, ticket(server), "hello");
  const auto expected = history(server);
  ASSERT_TRUE(accepts(healthy, 150));
  // Each call of the hanging one still hangs.
  EXPECT_EQ(receiver.tally(hanging.path).calls, 4U);
  for (const auto& call : receiver.calls(healthy.path)) {
    const auto at = std::chrono::system_clock::to_time_t(call.at);
    EXPECT_LE(std::abs(at - std::stoll(call.timestamp)), 5);
  }
  // The errors that the closed one causes are news as well.
  auto of_tickets = told(healthy.path);
  std::erase_if(of_tickets, [](const auto& event) {
    return std::get<0>(event) == "error.occurred";
  });
  auto wanted = expected;
  std::erase_if(wanted, [](const auto& event) {
    return std::get<0>(event) == "error.occurred";
  });
  EXPECT_EQ(of_tickets, wanted);
  EXPECT_FALSE(read(server, closed.target()).at("failing_since").is_null());
  EXPECT_TRUE(read(server, healthy.target()).at("failing_since").is_null());
  receiver.release_hanging();
}

TEST_F(WebhookFailures, AtRandomLoseNothing) {
  test_server server{with({{"SWITCHBOARD_WEBHOOKS_RETRY_SCHEDULE_S",
                            "0,0.02,0.02,0.05,0.05,0.1,0.1,0.1"}})};
  webhook_endpoint_options expects;
  expects.fail_share = 0.2;
  const auto one
    = subscribe(server, "/shaky", {{"events", json::array{"*"}}}, expects);
  in_parallel(4, [&](std::size_t) {
    for (int i = 0; i < 50; ++i) {
      const auto made = ticket(server);
      for (int n = 0; n < 4; ++n)
        say(server, made, "message " + std::to_string(n));
    }
  });
  ASSERT_TRUE(accepts(one, 1'200));
  EXPECT_EQ(told(one.path), history(server));
  const auto tally = receiver.tally(one.path);
  EXPECT_GE(tally.failed, 200U);
  EXPECT_EQ(tally.duplicates, 0U);
  EXPECT_TRUE(list(server, "/api/v1/dead-letters").empty());
}

TEST_F(WebhookFailures, OfTheServerItselfLoseNothing) {
  test_server server{with({{"SWITCHBOARD_WEBHOOKS_CONCURRENCY", "4"}})};
  const auto one = subscribe(server, "/killed");
  receiver.usually(one.path, webhook_reaction::of(reaction_kind::hang));
  for (int i = 0; i < 12; ++i)
    say(server, ticket(server), "hello");
  ASSERT_TRUE(hears(one, 4));
  server.process().kill();
  receiver.release_hanging();
  receiver.usually(one.path, webhook_reaction::ok());
  server.process().start();
  ASSERT_TRUE(accepts(one, 36));
  EXPECT_EQ(told(one.path), history(server));
  // Only those that were on their way come again.
  EXPECT_LE(receiver.tally(one.path).calls, 40U);
}

} // namespace
} // namespace switchboard::test
