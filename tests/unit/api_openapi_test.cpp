#include "api/docs_routes.hpp"
#include "api/openapi/document.hpp"
#include "api/openapi/embedded_file.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/support/openapi_lint.hpp"
#include "tests/unit/api_fake_request.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace switchboard::api {
namespace {

namespace json = boost::json;

json::value document() {
  return json::parse(openapi_document{}.text("https://support.example.com"));
}

TEST(Openapi, DescribesItselfWithoutAFault) {
  const support::openapi_check described{document()};
  for (const auto& problem : support::lint(described))
    ADD_FAILURE() << problem;
}

TEST(Openapi, IsOfTheVersionThatItFollows) {
  const auto whole = document();
  EXPECT_EQ(whole.at("openapi"), "3.1.0");
  EXPECT_EQ(whole.at("info").at("title"), "Switchboard");
}

TEST(Openapi, NamesTheServerByItsPublicAddress) {
  const openapi_document described;
  for (const std::string url :
       {"https://support.example.com", "http://127.0.0.1:8080", "a\"b\\c"}) {
    const auto whole = json::parse(described.text(url));
    const auto& servers = whole.at("servers").as_array();
    ASSERT_EQ(servers.size(), 1U);
    EXPECT_EQ(servers[0].at("url").as_string(), url);
  }
}

TEST(Openapi, DescribesACallForEachTypeOfEvent) {
  const auto whole = document();
  const auto& types
    = whole.at("components").at("schemas").at("EventType").at("enum");
  for (const auto& type : types.as_array())
    EXPECT_TRUE(whole.at("webhooks").as_object().contains(type.as_string()))
      << type;
}

class Docs : public testing::Test {
protected:
  net::response get(const std::string& path, std::string known = {}) {
    fake_request req;
    req.method = boost::beast::http::verb::get;
    req.path = path;
    if (!known.empty())
      req.headers.emplace_back("If-None-Match", std::move(known));
    const auto match = routes.find(req.method, req.path, req.params);
    return match.found == nullptr ? net::response{404, {}}
                                  : match.found->sync(req);
  }

  static std::string header(const net::response& answer, const char* name) {
    const auto found = std::ranges::find(
      answer.headers, name, &std::pair<std::string, std::string>::first);
    return found == answer.headers.end() ? "" : found->second;
  }

  void SetUp() override {
    docs.add_to(routes);
  }

  std::string url = "https://support.example.com";
  docs_routes docs{[this]() -> const std::string& { return url; }};
  net::router routes;
};

TEST_F(Docs, ServeTheDocument) {
  const auto answer = get("/openapi.json");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, openapi_document{}.text(url));
  EXPECT_EQ(header(answer, "Cache-Control"), "no-cache");
}

TEST_F(Docs, AreNotSentToWhoHasThem) {
  for (const std::string path : {"/openapi.json", "/docs", "/docs/page.js"}) {
    const auto tag = header(get(path), "ETag");
    ASSERT_GT(tag.size(), 2U) << path;
    for (const auto& known :
         {tag, "W/" + tag, "\"other\", " + tag, std::string{"*"}}) {
      const auto again = get(path, known);
      EXPECT_EQ(again.status, 304U) << path << " " << known;
      EXPECT_TRUE(again.body.empty());
      EXPECT_EQ(header(again, "ETag"), tag);
    }
    EXPECT_EQ(get(path, "\"other\"").status, 200U) << path;
  }
}

TEST_F(Docs, HaveAnotherTagAtAnotherAddress) {
  const auto before = header(get("/openapi.json"), "ETag");
  url = "https://other.example.com";
  EXPECT_NE(header(get("/openapi.json"), "ETag"), before);
}

TEST_F(Docs, ServeEveryFileWithItsType) {
  const std::vector<std::pair<std::string, std::string_view>> types{
    {"/docs", "text/html; charset=utf-8"},
    {"/docs/page.css", "text/css; charset=utf-8"},
    {"/docs/swagger-ui.css", "text/css; charset=utf-8"},
    {"/docs/page.js", "text/javascript; charset=utf-8"},
    {"/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
    {"/docs/favicon-32x32.png", "image/png"},
    {"/docs/LICENSE", "text/plain; charset=utf-8"},
  };
  for (const auto& [path, type] : types) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 200U) << path;
    EXPECT_EQ(answer.content_type, type) << path;
    EXPECT_FALSE(answer.body.empty()) << path;
  }
  for (const auto& file : docs_files())
    EXPECT_EQ(get("/docs/" + std::string{file.name}).body, file.content);
  EXPECT_EQ(get("/docs/nothing.js").status, 404U);
}

TEST(DocsPackage, NamesNoRegistry) {
  const auto folder = std::string{SWITCHBOARD_SOURCE_DIR} + "/web/api-docs/";
  std::ifstream file{folder + "package-lock.json"};
  std::ostringstream text;
  text << file.rdbuf();
  const auto lock = json::parse(text.str());
  EXPECT_GE(lock.at("packages").as_object().size(), 2U);
  EXPECT_EQ(text.str().find("://"), std::string::npos);
}

/// The values of `attribute="..."` in a page.
std::set<std::string> attributes(std::string_view page,
                                 const std::string& attribute) {
  std::set<std::string> out;
  const auto before = attribute + "=\"";
  for (auto at = page.find(before); at != std::string_view::npos;
       at = page.find(before, at)) {
    at += before.size();
    out.emplace(page.substr(at, page.find('"', at) - at));
  }
  return out;
}

TEST_F(Docs, AreAPageThatNeedsThisServerAlone) {
  const auto page = get("/docs");
  auto links = attributes(page.body, "src");
  links.merge(attributes(page.body, "href"));
  EXPECT_GE(links.size(), 5U);
  for (const auto& link : links)
    EXPECT_EQ(get("/" + link).status, 200U) << link;
  EXPECT_EQ(page.body.find("://"), std::string::npos);
  EXPECT_EQ(page.body.find("style="), std::string::npos);
  EXPECT_EQ(page.body.find("<style"), std::string::npos);
  EXPECT_EQ(page.body.find("<script>"), std::string::npos);
}

TEST_F(Docs, ForbidTheBrowserEverythingElse) {
  for (const std::string path : {"/docs", "/docs/page.js"}) {
    const auto policy = header(get(path), "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << path;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos) << path;
    EXPECT_EQ(policy.find("http"), std::string::npos) << path;
    EXPECT_EQ(policy.find('*'), std::string::npos) << path;
  }
}

} // namespace
} // namespace switchboard::api
