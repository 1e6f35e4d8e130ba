// Users, groups and API keys of the real server, over its sockets.
#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>

namespace switchboard::test {
namespace {

using fields = std::vector<std::string>;

std::string path_of(std::string_view folder, const json::value& record) {
  return std::string{folder} + '/'
         + std::to_string(record.at("id").to_number<std::int64_t>());
}

header_list as_key(const std::string& key) {
  return {{"Authorization", "Bearer " + key}};
}

class Directory : public shared_server_test<Directory> {
protected:
  static http_reply send(verb method, std::string_view target,
                         std::string_view body, const header_list& headers = {},
                         const header_list& who = as_admin) {
    return support::call(server().port(), method, target,
                         joined(joined(json_type, who), headers), body,
                         patience);
  }

  static http_reply post(std::string_view target, std::string_view body,
                         const header_list& headers = {},
                         const header_list& who = as_admin) {
    return send(verb::post, target, body, headers, who);
  }

  static http_reply patch(std::string_view target, std::string_view body,
                          const header_list& headers = {}) {
    return send(verb::patch, target, body, headers);
  }

  static http_reply remove(std::string_view target) {
    return support::call(server().port(), verb::delete_, target, as_admin, {},
                         patience);
  }

  static json::value make(std::string_view folder, const json::object& body) {
    const auto reply = post(folder, json::serialize(body));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return parsed(reply);
  }

