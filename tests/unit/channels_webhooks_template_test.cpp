#include "channels/webhooks/payload_template.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::webhooks {
namespace {

using field = template_field;

class PayloadTemplate : public testing::Test {
protected:
  PayloadTemplate() {
    values.set(field::type, "ticket.created");
    values.set(field::timestamp, "2026-01-31T12:00:00.000Z");
    values.set(field::sequence, 3);
    values.set(field::ticket_number, 42);
    values.set(field::ticket_ref, "T-20260131-7K3M9QXZ");
    values.set(field::ticket_title, "The \"best\"\\\n\x01 é😀");
    values.set(field::data, R"({"ticket":{"number":42}})");
  }

  [[nodiscard]] std::string render(std::string_view text) const {
    const auto read = payload_template::parse(text);
    if (!read.value)
      return "refused: " + read.problems.at(0).message;
    return read.value->render(values).value_or("too large");
  }

  static std::vector<std::string> problems(std::string_view text) {
    std::vector<std::string> out;
    auto read = payload_template::parse(text);
    EXPECT_EQ(read.value.has_value(), read.problems.empty());
    for (auto& one : read.problems) {
      EXPECT_EQ(one.field, "template");
      out.push_back(std::move(one.message));
    }
    return out;
  }

  static std::string problem(std::string_view text) {
    const auto all = problems(text);
    EXPECT_LE(all.size(), 1U);
    return all.empty() ? "" : all.front();
  }

  field_values values;
};

TEST_F(PayloadTemplate, FillsItsGaps) {
  struct row {
    std::string_view text;
    std::string_view expected;
  };
  const std::vector<row> rows{
    {R"({"text": "{{ticket.ref}}: {{ticket.title}}", "n": {{sequence}}})",
     "{\"text\": \"T-20260131-7K3M9QXZ: The \\\"best\\\"\\\\\\n\\u0001 é😀\","
     " \"n\": 3}"},
    {R"({"a":"{{ ticket.ref }}","b":{{ ticket.number | json }}})",
     R"({"a":"T-20260131-7K3M9QXZ","b":42})"},
    {R"({"title":{{ticket.title|json}}})",
     R"({"title":"The \"best\"\\\n\u0001 é😀"})"},
    {"{{data}}", R"({"ticket":{"number":42}})"},
    {R"({"x":{{data|json}}})", R"({"x":{"ticket":{"number":42}}})"},
    {R"({"x":{{data|raw}}})", R"({"x":{"ticket":{"number":42}}})"},
    {R"({"text":"#{{ticket.number}}"})", R"({"text":"#42"})"},
    {R"({"no":"gap"})", R"({"no":"gap"})"},
    {R"({"a":"\u007b{ticket.ref}}"})", R"({"a":"\u007b{ticket.ref}}"})"},
    {"Ticket {{ticket.ref|raw}} says {{type}}",
     "Ticket T-20260131-7K3M9QXZ says ticket.created"},
  };
  for (const auto& r : rows)
    EXPECT_EQ(render(r.text), r.expected) << r.text;
}

TEST_F(PayloadTemplate, LeavesTextsEmptyAndWritesNullForWhatIsAbsent) {
  EXPECT_EQ(render(R"({"phone":"{{customer.phone}}"})"), R"({"phone":""})");
  EXPECT_EQ(render(R"({"phone":{{customer.phone|json}}})"),
            R"({"phone":null})");
  EXPECT_EQ(render(R"({"assignee":{{ticket.assignee}}})"),
            R"({"assignee":null})");
  values = {};
  EXPECT_EQ(render(R"([{{data}},{{sequence}}])"), "[null,null]");
}

TEST_F(PayloadTemplate, KnowsEveryField) {
  for (std::size_t i = 0; i < template_field_names.size(); ++i) {
    field_values only;
    const auto f = static_cast<field>(i);
    std::string expected = "7";
    if (kind_of(f) == field_kind::number)
      only.set(f, 7);
    else
      only.set(f, "7");
    if (kind_of(f) == field_kind::text)
      expected = R"("7")";
    const auto name = std::string{template_field_names[i]};
    const auto read = payload_template::parse("{{" + name + "|json}}");
    ASSERT_TRUE(read.value) << name;
    EXPECT_EQ(read.value->render(only), expected) << name;
  }
  EXPECT_EQ(template_field_names.at(static_cast<std::size_t>(field::data)),
            "data");
  EXPECT_EQ(
    template_field_names.at(static_cast<std::size_t>(field::customer_name)),
    "customer.name");
}

TEST_F(PayloadTemplate, HasAStandard) {
  EXPECT_EQ(payload_template::standard().render(values),
            R"({"type":"ticket.created",)"
            R"("timestamp":"2026-01-31T12:00:00.000Z",)"
            R"("data":{"ticket":{"number":42}},"sequence":3})");
}

