#include "channels/whatsapp/greeting.hpp"

#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

/// The language of a tag that other tags are known by, too.
std::string_view settled(std::string_view language) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> other{{
    {"nb", "no"},
    {"nn", "no"},
    {"tl", "fil"},
    {"iw", "he"},
    {"in", "id"},
    {"prs", "fa"},
  }};
  for (const auto& [from, to] : other)
    if (from == language)
      return to;
  return language;
}

/// `pt_BR` as `pt-br`.
std::string normalized_tag(std::string_view tag) {
  std::string out{domain::trim(tag)};
  std::ranges::transform(out, out.begin(), [](char c) {
    if (c == '_')
      return '-';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string_view base_of(std::string_view tag) noexcept {
  return settled(tag.substr(0, tag.find('-')));
}

void replace_all(std::string& text, std::string_view name,
                 std::string_view value) {
  for (auto at = text.find(name); at != std::string::npos;
       at = text.find(name, at + value.size()))
    text.replace(at, name.size(), value);
}

} // namespace

greetings::greetings(std::span<const std::string> lines) {
  for (const std::string_view line : lines) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      continue;
    const auto text = domain::trim(line.substr(colon + 1));
    if (!text.empty())
      all_.push_back(
        {normalized_tag(line.substr(0, colon)), std::string{text}});
  }
}

const greetings::greeting* greetings::find(std::string_view language) const {
  if (language.empty())
    return nullptr;
  const auto exact = std::ranges::find(all_, language, &greeting::language);
  if (exact != all_.end())
    return &*exact;
  const auto base = base_of(language);
  const auto alike = std::ranges::find_if(all_, [base](const greeting& one) {
    return base_of(one.language) == base;
  });
  return alike == all_.end() ? nullptr : &*alike;
}

std::string greetings::words(std::string_view phone, std::string_view locale,
                             domain::ticket_number number,
                             std::string_view ref) const {
  if (all_.empty())
    return {};
  const auto* chosen = find(normalized_tag(locale));
  if (chosen == nullptr)
    chosen = find(language_of(phone));
  auto out = (chosen == nullptr ? all_.front() : *chosen).text;
  replace_all(out, "{number}",
              std::to_string(static_cast<std::uint64_t>(number)));
  replace_all(out, "{ref}", ref);
  return out;
}

} // namespace switchboard::channels::whatsapp
