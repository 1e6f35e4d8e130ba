#include "config/assign.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

namespace switchboard::config {

namespace {

constexpr std::size_t list_size_max = 256;
constexpr std::size_t text_shown_max = 200;

bool in_range(const integer_range& range, std::int64_t number) {
  return (number >= range.min && number <= range.max)
         || (!range.zero_means.empty() && number == 0);
}

std::optional<std::string> check_text(const key_spec& spec, std::string& text) {
  auto checked = spec.check(text);
  if (!checked)
    return checked.error().detail;
  text = std::move(checked).value();
  return std::nullopt;
}

std::optional<std::string> check_list(const key_spec& spec,
                                      std::vector<std::string>& items) {
  if (items.size() > list_size_max)
    return "must have at most " + std::to_string(list_size_max) + " entries";
  for (auto& item : items) {
    const auto wrong = check_text(spec, item);
    if (wrong)
      return "each entry " + *wrong;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return number;
}

std::optional<bool> parse_truth(std::string_view text) {
  if (text == "true" || text == "1")
    return true;
  if (text == "false" || text == "0")
    return false;
  return std::nullopt;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> items;
  if (domain::trim(text).empty())
    return items;
  for (;;) {
    const auto comma = text.find(',');
    items.emplace_back(domain::trim(text.substr(0, comma)));
    if (comma == std::string_view::npos)
      return items;
    text.remove_prefix(comma + 1);
  }
}

/// Levenshtein's distance, one row of the matrix at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

} // namespace

std::optional<std::string> assign(config& c, const key_spec& spec,
                                  value given) {
  std::optional<std::string> wrong;
  if (auto* number = std::get_if<std::int64_t>(&given);
      number != nullptr && spec.kind == value_kind::integer) {
    if (!in_range(spec.range, *number))
      wrong = expectation(spec);
  } else if (std::holds_alternative<bool>(given)
             && spec.kind == value_kind::truth) {
    // Both are right.
  } else if (auto* text = std::get_if<std::string>(&given);
             text != nullptr && spec.kind == value_kind::text) {
    wrong = check_text(spec, *text);
  } else if (auto* items = std::get_if<std::vector<std::string>>(&given);
             items != nullptr && spec.kind == value_kind::list) {
    wrong = check_list(spec, *items);
  } else {
    wrong = expectation(spec);
  }
  if (!wrong)
    spec.write(c, given);
  return wrong;
}

std::optional<std::string> assign_text(config& c, const key_spec& spec,
                                       std::string_view text) {
  switch (spec.kind) {
    case value_kind::text: return assign(c, spec, std::string{text});
    case value_kind::list: return assign(c, spec, split(text));
    case value_kind::integer:
      if (const auto number = parse_integer(domain::trim(text)))
        return assign(c, spec, *number);
      return expectation(spec);
    case value_kind::truth:
      if (const auto truth = parse_truth(domain::trim(text)))
        return assign(c, spec, *truth);
      return expectation(spec);
  }
  return expectation(spec);
}

std::string expectation(const key_spec& spec) {
  switch (spec.kind) {
    case value_kind::text: return "must be a text in quotes";
    case value_kind::list: return "must be a list of texts";
    case value_kind::truth: return "must be true or false";
    case value_kind::integer: break;
  }
  std::string text = "must be a whole number from "
                     + std::to_string(spec.range.min) + " to "
                     + std::to_string(spec.range.max);
  if (!spec.range.zero_means.empty()) {
    text += ", or 0 for ";
    text += spec.range.zero_means;
  }
  return text;
}

std::string show(const key_spec& spec, const value& v) {
  if (const auto* number = std::get_if<std::int64_t>(&v))
    return std::to_string(*number);
  if (const auto* truth = std::get_if<bool>(&v))
    return *truth ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&v))
    return spec.secret && !text->empty() ? "(hidden)" : quote(*text);
  std::string out = "[";
  for (const auto& item : std::get<std::vector<std::string>>(v)) {
    out += out.size() > 1 ? ", " : "";
    out += quote(item);
  }
  return out + "]";
}

std::string quote(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : domain::clip(text, text_shown_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += hex[byte >> 4U];
      out += hex[byte & 0x0FU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

void name_guesser::consider(const std::string& candidate) {
  const auto distance = edit_distance(name_, candidate);
  // More than a third of the letters changed is another word.
  if (distance > std::max<std::size_t>(1, name_.size() / 3))
    return;
  if (!best_.empty() && distance >= distance_)
    return;
  best_ = candidate;
  distance_ = distance;
}

void name_guesser::fall_back_on(const std::string& candidate) {
  if (best_.empty())
    best_ = candidate;
}

std::string name_guesser::hint() const {
  return best_.empty() ? std::string{} : "; did you mean " + best_ + "?";
}

} // namespace switchboard::config
