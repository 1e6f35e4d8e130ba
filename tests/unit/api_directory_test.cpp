// Users and groups over REST: made, listed, changed, removed.
#include "tests/unit/api_directory_fixture.hpp"

#include "domain/ticket.hpp"
#include "persistence/ticket_changes.hpp"

namespace switchboard::api::testing {
namespace {

using fields = std::vector<std::string>;

class Users : public directory_world {
protected:
  void run(std::optional<domain::ticket>& ticket,
           const domain::ticket_command& command) {
    const auto events = domain::decide(ticket, command, {now}).value();
    const auto before = ticket;
    for (const auto& event : events)
      domain::apply(ticket, event);
    journal.commit(
      persistence::ticket_changes(before, *ticket, events),
      [](const auto& outcome) {
        EXPECT_TRUE(std::holds_alternative<persistence::committed>(outcome));
      });
  }
};

class Groups : public directory_world {};

TEST_F(Users, AreMadeWithNumbersThatCountUp) {
  const auto first = post("/api/v1/users", R"({"name":"Ada","username":"ada",
    "role":"manager","telegram_id":123456789,"phone":"+1 202 555 0177",
    "email":"ada@Example.com","skills":["returns"],"online":true})");
  ASSERT_EQ(first.status, 201U) << first.body;
  EXPECT_EQ(header_of(first, "Location"), "/api/v1/users/1");
  EXPECT_EQ(header_of(first, "ETag"), "\"1\"");
  const auto user = parsed(first);
  EXPECT_EQ(user.at("id"), 1);
  EXPECT_EQ(user.at("name"), "Ada");
  EXPECT_EQ(user.at("username"), "ada");
  EXPECT_EQ(user.at("role"), "manager");
  EXPECT_EQ(user.at("telegram_id"), 123456789);
  EXPECT_EQ(user.at("phone"), "+12025550177");
  EXPECT_EQ(user.at("email"), "ada@example.com");
  EXPECT_TRUE(user.at("default_group_id").is_null());
  EXPECT_EQ(user.at("skills"), json::parse(R"(["returns"])"));
  EXPECT_EQ(user.at("online"), true);
  EXPECT_EQ(user.at("created_at"), user.at("updated_at"));
  const auto second = post("/api/v1/users", R"({"name":"Bo"})");
  EXPECT_EQ(parsed(second).at("id"), 2);
  EXPECT_EQ(parsed(second).at("role"), "agent");
  EXPECT_EQ(parsed(second).at("online"), false);
}

TEST_F(Users, KeepTheirNumbersToThemselvesAfterARestart) {
  post("/api/v1/users", R"({"name":"Ada"})");
  EXPECT_EQ(del("/api/v1/users/1").status, 204U);
  directory_routes again{journal, [this] { return now; }};
  gate other_door{journal, admin, [this] { return now; }, gate_options{0, 0}};
  router = net::router{};
  again.add_to(router, other_door);
  EXPECT_EQ(parsed(post("/api/v1/users", R"({"name":"Bo"})")).at("id"), 2);
}

TEST_F(Users, AreFoundByNumberAndByName) {
  post("/api/v1/users", R"({"name":"Ada","username":"Ada_1"})");
  for (const auto* path :
       {"/api/v1/users/1", "/api/v1/users/Ada_1", "/api/v1/users/aDA_1"})
    EXPECT_EQ(parsed(get(path)).at("id"), 1) << path;
  for (const auto* path :
       {"/api/v1/users/2", "/api/v1/users/0", "/api/v1/users/ada",
        "/api/v1/users/a%20b", "/api/v1/users/99999999999999999999"})
    EXPECT_EQ(get(path).status, 404U) << path;
}

TEST_F(Users, AreRefusedWithAllWrongFields) {
  const auto reply = post("/api/v1/users", R"({"name":" ","username":"@ada",
    "role":"boss","telegram_id":"1","phone":"12","email":"x",
    "default_group_id":0,"skills":"all","online":1,"nick":"a"})");
  EXPECT_EQ(reply.status, 400U);
  const fields expected{"nick",        "name",  "username", "role",
                        "telegram_id", "phone", "email",    "default_group_id",
                        "skills",      "online"};
  EXPECT_EQ(wrong_fields(reply), expected);
  EXPECT_EQ(
    wrong_fields(post("/api/v1/users", R"({"name":"A","default_group_id":9})")),
    fields{"default_group_id"});
  EXPECT_TRUE(parsed(get("/api/v1/users")).at("data").as_array().empty());
}

