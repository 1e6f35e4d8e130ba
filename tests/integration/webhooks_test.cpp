// What endpoints are told, and how they are kept.
#include "tests/integration/webhook_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

namespace switchboard::test {
namespace {

class Webhooks : public webhook_test {
protected:
  static json::array events(std::initializer_list<const char*> types) {
    json::array out;
    for (const auto* type : types)
      out.emplace_back(type);
    return out;
  }

  /// A ticket to which happens all that the API can do.
  static void live_through(test_server& server, std::int64_t agent,
                           const std::string& title) {
    const auto made = ticket(server, title);
    const auto target = "/api/v1/tickets/" + text_at(made, "/id");
    say(server, made, "Is anybody there?");
    EXPECT_EQ(send(server, verb::post, target + "/assign",
                   {{"agent_id", agent}, {"reason", "knows bottles"}})
                .status,
              200);
    say(server, made, "We are looking into it.", "agent");
    EXPECT_EQ(send(server, verb::put, target, {{"priority", "urgent"}}).status,
              200);
    EXPECT_EQ(
      send(server, verb::post, target + "/notes", {{"body", "a regular"}})
        .status,
      201);
    EXPECT_EQ(
      send(server, verb::post, target + "/mention", {{"user_id", agent}})
        .status,
      201);
    EXPECT_EQ(send(server, verb::post, target + "/close").status, 200);
  }

  static std::int64_t agent(test_server& server) {
    const auto reply = send(server, verb::post, "/api/v1/users",
                            {{"name", "Ada"}, {"role", "agent"}});
    EXPECT_EQ(reply.status, 201) << reply.body;
    return parsed(reply).at("id").to_number<std::int64_t>();
  }
};

TEST_F(Webhooks, TellOfEveryEventOnceAndInOrder) {
  test_server server{with()};
  const auto all = subscribe(server, "/all");
  const auto who = agent(server);
  in_parallel(4, [&](std::size_t i) {
    for (int n = 0; n < 3; ++n)
      live_through(server, who, "ticket " + std::to_string(i));
  });
  const auto expected = history(server);
  ASSERT_GE(expected.size(), 12U * 8U);
  ASSERT_TRUE(accepts(all, expected.size()));
  EXPECT_EQ(told(all.path), expected);
  EXPECT_EQ(receiver.tally(all.path).calls, expected.size());
  // The receiver saw to signatures and order; the numbers have no gap either.
  std::map<std::string, std::int64_t> last;
  for (const auto& call : receiver.calls(all.path))
    EXPECT_EQ(call.content.sequence, ++last[call.content.ticket_id]);
  EXPECT_EQ(last.size(), 12U);
}

TEST_F(Webhooks, TellOfWebsiteTicketsToo) {
  test_server server{with()};
  const auto all = subscribe(server, "/all");
  const auto made = server.create_ticket();
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "on its way")).status, 200);
  const auto expected = history(server);
  ASSERT_TRUE(accepts(all, expected.size()));
  EXPECT_EQ(told(all.path), expected);
}

TEST_F(Webhooks, CarryTheWholeTicketAndWhatHappened) {
  test_server server{with()};
  const auto all = subscribe(server, "/all");
  const auto made = ticket(server);
  ASSERT_TRUE(accepts(all, 2)); // the second one tells of the description
  const auto first = json::parse(receiver.calls(all.path).front().request.body);
  const std::vector<std::string> keys{"type", "timestamp", "data", "sequence"};
  EXPECT_EQ(keys_of(first), keys);
  EXPECT_EQ(text_at(first, "/type"), "ticket.created");
  EXPECT_EQ(text_at(first, "/timestamp"), text_at(made, "/created_at"));
  EXPECT_EQ(first.at("data").at("ticket"), made);
  say(server, made, "Hello \"you\"");
  ASSERT_TRUE(accepts(all, 3));
  const auto last = json::parse(receiver.calls(all.path).back().request.body);
  EXPECT_EQ(text_at(last, "/type"), "message.received");
  EXPECT_EQ(text_at(last, "/data/message/body"), "Hello \"you\"");
  EXPECT_EQ(text_at(last, "/data/message/sender"), "customer");
  EXPECT_EQ(last.at("data").at("ticket"),
            read(server, "/api/v1/tickets/" + text_at(made, "/id")));
}

