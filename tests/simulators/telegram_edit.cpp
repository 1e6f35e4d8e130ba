// Methods that change what is there.

#include "tests/simulators/telegram_text.hpp"
#include "tests/simulators/telegram_world.hpp"

#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::int64_t delete_window_s = std::int64_t{48} * 3'600;
constexpr std::size_t answer_units_max = 200;
constexpr std::size_t ids_max = 100;

message_state& edited(const call_context& call, chat_state& in) {
  auto* found = call.all.find_message(in, call.number("message_id"));
  if (found == nullptr)
    throw bad_request("message to edit not found");
  if (found->from_id != call.by.who.id || found->is_service())
    throw bad_request("message can't be edited");
  return *found;
}

/// Sets or removes the keyboard, as every editing method does.
void put_keyboard(const call_context& call, json::object& content) {
  content.erase("reply_markup");
  if (!call.has("reply_markup"))
    return;
  const auto& markup = call.args.at("reply_markup").as_object();
  check_markup(markup);
  if (!markup.at("inline_keyboard").as_array().empty())
    content["reply_markup"] = markup;
}

json::value change(const call_context& call, chat_state& in, message_state& to,
                   json::object content) {
  if (content == to.content)
    throw bad_request(
      "message is not modified: specified new message content "
      "and reply markup are exactly the same as a current "
      "content and reply markup of the message");
  to.content = std::move(content);
  to.edit_date = call.all.unix_now();
  ++to.edits;
  call.all.changed();
  return call.all.message_json(in, to);
}

json::value edit_text(const call_context& call) {
  auto& in = call.target();
  auto& to = edited(call, in);
  if (to.kind != "text")
    throw bad_request("there is no text in the message to edit");
  auto content = to.content;
  content.erase("text");
  content.erase("entities");
  put_text(call, "text", call.text("text"), content);
  put_keyboard(call, content);
  return change(call, in, to, std::move(content));
}

json::value edit_caption(const call_context& call) {
  auto& in = call.target();
  auto& to = edited(call, in);
  if (to.kind == "text")
    throw bad_request("there is no caption in the message to edit");
  auto content = to.content;
  content.erase("caption");
  content.erase("caption_entities");
  put_text(call, "caption", call.text("caption"), content);
  put_keyboard(call, content);
  return change(call, in, to, std::move(content));
}

json::value edit_markup(const call_context& call) {
  auto& in = call.target();
  auto& to = edited(call, in);
  auto content = to.content;
  put_keyboard(call, content);
  return change(call, in, to, std::move(content));
}

/// Why the bot may not remove it, or nothing.
bool may_delete(const call_context& call, const chat_state& in,
                const message_state& what) {
  const auto at = in.members.find(call.by.who.id);
  if (at != in.members.end() && at->second.rights.delete_messages)
    return true;
  const auto is_own = what.from_id == call.by.who.id;
  return (is_own || in.is_private())
         && call.all.unix_now() - what.date < delete_window_s;
}

void remove(const call_context& call, message_state& what) {
  what.deleted = true;
  call.all.changed();
}

json::value delete_message(const call_context& call) {
  auto& in = call.target();
  auto* found = call.all.find_message(in, call.number("message_id"));
  if (found == nullptr)
    throw bad_request("message to delete not found");
  if (!may_delete(call, in, *found))
    throw bad_request("message can't be deleted");
  remove(call, *found);
  return true;
}

json::value delete_messages(const call_context& call) {
  auto& in = call.target();
  const auto& ids = call.args.at("message_ids").as_array();
  if (ids.empty() || ids.size() > ids_max)
    throw mistake("message identifiers count is wrong");
  for (const auto& id : ids) {
    auto* found = call.all.find_message(in, id.to_number<std::int64_t>());
    if (found != nullptr && may_delete(call, in, *found))
      remove(call, *found);
  }
  return true;
}

json::value answer_callback(const call_context& call) {
  if (utf16_length(call.text("text")) > answer_units_max)
    throw mistake("MESSAGE_TOO_LONG");
  const auto at = call.all.callbacks.find(call.text("callback_query_id"));
  if (at == call.all.callbacks.end() || at->second.bot_id != call.by.who.id
      || at->second.answer || at->second.expires <= call.all.now())
    throw bad_request(
      "query is too old and response timeout expired or query "
      "ID is invalid");
  at->second.answer
    = telegram_callback_answer{call.text("text"), call.flag("show_alert")};
  call.all.changed();
  return true;
}

json::value set_reaction(const call_context& call) {
  auto& in = call.target();
  auto* found = call.all.find_message(in, call.number("message_id"));
  if (found == nullptr)
    throw bad_request("message to react not found");
  json::array reactions;
  if (call.has("reaction"))
    reactions = call.args.at("reaction").as_array();
  if (reactions.size() > 1)
    throw mistake("REACTIONS_TOO_MANY");
  found->reactions[call.by.who.id] = std::move(reactions);
  call.all.changed();
  return true;
}

json::value pin_message(const call_context& call) {
  auto& in = call.target();
  if (call.all.find_message(in, call.number("message_id")) == nullptr)
    throw bad_request("message to pin not found");
  const auto at = in.members.find(call.by.who.id);
  if (!in.is_private()
      && (at == in.members.end() || !at->second.rights.pin_messages))
    throw bad_request(
      "not enough rights to manage pinned messages in the "
      "chat");
  return true;
}

} // namespace

void add_edit_methods(handler_table& to) {
  to["editMessageText"] = edit_text;
  to["editMessageCaption"] = edit_caption;
  to["editMessageReplyMarkup"] = edit_markup;
  to["deleteMessage"] = delete_message;
  to["deleteMessages"] = delete_messages;
  to["answerCallbackQuery"] = answer_callback;
  to["setMessageReaction"] = set_reaction;
  to["pinChatMessage"] = pin_message;
}

} // namespace switchboard::simulators::telegram
