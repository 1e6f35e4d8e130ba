#include "tests/simulators/telegram_page.hpp"

#include "tests/simulators/telegram_facts.hpp"
#include "tests/simulators/telegram_input.hpp"
#include "tests/simulators/telegram_simulator.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::size_t shown_max = 200; ///< messages of a chat

json::object button_json(const telegram_button& from) {
  return {{"text", from.text}, {"data", from.data}, {"url", from.url}};
}

json::object message_view(const world& all, const chat_state& in,
                          const message_state& what) {
  const auto shown = all.to_message(in, what);
  json::array rows;
  for (const auto& row : shown.buttons) {
    json::array buttons;
    for (const auto& one : row)
      buttons.push_back(button_json(one));
    rows.push_back(std::move(buttons));
  }
  const auto from = all.user_json(what.from_id);
  json::array reactions;
  for (const auto& one : shown.reactions)
    reactions.emplace_back(one);
  const auto file = all.files.find(shown.file_id);
  return {{"id", what.id},
          {"from_id", what.from_id},
          {"from", from.at("first_name")},
          {"from_bot", what.from_bot},
          {"date", what.date},
          {"kind", what.kind},
          {"text", shown.text},
          {"file_id", shown.file_id},
          {"file_name", file == all.files.end() ? "" : file->second.name},
          {"thread_id", what.thread_id},
          {"reply_to", what.reply_to},
          {"edited", what.edits > 0},
          {"force_reply", what.force_reply},
          {"reactions", std::move(reactions)},
          {"buttons", std::move(rows)}};
}

json::object chat_view(const world& all, const chat_state& in) {
  json::array messages;
  auto at = in.messages.begin();
  if (in.messages.size() > shown_max)
    std::advance(at, in.messages.size() - shown_max);
  for (; at != in.messages.end(); ++at)
    if (!at->second.deleted)
      messages.push_back(message_view(all, in, at->second));
  json::array topics;
  for (const auto& [id, one] : in.topics)
    if (!one.deleted)
      topics.push_back(
        {{"id", id}, {"name", one.name}, {"closed", one.closed}});
  const auto title
    = in.is_private() ? all.bots.at(in.key.bot_id).first_name : in.title;
  return {{"chat_id", in.key.chat_id},
          {"bot_id", in.key.bot_id},
          {"title", title},
          {"type", in.type},
          {"is_forum", in.is_forum},
          {"blocked", in.blocked},
          {"topics", std::move(topics)},
          {"messages", std::move(messages)}};
}

bool shows(const chat_state& in, std::int64_t user_id) {
  if (in.is_private())
    return in.key.chat_id == user_id;
  const auto at = in.members.find(user_id);
  return at != in.members.end() && at->second.is_inside();
}

json::object state_of(world& all, std::int64_t user_id) {
  const std::lock_guard lock{all.mutex};
  json::array users;
  for (const auto& [id, one] : all.users)
    users.push_back(
      {{"id", id}, {"name", one.first_name}, {"username", one.username}});
  json::array bots;
  for (const auto& [id, one] : all.bots)
    bots.push_back(
      {{"id", id}, {"name", one.first_name}, {"username", one.who.username}});
  json::array chats;
  for (const auto& [key, one] : all.chats)
    if (shows(one, user_id))
      chats.push_back(chat_view(all, one));
  json::array violations;
  for (const auto& one : all.violations)
    violations.emplace_back(one);
  return {{"version", all.changes},
          {"users", std::move(users)},
          {"bots", std::move(bots)},
          {"chats", std::move(chats)},
          {"server", all.options.page_server},
          {"violations", std::move(violations)}};
}

std::int64_t add_user(world& all, const std::string& name) {
  const std::lock_guard lock{all.mutex};
  user_state made;
  made.id = ++all.last_id;
  made.first_name = name.empty() ? "User" : name;
  made.username = "user" + std::to_string(made.id);
  made.language = "en";
  // Whoever comes by hand may play in every group.
  for (auto& [key, chat] : all.chats)
    if (!chat.is_private())
      chat.members[made.id];
  const auto id = made.id;
  all.users[id] = std::move(made);
  all.changed();
  return id;
}

telegram_bot bot_of(world& all, const telegram_place& where) {
  const std::lock_guard lock{all.mutex};
  return all.bot(where.bot_id).who;
}

