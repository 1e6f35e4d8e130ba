// What people do in their clients.

#include "tests/simulators/telegram_simulator.hpp"
#include "tests/simulators/telegram_text.hpp"
#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace switchboard::simulators {

namespace {

using telegram::chat_state;
using telegram::formatted_text;
using telegram::message_state;
using telegram::world;
namespace json = boost::json;

void expect(bool holds, const char* otherwise) {
  if (!holds)
    throw std::logic_error{otherwise};
}

bool is_inside(const chat_state& in, std::int64_t who) {
  const auto at = in.members.find(who);
  return at != in.members.end() && at->second.is_inside();
}

/// The chat in which a user wants to write. Writing starts a bot.
chat_state& writable(world& all, std::int64_t who,
                     const telegram_place& where) {
  if (where.bot_id != 0) {
    auto& out = all.private_chat(who, all.bot(where.bot_id).who.id);
    expect(!out.blocked, "the user has blocked this bot");
    return out;
  }
  auto& out = all.chat(where);
  expect(is_inside(out, who), "the user is not in this group");
  expect(out.migrated_to == 0, "the group has become a supergroup");
  if (where.thread_id != 0) {
    const auto at = out.topics.find(where.thread_id);
    expect(at != out.topics.end() && !at->second.deleted,
           "there is no such topic");
    expect(!at->second.closed, "the topic is closed");
  }
  return out;
}

message_state& own_message(world& all, chat_state& in, std::int64_t who,
                           std::int32_t id) {
  auto* found = all.find_message(in, id);
  expect(found != nullptr && found->from_id == who,
         "there is no such message of the user");
  return *found;
}

std::int32_t post(world& all, chat_state& in, std::int64_t who,
                  const telegram_place& where, message_state made) {
  made.from_id = who;
  made.thread_id = where.thread_id;
  expect(made.reply_to == 0 || all.find_message(in, made.reply_to) != nullptr,
         "there is no message to reply to");
  const auto& posted = all.post(in, std::move(made));
  all.announce(in, posted, false);
  return posted.id;
}

void set_text(json::object& content, const std::string& key,
              const std::string& text) {
  formatted_text formatted;
  formatted.text = text;
  telegram::find_entities(formatted);
  const auto entities = key == "text" ? "entities" : "caption_entities";
  content.erase(entities);
  content[key] = text;
  if (!formatted.entities.empty())
    content[entities] = std::move(formatted.entities);
}

message_state file_message(world& all, const telegram_upload& what) {
  message_state out;
  out.kind = what.kind;
  out.content
    = file_content(all.store(what.kind, {what.name, what.mime, what.bytes}));
  if (!what.caption.empty())
    set_text(out.content, "caption", what.caption);
  return out;
}

bool has_data(const message_state& message, const std::string& data) {
  const auto* markup = message.content.if_contains("reply_markup");
  if (markup == nullptr)
    return false;
  for (const auto& row : markup->at("inline_keyboard").as_array())
    for (const auto& one : row.as_array())
      if (telegram::member_text(one.as_object(), "callback_data") == data)
        return true;
  return false;
}

/// A service message about the member, and who is inside.
void move(world& all, std::int64_t who, const telegram_place& group, bool in) {
  auto& chat = all.chat(group);
  chat.members[who].status = in ? "member" : "left";
  message_state service;
  service.kind = in ? "new_chat_members" : "left_chat_member";
  if (in)
    service.content[service.kind] = json::array{all.user_json(who)};
  else
    service.content[service.kind] = all.user_json(who);
  post(all, chat, who, {group.chat_id, 0, 0}, std::move(service));
}

void set_blocked(world& all, std::int64_t who, const telegram_bot& bot,
                 bool blocked) {
  auto& chat = all.private_chat(who, bot.id);
  if (chat.blocked == blocked)
    return;
  chat.blocked = blocked;
  all.push_member_change(all.bot(bot.id), chat, who,
                         blocked ? "member" : "kicked",
                         blocked ? "kicked" : "member");
}

/// Writes what happened to a topic into it.
void note_topic(world& all, chat_state& in, std::int64_t who,
                const telegram_place& topic, const char* kind,
                json::object about) {
  message_state service;
  service.kind = kind;
  service.content[kind] = std::move(about);
  post(all, in, who, topic, std::move(service));
}

telegram::topic_state& topic_of(chat_state& in, const telegram_place& where) {
  const auto at = in.topics.find(where.thread_id);
  expect(at != in.topics.end() && !at->second.deleted,
         "there is no such topic");
  return at->second;
}

} // namespace

