// What is sent again because somebody asks for it.
#include "tests/integration/webhook_fixture.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <map>

namespace switchboard::test {
namespace {

class WebhookReplay : public webhook_test {
protected:
  static http_reply replay(test_server& server, const hook& to,
                           const json::value& what) {
    return send(server, verb::post, to.target("/replay"), what);
  }

  /// How many deliveries the server says it has queued.
  static std::int64_t queued(const http_reply& reply) {
    EXPECT_EQ(reply.status, 202) << reply.body;
    const auto answer = parsed(reply);
    const auto* object = answer.if_object();
    return object != nullptr && object->contains("queued")
             ? answer.at("queued").to_number<std::int64_t>()
             : -1;
  }

  static json::object of_creation() {
    return {{"events", json::array{"ticket.created"}}};
  }
};

TEST_F(WebhookReplay, RepeatsADeliveryThatArrived) {
  test_server server{with()};
  const auto one = subscribe(server, "/again");
  const auto made = ticket(server);
  say(server, made, "hello");
  const auto tried = attempts(server, one, 3);
  ASSERT_EQ(tried.size(), 3U);
  for (const auto& attempt : tried) {
    receiver.forget();
    const json::object what{{"delivery_id", attempt.at("delivery_id")}};
    EXPECT_EQ(queued(replay(server, one, what)), 1);
    ASSERT_TRUE(hears(one, 1));
    const auto call = receiver.calls(one.path).front();
    EXPECT_EQ(call.id, text_at(attempt, "/webhook_id"));
    EXPECT_EQ(call.content.type, text_at(attempt, "/event_type"));
    EXPECT_EQ(call.content.sequence,
              attempt.at("sequence").to_number<std::int64_t>());
    EXPECT_EQ(call.content.ticket_id, text_at(made, "/id"));
  }
}

TEST_F(WebhookReplay, RepeatsADeadOneAsItWas) {
  test_server server{with()};
  const auto one = subscribe(server, "/dead", of_creation());
  receiver.usually(one.path, webhook_reaction::with_status(500));
  ticket(server);
  const auto letters = dead_letters(server, 1);
  ASSERT_EQ(letters.size(), 1U);
  receiver.usually(one.path, webhook_reaction::ok());
  const json::object what{{"delivery_id", text_at(letters.front(), "/id")}};
  EXPECT_EQ(queued(replay(server, one, what)), 1);
  ASSERT_TRUE(accepts(one, 1));
  const auto calls = receiver.calls(one.path);
  EXPECT_EQ(calls.back().id, calls.front().id);
  EXPECT_EQ(calls.back().request.body, calls.front().request.body);
  EXPECT_TRUE(
    eventually([&] { return list(server, "/api/v1/dead-letters").empty(); }));
  // The one route for all dead letters knows webhooks as well.
  receiver.usually(one.path, webhook_reaction::with_status(500));
  ticket(server);
  const auto more = dead_letters(server, 1);
  ASSERT_EQ(more.size(), 1U);
  receiver.usually(one.path, webhook_reaction::ok());
  EXPECT_EQ(
    send(server, verb::post,
         "/api/v1/dead-letters/" + text_at(more.front(), "/id") + "/replay")
      .status,
    202);
  ASSERT_TRUE(accepts(one, 2));
}

TEST_F(WebhookReplay, RepeatsAllDeadLettersOfOneEndpoint) {
  test_server server{with()};
  const auto one = subscribe(server, "/one", of_creation());
  const auto two = subscribe(server, "/two", of_creation());
  receiver.usually(one.path, webhook_reaction::with_status(500));
  receiver.usually(two.path, webhook_reaction::with_status(500));
  for (int i = 0; i < 8; ++i)
    ticket(server);
  dead_letters(server, 16);
  receiver.usually(one.path, webhook_reaction::ok());
  receiver.usually(two.path, webhook_reaction::ok());
  EXPECT_EQ(queued(replay(server, one, {{"dead_letters", true}})), 8);
  ASSERT_TRUE(accepts(one, 8));
  EXPECT_EQ(told(one.path).size(), 8U);
  EXPECT_EQ(dead_letters(server, 8).size(), 8U);
  EXPECT_EQ(receiver.tally(two.path).accepted, 0U);
  EXPECT_EQ(queued(replay(server, one, {{"dead_letters", true}})), 0);
}

TEST_F(WebhookReplay, RepeatsWhatHappenedInATime) {
  test_server server{with()};
  const auto one = subscribe(server, "/range");
  std::vector<json::value> made;
  for (int i = 0; i < 3; ++i) {
    made.push_back(ticket(server));
    say(server, made.back(), "hello");
  }
  const auto all = history(server);
  ASSERT_TRUE(accepts(one, all.size()));
  std::map<event_name, std::string> ids;
  for (const auto& call : receiver.calls(one.path))
    ids[{call.content.type, call.content.ticket_id, call.content.sequence}]
      = call.id;
  receiver.forget();
  const json::object whole{{"from", text_at(made.front(), "/created_at")},
                           {"to", "2100-01-01T00:00:00Z"}};
  EXPECT_EQ(queued(replay(server, one, whole)),
            static_cast<std::int64_t>(all.size()));
  ASSERT_TRUE(accepts(one, all.size()));
  EXPECT_EQ(told(one.path), all);
  for (const auto& call : receiver.calls(one.path)) {
    const event_name name{call.content.type, call.content.ticket_id,
                          call.content.sequence};
    EXPECT_EQ(call.id, ids[name]);
  }
  const json::object past{{"from", "2020-01-01T00:00:00Z"},
                          {"to", "2020-01-02T00:00:00Z"}};
  EXPECT_EQ(queued(replay(server, one, past)), 0);
  // The end is not part of the range.
  const json::object until{{"from", "2020-01-01T00:00:00Z"},
                           {"to", text_at(made.front(), "/created_at")}};
  EXPECT_EQ(queued(replay(server, one, until)), 0);
}

TEST_F(WebhookReplay, SendsANewEndpointThePastItAsksFor) {
  test_server server{with()};
  const auto made = ticket(server);
  say(server, made, "hello");
  const auto late = subscribe(server, "/late", of_creation());
  const json::object whole{{"from", "2020-01-01T00:00:00Z"},
                           {"to", "2100-01-01T00:00:00Z"}};
  EXPECT_EQ(queued(replay(server, late, whole)), 1);
  ASSERT_TRUE(accepts(late, 1));
  const auto call = receiver.calls(late.path).front();
  EXPECT_EQ(call.content.type, "ticket.created");
  EXPECT_EQ(call.content.timestamp, text_at(made, "/created_at"));
}

TEST_F(WebhookReplay, SurvivesAKill) {
  test_server server{with()};
  const auto one = subscribe(server, "/kill", of_creation());
  for (int i = 0; i < 10; ++i)
    ticket(server);
  ASSERT_TRUE(accepts(one, 10));
  attempts(server, one, 10);
  receiver.usually(one.path, webhook_reaction::of(reaction_kind::hang));
  receiver.forget();
  const json::object whole{{"from", "2020-01-01T00:00:00Z"},
                           {"to", "2100-01-01T00:00:00Z"}};
  EXPECT_EQ(queued(replay(server, one, whole)), 10);
  ASSERT_TRUE(hears(one, 1));
  server.process().kill();
  receiver.release_hanging();
  receiver.usually(one.path, webhook_reaction::ok());
  receiver.forget();
  server.process().start();
  ASSERT_TRUE(accepts(one, 10));
}

TEST_F(WebhookReplay, RefusesWhatMakesNoSense) {
  test_server server{with()};
  const auto one = subscribe(server, "/one", of_creation());
  const auto two = subscribe(server, "/two", of_creation());
  ticket(server);
  const auto delivery = attempts(server, one, 1).at(0).at("delivery_id");
  struct row {
    json::object what;
    int status;
  };
  const std::vector<row> rows{
    {{}, 400},
    {{{"dead_letters", false}}, 400},
    {{{"dead_letters", true}, {"delivery_id", "1"}}, 400},
    {{{"from", "2020-01-01T00:00:00Z"}}, 400},
    {{{"from", "yesterday"}, {"to", "2020-01-01T00:00:00Z"}}, 400},
    {{{"delivery_id", "x"}}, 400},
    {{{"delivery_id", "999999999"}}, 404},
    {{{"everything", true}}, 400},
  };
  for (const auto& row : rows)
    EXPECT_EQ(replay(server, one, row.what).status, row.status)
      << json::value(row.what);
  // Another endpoint's delivery is none of its business.
  EXPECT_TRUE(is_error(replay(server, two, {{"delivery_id", delivery}}), 404,
                       "not_found"));
  EXPECT_EQ(
    send(server, verb::patch, one.target(), {{"enabled", false}}).status, 200);
  EXPECT_TRUE(is_error(replay(server, one, {{"delivery_id", delivery}}), 409,
                       "conflict"));
  const hook nobody{"00000000-0000-7000-8000-000000000000", "", ""};
  EXPECT_TRUE(is_error(replay(server, nobody, {{"dead_letters", true}}), 404,
                       "not_found"));
}

} // namespace
} // namespace switchboard::test
