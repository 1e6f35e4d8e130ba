#include "channels/telegram/json_fields.hpp"

#include "channels/telegram/utf16.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <limits>

namespace switchboard::channels::telegram {

namespace {

/// An empty object for readers that go on after a problem.
simdjson::dom::object nothing() {
  thread_local simdjson::dom::parser parser;
  thread_local const simdjson::dom::object empty
    = parser.parse(std::string_view{"{}"}).get_object();
  return empty;
}

} // namespace

simdjson::error_code parse_json(std::string_view body,
                                simdjson::dom::element& root) {
  thread_local simdjson::dom::parser parser;
  if (parser.max_depth() != json_depth_max) {
    const auto code = parser.allocate(std::max<std::size_t>(body.size(), 4096),
                                      json_depth_max);
    if (code != simdjson::SUCCESS)
      return code;
  }
  return parser.parse(body.data(), body.size()).get(root);
}

std::string_view explain_json(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR: return "not UTF-8";
    case simdjson::DEPTH_ERROR: return "nested too deeply";
    case simdjson::EMPTY: return "empty";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC: return "too large";
    default: return "not JSON";
  }
}

void json_fields::note(std::string_view name, std::string_view what) const {
  if (problem_->empty())
    problem_->append(name).append(" ").append(what);
}

std::optional<simdjson::dom::element>
json_fields::find(std::string_view name) const {
  simdjson::dom::element value;
  if (object_.at_key(name).get(value) != simdjson::SUCCESS || value.is_null())
    return std::nullopt;
  return value;
}

bool json_fields::has(std::string_view name) const {
  return find(name).has_value();
}

std::int64_t json_fields::integer(std::string_view name) const {
  const auto value = find_integer(name);
  if (!value)
    note(name, "is missing");
  return value.value_or(0);
}

std::optional<std::int64_t>
json_fields::find_integer(std::string_view name) const {
  const auto found = find(name);
  if (!found)
    return std::nullopt;
  std::int64_t value = 0;
  if (found->get(value) != simdjson::SUCCESS)
    note(name, "is no integer");
  return value;
}

std::uint32_t json_fields::find_count(std::string_view name) const {
  const auto value = find_integer(name).value_or(0);
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max()) {
    note(name, "is out of range");
    return 0;
  }
  return static_cast<std::uint32_t>(value);
}

double json_fields::number(std::string_view name) const {
  const auto found = find(name);
  double value = 0;
  if (!found)
    note(name, "is missing");
  else if (found->get(value) != simdjson::SUCCESS)
    note(name, "is no number");
  return value;
}

bool json_fields::flag(std::string_view name) const {
  const auto found = find(name);
  bool value = false;
  if (found && found->get(value) != simdjson::SUCCESS)
    note(name, "is no boolean");
  return value;
}

std::string json_fields::identifier(std::string_view name,
                                    std::size_t size_max) const {
  const auto found = find(name);
  std::string_view value;
  if (!found)
    note(name, "is missing");
  else if (found->get(value) != simdjson::SUCCESS)
    note(name, "is no string");
  else if (value.empty() || value.size() > size_max)
    note(name, "has a length out of range");
  else if (!domain::is_clean_utf8(value))
    note(name, "is no clean text");
  else
    return std::string{value};
  return {};
}

std::string json_fields::words(std::string_view name,
                               std::size_t length_max) const {
  const auto found = find(name);
  std::string_view value;
  if (found && found->get(value) != simdjson::SUCCESS)
    note(name, "is no string");
  auto repaired = repair_text(value);
  // Bytes bound code points, so most texts need no counting.
  if (repaired.size() > length_max)
    repaired = std::string{domain::clip(repaired, length_max)};
  return repaired;
}

json_fields json_fields::object(std::string_view name) const {
  if (auto found = find_object(name))
    return *found;
  note(name, "is missing");
  return {nothing(), *problem_};
}

std::optional<json_fields>
json_fields::find_object(std::string_view name) const {
  const auto found = find(name);
  if (!found)
    return std::nullopt;
  return item(*found, name);
}

std::optional<simdjson::dom::array>
json_fields::find_array(std::string_view name) const {
  const auto found = find(name);
  if (!found)
    return std::nullopt;
  simdjson::dom::array array;
  if (found->get(array) == simdjson::SUCCESS)
    return array;
  note(name, "is no array");
  return std::nullopt;
}

json_fields json_fields::item(simdjson::dom::element element,
                              std::string_view name) const {
  simdjson::dom::object value;
  if (element.get(value) == simdjson::SUCCESS)
    return {value, *problem_};
  note(name, "is no object");
  return {nothing(), *problem_};
}

} // namespace switchboard::channels::telegram
