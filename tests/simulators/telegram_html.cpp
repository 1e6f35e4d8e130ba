#include "tests/simulators/telegram_refusal.hpp"
#include "tests/simulators/telegram_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

[[noreturn]] void cannot_parse(const std::string& why) {
  throw mistake("can't parse entities: " + why);
}

void put_code_point(std::uint32_t point, text_builder& out) {
  std::string bytes;
  const auto add = [&bytes](std::uint32_t byte) {
    bytes.push_back(static_cast<char>(byte));
  };
  if (point < 0x80U) {
    add(point);
  } else if (point < 0x800U) {
    add(0xC0U | (point >> 6U));
    add(0x80U | (point & 0x3FU));
  } else if (point < 0x10000U) {
    add(0xE0U | (point >> 12U));
    add(0x80U | ((point >> 6U) & 0x3FU));
    add(0x80U | (point & 0x3FU));
  } else {
    add(0xF0U | (point >> 18U));
    add(0x80U | ((point >> 12U) & 0x3FU));
    add(0x80U | ((point >> 6U) & 0x3FU));
    add(0x80U | (point & 0x3FU));
  }
  out.put(bytes);
}

/// Puts what `&…;` stands for; how long it was, 0 when it stands for itself.
std::size_t put_reference(std::string_view text, text_builder& out) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names{
    {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}}};
  for (const auto& [name, value] : names) {
    if (text.starts_with(name)) {
      out.put(value);
      return name.size();
    }
  }
  const auto end = text.find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos)
    return 0;
  auto digits = text.substr(2, end - 2);
  const auto is_hex = digits.starts_with('x');
  if (is_hex)
    digits.remove_prefix(1);
  std::uint32_t point = 0;
  const auto* last = digits.data() + digits.size();
  const auto [at, ec]
    = std::from_chars(digits.data(), last, point, is_hex ? 16 : 10);
  if (ec != std::errc{} || at != last || point == 0 || point > 0x10FFFFU)
    return 0;
  put_code_point(point, out);
  return end + 1;
}

struct open_tag {
  std::string name;
  std::string argument;
  std::size_t from = 0; ///< in UTF-16 units
  std::size_t at_byte = 0;
};

std::string_view type_of(const open_tag& tag) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 15> types{
    {{"b", "bold"},
     {"strong", "bold"},
     {"i", "italic"},
     {"em", "italic"},
     {"u", "underline"},
     {"ins", "underline"},
     {"s", "strikethrough"},
     {"strike", "strikethrough"},
     {"del", "strikethrough"},
     {"tg-spoiler", "spoiler"},
     {"a", "text_link"},
     {"code", "code"},
     {"pre", "pre"},
     {"blockquote", "blockquote"},
     {"tg-emoji", "custom_emoji"}}};
  if (tag.name == "span")
    return tag.argument == "tg-spoiler" ? "spoiler" : "";
  for (const auto& [name, type] : types)
    if (name == tag.name)
      return type;
  return {};
}

/// `<name key="value">` from its first byte on.
open_tag read_tag(std::string_view tag, std::size_t at_byte) {
  open_tag out;
  out.at_byte = at_byte;
  const auto end = tag.find_first_of(" >");
  out.name = tag.substr(1, end - 1);
  const auto quote = tag.find('"');
  if (quote != std::string_view::npos) {
    const auto last = tag.find('"', quote + 1);
    if (last == std::string_view::npos)
      cannot_parse("Unclosed attribute value at byte offset "
                   + std::to_string(at_byte + quote));
    out.argument = tag.substr(quote + 1, last - quote - 1);
  }
  if (type_of(out).empty())
    cannot_parse("Unsupported start tag \"" + out.name + "\" at byte offset "
                 + std::to_string(at_byte));
  return out;
}

void close(const open_tag& tag, text_builder& out) {
  const auto type = type_of(tag);
  if (type == "text_link")
    out.entity(type, tag.from, "url", tag.argument);
  else if (type == "custom_emoji")
    out.entity(type, tag.from, "custom_emoji_id", tag.argument);
  else
    out.entity(type, tag.from);
}

void close_last(std::vector<open_tag>& open, std::string_view name,
                std::size_t at_byte, text_builder& out) {
  if (open.empty())
    cannot_parse("Unexpected end tag at byte offset "
                 + std::to_string(at_byte));
  if (!name.empty() && name != open.back().name)
    cannot_parse("Unmatched end tag at byte offset " + std::to_string(at_byte)
                 + ", expected \"</" + open.back().name + ">\", found \"</"
                 + std::string{name} + ">\"");
  close(open.back(), out);
  open.pop_back();
}

} // namespace

formatted_text parse_html(std::string_view text) {
  text_builder out;
  std::vector<open_tag> open;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto next = text.find_first_of("<&", at);
    out.put(text.substr(at, next - at));
    if (next == std::string_view::npos)
      break;
    at = next;
    if (text[at] == '&') {
      const auto size = put_reference(text.substr(at), out);
      if (size == 0)
        out.put("&");
      at += size == 0 ? 1 : size;
      continue;
    }
    const auto end = text.find('>', at);
    if (end == std::string_view::npos)
      cannot_parse("Unclosed start tag at byte offset " + std::to_string(at));
    const auto tag = text.substr(at, end - at + 1);
    if (tag.starts_with("</")) {
      close_last(open, tag.substr(2, tag.size() - 3), at, out);
    } else {
      open.push_back(read_tag(tag, at));
      open.back().from = out.position();
    }
    at = end + 1;
  }
  if (!open.empty())
    cannot_parse("Can't find end tag corresponding to start tag \""
                 + open.back().name + "\"");
  return out.take();
}

} // namespace switchboard::simulators::telegram
