// Texts, captions and keyboards, checked as the server checks them.

#include "tests/simulators/telegram_text.hpp"
#include "tests/simulators/telegram_world.hpp"

#include <array>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::size_t text_units_max = 4'096;
constexpr std::size_t caption_units_max = 1'024;
constexpr std::size_t raw_bytes_max = 32'768;
constexpr std::size_t callback_bytes_max = 64;
constexpr std::size_t buttons_max = 100;
constexpr std::size_t entities_max = 100;

constexpr std::array<std::string_view, 10> actions{
  "callback_data",
  "url",
  "copy_text",
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "callback_game",
  "pay"};

bool is_link(const std::string& url) {
  for (const std::string_view scheme :
       {"http://", "https://", "tg://", "ton://"})
    if (url.starts_with(scheme) && url.size() > scheme.size())
      return true;
  return false;
}

void check_button(const json::object& button) {
  if (is_blank(member_text(button, "text")))
    throw mistake(
      "can't parse inline keyboard button: Field \"text\" must be "
      "non-empty");
  std::size_t count = 0;
  for (const auto name : actions)
    count += button.contains({name.data(), name.size()}) ? 1U : 0U;
  if (count != 1)
    throw mistake(
      "can't parse inline keyboard button: Text buttons are "
      "unallowed in the inline keyboard");
  const auto* data = button.if_contains("callback_data");
  if (data != nullptr) {
    const auto size = data->as_string().size();
    if (size == 0 || size > callback_bytes_max)
      throw mistake("BUTTON_DATA_INVALID");
  }
  if (button.contains("url") && !is_link(member_text(button, "url")))
    throw mistake("BUTTON_URL_INVALID");
}

/// Where an entity may begin or end: not within a surrogate pair.
void check_entities(const json::array& entities, const std::string& text) {
  if (entities.size() > entities_max)
    throw mistake("too many entities");
  const auto length = static_cast<std::int64_t>(utf16_length(text));
  for (const auto& one : entities) {
    const auto from = member_number(one.as_object(), "offset", -1);
    const auto size = member_number(one.as_object(), "length", 0);
    if (from < 0 || size <= 0 || from + size > length)
      throw mistake("entity is out of the text");
  }
}

std::string trimmed(const std::string& text) {
  constexpr auto blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace

void check_markup(const json::object& markup) {
  const auto* rows = markup.if_contains("inline_keyboard");
  if (rows == nullptr)
    return;
  std::size_t count = 0;
  for (const auto& row : rows->as_array()) {
    for (const auto& one : row.as_array()) {
      check_button(one.as_object());
      ++count;
    }
  }
  if (count > buttons_max)
    throw mistake("reply markup is too long");
}

void put_text(const call_context& call, std::string_view key,
              const std::string& text, json::object& content) {
  put_text(call.args, key, text, content);
}

void put_text(const json::object& from, std::string_view key,
              const std::string& text, json::object& content) {
  const auto is_text = key == "text";
  if (!is_utf8(text))
    throw mistake("strings must be encoded in UTF-8");
  if (text.size() > raw_bytes_max)
    throw mistake("Text is too long");
  formatted_text out;
  const auto mode = member_text(from, "parse_mode");
  const auto* entities
    = from.if_contains(is_text ? "entities" : "caption_entities");
  if (!mode.empty()) {
    out = parse_markup(text, mode);
  } else {
    out.text = text;
    if (entities != nullptr) {
      check_entities(entities->as_array(), text);
      out.entities = entities->as_array();
    }
  }
  if (out.entities.empty())
    out.text = trimmed(out.text);
  const auto length = utf16_length(out.text);
  if (is_text && is_blank(out.text))
    throw mistake("message text is empty");
  if (is_text && length > text_units_max)
    throw mistake("message is too long");
  if (!is_text && length > caption_units_max)
    throw mistake("message caption is too long");
  if (mode.empty() && entities == nullptr)
    find_entities(out);
  if (out.text.empty())
    return;
  content[json::string_view{key.data(), key.size()}] = out.text;
  if (!out.entities.empty())
    content[is_text ? "entities" : "caption_entities"]
      = std::move(out.entities);
}

} // namespace switchboard::simulators::telegram
