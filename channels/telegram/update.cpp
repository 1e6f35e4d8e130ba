#include "channels/telegram/update.hpp"

namespace switchboard::channels::telegram {

std::string display_name(const user& who) {
  if (!who.first_name.empty() && !who.last_name.empty())
    return who.first_name + ' ' + who.last_name;
  if (!who.first_name.empty() || !who.last_name.empty())
    return who.first_name + who.last_name;
  if (!who.username.empty())
    return '@' + who.username;
  return std::to_string(static_cast<std::int64_t>(who.id));
}

std::string_view to_string(file_kind kind) noexcept {
  switch (kind) {
    case file_kind::photo: return "photo";
    case file_kind::document: return "document";
    case file_kind::video: return "video";
    case file_kind::voice: return "voice";
    case file_kind::video_note: return "video_note";
    case file_kind::audio: return "audio";
    case file_kind::animation: return "animation";
    case file_kind::sticker: return "sticker";
  }
  return "document";
}

std::string_view to_string(member_status status) noexcept {
  switch (status) {
    case member_status::creator: return "creator";
    case member_status::administrator: return "administrator";
    case member_status::member: return "member";
    case member_status::restricted: return "restricted";
    case member_status::left: return "left";
    case member_status::kicked: return "kicked";
    case member_status::unknown: return "unknown";
  }
  return "unknown";
}

} // namespace switchboard::channels::telegram