  static std::string make_key(const json::object& body) {
    return text_at(make("/api/v1/api-keys", body), "/key");
  }
};

TEST_F(Directory, KeepsUsers) {
  const auto group = make("/api/v1/groups", {{"title", "Returns desk"}});
  const auto made = make("/api/v1/users", {{"name", "Ada"},
                                           {"username", "keeps.ada"},
                                           {"role", "manager"},
                                           {"telegram_id", 123456789},
                                           {"phone", "+1 202 555 0177"},
                                           {"email", "ada@example.com"},
                                           {"default_group_id", group.at("id")},
                                           {"skills", {"returns", "german"}},
                                           {"online", true}});
  EXPECT_EQ(text_at(made, "/phone"), "+12025550177");
  const auto path = path_of("/api/v1/users", made);
  const auto read = server().get(path, as_admin);
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(parsed(read), made);
  EXPECT_EQ(parsed(server().get("/api/v1/users/KEEPS.ada", as_admin)), made);
  const auto changed = patch(path, R"({"online":false,"phone":null})",
                             {{"If-Match", read.header("ETag")}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_TRUE(parsed(changed).at("phone").is_null());
  EXPECT_TRUE(is_error(
    patch(path, R"({"online":true})", {{"If-Match", read.header("ETag")}}), 412,
    "precondition_failed"));
  EXPECT_EQ(remove(path).status, 204);
  EXPECT_TRUE(is_error(server().get(path, as_admin), 404, "not_found"));
  EXPECT_TRUE(is_error(remove(path), 404, "not_found"));
}

TEST_F(Directory, NamesTheFieldsThatAreWrong) {
  const auto wrong
    = post("/api/v1/users", R"({"name":"","phone":"1","nick":"x"})");
  EXPECT_TRUE(is_error(wrong, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(wrong), (fields{"name", "nick", "phone"}));
  make("/api/v1/users", {{"name", "A"}, {"username", "wrong.ada"}});
  const auto taken
    = post("/api/v1/users", R"({"name":"B","username":"Wrong.Ada"})");
  EXPECT_TRUE(is_error(taken, 409, "conflict"));
  EXPECT_EQ(wrong_fields(taken), fields{"username"});
  EXPECT_TRUE(is_error(post("/api/v1/groups", "[]"), 400, "validation_failed"));
}

TEST_F(Directory, KeepsGroupsThatAreInUse) {
  const auto group = make("/api/v1/groups", {{"title", "Night shift"},
                                             {"telegram_group_id", -10042}});
  const auto path = path_of("/api/v1/groups", group);
  EXPECT_EQ(parsed(server().get(path, as_admin)), group);
  const auto user = make(
    "/api/v1/users", {{"name", "Bo"}, {"default_group_id", group.at("id")}});
  EXPECT_TRUE(is_error(remove(path), 409, "conflict"));
  EXPECT_EQ(patch(path, R"({"title":"Day shift"})").status, 200);
  EXPECT_EQ(
    patch(path_of("/api/v1/users", user), R"({"default_group_id":null})")
      .status,
    200);
  EXPECT_EQ(remove(path).status, 204);
}

TEST_F(Directory, GivesListsInPagesThatLoseNothing) {
  std::vector<std::int64_t> made;
  for (int i = 0; i < 5; ++i)
    made.push_back(make("/api/v1/users", {{"name", "Page"}})
                     .at("id")
                     .to_number<std::int64_t>());
  std::vector<std::int64_t> seen;
  std::string cursor;
  do {
    const auto page = parsed(server().get(
      "/api/v1/users?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor),
      as_admin));
    for (const auto& user : page.at("data").as_array())
      seen.push_back(user.at("id").to_number<std::int64_t>());
    cursor
      = page.at("next_cursor").is_null() ? "" : text_at(page, "/next_cursor");
  } while (!cursor.empty());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_TRUE(
    std::includes(seen.begin(), seen.end(), made.begin(), made.end()));
  EXPECT_TRUE(is_error(server().get("/api/v1/users?limit=201", as_admin), 400,
                       "validation_failed"));
}

TEST_F(Directory, LosesNoChangeOfManyAtOnce) {
  const auto path
    = path_of("/api/v1/users", make("/api/v1/users", {{"name", "Many"}}));
  const fields changes{R"({"online":true})",
                       R"({"role":"executor"})",
                       R"({"email":"many@example.com"})",
                       R"({"telegram_id":424242})",
                       R"({"skills":["many"]})",
                       R"({"username":"many"})",
                       R"({"phone":"+12025550142"})",
                       R"({"name":"Very many"})"};
  std::atomic<std::size_t> done = 0;
  in_parallel(changes.size(), [&](std::size_t i) {
    if (patch(path, changes[i]).status == 200)
      ++done;
  });
  EXPECT_EQ(done, changes.size());
  const auto user = parsed(server().get(path, as_admin));
  EXPECT_EQ(user.at("online"), true);
  EXPECT_EQ(text_at(user, "/role"), "executor");
  EXPECT_EQ(text_at(user, "/email"), "many@example.com");
  EXPECT_EQ(user.at("telegram_id"), 424242);
  EXPECT_EQ(text_at(user, "/skills/0"), "many");
  EXPECT_EQ(text_at(user, "/username"), "many");
  EXPECT_EQ(text_at(user, "/phone"), "+12025550142");
  EXPECT_EQ(text_at(user, "/name"), "Very many");
}

TEST_F(Directory, MakesOneUserOfManyEqualRequests) {
  const header_list once{{"Idempotency-Key", "directory-once"}};
  const std::string body = R"({"name":"Once","username":"once"})";
  std::vector<std::string> answers(8);
  in_parallel(answers.size(), [&](std::size_t i) {
    const auto reply = post("/api/v1/users", body, once);
    answers[i] = std::to_string(reply.status) + reply.body;
  });
  for (const auto& answer : answers) {
    EXPECT_TRUE(answer.starts_with("201")) << answer;
    EXPECT_EQ(answer, answers.front());
  }
  EXPECT_TRUE(is_error(post("/api/v1/users", R"({"name":"Twice"})", once), 409,
                       "conflict"));
}

TEST_F(Directory, GivesKeysThatOpenWhatTheySay) {
  const auto key
    = make_key({{"name", "CRM"}, {"scopes", {"groups:manage", "keys:manage"}}});
  EXPECT_TRUE(key.starts_with("sb_"));
  EXPECT_EQ(server().get("/api/v1/groups", as_key(key)).status, 200);
  EXPECT_EQ(server().get("/api/v1/groups", {{"X-API-Key", key}}).status, 200);
  EXPECT_TRUE(
    is_error(server().get("/api/v1/users", as_key(key)), 403, "forbidden"));
  const auto more = post("/api/v1/api-keys",
                         R"({"name":"x","scopes":["admin"]})", {}, as_key(key));
  EXPECT_TRUE(is_error(more, 403, "forbidden"));
  const auto list = server().get("/api/v1/api-keys", as_admin);
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.body.find(key.substr(key.find('_', 3) + 1)),
            std::string::npos);
}

TEST_F(Directory, EndsAKeyWithItsRevocation) {
  const auto made = make("/api/v1/api-keys",
                         {{"name", "short"}, {"scopes", {"groups:manage"}}});
  const auto key = text_at(made, "/key");
  http_connection line{server().port()};
  EXPECT_EQ(line.call(verb::get, "/api/v1/groups", as_key(key)).status, 200);
  EXPECT_EQ(remove("/api/v1/api-keys/" + text_at(made, "/id")).status, 204);
  EXPECT_TRUE(is_error(line.call(verb::get, "/api/v1/groups", as_key(key)), 401,
                       "unauthorized"));
}

TEST_F(Directory, GivesTheSameKeyToARepetition) {
  const header_list once{{"Idempotency-Key", "key-once"}};
  const std::string body = R"({"name":"once","scopes":["groups:manage"]})";
  const auto first = post("/api/v1/api-keys", body, once);
  const auto again = post("/api/v1/api-keys", body, once);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(text_at(parsed(again), "/key"), text_at(parsed(first), "/key"));
}

TEST_F(Directory, RefusesKeysThatCouldNotWork) {
  const auto reply = post(
    "/api/v1/api-keys",
    R"({"name":"k","scopes":["admin"],"user_id":999999,"expires_at":"2001-01-01T00:00:00Z"})");
  EXPECT_TRUE(is_error(reply, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(reply), (fields{"expires_at", "user_id"}));
}

TEST(DirectoryRestart, KeepsRecordsKeysAndNumbers) {
  test_server server;
  const auto send = [&](std::string_view target, std::string_view body) {
    return support::call(server.port(), verb::post, target,
                         joined(json_type, as_admin), body, patience);
  };
  const auto user = parsed(send("/api/v1/users", R"({"name":"Ada"})"));
  const auto key = text_at(
    parsed(send("/api/v1/api-keys",
                R"({"name":"k","scopes":["users:manage"],"user_id":1})")),
    "/key");
  server.restart_after_kill();
  EXPECT_EQ(parsed(server.get("/api/v1/users/1", as_key(key))), user);
  EXPECT_EQ(parsed(send("/api/v1/users", R"({"name":"Bo"})")).at("id"), 2);
}

} // namespace
} // namespace switchboard::test
