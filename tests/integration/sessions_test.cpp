// Visitors' sessions on the real server, over its sockets.
#include "tests/integration/visitor_client.hpp"

#include <boost/json/serialize.hpp>

#include <atomic>
#include <set>

namespace switchboard::test {
namespace {

using texts = std::vector<std::string>;

class Sessions : public rest_test<Sessions> {
public:
  static settings make_settings() {
    return {{"SWITCHBOARD_LIMITS_SESSION_MESSAGES", "0"},
            {"SWITCHBOARD_DESK_CATEGORIES", "Billing, Delivery"},
            {"JWT_SECRET", "a-key-of-the-tests-32-bytes-long"}};
  }

protected:
  static visitor_client visit(const json::object& body = {}) {
    return visitor_client{server(), body};
  }

  /// An agent with a key, so that what is done with it is the agent's.
  static rest_client agent(const std::string& name) {
    return with_scopes({"tickets:read", "tickets:write", "messages:write"},
                       make_user(admin(), name));
  }

  static std::string v1(const std::string& ticket, const std::string& rest) {
    return "/api/v1/tickets/" + ticket + rest;
  }

  static std::string status_of(const visitor_client& visitor) {
    return text_at(visitor.read(), "/ticket/status");
  }

  static http_reply get_as(const visitor_client& whose,
                           const header_list& headers) {
    return server().get(whose.path(), headers);
  }
};

TEST_F(Sessions, BeginEmpty) {
  const auto reply = server().post(
    "/api/session",
    R"({"locale":"de-AT","name":"John","phone":"+1 202 555 0123"})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  const auto made = parsed(reply);
  EXPECT_EQ(keys_of(made), (texts{"session_id", "access_token"}));
  EXPECT_EQ(reply.header("Location"),
            "/api/session/" + text_at(made, "/session_id"));
  const auto visitor
    = visit({{"locale", "de-AT"}, {"phone", "+1 202 555 0123"}});
  const auto all = visitor.read();
  EXPECT_EQ(keys_of(all), (texts{"session", "ticket", "agent", "messages"}));
  EXPECT_EQ(text_at(all, "/session/id"), visitor.id());
  EXPECT_EQ(text_at(all, "/session/locale"), "de-AT");
  EXPECT_EQ(text_at(all, "/session/phone"), customer_phone);
  EXPECT_TRUE(all.at("ticket").is_null());
  EXPECT_TRUE(all.at("agent").is_null());
  EXPECT_TRUE(all.at("messages").as_array().empty());
}

TEST_F(Sessions, NeedNoBodyAndCheckTheOneTheyGet) {
  EXPECT_EQ(server().post("/api/session", "", {}).status, 201);
  EXPECT_EQ(server().post("/api/session", "{}").status, 201);
  const auto wrong = server().post("/api/session",
                                   R"({"email":"no","phone":"12","locale":7})");
  EXPECT_TRUE(is_error(wrong, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(wrong), (texts{"email", "locale", "phone"}));
  EXPECT_TRUE(is_error(
    server().post("/api/session", "{}", {{"Content-Type", "text/plain"}}), 415,
    "unsupported_media_type"));
}

TEST_F(Sessions, BeginOnceForAnIdempotencyKey) {
  const auto headers = joined(json_type, once("session-key-1"));
  const auto first = server().post("/api/session", "{}", headers);
  const auto second = server().post("/api/session", "{}", headers);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.body, second.body);
  EXPECT_TRUE(
    is_error(server().post("/api/session", R"({"locale":"de"})", headers), 409,
             "conflict"));
}

TEST_F(Sessions, OpenATicketWithTheFirstMessage) {
  auto visitor = visit({{"name", "John"}, {"email", "john@example.com"}});
  const auto reply
    = visitor.say({{"body", "Where is it?\nReally."}, {"category", "Billing"}});
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto sent = parsed(reply);
  EXPECT_EQ(keys_of(sent), (texts{"ok", "ticket_id", "message_id"}));
  EXPECT_EQ(ticket_of(visitor.write("Hello?")), ticket_of(sent));
  const auto all = visitor.read();
  EXPECT_EQ(json::serialize(all.at("ticket").at("ticket_id")), ticket_of(sent));
  EXPECT_EQ(text_at(all, "/ticket/status"), "open");
  EXPECT_EQ(text_at(all, "/ticket/category"), "Billing");
  EXPECT_EQ(text_at(all, "/messages/0/id"), text_at(sent, "/message_id"));
  EXPECT_EQ(text_at(all, "/messages/0/sender"), "visitor");
  EXPECT_EQ(visitor.bodies(), (texts{"Where is it?\nReally.", "Hello?"}));
  const auto seen = admin().read(v1(ticket_of(sent), ""));
  EXPECT_EQ(text_at(seen, "/title"), "Where is it?");
  EXPECT_EQ(text_at(seen, "/channel"), "web");
  EXPECT_EQ(text_at(seen, "/customer/email"), "john@example.com");
}

TEST_F(Sessions, OpenOneTicketForMessagesAtOnce) {
  for (int round = 0; round < 5; ++round) {
    const auto visitor = visit();
    constexpr std::size_t count = 8;
    std::vector<std::string> tickets(count);
    in_parallel(count, [&](std::size_t i) {
      const auto reply = visitor.say({{"body", std::to_string(i)}});
      EXPECT_EQ(reply.status, 201) << reply.body;
      tickets[i] = ticket_of(parsed(reply));
    });
    EXPECT_EQ(std::set<std::string>(tickets.begin(), tickets.end()).size(), 1U);
    EXPECT_EQ(visitor.bodies().size(), count);
  }
}

TEST_F(Sessions, TakeAMessageWithAClientIdOnce) {
  auto visitor = visit();
  const auto first = visitor.write("Hello", "m-1");
  EXPECT_EQ(visitor.write("Hello", "m-1"), first);
  EXPECT_EQ(visitor.write("Other words", "m-1"), first);
  EXPECT_EQ(visitor.bodies(), texts{"Hello"});
  EXPECT_EQ(text_at(visitor.read(), "/messages/0/client_id"), "m-1");
  // Another session's id is another one.
  auto other = visit();
  EXPECT_NE(other.write("Hello", "m-1"), first);
  // Closing makes no difference.
  EXPECT_EQ(visitor.close(ticket_of(first)).status, 200);
  EXPECT_EQ(visitor.write("Hello", "m-1"), first);
}

TEST_F(Sessions, TakeAMessageOnceHoweverOftenItComesAtOnce) {
  const auto visitor = visit();
  std::vector<std::string> answers(8);
  in_parallel(answers.size(), [&](std::size_t i) {
    answers[i] = visitor.say({{"body", "Hello"}, {"client_id", "m-1"}}).body;
  });
  EXPECT_EQ(std::set<std::string>(answers.begin(), answers.end()).size(), 1U);
  EXPECT_EQ(visitor.bodies(), texts{"Hello"});
}

TEST_F(Sessions, TakeAMessageWithAnIdempotencyKeyOnce) {
  const auto visitor = visit();
  const auto first = visitor.say({{"body", "Hello"}}, once("k-1"));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(visitor.say({{"body", "Hello"}}, once("k-1")).body, first.body);
  EXPECT_TRUE(
    is_error(visitor.say({{"body", "Else"}}, once("k-1")), 409, "conflict"));
  EXPECT_EQ(visitor.bodies(), texts{"Hello"});
}

TEST_F(Sessions, RefuseMessagesThatSayNothingOrTooMuch) {
  const auto visitor = visit();
  struct row {
    json::object body;
    texts fields;
  };
  const std::vector<row> rows{
    {{}, {"body"}},
    {{{"body", "  "}}, {"body"}},
    {{{"body", std::string(10'001, 'x')}}, {"body"}},
    {{{"body", "x"}, {"category", "Other"}}, {"category"}},
    {{{"body", "x"}, {"client_id", std::string(101, 'x')}}, {"client_id"}},
    {{{"body", "x"}, {"attachment_ids", {"a"}}}, {"attachment_ids"}},
    {{{"body", 7}, {"attachment_ids", "a"}}, {"attachment_ids", "body"}},
  };
  for (const auto& row : rows) {
    const auto reply = visitor.say(row.body);
    EXPECT_TRUE(is_error(reply, 400, "validation_failed"));
    EXPECT_EQ(wrong_fields(reply), row.fields);
  }
  EXPECT_EQ(
    visitor.say({{"body", "x"}, {"attachment_ids", json::array{}}}).status,
    201);
  EXPECT_EQ(visitor.bodies(), texts{"x"});
}

TEST_F(Sessions, ShowWhoAnswers) {
  auto visitor = visit();
  const auto ticket = ticket_of(visitor.write("Help"));
  const auto ana = agent("Ana");
  ana.act(v1(ticket, "/claim"));
  EXPECT_EQ(status_of(visitor), "claimed");
  EXPECT_EQ(text_at(visitor.read(), "/agent/name"), "Ana");
  ana.make(v1(ticket, "/messages"), {{"body", "I am here."}});
  ana.make(v1(ticket, "/notes"), {{"body", "Nobody's business."}});
  const auto all = visitor.read();
  EXPECT_EQ(text_at(all, "/messages/1/sender"), "agent");
  EXPECT_EQ(text_at(all, "/messages/1/sender_name"), "Ana");
  EXPECT_EQ(visitor.bodies(), (texts{"Help", "I am here."}));
}

TEST_F(Sessions, AreReadFromWhereTheReaderWas) {
  auto visitor = visit();
  const auto first = visitor.write("1");
  const auto second = visitor.write("2");
  EXPECT_EQ(visitor.close(ticket_of(first)).status, 200);
  visitor.write("3");
  const auto bodies_after = [&](const std::string& after) {
    const auto all = visitor.read(after);
    const auto& list = all.at("messages").as_array();
    return texts_of({list.begin(), list.end()}, "/body");
  };
  EXPECT_EQ(bodies_after(text_at(first, "/message_id")), (texts{"2", "3"}));
  EXPECT_EQ(bodies_after(text_at(second, "/message_id")), texts{"3"});
  EXPECT_EQ(bodies_after(visitor.id()), (texts{"1", "2", "3"}));
  EXPECT_EQ(bodies_after("0"), (texts{"1", "2", "3"}));
  EXPECT_TRUE(
    is_error(visitor.send(verb::get, "?after=x"), 400, "validation_failed"));
}

TEST_F(Sessions, OpenAnotherTicketWhenOneIsClosed) {
  auto visitor = visit();
  const auto first = ticket_of(visitor.write("One"));
  EXPECT_EQ(visitor.close(first).body, R"({"ok":true})");
  EXPECT_EQ(status_of(visitor), "closed");
  EXPECT_EQ(visitor.close(first).status, 200);
  const auto second = ticket_of(visitor.write("Two"));
  EXPECT_NE(first, second);
  EXPECT_EQ(status_of(visitor), "open");
  EXPECT_EQ(visitor.bodies(), (texts{"One", "Two"}));
}

TEST_F(Sessions, GoOnWithATicketThatWasResolvedLately) {
  auto visitor = visit();
  const auto ticket = ticket_of(visitor.write("One"));
  admin().change(v1(ticket, ""), R"({"status":"resolved"})");
  EXPECT_EQ(status_of(visitor), "closed");
  EXPECT_EQ(ticket_of(visitor.write("Still broken")), ticket);
  EXPECT_EQ(status_of(visitor), "open");
}

TEST_F(Sessions, AreClosedByTheirVisitorOrStaffAlone) {
  auto visitor = visit();
  auto stranger = visit();
  const auto ticket = ticket_of(visitor.write("One"));
  EXPECT_TRUE(is_error(stranger.close(ticket), 403, "forbidden"));
  EXPECT_TRUE(is_error(visitor.close("999999"), 404, "not_found"));
  const auto path = "/api/tickets/" + ticket + "/close";
  EXPECT_TRUE(is_error(server().post(path, {}, {}), 401, "unauthorized"));
  EXPECT_TRUE(
    is_error(with_scopes({"tickets:read"}).post(path), 403, "forbidden"));
  EXPECT_EQ(status_of(visitor), "open");
  EXPECT_EQ(
    with_scopes({"tickets:write"}).post(path, R"({"reason":"spam"})").body,
    R"({"ok":true})");
  EXPECT_EQ(status_of(visitor), "closed");
  // Not every ticket is a visitor's.
  const auto made = make_ticket(admin(), "By staff");
  EXPECT_TRUE(is_error(visitor.close(json::serialize(made.at("number"))), 403,
                       "forbidden"));
}

TEST_F(Sessions, TakeAContactAndTellItToStaff) {
  auto visitor = visit({{"name", "John"}});
  const auto ticket = ticket_of(visitor.write("One"));
  const auto reply
    = visitor.send(verb::patch, "", R"({"email":"john@example.com"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(text_at(parsed(reply), "/session/email"), "john@example.com");
  EXPECT_EQ(text_at(parsed(reply), "/session/name"), "John");
  EXPECT_EQ(text_at(admin().read(v1(ticket, "")), "/customer/email"),
            "john@example.com");
  const auto wrong = visitor.send(verb::patch, "", R"({"email":"john"})");
  EXPECT_TRUE(is_error(wrong, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(wrong), texts{"email"});
  EXPECT_EQ(visitor.send(verb::patch, "", R"({"name":null})").status, 200);
  EXPECT_TRUE(visitor.read().at("session").at("name").is_null());
}

TEST_F(Sessions, OpenWithTheirOwnTokenAlone) {
  const auto visitor = visit();
  const auto stranger = visit();
  auto forged = visitor.token();
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  const std::vector<header_list> unknown{
    {},
    as_key("x"),
    as_key(forged),
    as_admin,
    as_key(std::string{"eyJhbGciOiJub25lIn0."}
           + visitor.token().substr(visitor.token().find('.') + 1)),
    joined(visitor.headers(), visitor.headers()),
  };
  for (const auto& headers : unknown) {
    const auto reply = get_as(visitor, headers);
    EXPECT_TRUE(is_error(reply, 401, "unauthorized"));
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
  }
  EXPECT_TRUE(is_error(get_as(visitor, stranger.headers()), 403, "forbidden"));
  EXPECT_TRUE(
    is_error(server().post(visitor.path("/messages"), R"({"body":"x"})",
                           joined(json_type, stranger.headers())),
             403, "forbidden"));
  EXPECT_TRUE(is_error(
    support::call(server().port(), verb::patch, visitor.path(),
                  joined(json_type, stranger.headers()), "{}", patience),
    403, "forbidden"));
  EXPECT_TRUE(is_error(server().get("/api/session/x", visitor.headers()), 403,
                       "forbidden"));
  EXPECT_TRUE(is_error(server().get("/api/v1/tickets", visitor.headers()), 401,
                       "unauthorized"));
  // In the query it opens the stream, where headers cannot be set, alone.
  EXPECT_TRUE(
    is_error(server().get(visitor.path("?access_token=" + visitor.token())),
             401, "unauthorized"));
}

TEST_F(Sessions, ShowTheirCategories) {
  const auto reply = server().get("/api/categories");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"categories":["Billing","Delivery"]})");
}

TEST(SessionLimits, HoldAFloodBack) {
  test_server server{{{"SWITCHBOARD_LIMITS_SESSION_WINDOW_S", "600"}}};
  visitor_client visitor{server};
  visitor_client other{server};
  for (int i = 0; i < 5; ++i)
    visitor.write(std::to_string(i), "m-" + std::to_string(i));
  const auto refused = visitor.say({{"body", "6"}});
  EXPECT_TRUE(is_error(refused, 429, "rate_limited"));
  EXPECT_EQ(refused.header("RateLimit-Limit"), "5");
  EXPECT_EQ(refused.header("RateLimit-Remaining"), "0");
  const auto wait = std::stoi(refused.header("Retry-After"));
  EXPECT_GT(wait, 500);
  EXPECT_LE(wait, 600);
  // Asking again about what was sent is no flood, and nobody else is slowed.
  visitor.write("0", "m-0");
  other.write("hello");
  EXPECT_EQ(visitor.bodies().size(), 5U);
}

TEST(SessionLimits, HoldBackWhoBeginsTooMany) {
  test_server server{{{"SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE", "2"}}};
  EXPECT_EQ(server.post("/api/session", "{}").status, 201);
  EXPECT_EQ(server.post("/api/session", "{}").status, 201);
  const auto refused = server.post("/api/session", "{}");
  EXPECT_TRUE(is_error(refused, 429, "rate_limited"));
  EXPECT_FALSE(refused.header("Retry-After").empty());
}

TEST(SessionDurability, OutlivesAKill) {
  test_server server;
  visitor_client visitor{server};
  const auto first = visitor.write("One", "m-1");
  server.restart_after_kill();
  EXPECT_EQ(visitor.write("One", "m-1"), first);
  EXPECT_EQ(ticket_of(visitor.write("Two")), ticket_of(first));
  EXPECT_EQ(visitor.bodies(), (texts{"One", "Two"}));
  const auto all = visitor.read();
  EXPECT_EQ(server.process().terminate(), 0);
  EXPECT_EQ(run_command(server.data(), {"verify"}).code, 0);
  const auto events = exported(server.data());
  EXPECT_EQ(count_events(events, "ticket_created"), 1U);
  EXPECT_EQ(count_events(events, "message_added"), 2U);
}

} // namespace
} // namespace switchboard::test
