// Which bot hears of what.

#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::chrono::hours update_life{24};
constexpr std::chrono::seconds callback_update_life{150};

/// What a bot gets only when it asks for it.
constexpr std::array<std::string_view, 3> on_request{
  "chat_member", "message_reaction", "message_reaction_count"};

bool is_wanted(const bot_state& by, const std::string& kind) {
  if (by.wanted && !by.wanted->empty())
    return by.wanted->contains(kind);
  return std::ranges::find(on_request, kind) == on_request.end();
}

std::string_view queue_of(const std::string& kind) {
  if (kind.ends_with("message"))
    return "message:";
  if (kind == "callback_query")
    return "callback:";
  return kind == "my_chat_member" ? "member:" : "reaction:";
}

} // namespace

bool world::sees(const bot_state& who, const chat_state& in,
                 const message_state& what) const {
  if (what.from_bot && what.from_id != who.who.id)
    return false;
  if (what.from_bot)
    return what.kind == "forum_topic_created"
           || what.kind == "forum_topic_edited";
  if (in.is_private())
    return in.key.bot_id == who.who.id;
  const auto at = in.members.find(who.who.id);
  if (at == in.members.end() || !at->second.is_inside())
    return false;
  if (!who.privacy || at->second.rights.admin || what.is_service())
    return true;
  const auto text = member_text(what.content, "text");
  const auto replied = in.messages.find(what.reply_to);
  return text.starts_with('/')
         || text.find("@" + who.who.username) != std::string::npos
         || (replied != in.messages.end()
             && replied->second.from_id == who.who.id);
}

void world::announce(const chat_state& in, const message_state& what,
                     bool edited) {
  for (auto& [id, one] : bots) {
    if (!sees(one, in, what))
      continue;
    const auto* kind = edited ? "edited_message" : "message";
    json::object content;
    content[kind] = message_json(in, what);
    push_update(one, kind, in.key.chat_id, std::move(content));
  }
  changed();
}

void world::push_update(bot_state& to, const std::string& kind,
                        std::int64_t queue_id, json::object content) {
  push_update(to, kind, std::string{queue_of(kind)} + std::to_string(queue_id),
              std::move(content));
}

void world::push_update(bot_state& to, const std::string& kind,
                        const std::string& queue, json::object content) {
  if (!is_wanted(to, kind))
    return;
  update_state made;
  made.id = ++to.last_update_id;
  made.kind = kind;
  made.queue = queue;
  made.content = std::move(content);
  made.content["update_id"] = made.id;
  made.expires = now();
  if (kind == "callback_query")
    made.expires += callback_update_life;
  else
    made.expires += update_life;
  if (options.keep_calls)
    to.archive[made.id] = made;
  to.updates.push_back(std::move(made));
  ++tally.updates;
  changed();
}

void world::push_member_change(bot_state& to, const chat_state& in,
                               std::int64_t by, const std::string& before,
                               const std::string& after) {
  const auto who = user_json(to.who.id);
  const auto as = [&](const std::string& status) {
    if (status == "administrator")
      return member_json(in, to.who.id);
    json::object out;
    out["user"] = who;
    out["status"] = status;
    if (status == "kicked")
      out["until_date"] = 0;
    return out;
  };
  json::object change_of;
  change_of["chat"] = chat_json(in);
  change_of["from"] = user_json(by);
  change_of["date"] = unix_now();
  change_of["old_chat_member"] = as(before);
  change_of["new_chat_member"] = as(after);
  json::object content;
  content["my_chat_member"] = std::move(change_of);
  push_update(to, "my_chat_member", in.key.chat_id, std::move(content));
}

} // namespace switchboard::simulators::telegram
