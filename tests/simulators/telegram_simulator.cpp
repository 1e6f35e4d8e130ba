#include "tests/simulators/telegram_simulator.hpp"

#include "tests/simulators/telegram_server.hpp"
#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace switchboard::simulators {

namespace {

using telegram::chat_state;
using telegram::world;

/// Below this, ids are supergroups'.
constexpr std::int64_t supergroup_base = -1'000'000'000'000;

std::string token_of(std::int64_t id) {
  return std::to_string(id) + ":AAsimulated-token-of-bot-" + std::to_string(id);
}

bool is_shown(const telegram::message_state& message,
              const telegram_place& where) {
  return !message.deleted
         && (where.thread_id == 0 || message.thread_id == where.thread_id);
}

telegram_place add_chat(world& all, const std::string& title, bool is_super,
                        bool is_forum) {
  const std::lock_guard lock{all.mutex};
  chat_state made;
  const auto id = ++all.last_id;
  made.key.chat_id = is_super ? supergroup_base - id : -id;
  made.type = is_super ? "supergroup" : "group";
  made.title = title;
  made.is_forum = is_forum;
  made.last_message_id = 1; // which told of the group's making
  return {all.add_chat(std::move(made)).key.chat_id, 0, 0};
}

} // namespace

bool telegram_message::has_button(std::string_view data) const {
  for (const auto& row : buttons)
    for (const auto& one : row)
      if (one.data == data)
        return true;
  return false;
}

struct telegram_simulator::impl {
  explicit impl(telegram_simulator_options options) : all{std::move(options)} {}

  world all;
  std::atomic<std::uint16_t> port = 0;
  std::mutex mutex;
  std::unique_ptr<telegram::server> life;
};

telegram_simulator::telegram_simulator(telegram_simulator_options options)
  : impl_{std::make_unique<impl>(std::move(options))} {
  impl_->port = impl_->all.options.port;
  start();
}

telegram_simulator::~telegram_simulator() {
  stop();
}

void telegram_simulator::stop() {
  const std::lock_guard lock{impl_->mutex};
  impl_->life.reset();
}

void telegram_simulator::start() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    return;
  impl_->life = std::make_unique<telegram::server>(impl_->all, impl_->port);
  impl_->port = impl_->life->port();
}

std::uint16_t telegram_simulator::port() const {
  return impl_->port;
}

std::string telegram_simulator::url() const {
  return "http://127.0.0.1:" + std::to_string(port());
}

telegram_bot telegram_simulator::add_bot(const telegram_bot_options& options) {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  telegram::bot_state made;
  made.who.id = options.id != 0 ? options.id : ++all.last_id;
  made.who.token
    = options.token.empty() ? token_of(made.who.id) : options.token;
  made.who.username = options.username;
  made.first_name = options.first_name;
  made.privacy = options.privacy;
  made.last_update_id = 700'000'000;
  auto out = made.who;
  all.bots[out.id] = std::move(made);
  all.changed();
  return out;
}

telegram_user telegram_simulator::add_user(telegram_user_options options) {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  telegram::user_state made;
  made.id = options.id != 0 ? options.id : ++all.last_id;
  made.first_name = std::move(options.first_name);
  made.last_name = std::move(options.last_name);
  made.username = std::move(options.username);
  made.language = std::move(options.language);
  const auto id = made.id;
  all.users[id] = std::move(made);
  all.changed();
  return {all, id};
}

telegram_user telegram_simulator::add_user(const std::string& first_name,
                                           const std::string& username) {
  telegram_user_options options;
  options.first_name = first_name;
  options.username = username;
  return add_user(std::move(options));
}

telegram_place telegram_simulator::add_group(const std::string& title) {
  return add_chat(impl_->all, title, false, false);
}

telegram_place telegram_simulator::add_supergroup(const std::string& title) {
  return add_chat(impl_->all, title, true, false);
}

telegram_place telegram_simulator::add_forum(const std::string& title) {
  return add_chat(impl_->all, title, true, true);
}

void telegram_simulator::add_member(const telegram_place& group,
                                    const telegram_bot& bot,
                                    telegram_rights rights) {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  auto& in = all.chat({group.chat_id, 0, 0});
  const auto known = in.members.find(bot.id);
  const auto before
    = known == in.members.end() ? std::string{"left"} : known->second.status;
  auto& member = in.members[bot.id];
  member.status = rights.admin ? "administrator" : "member";
  member.rights
    = rights.admin ? rights : telegram_rights{false, false, false, false};
  // Somebody must have done it: the bot itself when nobody else is there.
  auto by = bot.id;
  for (const auto& [id, one] : in.members)
    if (all.users.contains(id) && one.is_inside())
      by = id;
  all.push_member_change(all.bot(bot.id), in, by, before, member.status);
}

