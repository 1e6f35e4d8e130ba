#include "tests/support/openapi_check.hpp"
#include "tests/support/openapi_lint.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

namespace switchboard::support {
namespace {

namespace json = boost::json;
using boost::beast::http::verb;

constexpr const char* small_api = R"({
  "tags": [{"name": "Things"}],
  "paths": {
    "/things": {
      "get": {
        "operationId": "listThings", "tags": ["Things"], "summary": "List",
        "description": "Scope: `things:read`.",
        "x-required-scope": "things:read",
        "parameters": [{"$ref": "#/components/parameters/Limit"}],
        "responses": {
          "200": {"description": "All", "content": {"application/json": {
            "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
            "example": [{"name": "a"}]}}},
          "401": {"$ref": "#/components/responses/Error"},
          "403": {"$ref": "#/components/responses/Error"},
          "429": {"$ref": "#/components/responses/Error"},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/things/{id}": {
      "get": {
        "operationId": "getThing", "tags": ["Things"], "summary": "Read",
        "security": [],
        "parameters": [{"name": "id", "in": "path", "required": true,
                        "schema": {"type": "string"}, "example": "x"}],
        "responses": {
          "200": {"description": "It",
            "headers": {"Count": {"$ref": "#/components/headers/Count"},
                        "Note": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}},
                        "text/plain": {"schema": {"type": "string", "minLength": 2}}}},
          "204": {"description": "Nothing"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/things/special": {
      "post": {
        "operationId": "makeSpecial", "tags": ["Things"], "summary": "Make",
        "security": [{"key": []}],
        "responses": {"204": {"description": "Done"},
                      "default": {"$ref": "#/components/responses/Error"}}}}},
  "components": {
    "securitySchemes": {"key": {}},
    "parameters": {"Limit": {"name": "limit", "in": "query",
                             "schema": {"type": "integer"}, "example": 1}},
    "headers": {"Count": {"required": true,
                          "schema": {"type": "integer", "minimum": 1}}},
    "schemas": {
      "Scope": {"type": "string", "enum": ["things:read"]},
      "Thing": {"type": "object", "required": ["name"],
                "properties": {"name": {"type": "string"}},
                "examples": [{"name": "a"}]},
      "Problem": {"type": "object", "required": ["problem"],
                  "properties": {"problem": {"type": "string"},
                                 "scope": {"$ref": "#/components/schemas/Scope"}},
                  "examples": [{"problem": "x", "scope": "things:read"}]}},
    "responses": {
      "Error": {"description": "Error", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Problem"}}}},
      "NotFound": {"description": "None", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Problem"}}}},
      "MethodNotAllowed": {"description": "No",
        "headers": {"Allow": {"required": true, "schema": {"type": "string"}}},
        "content": {"application/json": {
          "schema": {"$ref": "#/components/schemas/Problem"}}}}}}})";

http_reply reply(int status, std::string body, header_list headers = {},
                 const char* type = "application/json") {
  http_reply out;
  out.status = status;
  out.body = std::move(body);
  out.headers = std::move(headers);
  if (!out.body.empty())
    out.headers.emplace_back("Content-Type", type);
  return out;
}

const header_list counted{{"count", "2"}};
constexpr const char* problem = R"({"problem": "x"})";
constexpr const char* thing = R"({"name": "a"})";

class OpenapiCheck : public testing::Test {
protected:
  openapi_check api{json::parse(small_api)};
};

TEST_F(OpenapiCheck, PassesAnswersAsDescribed) {
  struct row {
    verb method;
    const char* target;
    http_reply answer;
  };
  const std::vector<row> rows{
    {verb::get, "/things?limit=1", reply(200, R"([{"name": "a"}])")},
    {verb::get, "/things", reply(401, problem)},
    {verb::get, "/things/7", reply(200, thing, counted)},
    {verb::get, "/things/7",
     reply(200, "text", counted, "text/plain; charset=utf-8")},
    {verb::get, "/things/7", reply(204, "")},
    {verb::get, "/things/7", reply(404, problem)},
    {verb::get, "/things/7", reply(500, problem)},
    {verb::head, "/things/7", reply(200, "", counted)},
    {verb::head, "/things/7", reply(404, "")},
    {verb::post, "/things/special", reply(204, "")},
    {verb::post, "/things/special", reply(408, problem)},
    {verb::get, "/nothing", reply(404, problem)},
    {verb::get, "/things/", reply(404, problem)},
    {verb::get, "/things/special", reply(405, problem, {{"Allow", "POST"}})},
    {verb::put, "/things/7", reply(405, problem, {{"Allow", "GET, HEAD"}})},
    {verb::get, "/nothing", reply(431, problem)},
    {verb::get, "/things", http_reply{}},
  };
  for (const auto& r : rows) {
    const auto wrong = api.judge(r.method, r.target, r.answer);
    EXPECT_TRUE(wrong.empty()) << wrong.front();
  }
}

TEST_F(OpenapiCheck, FindsAnswersThatAreNotDescribed) {
  struct row {
    verb method;
    const char* target;
    http_reply answer;
    const char* what;
  };
  const std::vector<row> rows{
    {verb::get, "/things", reply(202, "[]"), "this status is not described"},
    {verb::get, "/things", reply(418, problem), "this status is not described"},
    {verb::get, "/things", reply(200, "{}"), "not of type"},
    {verb::get, "/things", reply(200, R"([{}])"), "the body /0: lacks name"},
    {verb::get, "/things", reply(200, R"([{"name": "a", "more": 1}])"),
     "/0/more: is not in the description"},
    {verb::get, "/things", reply(200, "[", {}), "its body is no JSON"},
    {verb::get, "/things", reply(200, "[]", {}, "text/html"),
     "its content type 'text/html' is not described"},
    {verb::get, "/things", reply(200, ""), "its content type ''"},
    {verb::get, "/things/7", reply(200, thing), "lacks the header Count"},
    {verb::head, "/things/7", reply(200, ""), "lacks the header Count"},
    {verb::get, "/things/7", reply(200, thing, {{"Count", "0"}}), "minimum"},
    {verb::get, "/things/7", reply(200, thing, {{"Count", "x"}}), "of type"},
    {verb::get, "/things/7", reply(200, "a", counted, "text/plain"),
     "minLength"},
    {verb::get, "/things/7", reply(204, "{}"), "has a body where none is"},
    {verb::get, "/things/7", reply(404, "{}"), "lacks problem"},
    {verb::get, "/nothing", reply(200, thing), "no such operation"},
    {verb::get, "/nothing", reply(404, "{}"), "lacks problem"},
    {verb::put, "/things/7", reply(404, problem), "no such operation"},
    {verb::put, "/things/7", reply(405, problem), "allows '', described are"},
    {verb::put, "/things/7", reply(405, problem, {{"Allow", "GET"}}),
     "allows 'GET', described are 'GET, HEAD'"},
  };
  for (const auto& r : rows) {
    std::string all;
    for (const auto& one : api.judge(r.method, r.target, r.answer))
      all += one + "\n";
    EXPECT_NE(all.find(r.what), std::string::npos)
      << r.target << " should say: " << r.what << "\nand says: " << all;
  }
}

TEST_F(OpenapiCheck, ListsOperations) {
  const std::set<operation_name> expected{
    {"GET", "/things"}, {"GET", "/things/{}"}, {"POST", "/things/special"}};
  EXPECT_EQ(api.operations(), expected);
  EXPECT_EQ(without_parameter_names("/a/:b/c/{d}"), "/a/{}/c/{}");
}

TEST_F(OpenapiCheck, LintsNothingInAGoodDescription) {
  const auto wrong = lint(api);
  EXPECT_TRUE(wrong.empty()) << wrong.front();
}

TEST_F(OpenapiCheck, LintsPlantedFaults) {
  struct row {
    const char* from;
    const char* to;
    const char* what;
  };
  const std::vector<row> rows{
    {"#/components/schemas/Thing", "#/components/schemas/Thong", "nowhere"},
    {R"("example": [{"name": "a"}])", R"("example": [{"name": 1}])", "of type"},
    {R"("examples": [{"name": "a"}])", R"("examples": [{}])", "lacks name"},
    {R"("examples": [{"name": "a"}])", R"("title": "x")", "has no example"},
    {R"("schema": {"type": "integer"}, "example": 1)",
     R"("schema": {"type": "integer"}, "example": "1")", "of type"},
    {R"({"type": "string", "minLength": 2})", R"({"tipe": "string"})",
     "not known"},
    {R"("operationId": "getThing")", R"("operationId": "listThings")",
     "another one's"},
    {R"("operationId": "getThing")", R"("operationId": "get-thing")",
     "no name"},
    {R"("name": "id", "in": "path")", R"("name": "key", "in": "path")",
     "path's parameters"},
    {R"("description": "Scope: `things:read`.",)", "", "does not say"},
    {R"("x-required-scope": "things:read")",
     R"("x-required-scope": "things:eat")", "scope is none"},
    {R"("security": [{"key": []}])", R"("security": [{"lock": []}])",
     "security is not described"},
    {R"("security": [],)", "", "needs a scope"},
    {R"("tags": ["Things"])", R"("tags": ["Stuff"])", "tag is not described"},
    {R"("404": {"$ref": "#/components/responses/NotFound"},)", "",
     "does not describe 404"},
    {R"("parameters": [{"$ref": "#/components/parameters/Limit"}],)", "",
     "used by nobody"},
  };
  for (const auto& r : rows) {
    std::string text = small_api;
    const auto at = text.find(r.from);
    ASSERT_NE(at, std::string::npos) << r.from;
    text.replace(at, std::string_view{r.from}.size(), r.to);
    const openapi_check spoilt{json::parse(text)};
    std::string all;
    for (const auto& one : lint(spoilt))
      all += one + "\n";
    EXPECT_NE(all.find(r.what), std::string::npos)
      << r.to << " should give: " << r.what << "\nand gives: " << all;
  }
}

} // namespace
} // namespace switchboard::support