TEST_F(PayloadTemplate, NamesUnknownFieldsAndOffersTheNearest) {
  struct row {
    std::string_view name;
    std::string_view offered;
  };
  const std::vector<row> rows{
    {"ticket.titel", "ticket.title"},
    {"ticketRef", "ticket.ref"},
    {"title", "ticket.title"},
    {"Ticket.Number", "ticket.number"},
    {"ticket.updatedAt", "ticket.updated_at"},
    {"customer.mail", "customer.email"},
    {"phone", "customer.phone"},
    {"seq", ""},
    {"ticket", "ticket.id"},
    {"", ""},
    {"something.else.entirely", ""},
  };
  for (const auto& r : rows) {
    const auto name = std::string{r.name};
    auto expected = "unknown field {{" + name + "}}";
    if (!r.offered.empty())
      expected += "; did you mean {{" + std::string{r.offered} + "}}?";
    EXPECT_EQ(problem(R"({"a":"{{)" + name + R"(}}"})"), expected);
  }
  EXPECT_EQ(problem("{{" + std::string(100, 'x') + "}}"),
            "unknown field {{" + std::string(40, 'x') + "…}}");
}

TEST_F(PayloadTemplate, ReportsAllProblemsUpToALimit) {
  EXPECT_EQ(
    problems(R"(["{{a.b.c.d}}", "{{type|html}}", "{{type"])"),
    (std::vector<std::string>{"unknown field {{a.b.c.d}}",
                              "{{type|html}}: only |raw and |json are known",
                              R"({{type"]}} is not closed by }})"}));
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += "{{zzzzzzzzzzzzzzz}}";
  EXPECT_EQ(problems(many).size(), payload_template::problems_max);
}

TEST_F(PayloadTemplate, BelongsBetweenTheRightQuotes) {
  EXPECT_EQ(problem(R"({"a":{{ticket.title}}})"),
            "{{ticket.title}} must stand between quotes");
  EXPECT_EQ(problem(R"({"a":"{{data}}"})"),
            "{{data}} must not stand between quotes");
  EXPECT_EQ(problem(R"({"a":"{{ticket.title|json}}"})"),
            "{{ticket.title}} must not stand between quotes");
}

TEST_F(PayloadTemplate, RefusesWhatGivesNoJson) {
  for (const auto* text : {
         "plain words",
         R"({"a":1)",
         R"({"a":1{{sequence}}})",
         R"({"a":{{sequence}}{{ticket.number}}})",
         R"({"a":-{{sequence}}})",
         R"({"a":1e{{sequence}}})",
         R"({{{sequence}}:1})",
         R"(["\{{sequence}}"])",
         R"(["\{{type}}n"])",
         R"(["\u00{{type}}41"])",
         R"(["\u00{{sequence}}"])",
         R"(["\u{{sequence}}777"])",
         R"(["\ud83d{{type}}\ude00"])",
         R"({{{type|json}}:1})",
         R"([{{sequence}}.5])",
         "[\"a\nb\"]",
       })
    EXPECT_FALSE(problem(text).empty()) << text;
  EXPECT_EQ(problem(R"({"a":1)"), "does not give valid JSON");
  EXPECT_EQ(problem(std::string(65, '[') + std::string(65, ']')),
            "does not give valid JSON");
}

TEST_F(PayloadTemplate, KeepsItsLimits) {
  const auto padded
    = [](std::size_t size) { return "\"" + std::string(size - 2, 'x') + "\""; };
  EXPECT_EQ(problem(padded(payload_template::size_max)), "");
  EXPECT_EQ(problem(padded(payload_template::size_max + 1)),
            "is longer than 20000 bytes");
  const auto gaps = [](std::size_t count) {
    std::string out = "\"";
    for (std::size_t i = 0; i < count; ++i)
      out += "{{type}}";
    return out + "\"";
  };
  EXPECT_EQ(problem(gaps(payload_template::gaps_max)), "");
  EXPECT_EQ(problem(gaps(payload_template::gaps_max + 1)),
            "has more than 500 fields");
  EXPECT_EQ(problem(" \n"), "is empty");
  EXPECT_EQ(problem(""), "is empty");
  EXPECT_EQ(problem("[\"\xC3\x28\"]"),
            "is not valid UTF-8, or contains a NUL character");
  EXPECT_EQ(problem(std::string_view{"[\"\0\"]", 5}),
            "is not valid UTF-8, or contains a NUL character");
}

TEST_F(PayloadTemplate, DoesNotGrowWithoutBound) {
  const std::string large(100'000, '"');
  values.set(field::ticket_description, large);
  EXPECT_EQ(render(R"("{{ticket.description}}")").size(), 200'002U);
  std::string many = "\"";
  for (int i = 0; i < 6; ++i)
    many += "{{ticket.description}}";
  EXPECT_EQ(render(many + "\""), "too large");
}

TEST_F(PayloadTemplate, SaysWhetherTextGoesInUnescaped) {
  const auto is_raw = [](std::string_view text) {
    return payload_template::parse(text).value.value().has_raw_text();
  };
  EXPECT_TRUE(is_raw("{{type|raw}}"));
  EXPECT_FALSE(is_raw("{{data|raw}}"));
  EXPECT_FALSE(is_raw("{{sequence|raw}}"));
}

} // namespace
} // namespace switchboard::channels::webhooks