std::int32_t telegram_user::starts(const telegram_bot& bot,
                                   const std::string& payload) const {
  return says(chat_with(bot), payload.empty() ? "/start" : "/start " + payload);
}

std::int32_t telegram_user::says(const telegram_place& where,
                                 const std::string& text,
                                 std::int32_t reply_to) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, where);
  message_state made;
  made.kind = "text";
  made.reply_to = reply_to;
  set_text(made.content, "text", text);
  return post(*world_, in, id_, where, std::move(made));
}

std::int32_t telegram_user::sends(const telegram_place& where,
                                  const telegram_upload& what,
                                  std::int32_t reply_to) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, where);
  auto made = file_message(*world_, what);
  made.reply_to = reply_to;
  return post(*world_, in, id_, where, std::move(made));
}

std::vector<std::int32_t>
telegram_user::sends_album(const telegram_place& where,
                           const std::vector<telegram_upload>& items) const {
  const std::lock_guard lock{world_->mutex};
  expect(items.size() >= 2 && items.size() <= 10, "an album has 2-10 items");
  auto& in = writable(*world_, id_, where);
  const auto group = std::to_string(13'500'000'000'000'000 + ++world_->last_id);
  std::vector<std::int32_t> out;
  for (const auto& item : items) {
    auto made = file_message(*world_, item);
    made.content["media_group_id"] = group;
    out.push_back(post(*world_, in, id_, where, std::move(made)));
  }
  return out;
}

std::int32_t telegram_user::shares_contact(const telegram_place& where,
                                           const std::string& phone) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, where);
  message_state made;
  made.kind = "contact";
  made.content["contact"] = {{"phone_number", phone},
                             {"first_name", world_->user(id_).first_name},
                             {"user_id", id_}};
  return post(*world_, in, id_, where, std::move(made));
}

std::int32_t telegram_user::forwards(const telegram_place& from,
                                     std::int32_t message_id,
                                     const telegram_place& to) const {
  const std::lock_guard lock{world_->mutex};
  const auto* found = world_->find_message(world_->chat(from), message_id);
  expect(found != nullptr, "there is no such message");
  auto& in = writable(*world_, id_, to);
  message_state made;
  made.kind = found->kind;
  made.content = found->content;
  made.content.erase("reply_markup");
  made.content.erase("media_group_id");
  made.content["forward_origin"]
    = {{"type", "user"},
       {"date", found->date},
       {"sender_user", world_->user_json(found->from_id)}};
  return post(*world_, in, id_, to, std::move(made));
}

void telegram_user::edits(const telegram_place& where, std::int32_t message_id,
                          const std::string& text) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, where);
  auto& message = own_message(*world_, in, id_, message_id);
  set_text(message.content, message.kind == "text" ? "text" : "caption", text);
  message.edit_date = world_->unix_now();
  ++message.edits;
  world_->announce(in, message, true);
}

void telegram_user::deletes(const telegram_place& where,
                            std::int32_t message_id) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, where);
  auto* found = world_->find_message(in, message_id);
  expect(found != nullptr, "there is no such message");
  found->deleted = true;
  world_->changed();
}

