#include "api/whatsapp/urgency.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::api::whatsapp {

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return out;
}

/// A letter or digit that this file can tell from others.
bool is_plain_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether a word may end between these two.
bool is_border(char one, char other) noexcept {
  return !is_plain_letter(one) || !is_plain_letter(other);
}

/// Both are in lower case; `word` is not empty.
bool has_word(std::string_view text, std::string_view word) noexcept {
  for (auto at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool begins = at == 0 || is_border(text[at - 1], word.front());
    const bool ends = end == text.size() || is_border(word.back(), text[end]);
    if (begins && ends)
      return true;
  }
  return false;
}

std::vector<std::string> words_in(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const auto one = list.substr(0, list.find('|'));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    if (const auto word = domain::trim(one); !word.empty())
      out.push_back(lower(word));
  }
  return out;
}

} // namespace

urgency_rules::urgency_rules(domain::priority otherwise,
                             std::span<const std::string> lines)
  : otherwise_{otherwise} {
  for (const std::string_view line : lines) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      continue;
    const auto to = domain::parse_priority(domain::trim(line.substr(0, colon)));
    if (to)
      rules_.push_back({*to, words_in(line.substr(colon + 1))});
  }
}

domain::priority urgency_rules::of(std::string_view text) const {
  const auto folded = lower(text);
  for (const auto& one : rules_)
    for (const auto& word : one.words)
      if (has_word(folded, word))
        return one.to;
  return otherwise_;
}

} // namespace switchboard::api::whatsapp