TEST_F(Users, ShareNoUniqueName) {
  post("/api/v1/users", R"({"name":"Ada","username":"ada","telegram_id":5,
    "phone":"+12025550177"})");
  post("/api/v1/users", R"({"name":"Bo"})");
  const std::vector<std::pair<std::string, std::string>> rows{
    {R"("username":"ADA")", "username"},
    {R"("telegram_id":5)", "telegram_id"},
    {R"("phone":"+1-202-555-0177")", "phone"},
  };
  for (const auto& [part, field] : rows) {
    const auto made = post("/api/v1/users", R"({"name":"C",)" + part + '}');
    EXPECT_EQ(made.status, 409U) << part;
    EXPECT_EQ(wrong_fields(made), fields{field});
    const auto changed = patch("/api/v1/users/2", '{' + part + '}');
    EXPECT_EQ(changed.status, 409U) << part;
    EXPECT_EQ(wrong_fields(changed), fields{field});
    // A name that somebody has already is no obstacle to himself.
    EXPECT_EQ(patch("/api/v1/users/1", '{' + part + '}').status, 200U) << part;
  }
  // A name that was given back is free.
  patch("/api/v1/users/1", R"({"username":null})");
  EXPECT_EQ(patch("/api/v1/users/ADA", "{}").status, 404U);
  EXPECT_EQ(patch("/api/v1/users/2", R"({"username":"ada"})").status, 200U);
}

TEST_F(Users, ChangeInWhatIsGivenOnly) {
  post("/api/v1/groups", R"({"title":"Desk"})");
  const auto before = parsed(post("/api/v1/users", R"({"name":"Ada",
    "username":"ada","telegram_id":5,"phone":"+12025550177",
    "email":"ada@example.com","default_group_id":1,"skills":["a","b"]})"));
  now += std::chrono::seconds{1};
  const auto changed = patch("/api/v1/users/ada", R"({"online":true})");
  ASSERT_EQ(changed.status, 200U) << changed.body;
  EXPECT_EQ(header_of(changed, "ETag"), "\"2\"");
  auto expected = before;
  expected.at("online") = true;
  expected.at("updated_at") = parsed(changed).at("updated_at");
  EXPECT_EQ(parsed(changed), expected);
  EXPECT_NE(before.at("updated_at"), expected.at("updated_at"));
  // Null takes away.
  const auto bare = parsed(patch("/api/v1/users/1", R"({"username":null,
    "telegram_id":null,"phone":null,"email":null,"default_group_id":null,
    "skills":[]})"));
  for (const auto* field :
       {"username", "telegram_id", "phone", "email", "default_group_id"})
    EXPECT_TRUE(bare.at(field).is_null()) << field;
  EXPECT_TRUE(bare.at("skills").as_array().empty());
  EXPECT_EQ(bare.at("name"), "Ada");
}

TEST_F(Users, RefuseChangesThatMakeNoSense) {
  post("/api/v1/users", R"({"name":"Ada"})");
  const std::vector<std::pair<const char*, fields>> rows{
    {R"({"name":null})", {"name"}},
    {R"({"name":""})", {"name"}},
    {R"({"role":null})", {"role"}},
    {R"({"online":null,"skills":null})", {"skills", "online"}},
    {R"({"default_group_id":4})", {"default_group_id"}},
    {R"({"id":4})", {"id"}},
    {R"({"skills":["a","a"]})", {"skills[1]"}},
    {R"({"username":"123"})", {"username"}},
    {"[]", {""}},
    {"", {""}},
  };
  for (const auto& [body, expected] : rows) {
    const auto reply = patch("/api/v1/users/1", body);
    EXPECT_EQ(reply.status, 400U) << body;
    EXPECT_EQ(wrong_fields(reply), expected) << body;
  }
  EXPECT_EQ(patch("/api/v1/users/2", R"({"online":true})").status, 404U);
}

