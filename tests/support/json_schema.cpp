#include "tests/support/json_schema.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <regex>

namespace switchboard::support {

namespace {

namespace json = boost::json;
using problem_list = std::vector<std::string>;

/// No schema of ours leads deeper; a circle of references would.
constexpr int depth_max = 64;

std::string_view text_of(const json::value& value) {
  const auto& text = value.get_string();
  return {text.data(), text.size()};
}

/// `text` in a JSON pointer.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  return out;
}

bool is_integer(const json::value& value) {
  if (value.is_int64() || value.is_uint64())
    return true;
  double whole = 0;
  return value.is_double() && std::isfinite(value.get_double())
         && std::modf(value.get_double(), &whole) == 0.0;
}

bool has_type(const json::value& value, std::string_view type) {
  if (type == "integer")
    return is_integer(value);
  if (type == "number")
    return value.is_number();
  if (type == "null")
    return value.is_null();
  if (type == "boolean")
    return value.is_bool();
  if (type == "string")
    return value.is_string();
  if (type == "array")
    return value.is_array();
  return type == "object" && value.is_object();
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

/// A number of digits at `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at,
                          std::size_t count) {
  const auto part = text.substr(std::min(at, text.size()), count);
  int value = 0;
  const auto [stop, error]
    = std::from_chars(part.data(), part.data() + part.size(), value);
  const bool good = part.size() == count && error == std::errc{}
                    && stop == part.data() + part.size() && part[0] != '-';
  return good ? std::optional{value} : std::nullopt;
}

int days_in(int year, int month) {
  constexpr std::array days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// RFC 3339.
bool is_date_time(std::string_view text) {
  static const std::regex shape{
    R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))"};
  if (!std::regex_match(text.begin(), text.end(), shape))
    return false;
  const auto year = *digits(text, 0, 4);
  const auto month = *digits(text, 5, 2);
  const auto day = *digits(text, 8, 2);
  if (month < 1 || month > 12 || day < 1 || day > days_in(year, month))
    return false;
  if (!text.ends_with('Z')) {
    const auto zone = text.substr(text.size() - 5);
    if (*digits(zone, 0, 2) > 23 || *digits(zone, 3, 2) > 59)
      return false;
  }
  return *digits(text, 11, 2) <= 23 && *digits(text, 14, 2) <= 59
         && *digits(text, 17, 2) <= 60;
}

/// Making one takes longer than using it, and there are few.
const std::regex& regex_of(std::string_view pattern) {
  thread_local std::map<std::string, std::regex, std::less<>> known;
  auto found = known.find(pattern);
  if (found == known.end())
    found
      = known.emplace(std::string{pattern}, std::regex{std::string{pattern}})
          .first;
  return found->second;
}

bool is_match(std::string_view text, std::string_view whole) {
  return std::regex_match(text.begin(), text.end(), regex_of(whole));
}

/// One check of one instance.
class checker {
public:
  checker(const json_schema& schemas, json_schema::unlisted members)
    : schemas_{schemas}, members_{members} {}

  void check(const json::value& instance, const json::value& schema,
             const std::string& at) {
    if (++depth_ > depth_max) {
      say(at, "the schema has no end");
    } else if (const auto* rules = schema.if_object()) {
      check_object(instance, *rules, at);
    } else if (!schema.is_bool() || !schema.get_bool()) {
      say(at, "is not allowed here");
    }
    --depth_;
  }

  problem_list problems;

private:
  void say(const std::string& at, const std::string& what) {
    problems.push_back((at.empty() ? "/" : at) + ": " + what);
  }

  static const json::value* find(const json::object& rules, const char* name) {
    return rules.if_contains(name);
  }

  void check_object(const json::value& instance, const json::object& rules,
                    const std::string& at) {
    if (const auto* ref = find(rules, "$ref")) {
      const auto* target = schemas_.resolve(json::object{{"$ref", *ref}});
      if (target == nullptr)
        say(at, "its schema leads nowhere: " + json::serialize(*ref));
      else
        check(instance, *target, at);
    }
    if (!check_type(instance, rules, at))
      return;
    check_values(instance, rules, at);
    check_branches(instance, rules, at);
    if (const auto* object = instance.if_object())
      check_members(*object, rules, at);
    else if (const auto* list = instance.if_array())
      check_items(*list, rules, at);
    else if (instance.is_string())
      check_text(text_of(instance), rules, at);
    else if (instance.is_number())
      check_number(instance, rules, at);
  }

  bool check_type(const json::value& instance, const json::object& rules,
                  const std::string& at) {
    const auto* type = find(rules, "type");
    if (type == nullptr)
      return true;
    const auto fits = [&](const json::value& one) {
      return has_type(instance, text_of(one));
    };
    const bool good = type->is_array()
                        ? std::ranges::any_of(type->get_array(), fits)
                        : fits(*type);
    if (!good)
      say(at, "is " + json::serialize(instance).substr(0, 80) + ", not of type "
                + json::serialize(*type));
    return good;
  }

  void check_values(const json::value& instance, const json::object& rules,
                    const std::string& at) {
    if (const auto* only = find(rules, "const"); only && *only != instance)
      say(at, "must be " + json::serialize(*only));
    if (const auto* all = find(rules, "enum"))
      if (std::ranges::find(all->as_array(), instance) == all->as_array().end())
        say(at, json::serialize(instance).substr(0, 80) + " is none of "
                  + json::serialize(*all));
  }

