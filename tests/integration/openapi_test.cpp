#include "api/openapi/document.hpp"
#include "tests/integration/server_fixture.hpp"
#include "tests/support/openapi_check.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace switchboard::test {
namespace {

/// Some value for each `{}` of a path.
std::string example_of(const std::string& path) {
  auto out = path;
  for (auto at = out.find("{}"); at != std::string::npos; at = out.find("{}"))
    out.replace(at, 2, "1");
  return out;
}

class Openapi : public shared_server_test<Openapi> {
public:
  static settings make_settings() {
    return {{"BASE_URL", "https://support.example.com"}};
  }

protected:
  static support::openapi_check served() {
    return support::openapi_check{parsed(server().get("/openapi.json"))};
  }

  /// The paths of all routes: each has a series from the start.
  static std::set<std::string> served_paths() {
    std::set<std::string> out;
    const auto page = server().get("/metrics").body;
    const std::string before
      = "switchboard_http_request_seconds_count{route=\"";
    for (auto at = page.find(before); at != std::string::npos;
         at = page.find(before, at)) {
      at += before.size();
      const auto route = page.substr(at, page.find('"', at) - at);
      if (route.starts_with('/'))
        out.insert(support::without_parameter_names(route));
    }
    return out;
  }

  struct guarded_operation {
    std::string method;
    std::string path;
    std::string scope;
  };

  /// The operations that are served and need a scope.
  static std::vector<guarded_operation> guarded_operations() {
    std::vector<guarded_operation> out;
    const auto api = served();
    const auto paths = served_paths();
    for (const auto& [pattern, item] : api.document().at("paths").as_object()) {
      const auto path = support::without_parameter_names(pattern);
      for (const auto& [method, operation] : item.as_object()) {
        const auto scope = text_at(operation, "/x-required-scope");
        auto name = std::string{method};
        std::ranges::transform(name, name.begin(), [](char c) {
          return static_cast<char>(c - 'a' + 'A');
        });
        if (operation.as_object().contains("x-required-scope")
            && paths.contains(path))
          out.push_back({name, path, scope});
      }
    }
    return out;
  }

  /// Calls it with ids of nothing and a body that says nothing.
  static http_reply call(const guarded_operation& what,
                         const header_list& headers) {
    const bool has_body = what.method != "GET" && what.method != "DELETE";
    return support::call(server().port(),
                         boost::beast::http::string_to_verb(what.method),
                         example_of(what.path), joined(json_type, headers),
                         has_body ? "{}" : "", patience);
  }

  /// A new key with all scopes but this one, and but `admin`.
  static header_list key_without(const std::string& missing) {
    json::array scopes;
    const auto api = served();
    for (const auto& scope : api.document()
                               .at("components")
                               .at("schemas")
                               .at("Scope")
                               .at("enum")
                               .as_array())
      if (scope != "admin" && scope.as_string() != missing)
        scopes.push_back(scope);
    const json::object body{{"name", "no " + missing}, {"scopes", scopes}};
    const auto made = server().post("/api/v1/api-keys", json::serialize(body),
                                    joined(json_type, as_admin));
    EXPECT_EQ(made.status, 201) << made.body;
    return {{"X-API-Key", text_at(parsed(made), "/key")}};
  }
};

TEST_F(Openapi, IsServedWithTheAddressThatClientsUse) {
  const auto reply = server().get("/openapi.json");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.body,
            api::openapi_document{}.text("https://support.example.com"));
}

TEST_F(Openapi, IsNotSentTwice) {
  const auto tag = server().get("/openapi.json").header("ETag");
  const auto again = server().get("/openapi.json", {{"If-None-Match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
}

TEST_F(Openapi, DescribesEveryRoute) {
  std::set<std::string> described;
  const auto api = served();
  for (const auto& operation : api.operations())
    described.insert(operation.path);
  const auto paths = served_paths();
  EXPECT_GE(paths.size(), 8U);
  for (const auto& path : paths)
    EXPECT_TRUE(described.contains(path))
      << path << " is served and not described";
}

TEST_F(Openapi, DescribesNothingThatIsNotServed) {
  const auto paths = served_paths();
  const auto api = served();
  for (const auto& operation : api.operations())
    EXPECT_TRUE(paths.contains(operation.path))
      << operation.method << " " << operation.path
      << " is described and not served";
}

TEST_F(Openapi, DescribesTheMethodsOfEveryRoute) {
  std::map<std::string, std::set<std::string>> described;
  const auto api = served();
  for (const auto& [method, path] : api.operations()) {
    described[path].insert(method);
    if (method == "GET")
      described[path].insert("HEAD");
  }
  for (const auto& path : served_paths()) {
    // No route has this method, so the server lists those that it has.
    const auto reply = support::call(server().port(), verb::trace,
                                     example_of(path), {}, {}, patience);
    std::string all;
    for (const auto& method : described[path])
      all += (all.empty() ? "" : ", ") + method;
    EXPECT_EQ(reply.status, 405) << path;
    EXPECT_EQ(reply.header("Allow"), all) << path;
  }
}

TEST_F(Openapi, NamesTheRoutesThatNeedAKey) {
  const auto guarded = guarded_operations();
  EXPECT_GE(guarded.size(), 3U);
  for (const auto& one : guarded)
    EXPECT_TRUE(is_error(call(one, {}), 401, "unauthorized"))
      << one.method << " " << one.path;
}

TEST_F(Openapi, NamesTheScopeThatEachRouteNeeds) {
  std::set<std::string> scopes;
  const auto guarded = guarded_operations();
  for (const auto& one : guarded)
    scopes.insert(one.scope);
  for (const auto& missing : scopes) {
    const auto key = key_without(missing);
    for (const auto& one : guarded)
      if (one.scope == missing) {
        EXPECT_TRUE(is_error(call(one, key), 403, "forbidden"))
          << one.method << " " << one.path << " without " << missing;
      }
  }
}

TEST_F(Openapi, IsShownOnAPageOfThisServer) {
  const auto page = server().get("/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("docs/swagger-ui-bundle.js"), std::string::npos);
  EXPECT_GT(server().get("/docs/swagger-ui-bundle.js").body.size(), 500'000U);
  EXPECT_EQ(server().get("/docs/../openapi.json").status, 404);
  EXPECT_TRUE(is_error(server().get("/docs/nothing"), 404, "not_found"));
}

/// What is held against the description is caught when it disagrees.
TEST_F(Openapi, JudgesAnswers) {
  const auto api = served();
  auto reply = server().get("/healthz");
  EXPECT_TRUE(api.judge(verb::get, "/healthz", reply).empty());
  reply.body = R"({"ok":true,"more":1})";
  EXPECT_FALSE(api.judge(verb::get, "/healthz", reply).empty());
  reply.status = 202;
  EXPECT_FALSE(api.judge(verb::get, "/healthz", reply).empty());
}

} // namespace
} // namespace switchboard::test
