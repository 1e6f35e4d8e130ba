#include "channels/whatsapp/baileys_jid.hpp"

#include "channels/whatsapp/inbound_text.hpp"
#include "domain/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::string_view phone_server = "s.whatsapp.net";
constexpr std::size_t jid_size_max = domain::chat_address_size_max;
/// With `user:` or `group:` in front it is still an identity.
constexpr std::size_t prefix_size_max = 6;
constexpr std::size_t digits_max = 20; ///< of a number that stands alone

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

/// Adds what the field names, unless it is nobody's.
void add(std::vector<jid>& out, json_node from) {
  auto one = read_jid(from.string());
  if ((one.is_phone() || one.is_lid())
      && std::find(out.begin(), out.end(), one) == out.end())
    out.push_back(std::move(one));
}

void add_all(std::vector<jid>& out, json_node from,
             std::span<const std::string_view> names) {
  for (const auto name : names)
    add(out, from[name]);
}

} // namespace

bool jid::is_phone() const noexcept {
  return server == phone_server || server == "c.us" || server == "hosted";
}

bool jid::is_lid() const noexcept {
  return server == "lid" || server == "hosted.lid";
}

bool jid::is_group() const noexcept {
  return server == "g.us";
}

bool jid::is_list() const noexcept {
  return server == "broadcast" && user != "status";
}

bool jid::is_silent() const noexcept {
  // 0 is WhatsApp itself.
  return server == "newsletter" || server == "bot"
         || (server == "broadcast" && !is_list()) || user == "0";
}

std::string jid::text() const {
  return user + "@" + server;
}

jid read_jid(std::string_view text) {
  constexpr std::string_view prefix = "whatsapp:";
  if (text.starts_with(prefix))
    text.remove_prefix(prefix.size());
  const auto whole = read_identifier(text, jid_size_max - prefix_size_max);
  if (!whole || text.find_first_of(" ,") != std::string_view::npos)
    return {};
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) {
    const auto digits = text.substr(text.starts_with('+') ? 1 : 0);
    if (!is_digits(digits) || digits.size() > digits_max)
      return {};
    return {std::string{digits}, std::string{phone_server}};
  }
  auto user = text.substr(0, at);
  const auto server = text.substr(at + 1);
  user = user.substr(0, user.find(':'));
  if (const auto agent = user.find('_');
      agent != std::string_view::npos && is_digits(user.substr(0, agent)))
    user = user.substr(0, agent);
  if (server.empty() || user.empty())
    return {};
  return {std::string{user}, std::string{server}};
}

bool is_same_user(const jid& a, const jid& b) noexcept {
  return a && a.user == b.user && a.is_lid() == b.is_lid()
         && a.is_group() == b.is_group();
}

std::vector<jid> read_jids(std::string_view text) {
  std::vector<jid> out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(", "), text.size());
    if (auto one = read_jid(text.substr(0, end)); one)
      out.push_back(std::move(one));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::optional<message_key> read_key(json_node key, json_node around) {
  static constexpr std::array<std::string_view, 7> author_names{
    "participant",    "participantAlt", "participantPn", "participantLid",
    "participant_pn", "senderPn",       "senderLid"};
  static constexpr std::array<std::string_view, 6> chat_names{
    "remoteJid", "remoteJidAlt", "senderPn",
    "senderLid", "sender_pn",    "previousRemoteJid"};
  message_key out;
  auto id = read_identifier(key["id"].string(), inbound_id_size_max);
  out.chat = read_jid(key["remoteJid"].string());
  if (!id || !out.chat)
    return std::nullopt;
  out.id = std::move(*id);
  out.is_ours = key["fromMe"].flag();
  if (out.chat.is_group() || out.chat.is_list()) {
    add_all(out.author, key, author_names);
    add_all(out.author, around, author_names);
  } else {
    add_all(out.author, key, chat_names);
  }
  return out;
}

bool set_place(const message_key& key, std::string_view name,
               inbound_message& out) {
  if (key.chat.is_silent())
    return false;
  out.is_group = key.chat.is_group();
  if (out.is_group)
    out.group = "group:" + key.chat.text();
  // Whoever sends to a list is answered in private.
  const bool is_list = key.chat.is_list();
  if (is_list && key.author.empty())
    return false;
  out.address = is_list ? key.author[0].text() : key.chat.text();
  std::string phone;
  std::vector<std::string> aliases;
  for (const auto& one : key.author) {
    if (one.is_phone() && phone.empty())
      phone = read_phone(one.user);
    if (auto alias = "lid:" + one.user;
        one.is_lid()
        && std::find(aliases.begin(), aliases.end(), alias) == aliases.end())
      aliases.push_back(std::move(alias));
  }
  auto otherwise = key.author.empty() ? key.chat.text() : key.author[0].user;
  out.author
    = make_person(name, std::move(phone), std::move(aliases), otherwise);
  return true;
}

} // namespace switchboard::channels::whatsapp
