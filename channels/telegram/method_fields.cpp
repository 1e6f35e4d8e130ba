#include "channels/telegram/method_fields.hpp"

#include "channels/telegram/utf16.hpp"
#include "domain/match.hpp"
#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t entities_max = 100;
constexpr std::size_t button_text_length_max = 64;
constexpr std::size_t placeholder_length_max = 64;

void write_entity(json::writer& out, const text_span& span, std::size_t offset,
                  std::size_t length) {
  out.begin_object().key("type").string(to_string(span.style));
  out.key("offset").number(offset).key("length").number(length);
  if (span.style == text_style::text_link)
    out.key("url").string(span.detail);
  else if (span.style == text_style::pre && !span.detail.empty())
    out.key("language").string(span.detail);
  else if (span.style == text_style::custom_emoji)
    out.key("custom_emoji_id").string(span.detail);
  else if (span.style == text_style::text_mention) {
    // The API wants a whole user and looks at the id.
    out.key("user").begin_object().key("id").integer(
      static_cast<std::int64_t>(span.user));
    out.key("is_bot").boolean(false).key("first_name").string("-");
    out.end_object();
  }
  out.end_object();
}

void write_button(json::writer& out, const button& one) {
  out.begin_object().key("text").string(
    domain::clip(one.text, button_text_length_max));
  switch (one.does) {
    case button::action::callback:
      out.key("callback_data").string(one.value);
      break;
    case button::action::open_url: out.key("url").string(one.value); break;
    case button::action::copy_text:
      out.key("copy_text").begin_object().key("text").string(one.value);
      out.end_object();
      break;
  }
  out.end_object();
}

} // namespace

void write_chat(json::writer& out, chat_id chat) {
  out.key("chat_id").integer(static_cast<std::int64_t>(chat));
}

void write_message(json::writer& out, message_id message) {
  out.key("message_id").integer(static_cast<std::int32_t>(message));
}

void write_topic(json::writer& out, std::optional<topic_id> topic) {
  if (topic && *topic != general_topic)
    out.key("message_thread_id").integer(static_cast<std::int32_t>(*topic));
}

void write_destination(json::writer& out, const destination& to) {
  write_chat(out, to.chat);
  write_topic(out, to.topic);
  if (to.is_silent)
    out.key("disable_notification").boolean(true);
  if (to.is_protected)
    out.key("protect_content").boolean(true);
  if (!to.reply_to)
    return;
  out.key("reply_parameters").begin_object();
  write_message(out, to.reply_to->message);
  out.key("allow_sending_without_reply").boolean(true);
  if (!to.reply_to->quote.empty())
    out.key("quote").string(to.reply_to->quote);
  out.end_object();
}

void write_styled(json::writer& out, const styled_text& text,
                  std::string_view text_name, std::string_view entities_name) {
  if (text.empty())
    return;
  out.key(text_name).string(text.text);
  std::vector<const text_span*> sent;
  for (const auto& span : text.spans)
    if (!is_automatic(span.style) && sent.size() < entities_max)
      sent.push_back(&span);
  if (sent.empty())
    return;
  out.key(entities_name).begin_array();
  byte_cursor cursor{text.text};
  for (const auto* span : sent) {
    const auto begin = cursor.unit_of(span->offset);
    const auto end = cursor.unit_of(span->offset + span->length);
    write_entity(out, *span, begin, end - begin);
  }
  out.end_array();
}

void write_keyboard(json::writer& out, const inline_keyboard& keyboard) {
  out.key("reply_markup").begin_object().key("inline_keyboard").begin_array();
  for (const auto& row : keyboard.rows) {
    out.begin_array();
    for (const auto& one : row)
      write_button(out, one);
    out.end_array();
  }
  out.end_array().end_object();
}

void write_markup(json::writer& out, const reply_markup& markup) {
  domain::match(
    markup, [](std::monostate) {},
    [&out](const inline_keyboard& keyboard) { write_keyboard(out, keyboard); },
    [&out](const force_reply& asked) {
      out.key("reply_markup").begin_object().key("force_reply").boolean(true);
      if (!asked.placeholder.empty())
        out.key("input_field_placeholder")
          .string(domain::clip(asked.placeholder, placeholder_length_max));
      if (asked.only_for_addressed)
        out.key("selective").boolean(true);
      out.end_object();
    });
}

} // namespace switchboard::channels::telegram
