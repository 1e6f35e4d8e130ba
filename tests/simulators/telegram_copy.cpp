// Methods that repeat a message elsewhere.

#include "tests/simulators/telegram_world.hpp"

#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::size_t ids_max = 100;

/// The message that is to be repeated.
const message_state& source(const call_context& call, std::int64_t id,
                            std::string_view verb) {
  auto& from = call.all.target(call.by, call.args.at("from_chat_id"));
  auto* found = call.all.find_message(from, id);
  if (found == nullptr)
    throw bad_request("message to " + std::string{verb} + " not found");
  if (found->is_service())
    throw bad_request("message can't be "
                      + std::string{verb == "copy" ? "copied" : "forwarded"});
  return *found;
}

chat_state& destination(const call_context& call, message_state& made) {
  auto& to = call.target();
  made.thread_id = static_cast<std::int32_t>(call.number("message_thread_id"));
  call.all.check_thread(call.by, to, made.thread_id);
  made.from_id = call.by.who.id;
  made.from_bot = true;
  return to;
}

message_state& put(const call_context& call, chat_state& to,
                   message_state made) {
  auto& out = call.all.post(to, std::move(made));
  ++call.all.tally.messages;
  call.all.changed();
  return out;
}

json::object id_of(const message_state& message) {
  json::object out;
  out["message_id"] = message.id;
  return out;
}

message_state copy_of(const message_state& from) {
  message_state out;
  out.kind = from.kind;
  out.content = from.content;
  out.content.erase("reply_markup");
  out.content.erase("forward_origin");
  out.content.erase("media_group_id");
  return out;
}

message_state forward_of(const call_context& call, const message_state& from) {
  auto out = copy_of(from);
  if (const auto* known = from.content.if_contains("forward_origin"))
    out.content["forward_origin"] = *known;
  else
    out.content["forward_origin"]
      = {{"type", "user"},
         {"date", from.date},
         {"sender_user", call.all.user_json(from.from_id)}};
  return out;
}

json::value copy_message(const call_context& call) {
  auto made = copy_of(source(call, call.number("message_id"), "copy"));
  auto& to = destination(call, made);
  if (call.has("caption") && made.kind != "text") {
    made.content.erase("caption");
    made.content.erase("caption_entities");
    put_text(call, "caption", call.text("caption"), made.content);
  }
  if (call.has("reply_markup")) {
    const auto& markup = call.args.at("reply_markup").as_object();
    check_markup(markup);
    if (markup.contains("inline_keyboard"))
      made.content["reply_markup"] = markup;
  }
  if (call.has("reply_parameters")) {
    const auto& parameters = call.args.at("reply_parameters").as_object();
    const auto id = member_number(parameters, "message_id");
    const auto* lenient = parameters.if_contains("allow_sending_without_reply");
    if (call.all.find_message(to, id) != nullptr)
      made.reply_to = static_cast<std::int32_t>(id);
    else if (lenient == nullptr || !lenient->as_bool())
      throw bad_request("message to be replied not found");
  }
  return id_of(put(call, to, std::move(made)));
}

json::value forward_message(const call_context& call) {
  const auto& from = source(call, call.number("message_id"), "forward");
  auto made = forward_of(call, from);
  auto& to = destination(call, made);
  return call.all.message_json(to, put(call, to, std::move(made)));
}

/// Those that can be, in their order; albums stay together.
json::value repeat_all(const call_context& call, bool forward) {
  const auto& ids = call.args.at("message_ids").as_array();
  if (ids.empty() || ids.size() > ids_max)
    throw mistake("message identifiers count is wrong");
  auto& from = call.all.target(call.by, call.args.at("from_chat_id"));
  std::map<std::string, std::string> groups;
  json::array out;
  std::int64_t last = 0;
  for (const auto& one : ids) {
    const auto id = one.to_number<std::int64_t>();
    if (id <= last)
      throw mistake(
        "message identifiers must be in a strictly increasing "
        "order");
    last = id;
    const auto* found = call.all.find_message(from, id);
    if (found == nullptr || found->is_service())
      continue;
    auto made = forward ? forward_of(call, *found) : copy_of(*found);
    auto& to = destination(call, made);
    if (const auto group = member_text(found->content, "media_group_id");
        !group.empty()) {
      auto& renamed = groups[group];
      if (renamed.empty())
        renamed = std::to_string(13'500'000'000'000'000 + ++call.all.last_id);
      made.content["media_group_id"] = renamed;
    }
    out.push_back(id_of(put(call, to, std::move(made))));
  }
  if (out.empty())
    throw bad_request(forward ? "there are no messages to forward"
                              : "there are no messages to copy");
  return out;
}

json::value copy_messages(const call_context& call) {
  return repeat_all(call, false);
}

json::value forward_messages(const call_context& call) {
  return repeat_all(call, true);
}

} // namespace

void add_copy_methods(handler_table& to) {
  to["copyMessage"] = copy_message;
  to["copyMessages"] = copy_messages;
  to["forwardMessage"] = forward_message;
  to["forwardMessages"] = forward_messages;
}

} // namespace switchboard::simulators::telegram
