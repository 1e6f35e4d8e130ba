#pragma once

#include "channels/json/writer.hpp"
#include "channels/telegram/methods.hpp"

#include <string_view>

/// Writing the parts that methods share; for the sources of this folder only.
/// Each function writes whole fields into an object that is open.
namespace switchboard::channels::telegram {

void write_chat(json::writer& out, chat_id chat);
void write_message(json::writer& out, message_id message);
void write_topic(json::writer& out, std::optional<topic_id> topic);
void write_destination(json::writer& out, const destination& to);
/// `text` and `entities`, or whatever they are called; nothing when empty.
void write_styled(json::writer& out, const styled_text& text,
                  std::string_view text_name, std::string_view entities_name);
void write_keyboard(json::writer& out, const inline_keyboard& keyboard);
void write_markup(json::writer& out, const reply_markup& markup);

} // namespace switchboard::channels::telegram
