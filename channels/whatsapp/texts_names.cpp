#include "channels/whatsapp/texts.hpp"
#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::size_t number_digits_max = 18;
constexpr std::string_view key_head = "TICK-";
constexpr std::size_t key_tail_size = 8;
constexpr std::size_t key_time_size_max = 13;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_capital(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

bool ends_word(std::string_view rest) noexcept {
  return rest.empty() || is_space(rest.front());
}

/// `#12` may be followed by a mark, a bare `12` by a colon only.
bool is_mark(std::string_view rest, bool has_hash) noexcept {
  const char c = rest.front();
  if (!has_hash)
    return c == ':' && ends_word(rest.substr(1));
  return c == ':' || c == ';'
         || ((c == ',' || c == '.') && ends_word(rest.substr(1)));
}

std::optional<addressed> number_in_front(std::string_view text) {
  const bool has_hash = text.starts_with('#');
  auto rest = text.substr(has_hash ? 1 : 0);
  const auto size = static_cast<std::size_t>(
    std::ranges::find_if_not(rest, is_digit) - rest.begin());
  auto name = rest.substr(0, size);
  rest.remove_prefix(size);
  name.remove_prefix(std::min(name.find_first_not_of('0'), name.size()));
  if (name.empty() || name.size() > number_digits_max)
    return std::nullopt;
  if (!rest.empty()) {
    const bool marked = is_mark(rest, has_hash);
    if (!marked && !(has_hash && is_space(rest.front())))
      return std::nullopt;
    rest.remove_prefix(marked ? 1 : 0);
  }
  return addressed{std::string{name}, domain::trim(rest)};
}

/// `TICK-<base36>-<8 hex digits>` in upper case, or nothing.
std::string normalized_key(std::string_view word) {
  std::string out{word};
  std::ranges::transform(out, out.begin(), upper);
  const std::string_view view{out};
  const auto dash = view.rfind('-');
  if (!view.starts_with(key_head) || dash <= key_head.size()
      || dash == std::string_view::npos
      || dash - key_head.size() > key_time_size_max
      || view.size() - dash - 1 != key_tail_size)
    return {};
  const auto is_time = [](char c) { return is_digit(c) || is_capital(c); };
  const auto is_hex
    = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); };
  return std::ranges::all_of(
           view.substr(key_head.size(), dash - key_head.size()), is_time)
             && std::ranges::all_of(view.substr(dash + 1), is_hex)
           ? out
           : std::string{};
}

std::optional<addressed> word_in_front(std::string_view text) {
  const auto size = static_cast<std::size_t>(
    std::ranges::find_if(
      text,
      [](char c) { return is_space(c) || c == ':' || c == ';' || c == ','; })
    - text.begin());
  auto word = text.substr(0, size);
  auto rest = text.substr(size);
  if (word.ends_with('.'))
    word.remove_suffix(1);
  auto name = domain::normalize_ticket_ref(word);
  if (name.empty())
    name = normalized_key(word);
  if (name.empty())
    return std::nullopt;
  if (!rest.empty() && !is_space(rest.front()))
    rest.remove_prefix(1);
  return addressed{std::move(name), domain::trim(rest)};
}

} // namespace

std::optional<addressed> ticket_in_front(std::string_view text) {
  const auto trimmed = domain::trim(text);
  if (trimmed.empty())
    return std::nullopt;
  return trimmed.front() == '#' || is_digit(trimmed.front())
           ? number_in_front(trimmed)
           : word_in_front(trimmed);
}

} // namespace switchboard::channels::whatsapp