std::string telegram_user::presses(const telegram_place& where,
                                   std::int32_t message_id,
                                   const std::string& data) const {
  const std::lock_guard lock{world_->mutex};
  const telegram_place place{where.bot_id != 0 ? id_ : where.chat_id,
                             where.bot_id, 0};
  auto& in = world_->chat(place);
  const auto* found = world_->find_message(in, message_id);
  expect(found != nullptr, "there is no such message");
  expect(has_data(*found, data), "the message has no such button");
  expect(in.is_private() || is_inside(in, id_),
         "the user is not in this group");
  auto query = std::to_string(4'000'000'000'000'000 + ++world_->last_id);
  world_->callbacks[query]
    = {found->from_id, world_->now() + world_->options.callback_life, {}};
  json::object about;
  about["id"] = query;
  about["from"] = world_->user_json(id_);
  about["message"] = world_->message_json(in, *found);
  about["chat_instance"] = std::to_string(in.key.chat_id * 7);
  about["data"] = data;
  json::object content;
  content["callback_query"] = std::move(about);
  world_->push_update(world_->bot(found->from_id), "callback_query", id_,
                      std::move(content));
  return query;
}

void telegram_user::reacts(const telegram_place& where, std::int32_t message_id,
                           const std::string& emoji) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, where);
  auto* found = world_->find_message(in, message_id);
  expect(found != nullptr, "there is no such message");
  json::array now;
  if (!emoji.empty())
    now.push_back(json::object{{"type", "emoji"}, {"emoji", emoji}});
  json::object about;
  about["chat"] = world_->chat_json(in);
  about["message_id"] = message_id;
  about["user"] = world_->user_json(id_);
  about["date"] = world_->unix_now();
  about["old_reaction"] = found->reactions[id_];
  about["new_reaction"] = now;
  found->reactions[id_] = std::move(now);
  for (auto& [bot_id, bot] : world_->bots) {
    const auto at = in.members.find(bot_id);
    const auto is_admin
      = at != in.members.end() && at->second.status == "administrator";
    if (in.key.bot_id != bot_id && !is_admin)
      continue;
    json::object content;
    content["message_reaction"] = about;
    world_->push_update(bot, "message_reaction", in.key.chat_id,
                        std::move(content));
  }
  world_->changed();
}

void telegram_user::joins(const telegram_place& group) const {
  const std::lock_guard lock{world_->mutex};
  move(*world_, id_, group, true);
}

void telegram_user::leaves(const telegram_place& group) const {
  const std::lock_guard lock{world_->mutex};
  move(*world_, id_, group, false);
}

void telegram_user::blocks(const telegram_bot& bot) const {
  const std::lock_guard lock{world_->mutex};
  set_blocked(*world_, id_, bot, true);
}

void telegram_user::unblocks(const telegram_bot& bot) const {
  const std::lock_guard lock{world_->mutex};
  set_blocked(*world_, id_, bot, false);
}

void telegram_user::deactivates() const {
  const std::lock_guard lock{world_->mutex};
  world_->user(id_).deactivated = true;
  world_->changed();
}

std::int32_t telegram_user::creates_topic(const telegram_place& forum,
                                          const std::string& name) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, {forum.chat_id, 0, 0});
  expect(in.is_forum, "the group is no forum");
  message_state root;
  root.kind = "forum_topic_created";
  root.from_id = id_;
  root.content[root.kind] = {{"name", name}, {"icon_color", 7'322'096}};
  const auto& posted = world_->post(in, std::move(root));
  in.topics[posted.id] = {name, 7'322'096, {}, false, false};
  world_->announce(in, posted, false);
  return posted.id;
}

void telegram_user::renames_topic(const telegram_place& topic,
                                  const std::string& name) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, topic);
  topic_of(in, topic).name = name;
  note_topic(*world_, in, id_, topic, "forum_topic_edited", {{"name", name}});
}

void telegram_user::closes_topic(const telegram_place& topic) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, topic);
  topic_of(in, topic).closed = true;
  note_topic(*world_, in, id_, topic, "forum_topic_closed", {});
}

void telegram_user::reopens_topic(const telegram_place& topic) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, {topic.chat_id, 0, 0});
  topic_of(in, topic).closed = false;
  note_topic(*world_, in, id_, topic, "forum_topic_reopened", {});
}

void telegram_user::deletes_topic(const telegram_place& topic) const {
  const std::lock_guard lock{world_->mutex};
  auto& in = writable(*world_, id_, {topic.chat_id, 0, 0});
  topic_of(in, topic).deleted = true;
  for (auto& [id, message] : in.messages)
    if (message.thread_id == topic.thread_id)
      message.deleted = true;
  world_->changed();
}

} // namespace switchboard::simulators
