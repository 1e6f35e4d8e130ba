#include "tests/support/json_schema.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

namespace switchboard::support {
namespace {

namespace json = boost::json;

const json::value document = json::parse(R"({
  "schemas": {
    "Name": {"type": "string", "minLength": 1},
    "a/b": {"type": "integer"},
    "Alias": {"$ref": "#/schemas/Name"},
    "Round": {"$ref": "#/schemas/Square"},
    "Square": {"$ref": "#/schemas/Round"},
    "Tree": {"type": "object", "properties": {"next": {"$ref": "#/schemas/Tree"}}}
  }})");

struct row {
  const char* schema;
  const char* instance;
  bool fits;
};

class JsonSchema : public testing::Test {
protected:
  json_schema strict{document, json_schema::unlisted::refused};
  json_schema lenient{document, json_schema::unlisted::allowed};

  void expect(const std::vector<row>& rows) {
    for (const auto& r : rows) {
      const auto schema = json::parse(r.schema);
      EXPECT_TRUE(strict.judge(schema, "schema").empty()) << r.schema;
      const auto wrong = strict.check(json::parse(r.instance), schema);
      EXPECT_EQ(wrong.empty(), r.fits)
        << r.schema << " and " << r.instance << ": "
        << (wrong.empty() ? "nothing found" : wrong.front());
    }
  }
};

TEST_F(JsonSchema, TellsTypesApart) {
  expect({
    {R"({"type": "string"})", R"("a")", true},
    {R"({"type": "string"})", "1", false},
    {R"({"type": "integer"})", "1", true},
    {R"({"type": "integer"})", "18446744073709551615", true},
    {R"({"type": "integer"})", "1.0", true},
    {R"({"type": "integer"})", "1.5", false},
    {R"({"type": "number"})", "1", true},
    {R"({"type": "number"})", "1.5", true},
    {R"({"type": "number"})", R"("1")", false},
    {R"({"type": "boolean"})", "false", true},
    {R"({"type": "boolean"})", "0", false},
    {R"({"type": "null"})", "null", true},
    {R"({"type": "array"})", "[]", true},
    {R"({"type": "array"})", "{}", false},
    {R"({"type": "object"})", "{}", true},
    {R"({"type": ["string", "null"]})", "null", true},
    {R"({"type": ["string", "null"]})", R"("")", true},
    {R"({"type": ["string", "null"]})", "1", false},
    {"{}", "[1]", true},
    {"true", "1", true},
    {"false", "1", false},
  });
}

TEST_F(JsonSchema, HoldsTextAgainstItsRules) {
  expect({
    {R"({"minLength": 2})", R"("é")", false},
    {R"({"maxLength": 1})", R"("é")", true},
    {R"({"maxLength": 1})", R"("ab")", false},
    {R"({"pattern": "b+"})", R"("abc")", true},
    {R"({"pattern": "^b+$"})", R"("abc")", false},
    {R"({"pattern": "^b+$"})", "1", true},
    {R"({"format": "uuid"})", R"("019c1b2e-7c00-7a61-8e5f-3b1f0c9a4d21")",
     true},
    {R"({"format": "uuid"})", R"("019c1b2e7c007a618e5f3b1f0c9a4d21")", false},
    {R"({"format": "uri"})", R"("https://example.com/a?b=c")", true},
    {R"({"format": "uri"})", R"("example.com/a")", false},
    {R"({"format": "uri"})", R"("https://example.com/a b")", false},
    {R"({"format": "date-time"})", R"("2026-01-31T12:00:00.000Z")", true},
    {R"({"format": "date-time"})", R"("2024-02-29T23:59:60+05:30")", true},
    {R"({"format": "date-time"})", R"("2026-02-29T12:00:00Z")", false},
    {R"({"format": "date-time"})", R"("2026-13-01T12:00:00Z")", false},
    {R"({"format": "date-time"})", R"("2026-01-31T24:00:00Z")", false},
    {R"({"format": "date-time"})", R"("2026-01-31T12:60:00Z")", false},
    {R"({"format": "date-time"})", R"("2026-01-31T12:00:00+24:00")", false},
    {R"({"format": "date-time"})", R"("2026-01-31 12:00:00Z")", false},
    {R"({"format": "date-time"})", R"("2026-01-31T12:00:00")", false},
  });
}

TEST_F(JsonSchema, HoldsNumbersAgainstTheirRules) {
  expect({
    {R"({"minimum": 1})", "1", true},
    {R"({"minimum": 1})", "0", false},
    {R"({"maximum": 1})", "1", true},
    {R"({"maximum": 1})", "1.01", false},
    {R"({"minimum": 1})", R"("0")", true},
    {R"({"type": "integer", "format": "int64"})", "9223372036854775807", true},
    {R"({"type": "integer", "format": "int64"})", "9223372036854775808", false},
  });
}

TEST_F(JsonSchema, HoldsListsAgainstTheirRules) {
  expect({
    {R"({"items": {"type": "string"}})", R"(["a", "b"])", true},
    {R"({"items": {"type": "string"}})", R"(["a", 1])", false},
    {R"({"minItems": 1})", "[]", false},
    {R"({"maxItems": 1})", "[1, 2]", false},
    {R"({"uniqueItems": true})", "[1, 2]", true},
    {R"({"uniqueItems": true})", "[1, 2, 1]", false},
    {R"({"uniqueItems": false})", "[1, 1]", true},
  });
}

TEST_F(JsonSchema, HoldsObjectsAgainstTheirRules) {
  constexpr auto a
    = R"({"required": ["a"], "properties": {"a": {"type": "string"}}})";
  constexpr auto open
    = R"({"properties": {"a": {}}, "additionalProperties": true})";
  constexpr auto typed = R"({"additionalProperties": {"type": "string"}})";
  expect({
    {a, R"({"a": "x"})", true},
    {a, R"({"a": 1})", false},
    {a, "{}", false},
    {a, R"({"a": "x", "b": 1})", false},
    {open, R"({"b": 1})", true},
    {typed, R"({"b": "x"})", true},
    {typed, R"({"b": 1})", false},
    {R"({"type": "object"})", R"({"b": 1})", true},
    {R"({"properties": {"a": {}}, "additionalProperties": false})",
     R"({"b": 1})", false},
  });
}

TEST_F(JsonSchema, LetsUnlistedMembersPassWhenToldTo) {
  const auto schema = json::parse(R"({"properties": {"a": {}}})");
  const auto instance = json::parse(R"({"b": 1})");
  EXPECT_TRUE(lenient.check(instance, schema).empty());
  EXPECT_EQ(strict.check(instance, schema),
            std::vector<std::string>{"/b: is not in the description"});
}

TEST_F(JsonSchema, HoldsValuesAgainstLists) {
  expect({
    {R"({"enum": ["a", null]})", "null", true},
    {R"({"enum": ["a", null]})", R"("b")", false},
    {R"({"const": true})", "true", true},
    {R"({"const": true})", "1", false},
    {R"({"const": {"a": [1]}})", R"({"a": [1]})", true},
  });
}

TEST_F(JsonSchema, KnowsBranches) {
  constexpr auto one = R"({"oneOf": [{"type": "integer"}, {"minimum": 5}]})";
  constexpr auto any = R"({"anyOf": [{"type": "integer"}, {"minimum": 5}]})";
  constexpr auto all = R"({"allOf": [{"type": "integer"}, {"minimum": 5}]})";
  expect({
    {one, "1", true},
    {one, "5.5", true},
    {one, "5", false},
    {one, "1.5", false},
    {any, "5", true},
    {any, "1.5", false},
    {all, "5", true},
    {all, "4", false},
  });
}

TEST_F(JsonSchema, FollowsReferences) {
  expect({
    {R"({"$ref": "#/schemas/Name"})", R"("a")", true},
    {R"({"$ref": "#/schemas/Alias"})", R"("")", false},
    {R"({"$ref": "#/schemas/a~1b"})", "1", true},
    {R"({"$ref": "#/schemas/Name", "maxLength": 1})", R"("ab")", false},
    {R"({"$ref": "#/schemas/Tree"})", R"({"next": {"next": {}}})", true},
    {R"({"$ref": "#/schemas/Tree"})", R"({"next": {"next": 1}})", false},
  });
}

TEST_F(JsonSchema, SaysWhereSomethingIsWrong) {
  const auto schema = json::parse(
    R"({"properties": {"a": {"items": {"properties": {"b/c": {"type": "string"}}}}}})");
  EXPECT_EQ(
    strict.check(json::parse(R"({"a": [{}, {"b/c": 1}]})"), schema),
    std::vector<std::string>{R"(/a/1/b~1c: is 1, not of type "string")"});
}

TEST_F(JsonSchema, RefusesSchemasThatItCannotCheck) {
  for (const char* schema : {
         R"({"typ": "string"})",
         R"({"type": "text"})",
         R"({"type": []})",
         R"({"type": ["string", "string"]})",
         R"({"format": "email"})",
         R"({"minLength": -1})",
         R"({"minimum": "1"})",
         R"({"pattern": "("})",
         R"({"required": ["a"]})",
         R"({"required": ["a", "a"], "properties": {"a": {}}})",
         R"({"enum": []})",
         R"({"oneOf": []})",
         R"({"items": 1})",
         R"({"items": {"items": {"typ": 1}}})",
         R"({"properties": {"a": {"typ": 1}}})",
         R"({"allOf": [{"typ": 1}]})",
         R"({"additionalProperties": {"typ": 1}})",
         R"({"patternProperties": {}})",
         R"({"uniqueItems": 1})",
         R"({"description": 1})",
         R"({"$ref": "#/schemas/Nobody"})",
         R"({"$ref": "#/schemas/Round"})",
         R"({"$ref": "other.json#/a"})",
         "[]",
       })
    EXPECT_FALSE(strict.judge(json::parse(schema), "x").empty()) << schema;
}

} // namespace
} // namespace switchboard::support
