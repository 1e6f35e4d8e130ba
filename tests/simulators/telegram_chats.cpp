// Methods that ask about things, and the bot's commands.

#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::size_t commands_max = 100;
constexpr std::size_t download_bytes_max = std::size_t{20} * 1'024 * 1'024;

json::value get_me(const call_context& call) {
  auto out = call.all.user_json(call.by.who.id);
  out["can_join_groups"] = true;
  out["can_read_all_group_messages"] = !call.by.privacy;
  out["supports_inline_queries"] = false;
  out["can_connect_to_business"] = false;
  out["has_main_web_app"] = false;
  out["has_topics_enabled"] = false;
  return out;
}

json::value get_chat(const call_context& call) {
  const auto& in = call.target();
  auto out = call.all.chat_json(in);
  out["accent_color_id"] = 0;
  out["max_reaction_count"] = 11;
  out["accepted_gift_types"] = json::object{{"unlimited_gifts", false},
                                            {"limited_gifts", false},
                                            {"unique_gifts", false},
                                            {"premium_subscription", false},
                                            {"gifts_from_channels", false}};
  return out;
}

json::value get_member(const call_context& call) {
  const auto& in = call.target();
  const auto id = call.number("user_id");
  if (!call.all.users.contains(id) && !call.all.bots.contains(id))
    throw bad_request("user not found");
  return call.all.member_json(in, id);
}

json::value get_file(const call_context& call) {
  const auto at = call.all.files.find(call.text("file_id"));
  if (at == call.all.files.end())
    throw bad_request("wrong file_id or the file is temporarily unavailable");
  const auto& file = at->second;
  if (file.bytes.size() > download_bytes_max)
    throw bad_request("file is too big");
  return json::object{{"file_id", file.id},
                      {"file_unique_id", file.unique_id},
                      {"file_size", file.bytes.size()},
                      {"file_path", file.path}};
}

bool is_command(const std::string& name) {
  return !name.empty() && name.size() <= 32
         && std::ranges::all_of(name, [](unsigned char c) {
              return c == '_' || std::isdigit(c) != 0 || std::islower(c) != 0;
            });
}

json::value set_commands(const call_context& call) {
  const auto& commands = call.args.at("commands").as_array();
  if (commands.size() > commands_max)
    throw mistake("BOT_COMMANDS_TOO_MUCH");
  for (const auto& one : commands) {
    const auto& command = one.as_object();
    if (!is_command(member_text(command, "command")))
      throw mistake("BOT_COMMAND_INVALID");
    const auto about = member_text(command, "description");
    if (about.empty() || about.size() > 256)
      throw mistake("BOT_COMMAND_DESCRIPTION_INVALID");
  }
  call.by.commands = commands;
  return true;
}

} // namespace

void add_chat_methods(handler_table& to) {
  to["getMe"] = get_me;
  to["getChat"] = get_chat;
  to["getChatMember"] = get_member;
  to["getFile"] = get_file;
  to["setMyCommands"] = set_commands;
}

} // namespace switchboard::simulators::telegram
