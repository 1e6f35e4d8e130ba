#include "tests/support/json_schema.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace switchboard::support {

namespace {

namespace json = boost::json;

/// What stands behind a keyword.
enum class content {
  annotation,
  text,
  flag,
  number,
  size,
  names,  ///< a list of strings, each once
  values, ///< a list of anything, not empty
  schema,
  schemas, ///< a list of them, not empty
  members, ///< an object of them
  types,
  pattern,
  format,
  reference,
};

struct keyword {
  std::string_view name;
  content holds;
};

constexpr std::array<keyword, 26> keywords{{
  {"type", content::types},         {"properties", content::members},
  {"required", content::names},     {"additionalProperties", content::schema},
  {"items", content::schema},       {"enum", content::values},
  {"const", content::annotation},   {"format", content::format},
  {"minimum", content::number},     {"maximum", content::number},
  {"minLength", content::size},     {"maxLength", content::size},
  {"pattern", content::pattern},    {"minItems", content::size},
  {"maxItems", content::size},      {"uniqueItems", content::flag},
  {"oneOf", content::schemas},      {"anyOf", content::schemas},
  {"allOf", content::schemas},      {"$ref", content::reference},
  {"title", content::text},         {"description", content::text},
  {"default", content::annotation}, {"examples", content::values},
  {"deprecated", content::flag},    {"$comment", content::text},
}};

constexpr std::array<std::string_view, 7> type_names{
  "null", "boolean", "object", "array", "number", "integer", "string"};
constexpr std::array<std::string_view, 4> format_names{"date-time", "uuid",
                                                       "uri", "int64"};

template <class Names>
bool is_one_of(const json::value& value, const Names& names) {
  return value.is_string()
         && std::ranges::find(names, std::string_view{value.get_string()})
              != names.end();
}

bool is_list_of_names(const json::value& value) {
  const auto* list = value.if_array();
  if (list == nullptr || !std::ranges::all_of(*list, [](const auto& x) {
        return x.is_string();
      }))
    return false;
  std::set<std::string_view> seen;
  return std::ranges::all_of(*list, [&](const auto& x) {
    return seen.insert(std::string_view{x.get_string()}).second;
  });
}

bool is_types(const json::value& value) {
  if (is_one_of(value, type_names))
    return true;
  return is_list_of_names(value) && !value.get_array().empty()
         && std::ranges::all_of(value.get_array(), [](const auto& one) {
              return is_one_of(one, type_names);
            });
}

bool is_pattern(const json::value& value) {
  if (!value.is_string())
    return false;
  try {
    const std::regex parsed{std::string{value.get_string()}};
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

bool is_size(const json::value& value) {
  return value.is_uint64() || (value.is_int64() && value.get_int64() >= 0);
}

bool is_filled_list(const json::value& value) {
  return value.is_array() && !value.get_array().empty();
}

class judgement {
public:
  explicit judgement(const json_schema& schemas) : schemas_{schemas} {}

  void judge(const json::value& schema, const std::string& at) {
    if (schema.is_bool())
      return;
    const auto* rules = schema.if_object();
    if (rules == nullptr) {
      problems.push_back(at + ": is no schema");
      return;
    }
    for (const auto& [name, value] : *rules)
      judge_keyword(name, value, at);
    judge_required(*rules, at);
  }

  std::vector<std::string> problems;

private:
  void judge_keyword(std::string_view name, const json::value& value,
                     const std::string& at) {
    const auto found = std::ranges::find(keywords, name, &keyword::name);
    const auto there = at + "/" + std::string{name};
    if (found == keywords.end())
      problems.push_back(there + ": is a keyword that is not known");
    else if (!is_good(found->holds, value))
      problems.push_back(there + ": cannot be " + json::serialize(value));
    else
      judge_below(found->holds, value, there);
  }

  [[nodiscard]] bool is_good(content holds, const json::value& value) const {
    switch (holds) {
      case content::annotation: return true;
      case content::text: return value.is_string();
      case content::flag: return value.is_bool();
      case content::number: return value.is_number();
      case content::size: return is_size(value);
      case content::names: return is_list_of_names(value);
      case content::values: return is_filled_list(value);
      case content::schema: return value.is_object() || value.is_bool();
      case content::schemas: return is_filled_list(value);
      case content::members: return value.is_object();
      case content::types: return is_types(value);
      case content::pattern: return is_pattern(value);
      case content::format: return is_one_of(value, format_names);
      case content::reference:
        return schemas_.resolve(json::object{{"$ref", value}}) != nullptr;
    }
    return false;
  }

  void judge_below(content holds, const json::value& value,
                   const std::string& at) {
    if (holds == content::schema) {
      judge(value, at);
    } else if (holds == content::schemas) {
      for (std::size_t i = 0; i < value.get_array().size(); ++i)
        judge(value.get_array()[i], at + "/" + std::to_string(i));
    } else if (holds == content::members) {
      for (const auto& [name, schema] : value.get_object())
        judge(schema, at + "/" + std::string{name});
    }
  }

  /// A name that is required and not described is a slip of the pen.
  void judge_required(const json::object& rules, const std::string& at) {
    const auto* names = rules.if_contains("required");
    const auto* listed = rules.if_contains("properties");
    if (names == nullptr || !names->is_array())
      return;
    for (const auto& name : names->get_array())
      if (name.is_string()
          && (listed == nullptr || !listed->is_object()
              || !listed->get_object().contains(name.get_string())))
        problems.push_back(at + "/required: " + json::serialize(name)
                           + " is not among the properties");
  }

  const json_schema& schemas_;
};

} // namespace

std::vector<std::string> json_schema::judge(const json::value& schema,
                                            const std::string& where) const {
  judgement one{*this};
  one.judge(schema, where);
  return std::move(one.problems);
}

} // namespace switchboard::support
