#include "channels/json/reader.hpp"

#include "domain/text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace switchboard::channels::json {

namespace {

/// A parser keeps its buffers, so each thread has one for all its requests.
simdjson::dom::parser& thread_parser() {
  thread_local simdjson::dom::parser parser;
  return parser;
}

std::string explain(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR: return "is not valid UTF-8";
    case simdjson::DEPTH_ERROR: return "is nested too deeply";
    case simdjson::EMPTY: return "is empty; a JSON object is needed";
    case simdjson::CAPACITY: return "is too large";
    default: return "is not valid JSON";
  }
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

} // namespace

object_reader::object_reader(std::string_view body,
                             std::span<const std::string_view> known) {
  slots_.reserve(known.size());
  for (const auto name : known)
    slots_.push_back({name, kind::absent, false, {}});
  read(body);
}

void object_reader::read(std::string_view body) {
  auto& parser = thread_parser();
  if (parser.max_depth() != depth_max
      && parser.allocate(std::max<std::size_t>(body.size(), 4096), depth_max)
           != simdjson::SUCCESS) {
    refuse("", "is too large");
    return;
  }
  simdjson::dom::element root;
  if (const auto code = parser.parse(body.data(), body.size()).get(root);
      code != simdjson::SUCCESS) {
    refuse("", explain(code));
    return;
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    refuse("", "must be a JSON object");
    return;
  }
  is_object_ = true;
  for (const auto field : object) {
    auto* known = find(field.key);
    if (known == nullptr)
      continue;
    if (known->what != kind::absent) {
      // Once is enough: a body may repeat a field a hundred thousand times.
      if (!std::exchange(known->repeated, true))
        refuse(field.key, "is given more than once");
      continue;
    }
    std::string_view value;
    if (field.value.is_null()) {
      known->what = kind::null;
    } else if (field.value.get(value) == simdjson::SUCCESS) {
      known->what = kind::text;
      known->value = value;
    } else {
      known->what = kind::other;
    }
  }
}

object_reader::slot* object_reader::find(std::string_view name) {
  for (auto& candidate : slots_)
    if (candidate.name == name)
      return &candidate;
  return nullptr;
}

std::string object_reader::text(std::string_view name, const text_rule& rule) {
  auto* found = find(name);
  if (found == nullptr || found->what == kind::other) {
    refuse(name, "must be a string");
    return {};
  }
  std::string_view value = found->value;
  if (rule.trimmed)
    value = domain::trim(value);
  if (value.empty()) {
    if (rule.required)
      refuse(name, "is required");
    return {};
  }
  if (value.find('\0') != std::string_view::npos) {
    refuse(name, "contains a NUL character");
    return {};
  }
  if (rule.one_line && has_control_character(value)) {
    refuse(name, "must be one line without control characters");
    return {};
  }
  // Bytes bound code points, so most texts need no counting.
  if (value.size() > rule.length_max
      && domain::count_code_points(value) > rule.length_max) {
    refuse(name,
           "is longer than " + std::to_string(rule.length_max) + " characters");
    return {};
  }
  if (value.size() == found->value.size())
    return std::move(found->value);
  return std::string{value};
}

void object_reader::refuse(std::string_view field, std::string message) {
  problems_.push_back({std::string{field}, std::move(message)});
}

} // namespace switchboard::channels::json
