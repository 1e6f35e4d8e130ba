#pragma once

#include "channels/telegram/json_fields.hpp"
#include "channels/telegram/update.hpp"

#include <string_view>

/// Reading the objects that updates and answers share; for the sources of this
/// folder only. Problems are noted in the fields' `problem`.
namespace switchboard::channels::telegram {

user decode_user(const json_fields& in);
chat decode_chat(const json_fields& in);
message decode_message(const json_fields& in);
/// One that is missing or no 32-bit number is a problem.
message_id decode_message_id(const json_fields& in,
                             std::string_view name = "message_id");
/// The topic, unless the message is in none, or in a mere thread of replies.
std::optional<topic_id> decode_topic(const json_fields& in);
membership decode_membership(const json_fields& in);
/// The text under `text_name` with its spans; offsets in UTF-16 become bytes.
styled_text decode_styled_text(const json_fields& in,
                               std::string_view text_name,
                               std::string_view entities_name);
/// Photo, document and the like, sticker, location, venue, contact, or the name
/// of something else.
content decode_content(const json_fields& in);
service decode_service(const json_fields& in);

} // namespace switchboard::channels::telegram