TEST_F(Users, ThatDoNotChangeKeepTheirVersion) {
  post("/api/v1/users", R"({"name":"Ada"})");
  now += std::chrono::seconds{1};
  const auto same = patch("/api/v1/users/1", R"({"name":"Ada"})");
  EXPECT_EQ(header_of(same, "ETag"), "\"1\"");
  EXPECT_EQ(parsed(same).at("updated_at"), parsed(same).at("created_at"));
}

TEST_F(Users, ObeyIfMatch) {
  post("/api/v1/users", R"({"name":"Ada"})");
  const auto with = [this](const char* tag, const char* name) {
    return patch("/api/v1/users/1", std::string{R"({"name":")"} + name + "\"}",
                 {{"If-Match", tag}})
      .status;
  };
  EXPECT_EQ(with("\"1\"", "B"), 200U);
  EXPECT_EQ(with("\"1\"", "C"), 412U);
  EXPECT_EQ(with("W/\"2\"", "C"), 412U);
  EXPECT_EQ(with("2", "C"), 412U);
  EXPECT_EQ(with("*", "D"), 200U);
  EXPECT_EQ(with(R"("7", "3")", "E"), 200U);
  const auto stale
    = call(verb::delete_, "/api/v1/users/1", {}, {{"If-Match", "\"3\""}});
  EXPECT_EQ(stale.status, 412U);
  EXPECT_EQ(parsed(get("/api/v1/users/1")).at("name"), "E");
}

TEST_F(Users, LoseNoChangeWhenTwoComeAtOnce) {
  post("/api/v1/users", R"({"name":"Ada"})");
  journal.hold();
  const auto one = start(verb::patch, "/api/v1/users/1", R"({"online":true})");
  const auto two
    = start(verb::patch, "/api/v1/users/1", R"({"email":"a@example.com"})");
  const auto three = start(verb::patch, "/api/v1/users/1", R"({"name":"Late"})",
                           {{"If-Match", "\"1\""}});
  io.restart();
  io.poll();
  ASSERT_EQ(journal.held(), 3U);
  journal.release();
  EXPECT_EQ(finish(*one).status, 200U);
  EXPECT_EQ(two->answer->status, 200U);
  // Who insists on what he has read is told, and loses nobody's change.
  EXPECT_EQ(three->answer->status, 412U);
  const auto user = parsed(get("/api/v1/users/1"));
  EXPECT_EQ(user.at("online"), true);
  EXPECT_EQ(user.at("email"), "a@example.com");
  EXPECT_EQ(user.at("name"), "Ada");
}

TEST_F(Users, AreMadeOnceForOneIdempotencyKey) {
  const header_list once{{"Idempotency-Key", "k1"}};
  const std::string body = R"({"name":"Ada","username":"ada"})";
  const auto first = post("/api/v1/users", body, once);
  const auto again = post("/api/v1/users", body, once);
  EXPECT_EQ(first.status, 201U);
  EXPECT_EQ(again.status, 201U);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(header_of(again, "Location"), "/api/v1/users/1");
  EXPECT_EQ(post("/api/v1/users", R"({"name":"Bo"})", once).status, 409U);
  EXPECT_EQ(post("/api/v1/users", body, {{"Idempotency-Key", "a b"}}).status,
            400U);
  // Another caller's key is another one.
  const auto other = make_key(R"({"name":"k","scopes":["users:manage"]})");
  EXPECT_EQ(post("/api/v1/users", R"({"name":"Bo"})", once, other).status,
            201U);
  EXPECT_EQ(parsed(get("/api/v1/users")).at("data").as_array().size(), 2U);
  del("/api/v1/users/1");
  EXPECT_EQ(post("/api/v1/users", body, once).status, 409U);
  now += std::chrono::hours{24};
  EXPECT_EQ(post("/api/v1/users", body, once).status, 201U);
}

