#include "channels/telegram/command.hpp"

#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t payload_size_max = 64;

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool is_payload_character(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

} // namespace

std::optional<command> parse_command(const message& from,
                                     std::string_view bot_username) {
  const auto& [text, spans] = from.text;
  const auto mark = std::ranges::find_if(spans, [](const auto& span) {
    return span.style == text_style::bot_command && span.offset == 0;
  });
  if (mark == spans.end() || !text.starts_with('/'))
    return std::nullopt;
  const auto whole = std::string_view{text}.substr(1, mark->length - 1);
  const auto at = whole.find('@');
  command out;
  out.name = lower_case(whole.substr(0, at));
  out.is_for_another_bot
    = at != std::string_view::npos
      && lower_case(whole.substr(at + 1)) != lower_case(bot_username);
  out.arguments = domain::trim(std::string_view{text}.substr(mark->length));
  return out;
}

std::optional<std::string> deep_link_payload(const command& given) {
  const auto& payload = given.arguments;
  if (given.name != "start" || payload.empty()
      || payload.size() > payload_size_max
      || !std::ranges::all_of(payload, is_payload_character))
    return std::nullopt;
  return payload;
}

} // namespace switchboard::channels::telegram
