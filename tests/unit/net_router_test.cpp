// Goal: pin how paths find their routes. Method: tables of one line per case.

#include "net/router.hpp"

#include "net/message.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::net {
namespace {

using boost::beast::http::verb;
using list = std::vector<std::string>;

response nothing(request&) {
  return {};
}

router make_routes() {
  router routes;
  for (const auto* pattern :
       {"/", "/healthz", "/api/ticket/:ref", "/api/ticket/inbound",
        "/api/v1/tickets", "/api/v1/tickets/:id", "/api/v1/:kind/all", "/a/b/x",
        "/a/:any/y"})
    routes.get(pattern, sync_handler{nothing});
  routes.post("/api/v1/tickets", sync_handler{nothing});
  routes.post("/api/v1/tickets/:id/close", sync_handler{nothing});
  routes.add({verb::delete_, "/api/v1/tickets/:id", nothing, {}});
  return routes;
}

std::string pattern_of(const router::match& m) {
  return m.found != nullptr ? m.found->pattern : "";
}

TEST(Router, FindsThePatternOfAPath) {
  struct row {
    const char* path;
    const char* pattern;
    list params;
  };
  const std::vector<row> table{
    {"/", "/", {}},
    {"/healthz", "/healthz", {}},
    {"/api/ticket/T-1", "/api/ticket/:ref", {"T-1"}},
    {"/api/ticket/inbound", "/api/ticket/inbound", {}},
    {"/api/ticket/%69nbound", "/api/ticket/inbound", {}},
    {"/api/ticket/a%2Fb%20c", "/api/ticket/:ref", {"a/b c"}},
    {"/api/v1/tickets", "/api/v1/tickets", {}},
    {"/api/v1/tickets/all", "/api/v1/tickets/:id", {"all"}},
    {"/api/v1/users/all", "/api/v1/:kind/all", {"users"}},
    {"/a/b/x", "/a/b/x", {}},
    // The literal `b` leads nowhere here, so the parameter takes it.
    {"/a/b/y", "/a/:any/y", {"b"}},
    {"", "", {}},
    {"healthz", "", {}},
    {"/healthz/", "", {}},
    {"//healthz", "", {}},
    {"/api/ticket/", "", {}},
    {"/api//tickets", "", {}},
    {"/api/v1/users/none", "", {}},
    {"/HEALTHZ", "", {}},
    {"/api/ticket/%", "", {}},
    {"/api/ticket/%4", "", {}},
    {"/api/ticket/%zz", "", {}},
    {"/api/ticket/%00", "", {}},
    {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "", {}},
  };
  const auto routes = make_routes();
  for (const auto& [path, pattern, params] : table) {
    list got{"left over"};
    EXPECT_EQ(pattern_of(routes.find(verb::get, path, got)), pattern) << path;
    EXPECT_EQ(got, params) << path;
  }
}

TEST(Router, ServesHeadByGet) {
  const auto routes = make_routes();
  list params;
  EXPECT_EQ(pattern_of(routes.find(verb::head, "/healthz", params)),
            "/healthz");
}

TEST(Router, NamesTheMethodsOfAKnownPath) {
  const auto routes = make_routes();
  list params;
  const auto match = routes.find(verb::put, "/api/v1/tickets/7", params);
  EXPECT_EQ(match.found, nullptr);
  EXPECT_TRUE(match.path_known);
  EXPECT_EQ(match.allow, "DELETE, GET, HEAD");
  EXPECT_EQ(routes.find(verb::get, "/api/v1/tickets/7/close", params).allow,
            "POST");
  EXPECT_EQ(routes.find(verb::unknown, "/api/v1/tickets", params).allow,
            "GET, HEAD, POST");
}

TEST(Router, HasAWordForEachMethod) {
  router routes;
  routes.put("/a", sync_handler{nothing});
  routes.patch("/a", sync_handler{nothing});
  routes.del("/a", sync_handler{nothing});
  routes.stream("/a", [](request&) -> stream_answer { return response{}; });
  list params;
  for (const auto method :
       {verb::put, verb::patch, verb::delete_, verb::get, verb::head}) {
    const auto match = routes.find(method, "/a", params);
    ASSERT_NE(match.found, nullptr);
    EXPECT_EQ(match.found->stream != nullptr,
              method == verb::get || method == verb::head);
  }
  EXPECT_EQ(routes.find(verb::post, "/a", params).allow,
            "DELETE, GET, HEAD, PATCH, PUT");
}

TEST(Router, KnowsNoMethodsOfAnUnknownPath) {
  const auto routes = make_routes();
  list params;
  const auto match = routes.find(verb::get, "/nowhere", params);
  EXPECT_FALSE(match.path_known);
  EXPECT_TRUE(match.allow.empty());
}

TEST(Router, ListsItsRoutes) {
  const auto routes = make_routes();
  EXPECT_EQ(routes.routes().size(), 12u);
}

TEST(PercentDecode, KeepsWhatIsNoEscape) {
  struct row {
    const char* text;
    bool plus_is_space;
    const char* decoded;
  };
  const std::vector<row> table{
    {"a%41%7a", false, "aAz"}, {"a+b", false, "a+b"},
    {"a+b", true, "a b"},      {"100%", false, "100%"},
    {"%4", false, "%4"},       {"%g1%1g", false, "%g1%1g"},
    {"%2B", true, "+"},        {"", true, ""},
  };
  for (const auto& [text, plus_is_space, decoded] : table)
    EXPECT_EQ(percent_decode(text, plus_is_space), decoded) << text;
}

} // namespace
} // namespace switchboard::net