  problem_list try_one(const json::value& instance, const json::value& schema,
                       const std::string& at) {
    checker other{schemas_, members_};
    other.depth_ = depth_;
    other.check(instance, schema, at);
    return other.problems;
  }

  void check_branches(const json::value& instance, const json::object& rules,
                      const std::string& at) {
    if (const auto* all = find(rules, "allOf"))
      for (const auto& one : all->as_array())
        check(instance, one, at);
    for (const auto* name : {"anyOf", "oneOf"}) {
      const auto* some = find(rules, name);
      if (some == nullptr)
        continue;
      std::size_t fitting = 0;
      std::string reasons;
      for (const auto& one : some->as_array()) {
        const auto wrong = try_one(instance, one, at);
        fitting += wrong.empty() ? 1U : 0U;
        if (!wrong.empty())
          reasons += " [" + wrong.front() + "]";
      }
      const bool wants_one = std::string_view{name} == "oneOf";
      if (fitting == 0)
        say(at, std::string{name} + ": nothing fits:" + reasons);
      else if (wants_one && fitting > 1)
        say(at, "oneOf: more than one fits");
    }
  }

  void check_members(const json::object& object, const json::object& rules,
                     const std::string& at) {
    if (const auto* names = find(rules, "required"))
      for (const auto& name : names->as_array())
        if (!object.contains(name.as_string()))
          say(at, "lacks " + std::string{text_of(name)});
    const auto* listed = find(rules, "properties");
    const auto* others = find(rules, "additionalProperties");
    for (const auto& [name, value] : object) {
      const auto there = at + "/" + escaped({name.data(), name.size()});
      const auto* schema
        = listed != nullptr ? listed->as_object().if_contains(name) : nullptr;
      if (schema == nullptr)
        schema = others;
      if (schema != nullptr)
        check(value, *schema, there);
      else if (listed != nullptr && members_ == json_schema::unlisted::refused)
        say(there, "is not in the description");
    }
  }

  void check_items(const json::array& list, const json::object& rules,
                   const std::string& at) {
    check_size(list.size(), rules, "minItems", "maxItems", at);
    if (const auto* unique = find(rules, "uniqueItems");
        unique != nullptr && unique->as_bool())
      for (auto i = list.begin(); i != list.end(); ++i)
        if (std::find(i + 1, list.end(), *i) != list.end())
          say(at, "has " + json::serialize(*i) + " twice");
    if (const auto* schema = find(rules, "items"))
      for (std::size_t i = 0; i < list.size(); ++i)
        check(list[i], *schema, at + "/" + std::to_string(i));
  }

  void check_size(std::size_t size, const json::object& rules, const char* min,
                  const char* max, const std::string& at) {
    if (const auto* least = find(rules, min);
        least != nullptr && size < least->to_number<std::size_t>())
      say(at, std::string{min} + " is " + json::serialize(*least));
    if (const auto* most = find(rules, max);
        most != nullptr && size > most->to_number<std::size_t>())
      say(at, std::string{max} + " is " + json::serialize(*most));
  }

  void check_text(std::string_view text, const json::object& rules,
                  const std::string& at) {
    check_size(code_points(text), rules, "minLength", "maxLength", at);
    const auto shown = "'" + std::string{text.substr(0, 80)} + "'";
    if (const auto* pattern = find(rules, "pattern")) {
      const auto& shape = regex_of(text_of(*pattern));
      if (!std::regex_search(text.begin(), text.end(), shape))
        say(at, shown + " does not match " + json::serialize(*pattern));
    }
    if (const auto* format = find(rules, "format");
        format != nullptr && !has_format(text, text_of(*format)))
      say(at, shown + " is no " + std::string{text_of(*format)});
  }

  void check_number(const json::value& number, const json::object& rules,
                    const std::string& at) {
    const auto value = number.to_number<double>();
    if (const auto* least = find(rules, "minimum");
        least != nullptr && value < least->to_number<double>())
      say(at, "the minimum is " + json::serialize(*least));
    if (const auto* most = find(rules, "maximum");
        most != nullptr && value > most->to_number<double>())
      say(at, "the maximum is " + json::serialize(*most));
    const auto* format = find(rules, "format");
    constexpr auto int64_max
      = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (format != nullptr && number.is_uint64()
        && number.get_uint64() > int64_max)
      say(at, "does not fit into int64");
  }

  const json_schema& schemas_;
  json_schema::unlisted members_;
  int depth_ = 0;
};

} // namespace

bool has_format(std::string_view text, std::string_view format) {
  if (format == "date-time")
    return is_date_time(text);
  if (format == "uuid")
    return is_match(text, "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  if (format == "uri")
    return is_match(text,
                    R"([A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\x00-\x20]+)");
  return false;
}

std::vector<std::string> json_schema::check(const json::value& instance,
                                            const json::value& schema) const {
  checker one{*this, members_};
  one.check(instance, schema, {});
  return std::move(one.problems);
}

const json::value* json_schema::resolve(const json::value& at) const {
  const auto* here = &at;
  for (int steps = 0; steps < depth_max; ++steps) {
    const auto* object = here->if_object();
    const auto* ref = object != nullptr ? object->if_contains("$ref") : nullptr;
    if (ref == nullptr)
      return here;
    if (!ref->is_string() || !text_of(*ref).starts_with("#/"))
      return nullptr;
    boost::system::error_code problem;
    const auto pointer = text_of(*ref).substr(1);
    here = document_.find_pointer({pointer.data(), pointer.size()}, problem);
    if (here == nullptr)
      return nullptr;
  }
  return nullptr;
}

} // namespace switchboard::support
