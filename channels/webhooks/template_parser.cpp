#include "channels/webhooks/payload_template.hpp"
#include "domain/text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace switchboard::channels::webhooks {

namespace {

constexpr std::string_view field_name = "template";
constexpr std::size_t shown_name_max = 40; // code points
constexpr std::size_t compared_name_max = 64;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Levenshtein's, in one row; letter case does not count.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, compared_name_max + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto change = diagonal + (lower(a[i]) == lower(b[j]) ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

/// What someone who wrote `name` may have meant; empty when nothing is near.
std::string_view nearest_name(std::string_view name) {
  if (name.empty() || name.size() > compared_name_max)
    return {};
  std::string_view best;
  auto best_distance = std::max<std::size_t>(2, name.size() / 2) + 1;
  for (const auto known : template_field_names) {
    // `title` for `ticket.title` is near, however long what is left out.
    const auto last = known.substr(known.find('.') + 1);
    const auto d = last == name ? 0
                                : std::min(distance(name, known),
                                           distance(name, last) + 1);
    if (d < best_distance) {
      best = known;
      best_distance = d;
    }
  }
  return best;
}

std::optional<template_field> find_field(std::string_view name) {
  const auto at = std::ranges::find(template_field_names, name);
  if (at == template_field_names.end())
    return std::nullopt;
  return static_cast<template_field>(at - template_field_names.begin());
}

std::string braces(std::string_view name) {
  std::string out = "{{";
  const auto shown = domain::clip(name, shown_name_max);
  out.append(shown).append(shown.size() < name.size() ? "…" : "");
  return out.append("}}");
}

/// Follows JSON's quotes through the fixed text of a template.
class quotes {
public:
  void read(std::string_view text) {
    for (const char c : text) {
      if (escaped_)
        escaped_ = false;
      else if (inside_ && c == '\\')
        escaped_ = true;
      else if (c == '"')
        inside_ = !inside_;
    }
  }

  [[nodiscard]] bool inside() const noexcept {
    return inside_;
  }

private:
  bool inside_ = false;
  bool escaped_ = false;
};

bool is_json(std::string_view text, std::size_t depth_max) {
  simdjson::dom::parser parser;
  if (parser.allocate(std::max<std::size_t>(text.size(), 64), depth_max)
      != simdjson::SUCCESS)
    return false;
  return parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

} // namespace

/// Reads one text; lives for that long.
class payload_template::parser {
public:
  explicit parser(std::string_view text) : rest_{text} {}

  parsed run() {
    if (rest_.size() > size_max)
      refuse("is longer than " + std::to_string(size_max) + " bytes");
    else if (!domain::is_clean_utf8(rest_))
      refuse("is not valid UTF-8, or contains a NUL character");
    else if (domain::trim(rest_).empty())
      refuse("is empty");
    else
      read_parts();
    if (problems_.empty())
      check_json();
    parsed out;
    if (problems_.empty())
      out.value = std::move(made_);
    out.problems = std::move(problems_);
    return out;
  }

private:
  void read_parts() {
    std::size_t gaps = 0;
    for (;;) {
      const auto open = rest_.find("{{");
      part next;
      next.text = rest_.substr(0, open);
      made_.size_ += next.text.size();
      quotes_.read(next.text);
      if (open == std::string_view::npos) {
        made_.parts_.push_back(std::move(next));
        return;
      }
      rest_.remove_prefix(open + 2);
      const auto close = rest_.find("}}");
      if (close == std::string_view::npos) {
        refuse(braces(domain::trim(rest_)) + " is not closed by }}");
        return;
      }
      if (++gaps > gaps_max) {
        refuse("has more than " + std::to_string(gaps_max) + " fields");
        return;
      }
      read_gap(rest_.substr(0, close), next);
      made_.parts_.push_back(std::move(next));
      rest_.remove_prefix(close + 2);
    }
  }

  void read_gap(std::string_view text, part& to) {
    const auto bar = text.find('|');
    const auto name = domain::trim(text.substr(0, bar));
    if (bar != std::string_view::npos) {
      const auto how = domain::trim(text.substr(bar + 1));
      if (how == "raw")
        to.how = form::raw;
      else if (how == "json")
        to.how = form::json;
      else
        refuse(braces(domain::trim(text)) + ": only |raw and |json are known");
    }
    to.field = find_field(name);
    if (!to.field) {
      const auto near = nearest_name(name);
      refuse("unknown field " + braces(name)
             + (near.empty() ? "" : "; did you mean " + braces(near) + "?"));
      return;
    }
    check_place(name, to);
  }

  /// Says in words what `check_json` could only say of the whole.
  void check_place(std::string_view name, const part& gap) {
    const auto kind = kind_of(*gap.field);
    if (kind == field_kind::text && gap.how == form::raw)
      made_.has_raw_text_ = true;
    else if (kind == field_kind::text && gap.how == form::plain
             && !quotes_.inside())
      misplaced_.push_back(braces(name) + " must stand between quotes");
    else if (quotes_.inside()
             && (kind == field_kind::json
                 || (kind == field_kind::text && gap.how == form::json)))
      misplaced_.push_back(braces(name) + " must not stand between quotes");
  }

  /// Two samples decide for all values: everything absent, everything present.
  /// Between quotes, only a gap in the middle of an escape can make a
  /// difference, and there `x` and `7` are wrong. Elsewhere `null` joins with
  /// nothing into another word, so a gap that takes it takes every value.
  void check_json() {
    if (made_.has_raw_text_)
      return;
    const field_values absent;
    field_values present;
    for (std::size_t i = 0; i < template_field_names.size(); ++i) {
      const auto f = static_cast<template_field>(i);
      switch (kind_of(f)) {
        case field_kind::text: present.set(f, "x"); break;
        case field_kind::number: present.set(f, 7); break;
        case field_kind::json: present.set(f, R"({"a":{"b":"c"}})"); break;
      }
    }
    const auto holds = [this](const field_values& sample) {
      const auto body = made_.render(sample);
      return body && is_json(*body, depth_max);
    };
    if (holds(absent) && holds(present) && misplaced_.empty())
      return;
    for (auto& one : misplaced_)
      refuse(std::move(one));
    if (misplaced_.empty())
      refuse("does not give valid JSON");
  }

  void refuse(std::string message) {
    if (problems_.size() < problems_max)
      problems_.push_back({std::string{field_name}, std::move(message)});
  }

  std::string_view rest_;
  payload_template made_;
  quotes quotes_;
  std::vector<std::string> misplaced_;
  std::vector<json::field_problem> problems_;
};

payload_template::parsed payload_template::parse(std::string_view text) {
  return parser{text}.run();
}

} // namespace switchboard::channels::webhooks
