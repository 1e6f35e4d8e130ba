// Methods that deal with forum topics.

#include "tests/simulators/telegram_text.hpp"
#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::size_t name_units_max = 128;
constexpr std::array<std::int64_t, 6> colors{7'322'096, 16'766'590, 13'338'331,
                                             9'367'192, 16'749'490, 16'478'047};

void check_name(const std::string& name, bool may_be_empty) {
  const auto length = utf16_length(name);
  if ((!may_be_empty && is_blank(name)) || length > name_units_max)
    throw mistake("TOPIC_NAME_INVALID");
}

chat_state& forum(const call_context& call, std::string_view purpose) {
  auto& out = call.target();
  if (!out.is_forum)
    throw bad_request("the chat is not a forum");
  const auto at = out.members.find(call.by.who.id);
  if (at == out.members.end() || !at->second.rights.manage_topics)
    throw bad_request("not enough rights to " + std::string{purpose});
  return out;
}

topic_state& topic(const call_context& call, chat_state& in) {
  const auto id = static_cast<std::int32_t>(call.number("message_thread_id"));
  const auto at = in.topics.find(id);
  if (at == in.topics.end())
    throw bad_request("TOPIC_ID_INVALID");
  if (at->second.deleted)
    throw bad_request("TOPIC_DELETED");
  return at->second;
}

void tell(const call_context& call, chat_state& in, const char* kind,
          json::object what) {
  message_state service;
  service.kind = kind;
  service.from_id = call.by.who.id;
  service.from_bot = true;
  service.thread_id
    = static_cast<std::int32_t>(call.number("message_thread_id"));
  service.content[kind] = std::move(what);
  call.all.announce(in, call.all.post(in, std::move(service)), false);
}

json::value create_topic(const call_context& call) {
  auto& in = forum(call, "create a topic");
  const auto name = call.text("name");
  check_name(name, false);
  const auto color = call.number("icon_color", colors.front());
  if (std::ranges::find(colors, color) == colors.end())
    throw mistake("TOPIC_ICON_COLOR_INVALID");
  message_state root;
  root.kind = "forum_topic_created";
  root.from_id = call.by.who.id;
  root.from_bot = true;
  json::object about{{"name", name}, {"icon_color", color}};
  const auto emoji = call.text("icon_custom_emoji_id");
  if (!emoji.empty())
    about["icon_custom_emoji_id"] = emoji;
  root.content["forum_topic_created"] = about;
  const auto& posted = call.all.post(in, std::move(root));
  in.topics[posted.id] = {name, color, emoji, false, false};
  call.all.announce(in, posted, false);
  about["message_thread_id"] = posted.id;
  return about;
}

json::value edit_topic(const call_context& call) {
  auto& in = forum(call, "manage topics");
  auto& what = topic(call, in);
  const auto name = call.text("name");
  check_name(name, true);
  json::object about;
  if (!name.empty() && name != what.name)
    about["name"] = what.name = name;
  if (call.has("icon_custom_emoji_id")
      && call.text("icon_custom_emoji_id") != what.icon_emoji)
    about["icon_custom_emoji_id"] = what.icon_emoji
      = call.text("icon_custom_emoji_id");
  if (about.empty())
    throw bad_request("TOPIC_NOT_MODIFIED");
  tell(call, in, "forum_topic_edited", std::move(about));
  return true;
}

json::value set_closed(const call_context& call, bool closed) {
  auto& in = forum(call, "manage topics");
  auto& what = topic(call, in);
  if (what.closed == closed)
    throw bad_request("TOPIC_NOT_MODIFIED");
  what.closed = closed;
  tell(call, in, closed ? "forum_topic_closed" : "forum_topic_reopened", {});
  return true;
}

json::value close_topic(const call_context& call) {
  return set_closed(call, true);
}

json::value reopen_topic(const call_context& call) {
  return set_closed(call, false);
}

json::value delete_topic(const call_context& call) {
  auto& in = forum(call, "manage topics");
  topic(call, in).deleted = true;
  const auto id = static_cast<std::int32_t>(call.number("message_thread_id"));
  for (auto& [at, message] : in.messages)
    if (message.thread_id == id)
      message.deleted = true;
  call.all.changed();
  return true;
}

} // namespace

void add_topic_methods(handler_table& to) {
  to["createForumTopic"] = create_topic;
  to["editForumTopic"] = edit_topic;
  to["closeForumTopic"] = close_topic;
  to["reopenForumTopic"] = reopen_topic;
  to["deleteForumTopic"] = delete_topic;
}

} // namespace switchboard::simulators::telegram
