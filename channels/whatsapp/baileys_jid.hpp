#pragma once

#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/inbound_json.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The addresses of WhatsApp itself, as Baileys shows them, and the keys that
/// name a message by them; for the sources of this folder only.
namespace switchboard::channels::whatsapp {

/// `user[_agent][:device]@server`. What is no address has an empty user.
struct jid {
  std::string user;
  std::string server;

  [[nodiscard]] explicit operator bool() const noexcept {
    return !user.empty();
  }
  /// Its user is a phone's number.
  [[nodiscard]] bool is_phone() const noexcept;
  /// Its user is a number that WhatsApp made up for them.
  [[nodiscard]] bool is_lid() const noexcept;
  [[nodiscard]] bool is_group() const noexcept;
  /// A list of receivers; the sender is the one to answer.
  [[nodiscard]] bool is_list() const noexcept;
  /// Nobody to answer: statuses, channels, WhatsApp's own robots.
  [[nodiscard]] bool is_silent() const noexcept;
  [[nodiscard]] std::string text() const;

  friend bool operator==(const jid&, const jid&) = default;
};

/// Digits alone (a phone's) are taken for `<digits>@s.whatsapp.net`.
[[nodiscard]] jid read_jid(std::string_view text);

/// Whether both are the same one's, whatever name the server has.
[[nodiscard]] bool is_same_user(const jid& a, const jid& b) noexcept;

/// A list of addresses, separated by commas or spaces.
[[nodiscard]] std::vector<jid> read_jids(std::string_view text);

/// Where a message stands and whose it is.
struct message_key {
  std::string id;
  jid chat;
  bool is_ours = false;
  /// The names of whoever wrote it, the most telling one first.
  std::vector<jid> author;
};

/// Reads a `key`; nothing when it names no message. `around` is what the key
/// stands in, where some sidecars put the author.
[[nodiscard]] std::optional<message_key> read_key(json_node key,
                                                  json_node around);

/// Puts the chat and the author into `out`; false when there is nobody to
/// answer.
[[nodiscard]] bool set_place(const message_key& key, std::string_view name,
                             inbound_message& out);

} // namespace switchboard::channels::whatsapp
