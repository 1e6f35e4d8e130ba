// API keys over REST: made, listed, used, revoked.
#include "tests/unit/api_directory_fixture.hpp"

#include <algorithm>

namespace switchboard::api::testing {
namespace {

using fields = std::vector<std::string>;

class Keys : public directory_world {};

TEST_F(Keys, AreShownOnceAndOpenWhatTheirScopesSay) {
  const auto made = post("/api/v1/api-keys", R"({"name":"CRM",
    "scopes":["groups:manage","tickets:read"]})");
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto shown = parsed(made);
  EXPECT_EQ(shown.at("name"), "CRM");
  EXPECT_EQ(shown.at("scopes"),
            json::parse(R"(["tickets:read","groups:manage"])"));
  for (const auto* field : {"user_id", "expires_at", "last_used_at"})
    EXPECT_TRUE(shown.at(field).is_null()) << field;
  const std::string key{shown.at("key").as_string()};
  const auto parts = parse_key(key);
  ASSERT_TRUE(parts) << key;
  EXPECT_EQ(to_string(parts->id), shown.at("id").as_string());
  EXPECT_EQ(parts->secret.size(), 43U);
  EXPECT_EQ(parts->secret.find('_'), std::string_view::npos);
  EXPECT_EQ(get("/api/v1/groups", key).status, 200U);
  EXPECT_EQ(get("/api/v1/users", key).status, 403U);
  EXPECT_EQ(get("/api/v1/groups", key.substr(0, key.size() - 1)).status, 401U);
  // Never again.
  const auto list = get("/api/v1/api-keys");
  EXPECT_EQ(list.body.find(parts->secret), std::string::npos);
  EXPECT_EQ(list.body.find("\"key\""), std::string::npos);
}

TEST_F(Keys, AreNowhereInTheStoreAsTheyAre) {
  const auto made
    = post("/api/v1/api-keys", R"({"name":"k","scopes":["tickets:read"]})",
           {{"Idempotency-Key", "k1"}});
  const std::string key{parsed(made).at("key").as_string()};
  const std::string secret_text{parse_key(key)->secret};
  for (std::size_t i = 0; i < persistence::family_count; ++i)
    journal.rows().scan(static_cast<persistence::family>(i), {}, {},
                        [&](std::string_view row, std::string_view value) {
                          EXPECT_EQ(row.find(secret_text), row.npos);
                          EXPECT_EQ(value.find(secret_text), value.npos);
                          return true;
                        });
}

TEST_F(Keys, TellWhenTheyWereUsed) {
  const auto key = make_key(R"({"name":"k","scopes":["groups:manage"]})");
  now += std::chrono::hours{1};
  get("/api/v1/groups", key);
  const auto list = parsed(get("/api/v1/api-keys"));
  EXPECT_EQ(list.at("data").at(0).at("last_used_at").as_string(),
            domain::to_rfc3339(now));
}

TEST_F(Keys, EndAtOnceWhenTheyAreRevoked) {
  const auto key = make_key(R"({"name":"k","scopes":["groups:manage"]})");
  ASSERT_EQ(get("/api/v1/groups", key).status, 200U);
  const auto path = "/api/v1/api-keys/" + id_of_key(key);
  EXPECT_EQ(del(path).status, 204U);
  EXPECT_EQ(get("/api/v1/groups", key).status, 401U);
  EXPECT_EQ(del(path).status, 404U);
  EXPECT_EQ(del("/api/v1/api-keys/xyz").status, 404U);
  EXPECT_TRUE(parsed(get("/api/v1/api-keys")).at("data").as_array().empty());
}

TEST_F(Keys, ExpireWhenTheySay) {
  const auto until = now + std::chrono::hours{1};
  const auto key = make_key(R"({"name":"k","scopes":["groups:manage"],
    "expires_at":")" + domain::to_rfc3339(until)
                            + "\"}");
  now = until - std::chrono::milliseconds{1};
  EXPECT_EQ(get("/api/v1/groups", key).status, 200U);
  now = until;
  EXPECT_EQ(get("/api/v1/groups", key).status, 401U);
}

TEST_F(Keys, OfUsersActAsThem) {
  post("/api/v1/users", R"({"name":"Ada"})");
  const auto key
    = make_key(R"({"name":"k","scopes":["users:manage"],"user_id":1})");
  const auto made = start(verb::get, "/api/v1/users", {}, {}, key);
  gate::header_list headers;
  auto who = door.admit(made->req, domain::scope::users_manage, headers);
  ASSERT_TRUE(std::holds_alternative<caller>(who));
  ASSERT_TRUE(std::get<caller>(who).user);
  EXPECT_EQ(std::get<caller>(who).user->name, "Ada");
}

TEST_F(Keys, AreRefusedWithAllWrongFields) {
  const std::vector<std::pair<std::string, fields>> rows{
    {"{}", {"name", "scopes"}},
    {R"({"name":"k","scopes":[]})", {"scopes"}},
    {R"({"name":"k","scopes":"admin"})", {"scopes"}},
    {R"({"name":"k","scopes":["admin","all"]})", {"scopes[1]"}},
    {R"({"name":"k","scopes":["admin","admin"]})", {"scopes[1]"}},
    {R"({"name":"k","scopes":["admin"],"user_id":"1"})", {"user_id"}},
    {R"({"name":"k","scopes":["admin"],"expires":1})", {"expires"}},
    {R"({"name":"k","scopes":["admin"],"user_id":1,"expires_at":"soon"})",
     {"user_id", "expires_at"}},
    {R"({"name":"k","scopes":["admin"],"expires_at":")"
       + domain::to_rfc3339(now) + "\"}",
     {"expires_at"}},
    {R"({"name":")" + std::string(101, 'k') + R"(","scopes":["admin"]})",
     {"name"}},
  };
  for (const auto& [body, expected] : rows) {
    const auto reply = post("/api/v1/api-keys", body);
    EXPECT_EQ(reply.status, 400U) << body;
    EXPECT_EQ(wrong_fields(reply), expected) << body;
  }
}

