#include "channels/telegram/methods.hpp"
#include "channels/telegram/utf16.hpp"
#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t secret_size_max = 256;
constexpr std::size_t copied_text_length_max = 256;
constexpr std::size_t buttons_max = 100;

bool has_caption(file_kind kind) {
  return kind != file_kind::sticker && kind != file_kind::video_note;
}

std::string check_keyboard(const inline_keyboard& keyboard) {
  std::size_t count = 0;
  for (const auto& row : keyboard.rows) {
    count += row.size();
    for (const auto& one : row) {
      if (one.text.empty())
        return "a button has no text";
      if (one.value.empty())
        return "a button does nothing";
      if (one.does == button::action::callback
          && one.value.size() > callback_data_size_max)
        return "callback_data is longer than 64 bytes";
      if (one.does == button::action::copy_text
          && domain::count_code_points(one.value) > copied_text_length_max)
        return "copy_text is longer than 256 characters";
    }
  }
  return count > buttons_max ? "more than 100 buttons" : "";
}

std::string check_markup(const reply_markup& markup) {
  const auto* keyboard = std::get_if<inline_keyboard>(&markup);
  return keyboard == nullptr ? "" : check_keyboard(*keyboard);
}

std::string check_text(const styled_text& text) {
  if (domain::trim(text.text).empty())
    return "text is empty";
  return count_units(text.text) > text_units_max
           ? "text is longer than 4096 units"
           : "";
}

std::string check_caption(const styled_text& caption) {
  return count_units(caption.text) > caption_units_max
           ? "caption is longer than 1024 units"
           : "";
}

std::string check_topic_name(const std::string& name) {
  return domain::trim(name).empty() ? "name is empty" : "";
}

std::string either(std::string first, std::string second) {
  return first.empty() ? std::move(second) : std::move(first);
}

std::string check(const send_message& call) {
  return either(check_text(call.text), check_markup(call.markup));
}

std::string check(const send_file& call) {
  if (!has_caption(call.kind) && !call.caption.empty())
    return "this kind of file has no caption";
  return either(check_caption(call.caption), check_markup(call.markup));
}

std::string check(const send_media_group& call) {
  if (call.items.size() < album_items_min
      || call.items.size() > album_items_max)
    return "an album has 2 to 10 items";
  const auto first = call.items.front().kind;
  for (const auto& item : call.items) {
    const bool is_visual
      = item.kind == file_kind::photo || item.kind == file_kind::video;
    const bool is_listed
      = item.kind == file_kind::document || item.kind == file_kind::audio;
    if (!is_visual && !is_listed)
      return "this kind of file cannot be in an album";
    const bool first_is_visual
      = first == file_kind::photo || first == file_kind::video;
    if (is_visual != first_is_visual || (is_listed && item.kind != first))
      return "documents and audio files keep to their own kind";
    if (item.source.empty())
      return "an item has no source";
    if (auto fault = check_caption(item.caption); !fault.empty())
      return fault;
  }
  return {};
}

std::string check(const copy_message& call) {
  return either(call.caption ? check_caption(*call.caption) : "",
                check_markup(call.markup));
}

std::string check(const edit_message_text& call) {
  return either(check_text(call.text), check_keyboard(call.keyboard));
}

std::string check(const edit_message_caption& call) {
  return either(check_caption(call.caption), check_keyboard(call.keyboard));
}

std::string check(const edit_message_reply_markup& call) {
  return check_keyboard(call.keyboard);
}

std::string check(const create_forum_topic& call) {
  if (call.icon_color
      && std::ranges::find(topic_icon_colors, *call.icon_color)
           == std::end(topic_icon_colors))
    return "icon_color is none of the six";
  return check_topic_name(call.name);
}

std::string check(const edit_forum_topic& call) {
  return call.name ? check_topic_name(*call.name) : "";
}

std::string check(const set_webhook& call) {
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (call.secret_token.size() > secret_size_max
      || !std::ranges::all_of(call.secret_token, is_allowed))
    return "secret_token must be at most 256 of A-Za-z0-9_-";
  return call.connections_max < 1 || call.connections_max > 100
           ? "max_connections is 1 to 100"
           : "";
}

std::string check(const get_updates& call) {
  return call.limit < 1 || call.limit > 100 ? "limit is 1 to 100" : "";
}

std::string check(const set_my_commands& call) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (call.commands.size() > 100)
    return "more than 100 commands";
  for (const auto& one : call.commands)
    if (one.name.empty() || one.name.size() > 32 || one.description.empty()
        || !std::ranges::all_of(one.name, is_allowed))
      return "a command is 1 to 32 of a-z0-9_ and has a description";
  return {};
}

template <class Call>
std::string check(const Call&) {
  return {};
}

/// Calls that carry a whole destination, a chat, or neither.
template <class Call>
concept has_destination = requires(const Call& call) {
  call.to.chat;
};
template <class Call>
concept has_chat = requires(const Call& call) {
  call.chat;
};
template <class Call>
concept has_topic = requires(const Call& call) {
  call.topic;
};

} // namespace

std::string find_fault(const method& call) {
  return std::visit([](const auto& one) { return check(one); }, call);
}

std::optional<chat_id> chat_of(const method& call) {
  return std::visit(
    []<class Call>(const Call& one) -> std::optional<chat_id> {
      if constexpr (has_destination<Call>)
        return one.to.chat;
      else if constexpr (has_chat<Call>)
        return one.chat;
      else
        return std::nullopt;
    },
    call);
}

std::optional<topic_id> topic_of(const method& call) {
  const auto topic = std::visit(
    []<class Call>(const Call& one) -> std::optional<topic_id> {
      if constexpr (has_destination<Call>)
        return one.to.topic;
      else if constexpr (has_topic<Call>)
        return one.topic;
      else
        return std::nullopt;
    },
    call);
  return topic == general_topic ? std::nullopt : topic;
}

} // namespace switchboard::channels::telegram