TEST_F(Users, AreMadeOnceWhenTheRepetitionOvertakes) {
  const header_list once{{"Idempotency-Key", "k1"}};
  journal.hold();
  const auto one = start(verb::post, "/api/v1/users",
                         R"({"name":"Ada","username":"ada"})", once);
  const auto two = start(verb::post, "/api/v1/users",
                         R"({"name":"Ada","username":"ada"})", once);
  io.restart();
  io.poll();
  ASSERT_EQ(journal.held(), 2U);
  journal.release();
  const auto first = finish(*one);
  EXPECT_EQ(first.status, 201U);
  EXPECT_EQ(two->answer->status, 201U);
  EXPECT_EQ(two->answer->body, first.body);
}

TEST_F(Users, AreRepeatedThoughTheirGroupIsGone) {
  post("/api/v1/groups", R"({"title":"Desk"})");
  const header_list once{{"Idempotency-Key", "k1"}};
  const std::string body = R"({"name":"Ada","default_group_id":1})";
  post("/api/v1/users", body, once);
  patch("/api/v1/users/1", R"({"default_group_id":null})");
  ASSERT_EQ(del("/api/v1/groups/1").status, 204U);
  EXPECT_EQ(post("/api/v1/users", body, once).status, 201U);
}

TEST_F(Users, AreListedPageByPage) {
  for (const auto* name : {"A", "B", "C", "D", "E"})
    post("/api/v1/users", std::string{R"({"name":")"} + name + "\"}");
  std::string names;
  std::string cursor;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = parsed(get(
      "/api/v1/users?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    for (const auto& user : page.at("data").as_array())
      names += user.at("name").as_string();
    const auto& next = page.at("next_cursor");
    ASSERT_EQ(next.is_null(), pages == 2);
    if (!next.is_null())
      cursor = next.as_string();
  }
  EXPECT_EQ(names, "ABCDE");
  EXPECT_EQ(wrong_fields(get("/api/v1/users?limit=0")), fields{"limit"});
  EXPECT_EQ(wrong_fields(get("/api/v1/users?cursor=x")), fields{"cursor"});
}

TEST_F(Users, WhoHaveOpenTicketsStay) {
  post("/api/v1/users", R"({"name":"Ada"})");
  domain::create_ticket create;
  create.id = domain::ticket_id{domain::make_uuid7(now, 1, 1)};
  create.number = domain::ticket_number{1};
  create.ref = "T-20260101-AAAAAAAA";
  create.subject = "late";
  create.assignee = "1";
  std::optional<domain::ticket> ticket;
  run(ticket, create);
  EXPECT_EQ(del("/api/v1/users/1").status, 409U);
  EXPECT_EQ(get("/api/v1/users/1").status, 200U);
  run(ticket, domain::change_status{domain::status::resolved, "", ""});
  EXPECT_EQ(del("/api/v1/users/1").status, 204U);
  EXPECT_EQ(get("/api/v1/users/1").status, 404U);
  EXPECT_EQ(del("/api/v1/users/1").status, 404U);
}

TEST_F(Users, TakeTheirKeysWithThem) {
  post("/api/v1/users", R"({"name":"Ada"})");
  const auto key
    = make_key(R"({"name":"k","scopes":["users:manage"],"user_id":1})");
  const auto other = make_key(R"({"name":"o","scopes":["users:manage"]})");
  EXPECT_EQ(get("/api/v1/users", key).status, 200U);
  patch("/api/v1/users/1", R"({"online":true})");
  EXPECT_EQ(
    call(verb::delete_, "/api/v1/users/1", {}, {{"If-Match", "\"2\""}}).status,
    204U);
  EXPECT_EQ(get("/api/v1/users", key).status, 401U);
  EXPECT_EQ(get("/api/v1/users", other).status, 200U);
  const auto left = parsed(get("/api/v1/api-keys"));
  ASSERT_EQ(left.at("data").as_array().size(), 1U);
  EXPECT_EQ(left.at("data").at(0).at("name"), "o");
}

TEST_F(Users, TellWhenNothingCanBeWritten) {
  using persistence::commit_failure;
  const std::vector<std::pair<commit_failure, const char*>> rows{
    {commit_failure::no_room, "storage_unavailable"},
    {commit_failure::closed, "storage_unavailable"},
    {commit_failure::overloaded, "overloaded"},
    {commit_failure::unknown, "outcome_unknown"},
  };
  for (const auto& [failure, code] : rows) {
    journal.fail_next(failure);
    const auto reply = post("/api/v1/users", R"({"name":"Ada"})");
    EXPECT_EQ(reply.status, 503U);
    EXPECT_EQ(parsed(reply).at("error").at("code"), code);
    EXPECT_FALSE(header_of(reply, "Retry-After").empty());
  }
}

TEST_F(Users, WantJson) {
  const auto wrong = start(verb::post, "/api/v1/users", "{}");
  auto& headers = wrong->req.headers;
  headers.pop_back();
  EXPECT_EQ(finish(*wrong).status, 415U);
}

// -- groups -------------------------------------------------------------------

TEST_F(Groups, AreMadeReadChangedAndRemoved) {
  const auto made = post(
    "/api/v1/groups", R"({"title":"Desk","telegram_group_id":-1001234567890})");
  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_EQ(header_of(made, "Location"), "/api/v1/groups/1");
  EXPECT_EQ(get("/api/v1/groups/1").body, made.body);
  EXPECT_EQ(parsed(made).at("telegram_group_id"), -1001234567890);
  const auto changed
    = patch("/api/v1/groups/1", R"({"telegram_group_id":null})");
  EXPECT_EQ(changed.status, 200U);
  EXPECT_EQ(parsed(changed).at("title"), "Desk");
  EXPECT_TRUE(parsed(changed).at("telegram_group_id").is_null());
  EXPECT_EQ(del("/api/v1/groups/1").status, 204U);
  for (const auto method : {verb::get, verb::patch, verb::delete_})
    EXPECT_EQ(call(method, "/api/v1/groups/1", "{}").status, 404U);
  EXPECT_EQ(get("/api/v1/groups/desk").status, 404U);
}

TEST_F(Groups, RefuseWhatIsWrong) {
  EXPECT_EQ(wrong_fields(post("/api/v1/groups", "{}")), fields{"title"});
  const fields both{"title", "telegram_group_id"};
  EXPECT_EQ(wrong_fields(post("/api/v1/groups",
                              R"({"title":"a\nb","telegram_group_id":1.5})")),
            both);
  post("/api/v1/groups", R"({"title":"A","telegram_group_id":-5})");
  const auto taken
    = post("/api/v1/groups", R"({"title":"B","telegram_group_id":-5})");
  EXPECT_EQ(taken.status, 409U);
  EXPECT_EQ(wrong_fields(taken), fields{"telegram_group_id"});
}

TEST_F(Groups, AreMadeOnceForOneIdempotencyKey) {
  const header_list once{{"Idempotency-Key", "k1"}};
  const auto first = post("/api/v1/groups", R"({"title":"A"})", once);
  const auto again = post("/api/v1/groups", R"({"title":"A"})", once);
  EXPECT_EQ(again.status, 201U);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(post("/api/v1/groups", R"({"title":"B"})", once).status, 409U);
}

TEST_F(Groups, ThatAreSomebodysDefaultStay) {
  post("/api/v1/groups", R"({"title":"Desk"})");
  post("/api/v1/users", R"({"name":"Ada","default_group_id":1})");
  const auto refused = del("/api/v1/groups/1");
  EXPECT_EQ(refused.status, 409U);
  EXPECT_NE(refused.body.find("user 1"), std::string::npos) << refused.body;
  patch("/api/v1/users/1", R"({"default_group_id":null})");
  EXPECT_EQ(del("/api/v1/groups/1").status, 204U);
}

} // namespace
} // namespace switchboard::api::testing
