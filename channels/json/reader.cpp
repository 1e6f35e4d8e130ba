#include "channels/json/reader.hpp"

#include "channels/json/refine.hpp"
#include "domain/text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace switchboard::channels::json {

namespace {

/// A parser keeps its buffers, so each thread has one for all its requests.
simdjson::dom::parser& thread_parser() {
  thread_local simdjson::dom::parser parser;
  return parser;
}

constexpr std::size_t unknown_fields_told_max = 10;

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
                             std::span<const std::string_view> known,
                             unknown_fields others)
  : others_{others} {
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
    if (known == nullptr) {
      // A few of them show what is wrong.
      if (others_ == unknown_fields::refused
          && problems_.size() < unknown_fields_told_max)
        refuse(field.key, "is not a field of this object");
      continue;
    }
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
      known->value = simdjson::minify(field.value);
    }
  }
}

const object_reader::slot* object_reader::find(std::string_view name) const {
  for (const auto& candidate : slots_)
    if (candidate.name == name)
      return &candidate;
  return nullptr;
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
  return check(name, std::move(found->value), rule);
}

std::string object_reader::check(std::string_view field, std::string&& given,
                                 const text_rule& rule) {
  std::string_view value = given;
  if (rule.trimmed)
    value = domain::trim(value);
  if (value.empty()) {
    if (rule.required)
      refuse(field, "is required");
    return {};
  }
  if (value.find('\0') != std::string_view::npos) {
    refuse(field, "contains a NUL character");
    return {};
  }
  if (rule.one_line && has_control_character(value)) {
    refuse(field, "must be one line without control characters");
    return {};
  }
  // Bytes bound code points, so most texts need no counting.
  if (value.size() > rule.length_max
      && domain::count_code_points(value) > rule.length_max) {
    refuse(field,
           "is longer than " + std::to_string(rule.length_max) + " characters");
    return {};
  }
  if (value.size() == given.size())
    return std::move(given);
  return std::string{value};
}

bool object_reader::has(std::string_view name) const {
  const auto* found = find(name);
  return found != nullptr && found->what != kind::absent;
}

bool object_reader::is_null(std::string_view name) const {
  const auto* found = find(name);
  return found != nullptr && found->what == kind::null;
}

object_reader::slot* object_reader::given(std::string_view name) {
  auto* found = find(name);
  const bool is_given = found != nullptr && found->what != kind::absent
                        && found->what != kind::null;
  return is_given ? found : nullptr;
}

std::optional<std::int64_t> object_reader::integer(std::string_view name,
                                                   std::int64_t min,
                                                   std::int64_t max) {
  const auto* found = given(name);
  if (found == nullptr)
    return std::nullopt;
  std::int64_t value = 0;
  const auto& text = found->value;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (found->what == kind::text || error != std::errc{} || stop != end
      || value < min || value > max) {
    refuse(name, "must be an integer from " + std::to_string(min) + " to "
                   + std::to_string(max));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> object_reader::boolean(std::string_view name) {
  const auto* found = given(name);
  if (found == nullptr)
    return std::nullopt;
  if (found->what == kind::other && found->value == "true")
    return true;
  if (found->what == kind::other && found->value == "false")
    return false;
  refuse(name, "must be true or false");
  return std::nullopt;
}

std::optional<std::vector<std::string>>
object_reader::texts(std::string_view name, const text_rule& rule,
                     std::size_t count_max) {
  const auto* found = given(name);
  if (found == nullptr)
    return std::nullopt;
  simdjson::dom::array array;
  if (found->what == kind::text
      || thread_parser().parse(found->value).get(array) != simdjson::SUCCESS) {
    refuse(name, "must be a list of strings");
    return std::nullopt;
  }
  if (array.size() > count_max) {
    refuse(name, "has more than " + std::to_string(count_max) + " entries");
    return std::nullopt;
  }
  std::vector<std::string> out;
  for (const auto element : array) {
    const auto field
      = std::string{name} + '[' + std::to_string(out.size()) + ']';
    std::string_view value;
    if (element.get(value) != simdjson::SUCCESS) {
      refuse(field, "must be a string");
      return std::nullopt;
    }
    auto text = check(field, std::string{value}, rule);
    if (std::find(out.begin(), out.end(), text) != out.end())
      refuse(field, "is given more than once");
    out.push_back(std::move(text));
  }
  return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>>
object_reader::text_map(std::string_view name, const text_rule& rule,
                        std::size_t count_max) {
  const auto* found = given(name);
  if (found == nullptr)
    return std::nullopt;
  simdjson::dom::object object;
  if (found->what == kind::text
      || thread_parser().parse(found->value).get(object) != simdjson::SUCCESS) {
    refuse(name, "must be an object of strings");
    return std::nullopt;
  }
  if (object.size() > count_max) {
    refuse(name, "has more than " + std::to_string(count_max) + " entries");
    return std::nullopt;
  }
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto entry : object) {
    const auto field = std::string{name} + '.' + std::string{entry.key};
    std::string_view value;
    if (entry.value.get(value) != simdjson::SUCCESS) {
      refuse(field, "must be a string");
      return std::nullopt;
    }
    out.emplace_back(entry.key, check(field, std::string{value}, rule));
  }
  return out;
}

std::optional<object_reader>
object_reader::object(std::string_view name,
                      std::span<const std::string_view> known) {
  const auto* found = given(name);
  if (found == nullptr)
    return std::nullopt;
  std::optional<object_reader> inner;
  if (found->what == kind::other)
    inner.emplace(found->value, known, others_);
  if (!inner || !inner->is_object()) {
    refuse(name, "must be an object");
    return std::nullopt;
  }
  return inner;
}

void object_reader::adopt(std::string_view name, object_reader& inner) {
  for (auto& problem : inner.problems_) {
    auto field = std::string{name};
    if (!problem.field.empty())
      field += '.' + problem.field;
    refuse(field, std::move(problem.message));
  }
}

void object_reader::refuse(std::string_view field, std::string message) {
  problems_.push_back({std::string{field}, std::move(message)});
}

bool is_web_address(std::string_view url) {
  const auto rest = url.starts_with("https://")  ? url.substr(8)
                    : url.starts_with("http://") ? url.substr(7)
                                                 : std::string_view{};
  return !rest.empty() && rest.front() != '/'
         && std::none_of(rest.begin(), rest.end(), [](char c) {
              return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
            });
}

} // namespace switchboard::channels::json
