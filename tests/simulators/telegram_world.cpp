#include "tests/simulators/telegram_world.hpp"

#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::size_t violations_max = 1'000;
constexpr std::int64_t first_id = 100'000;
constexpr std::int32_t general_topic = 1;

} // namespace

std::string to_text(const json::string& from) {
  return {from.data(), from.size()};
}

std::string member_text(const json::object& of, std::string_view name) {
  const auto* value = of.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_string() ? to_text(value->get_string())
                                                : std::string{};
}

std::int64_t member_number(const json::object& of, std::string_view name,
                           std::int64_t otherwise) {
  const auto* value = of.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_number()
           ? value->to_number<std::int64_t>()
           : otherwise;
}

world::world(telegram_simulator_options with)
  : options{std::move(with)}, last_id{first_id}, random{options.seed} {}

sim_time world::now() const {
  return std::chrono::system_clock::now() + advanced;
}

std::int64_t world::unix_now() const {
  return std::chrono::duration_cast<std::chrono::seconds>(
           now().time_since_epoch())
    .count();
}

bot_state* world::bot_with_token(std::string_view token) {
  for (auto& [id, one] : bots)
    if (one.who.token == token)
      return &one;
  return nullptr;
}

bot_state& world::bot(std::int64_t id) {
  const auto at = bots.find(id);
  if (at == bots.end())
    throw std::logic_error{"no bot " + std::to_string(id)};
  return at->second;
}

user_state& world::user(std::int64_t id) {
  const auto at = users.find(id);
  if (at == users.end())
    throw std::logic_error{"no user " + std::to_string(id)};
  return at->second;
}

chat_state& world::chat(const telegram_place& where) {
  const auto at = chats.find(chat_key{where.chat_id, where.bot_id});
  if (at == chats.end())
    throw std::logic_error{"no chat " + std::to_string(where.chat_id)};
  return at->second;
}

chat_state& world::target(const bot_state& by, const json::value& chat_id) {
  std::int64_t id = 0;
  if (chat_id.is_string()) {
    const auto name = to_text(chat_id.get_string());
    if (name.starts_with('@'))
      throw bad_request("chat not found");
    id = std::strtoll(name.c_str(), nullptr, 10);
  } else {
    id = chat_id.to_number<std::int64_t>();
  }
  if (id > 0) {
    const auto who = users.find(id);
    if (who == users.end())
      throw bad_request("chat not found");
    if (who->second.deactivated)
      throw forbidden("user is deactivated");
    const auto at = chats.find(chat_key{id, by.who.id});
    if (at == chats.end())
      throw forbidden("bot can't initiate conversation with a user");
    if (at->second.blocked)
      throw forbidden("bot was blocked by the user");
    return at->second;
  }
  const auto at = chats.find(chat_key{id, 0});
  if (at == chats.end())
    throw bad_request("chat not found");
  auto& found = at->second;
  const auto member = found.members.find(by.who.id);
  if (member == found.members.end())
    throw bad_request("chat not found");
  const auto kind = found.type + " chat";
  if (member->second.status == "kicked")
    throw forbidden("bot was kicked from the " + kind);
  if (member->second.status == "left")
    throw forbidden("bot is not a member of the " + kind);
  if (found.migrated_to != 0) {
    auto out = bad_request("group chat was upgraded to a supergroup chat");
    out.parameters["migrate_to_chat_id"] = found.migrated_to;
    throw refusal{std::move(out)};
  }
  return found;
}

void world::check_thread(const bot_state& by, const chat_state& in,
                         std::int32_t thread_id) const {
  if (thread_id == 0)
    return;
  const auto at = in.topics.find(thread_id);
  if (!in.is_forum || thread_id == general_topic || at == in.topics.end()
      || at->second.deleted)
    throw bad_request("message thread not found");
  const auto member = in.members.find(by.who.id);
  if (at->second.closed
      && (member == in.members.end() || !member->second.rights.manage_topics))
    throw bad_request("TOPIC_CLOSED");
}

message_state* world::find_message(chat_state& in, std::int64_t id) {
  const auto at = in.messages.find(static_cast<std::int32_t>(id));
  if (at == in.messages.end() || at->second.deleted)
    return nullptr;
  return &at->second;
}

chat_state& world::add_chat(chat_state made) {
  const auto key = made.key;
  return chats[key] = std::move(made);
}

chat_state& world::private_chat(std::int64_t user_id, std::int64_t bot_id) {
  const chat_key key{user_id, bot_id};
  if (const auto at = chats.find(key); at != chats.end())
    return at->second;
  chat_state made;
  made.key = key;
  return add_chat(std::move(made));
}

message_state& world::post(chat_state& in, message_state made) {
  made.id = ++in.last_message_id;
  made.date = unix_now();
  // Whoever made a topic is shown as the author of its root.
  if (made.kind == "forum_topic_created")
    made.thread_id = made.id;
  return in.messages[made.id] = std::move(made);
}

const file_state& world::store(const std::string& kind,
                               const uploaded_file& file) {
  const auto number = std::to_string(++last_id);
  file_state made;
  made.id = "BQACAgIAAxkBAAI" + kind + number;
  made.unique_id = "AgAD" + number;
  made.kind = kind;
  made.name = file.name;
  made.mime = file.mime;
  made.bytes = file.bytes;
  const auto dot = file.name.rfind('.');
  made.path = kind + "s/file_" + number
              + (dot == std::string::npos ? "" : file.name.substr(dot));
  const auto id = made.id;
  return files[id] = std::move(made);
}

void world::note_violation(std::string what) {
  if (violations.size() < violations_max)
    violations.push_back(std::move(what));
}

void world::changed() {
  ++changes;
  change.notify_all();
  if (on_change)
    on_change();
}

} // namespace switchboard::simulators::telegram
