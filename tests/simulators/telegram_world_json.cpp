// How the world's things look in the Bot API.

#include "tests/simulators/telegram_world.hpp"

#include <utility>

namespace switchboard::simulators::telegram {

json::object world::user_json(std::int64_t id) const {
  json::object out;
  out["id"] = id;
  if (const auto at = bots.find(id); at != bots.end()) {
    out["is_bot"] = true;
    out["first_name"] = at->second.first_name;
    out["username"] = at->second.who.username;
    return out;
  }
  const auto& who = users.at(id);
  out["is_bot"] = false;
  out["first_name"] = who.first_name;
  if (!who.last_name.empty())
    out["last_name"] = who.last_name;
  if (!who.username.empty())
    out["username"] = who.username;
  if (!who.language.empty())
    out["language_code"] = who.language;
  return out;
}

json::object world::chat_json(const chat_state& of) const {
  json::object out;
  out["id"] = of.key.chat_id;
  out["type"] = of.type;
  if (of.is_private()) {
    const auto& who = users.at(of.key.chat_id);
    out["first_name"] = who.first_name;
    if (!who.last_name.empty())
      out["last_name"] = who.last_name;
    if (!who.username.empty())
      out["username"] = who.username;
    return out;
  }
  out["title"] = of.title;
  if (of.is_forum)
    out["is_forum"] = true;
  return out;
}

json::object world::message_json(const chat_state& in,
                                 const message_state& what,
                                 bool with_reply) const {
  auto out = what.content;
  out["message_id"] = what.id;
  out["from"] = user_json(what.from_id);
  out["chat"] = chat_json(in);
  out["date"] = what.date;
  if (what.edit_date != 0)
    out["edit_date"] = what.edit_date;
  if (what.thread_id != 0) {
    out["message_thread_id"] = what.thread_id;
    out["is_topic_message"] = true;
  }
  if (!with_reply)
    return out;
  // In a topic, what is no reply is shown as one to the topic's root.
  auto reply_to = what.reply_to;
  if (reply_to == 0 && what.thread_id != what.id)
    reply_to = what.thread_id;
  const auto at = in.messages.find(reply_to);
  if (reply_to != 0 && at != in.messages.end() && !at->second.deleted)
    out["reply_to_message"] = message_json(in, at->second, false);
  return out;
}

json::object world::member_json(const chat_state& in, std::int64_t id) const {
  json::object out;
  const auto at = in.members.find(id);
  const auto status
    = at == in.members.end() ? std::string{"left"} : at->second.status;
  out["user"] = user_json(id);
  out["status"] = status;
  if (status == "kicked")
    out["until_date"] = 0;
  if (status == "creator")
    out["is_anonymous"] = false;
  if (status != "administrator")
    return out;
  const auto& rights = at->second.rights;
  out["can_be_edited"] = false;
  for (const auto* name :
       {"is_anonymous", "can_restrict_members", "can_promote_members",
        "can_change_info", "can_post_stories", "can_edit_stories",
        "can_delete_stories", "can_manage_video_chats"})
    out[name] = false;
  out["can_manage_chat"] = true;
  out["can_invite_users"] = true;
  out["can_delete_messages"] = rights.delete_messages;
  out["can_manage_topics"] = rights.manage_topics;
  out["can_pin_messages"] = rights.pin_messages;
  return out;
}

namespace {

telegram_button to_button(const json::object& from) {
  return {member_text(from, "text"), member_text(from, "callback_data"),
          member_text(from, "url")};
}

std::vector<std::vector<telegram_button>> to_buttons(const json::object& from) {
  std::vector<std::vector<telegram_button>> out;
  const auto* rows = from.if_contains("inline_keyboard");
  if (rows == nullptr)
    return out;
  for (const auto& row : rows->as_array()) {
    auto& to = out.emplace_back();
    for (const auto& one : row.as_array())
      to.push_back(to_button(one.as_object()));
  }
  return out;
}

std::string file_id_of(const json::object& content, const std::string& kind) {
  const auto* what = content.if_contains(kind);
  if (what == nullptr)
    return {};
  if (what->is_array() && !what->get_array().empty()
      && what->get_array().back().is_object())
    return member_text(what->get_array().back().as_object(), "file_id");
  return what->is_object() ? member_text(what->get_object(), "file_id")
                           : std::string{};
}

} // namespace

telegram_message world::to_message(const chat_state& in,
                                   const message_state& what) const {
  telegram_message out;
  out.chat_id = in.key.chat_id;
  out.message_id = what.id;
  out.thread_id = what.thread_id;
  out.from_id = what.from_id;
  out.from_bot = what.from_bot;
  out.kind = what.kind;
  out.text
    = member_text(what.content, what.kind == "text" ? "text" : "caption");
  out.file_id = file_id_of(what.content, what.kind);
  if (const auto* markup = what.content.if_contains("reply_markup"))
    out.buttons = to_buttons(markup->as_object());
  out.reply_to = what.reply_to;
  out.media_group_id = member_text(what.content, "media_group_id");
  for (const auto& [who, list] : what.reactions)
    for (const auto& one : list)
      out.reactions.push_back(member_text(one.as_object(), "emoji"));
  out.force_reply = what.force_reply;
  out.edits = what.edits;
  out.deleted = what.deleted;
  out.json = message_json(in, what);
  return out;
}

json::object file_content(const file_state& file) {
  json::object one;
  one["file_id"] = file.id;
  one["file_unique_id"] = file.unique_id;
  one["file_size"] = file.bytes.size();
  json::object out;
  if (file.kind == "photo") {
    one["width"] = 1'280;
    one["height"] = 960;
    auto small = one;
    small["file_id"] = file.id;
    small["file_unique_id"] = file.unique_id + "s";
    small["width"] = 90;
    small["height"] = 67;
    out["photo"] = json::array{std::move(small), std::move(one)};
    return out;
  }
  if (file.kind == "video" || file.kind == "animation") {
    one["width"] = 640;
    one["height"] = 480;
  }
  if (file.kind == "video_note")
    one["length"] = 240;
  if (file.kind == "sticker") {
    one["type"] = "regular";
    one["width"] = 512;
    one["height"] = 512;
    one["is_animated"] = false;
    one["is_video"] = false;
  }
  if (file.kind != "document" && file.kind != "sticker")
    one["duration"] = 3;
  if (!file.mime.empty() && file.kind != "sticker" && file.kind != "video_note")
    one["mime_type"] = file.mime;
  if (!file.name.empty()
      && (file.kind == "document" || file.kind == "video"
          || file.kind == "audio" || file.kind == "animation"))
    one["file_name"] = file.name;
  out[file.kind] = std::move(one);
  return out;
}

} // namespace switchboard::simulators::telegram
