#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

namespace switchboard::test {
namespace {

class Routes : public shared_server_test<Routes> {};

struct route {
  verb method;
  const char* path;
};

const std::vector<route> admin_routes{
  {verb::get, "/api/v1/dead-letters"},
  {verb::get, "/api/v1/dead-letters?limit=1"},
  {verb::post, "/api/v1/dead-letters/1/replay"},
  {verb::post, "/api/v1/backup"},
};

TEST_F(Routes, ThatNeedTheAdminKeyRefuseWithoutIt) {
  const std::string key{admin_key};
  const std::vector<header_list> refused{
    {},
    {{"Authorization", "Bearer"}},
    {{"Authorization", "Bearer "}},
    {{"Authorization", "Bearer wrong"}},
    {{"Authorization", "Bearer " + key + "x"}},
    {{"Authorization", "Basic " + key}},
    {{"Authorization", key}},
    {{"x-api-key", inbound_key}},
    {{"x-api-key", ""}},
    {{"x-api-key", key}, {"x-api-key", key}},
    {{"x-api-key", key}, {"Authorization", "Bearer " + key}},
  };
  for (const auto& to : admin_routes) {
    for (const auto& headers : refused) {
      const auto reply = support::call(
        server().port(), to.method, to.path, joined(json_type, headers),
        to.method == verb::post ? "{}" : "", patience);
      EXPECT_TRUE(is_error(reply, 401, "unauthorized"))
        << to.path << " " << headers.size();
      EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
    }
  }
}

TEST_F(Routes, ThatNeedTheAdminKeyTakeItInBothHeaders) {
  const std::string key{admin_key};
  EXPECT_EQ(server().get("/api/v1/dead-letters", as_admin).status, 200);
  EXPECT_EQ(server().get("/api/v1/dead-letters", {{"X-API-Key", key}}).status,
            200);
  EXPECT_EQ(server()
              .get("/api/v1/dead-letters", {{"authorization", "BEARER " + key}})
              .status,
            200);
}

TEST_F(Routes, AnswerOtherMethodsWithThoseThatAreAllowed) {
  struct row {
    verb method;
    const char* path;
    const char* allow;
  };
  const std::vector<row> rows{
    {verb::get, "/api/ticket", "POST"},
    {verb::put, "/api/ticket", "POST"},
    {verb::options, "/api/ticket", "POST"},
    {verb::delete_, "/api/ticket/T-20260131-ZZZZZZZZ", "GET, HEAD"},
    {verb::post, "/api/ticket/T-20260131-ZZZZZZZZ", "GET, HEAD"},
    {verb::delete_, "/api/ticket/inbound", "POST"},
    {verb::post, "/healthz", "GET, HEAD"},
    {verb::post, "/readyz", "GET, HEAD"},
    {verb::delete_, "/metrics", "GET, HEAD"},
    {verb::post, "/api/v1/dead-letters", "GET, HEAD"},
    {verb::get, "/api/v1/dead-letters/1/replay", "POST"},
    {verb::get, "/api/v1/backup", "POST"},
  };
  for (const auto& row : rows) {
    const auto reply
      = support::call(server().port(), row.method, row.path, {}, {}, patience);
    EXPECT_TRUE(is_error(reply, 405, "method_not_allowed")) << row.path;
    EXPECT_EQ(reply.header("Allow"), row.allow) << row.path;
  }
}

TEST_F(Routes, ThatDoNotExistAreNotFound) {
  for (const std::string path :
       {"/api/tickets", "/api/v1/nothing", "/favicon.ico", "/metrics/x"})
    EXPECT_TRUE(is_error(server().get(path), 404, "not_found")) << path;
}

TEST_F(Routes, NumberErrorsForTheLog) {
  const auto first = server().get("/nothing").header("X-Request-Id");
  const auto second = server().get("/nothing").header("X-Request-Id");
  EXPECT_FALSE(first.empty());
  EXPECT_NE(first, second);
}

} // namespace
} // namespace switchboard::test