/// What the browser read from the user's disk.
std::string from_base64(const std::string& text) {
  if (text.size() % 4 != 0)
    throw std::logic_error{"the file is no base64"};
  std::string out(text.size() / 4 * 3, '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)
  const auto size
    = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  if (size < 0)
    throw std::logic_error{"the file is no base64"};
  const auto padding = text.ends_with("==")  ? 2U
                       : text.ends_with('=') ? 1U
                                             : 0U;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

telegram_upload upload_of(const json::object& wish) {
  telegram_upload out;
  out.kind = member_text(wish, "kind") == "photo" ? "photo" : "document";
  out.name = member_text(wish, "name");
  out.mime = member_text(wish, "mime");
  out.bytes = from_base64(member_text(wish, "data"));
  out.caption = member_text(wish, "text");
  return out;
}

json::object act(world& all, const json::object& wish) {
  const auto what = member_text(wish, "act");
  const auto text = member_text(wish, "text");
  if (what == "add_user")
    return {{"user", add_user(all, text)}};
  const telegram_user who{all, member_number(wish, "user")};
  const telegram_place where{
    member_number(wish, "chat_id"), member_number(wish, "bot_id"),
    static_cast<std::int32_t>(member_number(wish, "thread_id"))};
  const auto message
    = static_cast<std::int32_t>(member_number(wish, "message_id"));
  const auto reply = static_cast<std::int32_t>(member_number(wish, "reply_to"));
  if (what == "say")
    return {{"message_id", who.says(where, text, reply)}};
  if (what == "press")
    return {{"query", who.presses(where, message, member_text(wish, "data"))}};
  if (what == "send")
    return {{"message_id", who.sends(where, upload_of(wish), reply)}};
  if (what == "edit")
    who.edits(where, message, text);
  else if (what == "react")
    who.reacts(where, message, text);
  else if (what == "block")
    who.blocks(bot_of(all, where));
  else if (what == "unblock")
    who.unblocks(bot_of(all, where));
  else
    throw std::logic_error{"no such act"};
  return {};
}

json::object callback_of(world& all, const std::string& query) {
  const std::lock_guard lock{all.mutex};
  const auto at = all.callbacks.find(query);
  if (at == all.callbacks.end() || !at->second.answer)
    return {{"answered", false}};
  return {{"answered", true},
          {"text", at->second.answer->text},
          {"alert", at->second.answer->show_alert}};
}

/// Pictures are shown; all else is saved, whatever its sender says that it is.
page_answer file_of(world& all, const std::string& id) {
  constexpr std::array<std::string_view, 4> shown{"image/jpeg", "image/png",
                                                  "image/gif", "image/webp"};
  const std::lock_guard lock{all.mutex};
  const auto at = all.files.find(id);
  if (at == all.files.end())
    return {404, "text/plain", "there is no such file"};
  const auto& mime = at->second.mime;
  const bool is_picture = std::ranges::find(shown, mime) != shown.end();
  return {200, is_picture ? mime : "application/octet-stream",
          at->second.bytes};
}

page_answer failed(int status, const std::string& why) {
  const json::object body{{"error", why}};
  return {status, "application/json", json::serialize(body)};
}

page_answer answered(const json::object& body) {
  return {200, "application/json", json::serialize(body)};
}

} // namespace

page_answer answer_page(world& all, std::string_view method,
                        std::string_view path, std::string_view query,
                        std::string_view content_type, std::string_view body) {
  if (method == "GET" && path == "/")
    return {200, "text/html; charset=utf-8", std::string{page_html()}};
  std::string problem;
  const auto input = read_input(query, {}, {}, problem);
  const auto asked = [&input](const char* name) {
    const auto at = input.text.find(name);
    return at == input.text.end() ? std::string{} : at->second;
  };
  if (method == "GET" && path == "/sim/state")
    return answered(
      state_of(all, std::strtoll(asked("user").c_str(), nullptr, 10)));
  if (method == "GET" && path == "/sim/callback")
    return answered(callback_of(all, asked("query")));
  if (method == "GET" && path == "/sim/file")
    return file_of(all, asked("id"));
  if (method != "POST" || path != "/sim/act")
    return failed(404, "not found");
  // No other site's page may send this type without being asked first.
  if (!content_type.starts_with("application/json"))
    return failed(415, "expects application/json");
  boost::system::error_code ec;
  const auto wish = json::parse({body.data(), body.size()}, ec);
  if (ec || !wish.is_object())
    return failed(400, "expects a JSON object");
  try {
    return answered(act(all, wish.get_object()));
  } catch (const std::logic_error& e) {
    return failed(409, e.what());
  }
}

} // namespace switchboard::simulators::telegram
