#include "tests/simulators/telegram_text.hpp"

#include "tests/simulators/telegram_refusal.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace switchboard::simulators::telegram {

namespace {

namespace json = boost::json;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

/// The end of what begins at `from` as `type`, or nothing.
std::optional<std::size_t> end_of(std::string_view text, std::size_t from,
                                  std::string_view& type) {
  auto at = from + 1;
  const auto rest = text.substr(from);
  if (text[from] == '/' || text[from] == '@') {
    type = text[from] == '/' ? "bot_command" : "mention";
    while (at < text.size()
           && (is_word(text[at])
               || (text[from] == '/' && text[at] == '@' && at > from + 1)))
      ++at;
    if (at - from < (text[from] == '/' ? 2U : 4U))
      return std::nullopt;
    return at;
  }
  if (rest.starts_with("http://") || rest.starts_with("https://")) {
    type = "url";
    while (at < text.size() && !is_space(text[at]))
      ++at;
    return at;
  }
  return std::nullopt;
}

} // namespace

std::size_t utf16_length(std::string_view utf8) {
  std::size_t out = 0;
  for (const auto c : utf8) {
    if (is_continuation(c))
      continue;
    out += static_cast<unsigned char>(c) >= 0xF0U ? 2 : 1;
  }
  return out;
}

bool is_utf8(std::string_view text) {
  std::size_t missing = 0;
  for (const auto c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (missing > 0) {
      if (!is_continuation(c))
        return false;
      --missing;
    } else if (byte >= 0x80U) {
      if (byte < 0xC2U || byte > 0xF4U)
        return false;
      missing = byte >= 0xF0U ? 3 : byte >= 0xE0U ? 2 : 1;
    }
  }
  return missing == 0;
}

bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, is_space);
}

void text_builder::put(std::string_view more) {
  out_.text += more;
  position_ += utf16_length(more);
}

void text_builder::entity(std::string_view type, std::size_t from,
                          std::string_view extra_key,
                          std::string_view extra_value) {
  if (position_ == from)
    return; // Telegram drops what has no text
  json::object out;
  out["offset"] = from;
  out["length"] = position_ - from;
  out["type"] = json::string_view{type.data(), type.size()};
  if (!extra_key.empty())
    out[json::string_view{extra_key.data(), extra_key.size()}]
      = json::string_view{extra_value.data(), extra_value.size()};
  out_.entities.push_back(std::move(out));
}

formatted_text text_builder::take() {
  std::ranges::stable_sort(out_.entities,
                           [](const json::value& a, const json::value& b) {
                             return a.at("offset").to_number<std::int64_t>()
                                    < b.at("offset").to_number<std::int64_t>();
                           });
  return std::move(out_);
}

formatted_text parse_markup(std::string_view text, std::string_view mode) {
  std::string lower{mode};
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  if (lower == "html")
    return parse_html(text);
  if (lower == "markdownv2")
    return parse_markdown(text, true);
  if (lower == "markdown")
    return parse_markdown(text, false);
  throw mistake("unsupported parse_mode");
}

void find_entities(formatted_text& in) {
  text_builder found;
  const std::string_view text{in.text};
  std::size_t at = 0;
  while (at < text.size()) {
    std::string_view type;
    const auto is_start = at == 0 || !is_word(text[at - 1]);
    const auto end = is_start ? end_of(text, at, type) : std::nullopt;
    const auto from = found.position();
    const auto next = end.value_or(at + 1);
    found.put(text.substr(at, next - at));
    if (end)
      found.entity(type, from);
    at = next;
  }
  for (auto& one : found.take().entities)
    in.entities.push_back(std::move(one));
}

} // namespace switchboard::simulators::telegram