TEST_F(Keys, CannotHandOutWhatTheyLack) {
  const auto key
    = make_key(R"({"name":"k","scopes":["keys:manage","tickets:read"]})");
  const auto ask = [&](const char* scopes) {
    return post("/api/v1/api-keys",
                std::string{R"({"name":"n","scopes":)"} + scopes + '}', {},
                key);
  };
  EXPECT_EQ(ask(R"(["tickets:read"])").status, 201U);
  EXPECT_EQ(ask(R"(["tickets:read","keys:manage"])").status, 201U);
  const auto refused = ask(R"(["tickets:read","tickets:write","admin"])");
  EXPECT_EQ(refused.status, 403U);
  EXPECT_NE(refused.body.find("tickets:write, admin"), std::string::npos)
    << refused.body;
  const auto all = make_key(R"({"name":"a","scopes":["admin"]})");
  EXPECT_EQ(
    post("/api/v1/api-keys", R"({"name":"n","scopes":["admin"]})", {}, all)
      .status,
    201U);
}

TEST_F(Keys, AreMadeOnceForOneIdempotencyKey) {
  const header_list once{{"Idempotency-Key", "k1"}};
  const std::string body = R"({"name":"k","scopes":["groups:manage"]})";
  const auto first = post("/api/v1/api-keys", body, once);
  const auto again = post("/api/v1/api-keys", body, once);
  EXPECT_EQ(first.status, 201U);
  EXPECT_EQ(again.status, 201U);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(
    post("/api/v1/api-keys", R"({"name":"l","scopes":["groups:manage"]})", once)
      .status,
    409U);
  EXPECT_EQ(parsed(get("/api/v1/api-keys")).at("data").as_array().size(), 1U);
  // A revoked key does not come back.
  const std::string id{parsed(first).at("id").as_string()};
  del("/api/v1/api-keys/" + id);
  EXPECT_EQ(post("/api/v1/api-keys", body, once).status, 409U);
}

TEST_F(Keys, AreRepeatedThoughTheirTimeHasCome) {
  const header_list once{{"Idempotency-Key", "k1"}};
  const auto body = R"({"name":"k","scopes":["admin"],"expires_at":")"
                    + domain::to_rfc3339(now + std::chrono::hours{1}) + "\"}";
  const auto first = post("/api/v1/api-keys", body, once);
  now += std::chrono::hours{2};
  EXPECT_EQ(post("/api/v1/api-keys", body, once).body, first.body);
}

TEST_F(Keys, AreRepeatedOnlyToWhomCouldHaveMadeThem) {
  post("/api/v1/users", R"({"name":"Ada"})");
  const auto strong = make_key(
    R"({"name":"s","scopes":["keys:manage","stats:read"],"user_id":1})");
  const auto weak
    = make_key(R"({"name":"w","scopes":["keys:manage"],"user_id":1})");
  const header_list once{{"Idempotency-Key", "k1"}};
  const std::string body = R"({"name":"n","scopes":["stats:read"]})";
  EXPECT_EQ(post("/api/v1/api-keys", body, once, strong).status, 201U);
  EXPECT_EQ(post("/api/v1/api-keys", body, once, weak).status, 403U);
}

TEST_F(Keys, AreListedPageByPage) {
  for (int i = 0; i < 5; ++i)
    make_key(R"({"name":"k","scopes":["admin"]})");
  std::vector<std::string> ids;
  std::string cursor;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page
      = parsed(get("/api/v1/api-keys?limit=2"
                   + (cursor.empty() ? "" : "&cursor=" + cursor)));
    for (const auto& key : page.at("data").as_array())
      ids.emplace_back(key.at("id").as_string());
    const auto& next = page.at("next_cursor");
    ASSERT_EQ(next.is_null(), pages == 2);
    if (!next.is_null())
      cursor = next.as_string();
  }
  EXPECT_EQ(ids.size(), 5U);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
  EXPECT_EQ(wrong_fields(get("/api/v1/api-keys?cursor=zz&limit=201")),
            (fields{"limit", "cursor"}));
}

TEST_F(Keys, RoutesRefuseWhoLacksTheScope) {
  ASSERT_EQ(door.routes().size(), 13U);
  for (const auto& route : door.routes()) {
    domain::scope_set others;
    for (const auto one : domain::all_scopes)
      if (one != route.needed && one != domain::scope::admin)
        others.add(one);
    std::string scopes;
    for (const auto one : domain::all_scopes)
      if (others.has(one))
        scopes += (scopes.empty() ? "\"" : ",\"") + std::string{to_string(one)}
                  + '"';
    const auto key = make_key(R"({"name":"k","scopes":[)" + scopes + "]}");
    const auto path
      = route.pattern.substr(0, route.pattern.find(':'))
        + (route.pattern.find(':') == std::string::npos ? "" : "1");
    EXPECT_EQ(call(route.method, path, "{}", {}, key).status, 403U) << path;
    EXPECT_EQ(call(route.method, path, "{}", {}, "wrong").status, 401U) << path;
  }
}

} // namespace
} // namespace switchboard::api::testing
