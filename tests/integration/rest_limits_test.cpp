// Who may call REST v1, how often, and what is no call at all.
#include "tests/integration/rest_client.hpp"

#include <boost/json/serialize.hpp>

#include <atomic>
#include <charconv>
#include <chrono>
#include <ctime>
#include <thread>

namespace switchboard::test {
namespace {

using fields = std::vector<std::string>;

constexpr const char* rate = "SWITCHBOARD_LIMITS_API_KEY_PER_SECOND";
constexpr const char* misses = "SWITCHBOARD_LIMITS_PUBLIC_MISS_PER_MINUTE";
constexpr const char* list = "/api/v1/tickets";

int number_in(const http_reply& reply, std::string_view header) {
  const auto text = reply.header(header);
  int out = -1;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

void expect_limited(const http_reply& reply, int limit, int seconds_max) {
  EXPECT_TRUE(is_error(reply, 429, "rate_limited"));
  EXPECT_EQ(number_in(reply, "RateLimit-Limit"), limit);
  EXPECT_EQ(number_in(reply, "RateLimit-Remaining"), 0);
  EXPECT_GE(number_in(reply, "RateLimit-Reset"), 1);
  EXPECT_LE(number_in(reply, "RateLimit-Reset"), seconds_max);
  EXPECT_GE(number_in(reply, "Retry-After"), 1);
  EXPECT_LE(number_in(reply, "Retry-After"), seconds_max);
}

/// Calls until it is refused for the number of its calls.
http_reply exhaust(const rest_client& client) {
  http_reply last;
  for (int i = 0; i < 1000 && last.status != 429; ++i)
    last = client.get(list);
  return last;
}

/// Keys that a server with tight limits need not make.
class RestLimits : public testing::Test {
protected:
  RestLimits() {
    const rest_client admin{server_};
    user_ = make_user(admin, "Ada");
    for (auto* key : {&one_, &two_})
      *key = make_key(admin, {"tickets:read"});
    for (auto* key : {&of_user_, &also_of_user_})
      *key = make_key(admin, {"tickets:read"}, user_);
  }

  /// From now on with these limits.
  void limit(const settings& more) {
    for (const auto& [name, value] : more)
      server_.process().environment()[name] = value;
    server_.restart();
  }
  rest_client with(const std::string& key) {
    return rest_client{server_, key};
  }

  test_server server_;
  std::int64_t user_ = 0;
  std::string one_;
  std::string two_;
  std::string of_user_;
  std::string also_of_user_;
};

TEST_F(RestLimits, CountTheCallsOfAKey) {
  limit({{rate, "3"}});
  const auto client = with(one_);
  const auto first = client.get(list);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(number_in(first, "RateLimit-Limit"), 3);
  EXPECT_EQ(number_in(first, "RateLimit-Remaining"), 2);
  EXPECT_GE(number_in(first, "RateLimit-Reset"), 1);
  expect_limited(exhaust(client), 3, 1);
  EXPECT_TRUE(eventually([&] { return client.get(list).status == 200; }));
}

TEST_F(RestLimits, OfAGreedyKeyLeaveTheOthersAlone) {
  limit({{rate, "20"}});
  std::atomic<bool> done = false;
  std::atomic<int> refused = 0;
  std::thread greedy{[&] {
    const auto client = with(one_);
    while (!done)
      if (client.get(list).status == 429)
        ++refused;
  }};
  EXPECT_TRUE(eventually([&] { return refused > 100; }));
  const auto modest = with(two_);
  for (int i = 0; i < 20; ++i) {
    const auto reply = modest.get(list);
    EXPECT_EQ(reply.status, 200);
    EXPECT_GE(number_in(reply, "RateLimit-Remaining"), 19 - i);
  }
  done = true;
  greedy.join();
}

TEST_F(RestLimits, HoldForTheKeyAndNotForItsOwner) {
  limit({{rate, "2"}});
  expect_limited(exhaust(with(of_user_)), 2, 1);
  const auto other = with(also_of_user_).get(list);
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(number_in(other, "RateLimit-Remaining"), 1);
}

TEST_F(RestLimits, HoldForRefusedCallsToo) {
  limit({{rate, "2"}});
  const auto client = with(one_);
  http_reply last;
  for (int i = 0; i < 1000 && last.status != 429; ++i) {
    last = client.get("/api/v1/users");
    EXPECT_TRUE(last.status == 403 || last.status == 429) << last.status;
  }
  expect_limited(last, 2, 1);
}

TEST_F(RestLimits, AreOffAtZero) {
  limit({{rate, "0"}});
  const auto client = with(one_);
  for (int i = 0; i < 150; ++i)
    ASSERT_EQ(client.get(list).status, 200);
  EXPECT_EQ(client.get(list).header_count("RateLimit-Limit"), 0U);
}

TEST_F(RestLimits, OnWrongKeysLockNoRightOneOut) {
  limit({{misses, "3"}});
  const auto wrong = with("sb_1_guessed");
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(is_error(wrong.get(list), 401, "unauthorized"));
  expect_limited(wrong.get(list), 3, 60);
  expect_limited(server_.get(list), 3, 60);
  EXPECT_EQ(with(one_).get(list).status, 200);
  EXPECT_EQ(with(admin_key).get(list).status, 200);
}

TEST_F(RestLimits, EndAKeyInItsTime) {
  // Long enough for the first call, and no longer than the test likes to wait.
  const auto soon = std::chrono::system_clock::now() + seconds{3};
  const auto ends = std::chrono::system_clock::to_time_t(soon);
  std::tm parts{};
  ::gmtime_r(&ends, &parts);
  std::string text(32, '\0');
  text.resize(
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
  const auto made = with(admin_key).make(
    "/api/v1/api-keys",
    {{"name", "short"}, {"scopes", {"tickets:read"}}, {"expires_at", text}});
  const auto client = with(text_at(made, "/key"));
  EXPECT_EQ(client.get(list).status, 200);
  EXPECT_TRUE(eventually([&] { return client.get(list).status == 401; }));
  EXPECT_GE(std::chrono::system_clock::now(), soon - seconds{1});
}

TEST_F(RestLimits, EndAKeyWithItsRevocation) {
  const auto admin = with(admin_key);
  const auto client = with(one_);
  EXPECT_EQ(client.get(list).status, 200);
  const auto id = one_.substr(3, one_.find('_', 3) - 3);
  EXPECT_EQ(admin.send(verb::delete_, "/api/v1/api-keys/" + id).status, 204);
  EXPECT_TRUE(is_error(client.get(list), 401, "unauthorized"));
  server_.restart_after_kill();
  EXPECT_TRUE(is_error(client.get(list), 401, "unauthorized"));
  EXPECT_EQ(with(two_).get(list).status, 200);
}

TEST_F(RestLimits, TellWhenAKeyWasUsed) {
  const auto last_use = [&] {
    for (const auto& key : with(admin_key).read_all("/api/v1/api-keys", 200))
      if (one_.starts_with("sb_" + text_at(key, "/id") + "_"))
        return text_at(key, "/last_used_at");
    return std::string{};
  };
  EXPECT_EQ(last_use(), "(none)");
  EXPECT_EQ(with(one_).get(list).status, 200);
  const auto used = last_use();
  EXPECT_NE(used, "(none)");
  server_.restart();
  EXPECT_EQ(last_use(), used);
}

// -- the same key twice, and what is no call
// ------------------------------------

class RestCalls : public rest_test<RestCalls> {};

TEST_F(RestCalls, AnswerARepeatedCreationWithTheFirstTicket) {
  const std::string body = R"({"title":"Once"})";
  const auto first = admin().post(list, body, once("create-1"));
  const auto again = admin().post(list, body, once("create-1"));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_TRUE(
    is_error(admin().post(list, R"({"title":"Two"})", once("create-1")), 409,
             "conflict"));
  EXPECT_EQ(wrong_fields(admin().post(list, body, once("a b"))),
            fields{"Idempotency-Key"});
}

TEST_F(RestCalls, TellTheRepetitionsOfTwoCallersApart) {
  const auto other = with_scopes({"tickets:write"});
  const json::object body{{"title", "Mine"}};
  const auto mine = admin().make(list, body, once("create-2"));
  const auto theirs = other.make(list, body, once("create-2"));
  EXPECT_NE(text_at(mine, "/id"), text_at(theirs, "/id"));
  EXPECT_EQ(other.make(list, body, once("create-2")), theirs);
}

TEST_F(RestCalls, MakeOneTicketOfManyEqualCreations) {
  std::vector<std::string> ids(8);
  in_parallel(ids.size(), [&](std::size_t i) {
    ids[i] = text_at(
      admin().make(list, {{"title", "Many"}}, once("create-many")), "/id");
  });
  for (const auto& id : ids)
    EXPECT_EQ(id, ids.front());
}

TEST_F(RestCalls, MayAskForTheHeadAlone) {
  const auto path = path_of(make_ticket(admin(), "Head"));
  for (const auto& target :
       {path, path + "/messages", path + "/activities", std::string{list},
        std::string{"/api/v1/events"}}) {
    const auto full = admin().get(target);
    const auto head = admin().send(verb::head, target);
    EXPECT_EQ(head.status, 200) << target;
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.header("ETag"), full.header("ETag"));
    EXPECT_EQ(number_in(head, "Content-Length"),
              static_cast<int>(full.body.size()));
  }
}

TEST_F(RestCalls, AreToldWhichMethodsThereAre) {
  const auto path = path_of(make_ticket(admin(), "Methods"));
  struct row {
    verb method;
    std::string target;
    const char* allowed;
  };
  for (const auto& [method, target, allowed] : std::initializer_list<row>{
         {verb::put, list, "GET, HEAD, POST"},
         {verb::delete_, path, "GET, HEAD, PUT"},
         {verb::patch, path, "GET, HEAD, PUT"},
         {verb::get, path + "/close", "POST"},
         {verb::get, path + "/notes", "POST"},
         {verb::delete_, path + "/messages", "GET, HEAD, POST"},
         {verb::post, path + "/activities", "GET, HEAD"},
         {verb::post, "/api/v1/events", "GET, HEAD"},
         {verb::post, "/api/v1/stream", "GET, HEAD"}}) {
    const auto reply = admin().send(method, target);
    EXPECT_TRUE(is_error(reply, 405, "method_not_allowed")) << target;
    EXPECT_EQ(reply.header("Allow"), allowed) << target;
  }
}

} // namespace
} // namespace switchboard::test