void telegram_simulator::add_member(const telegram_place& group,
                                    const telegram_user& user) {
  const std::lock_guard lock{impl_->all.mutex};
  auto& in = impl_->all.chat({group.chat_id, 0, 0});
  in.members[user.id()].status = "member";
  impl_->all.changed();
}

void telegram_simulator::kick(const telegram_place& group,
                              const telegram_bot& bot) {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  auto& in = all.chat({group.chat_id, 0, 0});
  auto& member = in.members[bot.id];
  const auto before = member.status;
  member.status = "kicked";
  member.rights = {false, false, false, false};
  all.push_member_change(all.bot(bot.id), in, bot.id, before, "kicked");
}

telegram_place telegram_simulator::migrate(const telegram_place& group,
                                           bool to_forum) {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  auto& old = all.chat({group.chat_id, 0, 0});
  chat_state made;
  made.key.chat_id = supergroup_base - ++all.last_id;
  made.type = "supergroup";
  made.title = old.title;
  made.is_forum = to_forum;
  made.members = old.members;
  auto& now = all.add_chat(std::move(made));
  auto author = now.members.empty() ? 0 : now.members.begin()->first;
  for (const auto& [id, one] : now.members)
    if (all.users.contains(id))
      author = id;
  const auto tell = [&](chat_state& in, const char* kind, std::int64_t about) {
    telegram::message_state service;
    service.kind = kind;
    service.from_id = author;
    service.content[kind] = about;
    all.announce(in, all.post(in, std::move(service)), false);
  };
  tell(old, "migrate_to_chat_id", now.key.chat_id);
  tell(now, "migrate_from_chat_id", old.key.chat_id);
  old.migrated_to = now.key.chat_id;
  return {now.key.chat_id, 0, 0};
}

void telegram_simulator::revoke(const telegram_bot& bot) {
  const std::lock_guard lock{impl_->all.mutex};
  impl_->all.bot(bot.id).revoked = true;
}

std::vector<telegram_message>
telegram_simulator::messages(const telegram_place& where) const {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  std::vector<telegram_message> out;
  const auto at = all.chats.find({where.chat_id, where.bot_id});
  if (at == all.chats.end())
    return out;
  for (const auto& [id, one] : at->second.messages)
    if (is_shown(one, where))
      out.push_back(all.to_message(at->second, one));
  return out;
}

std::optional<telegram_message>
telegram_simulator::message(const telegram_place& where,
                            std::int32_t message_id) const {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  const auto chat = all.chats.find({where.chat_id, where.bot_id});
  if (chat == all.chats.end())
    return std::nullopt;
  const auto at = chat->second.messages.find(message_id);
  if (at == chat->second.messages.end())
    return std::nullopt;
  return all.to_message(chat->second, at->second);
}

std::optional<telegram_message>
telegram_simulator::last_message(const telegram_place& where) const {
  auto& all = impl_->all;
  const std::lock_guard lock{all.mutex};
  const auto chat = all.chats.find({where.chat_id, where.bot_id});
  if (chat == all.chats.end())
    return std::nullopt;
  const auto& list = chat->second.messages;
  for (auto at = list.rbegin(); at != list.rend(); ++at)
    if (is_shown(at->second, where))
      return all.to_message(chat->second, at->second);
  return std::nullopt;
}

std::vector<telegram_topic>
telegram_simulator::topics(const telegram_place& forum) const {
  const std::lock_guard lock{impl_->all.mutex};
  std::vector<telegram_topic> out;
  for (const auto& [id, one] : impl_->all.chat({forum.chat_id, 0, 0}).topics)
    out.push_back({id, one.name, one.closed, one.deleted});
  return out;
}

std::optional<telegram_callback_answer>
telegram_simulator::callback_answer(const std::string& query_id) const {
  const std::lock_guard lock{impl_->all.mutex};
  const auto at = impl_->all.callbacks.find(query_id);
  return at == impl_->all.callbacks.end() ? std::nullopt : at->second.answer;
}

std::optional<std::string>
telegram_simulator::file_bytes(const std::string& file_id) const {
  const std::lock_guard lock{impl_->all.mutex};
  const auto at = impl_->all.files.find(file_id);
  if (at == impl_->all.files.end())
    return std::nullopt;
  return at->second.bytes;
}

void telegram_simulator::release_hanging() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->life)
    impl_->life->release_hanging();
}

telegram::world& telegram_simulator::inside() const {
  return impl_->all;
}

} // namespace switchboard::simulators