TEST_F(Webhooks, HearOnlyOfWhatTheyAskedFor) {
  test_server server{with()};
  const auto sent
    = subscribe(server, "/sent", {{"events", events({"message.sent"})}});
  const auto ends
    = subscribe(server, "/ends",
                {{"events", events({"ticket.closed", "ticket.assigned"})}});
  const auto none
    = subscribe(server, "/none", {{"events", events({"topic.created"})}});
  const auto off = subscribe(server, "/off", {{"enabled", false}});
  const auto who = agent(server);
  live_through(server, who, "filtered");
  std::multiset<event_name> of_sent;
  std::multiset<event_name> of_ends;
  for (const auto& event : history(server)) {
    const auto& type = std::get<0>(event);
    if (type == "message.sent")
      of_sent.insert(event);
    if (type == "ticket.closed" || type == "ticket.assigned")
      of_ends.insert(event);
  }
  ASSERT_EQ(of_sent.size(), 1U);
  ASSERT_EQ(of_ends.size(), 2U);
  ASSERT_TRUE(accepts(sent, 1) && accepts(ends, 2));
  EXPECT_EQ(told(sent.path), of_sent);
  EXPECT_EQ(told(ends.path), of_ends);
  EXPECT_EQ(receiver.tally(none.path).calls, 0U);
  EXPECT_EQ(receiver.tally(off.path).calls, 0U);
  // A change of the filter holds for what comes next.
  EXPECT_EQ(send(server, verb::patch, sent.target(),
                 {{"events", events({"ticket.created"})}})
              .status,
            200);
  live_through(server, who, "filtered otherwise");
  ASSERT_TRUE(accepts(sent, 2) && accepts(ends, 4));
  EXPECT_EQ(receiver.calls(sent.path).back().content.type, "ticket.created");
  EXPECT_EQ(receiver.tally(sent.path).calls, 2U);
}

TEST_F(Webhooks, SendWhatTheirTemplateSays) {
  test_server server{with()};
  const auto one = subscribe(
    server, "/chat",
    {{"events", events({"ticket.created"})},
     {"template", R"({"text": "{{ticket.ref}}: {{ticket.title}}",)"
                  R"( "number": {{ticket.number}}, "id": "{{webhook_id}}",)"
                  R"( "whole": {{customer.email|json}}})"}});
  const auto made = ticket(server, R"(a "quoted" \ title)");
  ASSERT_TRUE(accepts(one, 1));
  const auto call = receiver.calls(one.path).front();
  const auto body = json::parse(call.request.body);
  EXPECT_EQ(text_at(body, "/text"),
            text_at(made, "/ref") + R"(: a "quoted" \ title)");
  EXPECT_EQ(body.at("number"), made.at("number"));
  EXPECT_EQ(text_at(body, "/id"), call.id);
  EXPECT_TRUE(body.at("whole").is_null());
  const auto refused = send(server, verb::patch, one.target(),
                            {{"template", R"({"text": "{{ticket.colour}}"})"}});
  EXPECT_TRUE(is_error(refused, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(refused), std::vector<std::string>{"template"});
  EXPECT_NE(refused.body.find("ticket.colour"), std::string::npos);
  // An empty one brings the default payload back.
  EXPECT_EQ(send(server, verb::patch, one.target(), {{"template", ""}}).status,
            200);
  ticket(server);
  ASSERT_TRUE(accepts(one, 2));
  EXPECT_EQ(receiver.calls(one.path).back().content.type, "ticket.created");
}

TEST_F(Webhooks, SendTheirOwnHeaders) {
  test_server server{with()};
  const auto one = subscribe(
    server, "/headers",
    {{"headers", {{"Authorization", "Bearer of-the-owner"}, {"X-Team", "7"}}}});
  ticket(server);
  ASSERT_TRUE(accepts(one, 1));
  const auto call = receiver.calls(one.path).front();
  EXPECT_EQ(call.request.header("authorization"), "Bearer of-the-owner");
  EXPECT_EQ(call.request.header("x-team"), "7");
  for (const std::string name :
       {"Host", "webhook-signature", "Content-Length", "Transfer-Encoding"}) {
    const auto reply = send(server, verb::patch, one.target(),
                            {{"headers", {{name, "mine"}}}});
    EXPECT_TRUE(is_error(reply, 400, "validation_failed")) << name;
  }
}

TEST_F(Webhooks, ShowTheirSecretOnce) {
  test_server server{with()};
  const auto one = subscribe(server, "/secret");
  ASSERT_TRUE(one.secret.starts_with("whsec_")) << one.secret;
  const auto rotated = send(server, verb::post, one.target("/rotate-secret"));
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  const auto second = text_at(parsed(rotated), "/secret");
  receiver.set_secrets(one.path, {second});
  ticket(server);
  ASSERT_TRUE(accepts(one, 1));
  std::string seen
    = send(server, verb::patch, one.target(), {{"description", "x"}}).body;
  for (const auto& target :
       {one.target(), one.target("/attempts"), std::string{"/api/v1/webhooks"},
        std::string{"/api/v1/events"}, std::string{"/api/v1/errors"},
        std::string{"/api/v1/dead-letters"}, std::string{"/metrics"}})
    seen += send(server, verb::get, target).body;
  seen += server.process().log();
  EXPECT_EQ(server.process().terminate(), 0);
  for (const auto& event : exported(server.data()))
    seen += json::serialize(event);
  for (const auto& secret : {one.secret, second}) {
    EXPECT_EQ(seen.find(secret), std::string::npos);
    EXPECT_EQ(seen.find(secret.substr(6)), std::string::npos);
  }
}

TEST_F(Webhooks, AreSignedWithBothSecretsWhileTheyRotate) {
  test_server server{with()};
  const auto one
    = subscribe(server, "/rotating", {{"events", events({"ticket.created"})}});
  const auto rotated = send(server, verb::post, one.target("/rotate-secret"));
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  const auto second = text_at(parsed(rotated), "/secret");
  EXPECT_NE(second, one.secret);
  const auto until = text_at(parsed(rotated), "/previous_expires_at");
  EXPECT_GT(until, text_at(read(server, one.target()), "/updated_at"));
  // The receiver still has only the old one: nothing is refused.
  ticket(server);
  ASSERT_TRUE(accepts(one, 1));
  const auto call = receiver.calls(one.path).front();
  const std::vector<std::string> older{one.secret};
  const std::vector<std::string> newer{second};
  EXPECT_TRUE(simulators::is_signed_by(call.request, older));
  EXPECT_TRUE(simulators::is_signed_by(call.request, newer));
  const auto signatures = call.request.header("webhook-signature");
  EXPECT_EQ(std::count(signatures.begin(), signatures.end(), ' '), 1);
  // They survive a restart, sealed.
  server.restart_after_kill();
  receiver.set_secrets(one.path, newer);
  ticket(server);
  ASSERT_TRUE(accepts(one, 2));
}

TEST_F(Webhooks, AreKeptFromChangingUnderTwoHands) {
  test_server server{with()};
  const auto one = subscribe(server, "/etag");
  const auto first = send(server, verb::get, one.target()).header("ETag");
  EXPECT_FALSE(first.empty());
  const auto change
    = [&](const std::string& description, const std::string& version) {
        return send(server, verb::patch, one.target(),
                    {{"description", description}}, {{"If-Match", version}});
      };
  const auto changed = change("mine", first);
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_NE(changed.header("ETag"), first);
  EXPECT_EQ(change("theirs", first).status, 412);
  EXPECT_EQ(text_at(read(server, one.target()), "/description"), "mine");
  const auto remove = [&](const std::string& version) {
    return send(server, verb::delete_, one.target(), nullptr,
                {{"If-Match", version}});
  };
  EXPECT_EQ(remove(first).status, 412);
  EXPECT_EQ(remove(changed.header("ETag")).status, 204);
  EXPECT_TRUE(
    is_error(send(server, verb::get, one.target()), 404, "not_found"));
  EXPECT_TRUE(
    is_error(send(server, verb::delete_, one.target()), 404, "not_found"));
}

TEST_F(Webhooks, AreDeletedWithAllThatWaitedForThem) {
  test_server server{
    with({{"SWITCHBOARD_WEBHOOKS_RETRY_SCHEDULE_S", "0,0.3,3600"}})};
  const auto gone
    = subscribe(server, "/gone", {{"events", events({"ticket.created"})}});
  const auto kept
    = subscribe(server, "/kept", {{"events", events({"ticket.created"})}});
  receiver.usually(gone.path, webhook_reaction::with_status(500));
  for (int i = 0; i < 5; ++i)
    ticket(server);
  ASSERT_TRUE(hears(gone, 5));
  EXPECT_EQ(send(server, verb::delete_, gone.target()).status, 204);
  const auto calls = receiver.tally(gone.path).calls;
  server.restart();
  ticket(server);
  ASSERT_TRUE(accepts(kept, 6));
  // Retries were due a third of a second after the first attempts.
  const auto quiet = std::chrono::steady_clock::now() + milliseconds{600};
  ASSERT_TRUE(eventually([&] {
    read(server, kept.target());
    return std::chrono::steady_clock::now() > quiet;
  }));
  EXPECT_EQ(receiver.tally(gone.path).calls, calls);
  EXPECT_TRUE(list(server, "/api/v1/dead-letters").empty());
  EXPECT_EQ(list(server, "/api/v1/webhooks").size(), 1U);
  EXPECT_EQ(send(server, verb::get, gone.target("/attempts")).status, 404);
  EXPECT_EQ(server.process().terminate(), 0);
  const auto verified = run_command(server.data(), {"verify"});
  EXPECT_EQ(verified.code, 0) << verified.output;
}

TEST_F(Webhooks, ListTheirAttemptsPageByPage) {
  test_server server{with()};
  const auto one
    = subscribe(server, "/attempts", {{"events", events({"ticket.created"})}});
  receiver.script(one.path, {webhook_reaction::with_status(500),
                             webhook_reaction::of(reaction_kind::garbage)});
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(text_at(ticket(server), "/id"));
    ASSERT_TRUE(accepts(one, ids.size()));
  }
  const auto all = attempts(server, one, 6);
  ASSERT_EQ(all.size(), 6U);
  const std::vector<std::string> keys{"delivery_id", "webhook_id", "event_type",
                                      "ticket_id",   "sequence",   "number",
                                      "at",          "outcome",    "status",
                                      "latency_ms",  "detail",     "body"};
  EXPECT_EQ(keys_of(all.front()), keys);
  EXPECT_EQ(text_at(all[0], "/outcome"), "retry_later");
  EXPECT_EQ(all[0].at("status"), 500);
  EXPECT_TRUE(all[1].at("status").is_null());
  EXPECT_EQ(text_at(all[2], "/outcome"), "delivered");
  EXPECT_EQ(all[2].at("number"), 3);
  EXPECT_EQ(text_at(all[5], "/ticket_id"), ids.back());
  EXPECT_EQ(text_at(all[5], "/event_type"), "ticket.created");
  EXPECT_EQ(text_at(all[5], "/webhook_id"), receiver.calls(one.path).back().id);
  auto paged = list(server, one.target("/attempts"), 2);
  std::reverse(paged.begin(), paged.end());
  EXPECT_EQ(paged, all);
  const auto wrong
    = send(server, verb::get, one.target("/attempts?cursor=x&limit=0"));
  const std::vector<std::string> both{"cursor", "limit"};
  EXPECT_EQ(wrong_fields(wrong), both);
}

} // namespace
} // namespace switchboard::test
