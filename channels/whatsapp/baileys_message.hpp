#pragma once

#include "channels/whatsapp/baileys_content.hpp"
#include "channels/whatsapp/baileys_inbound.hpp"
#include "channels/whatsapp/baileys_jid.hpp"
#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/inbound_json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The messages of a sidecar's call, one by one; for the sources of this folder
/// only.
namespace switchboard::channels::whatsapp {

/// What the call says beside its messages.
struct sidecar_call {
  const baileys_reading* how = nullptr;
  std::string account;
  std::vector<jid> own; ///< our own number's names
  json_node media;      ///< files by their messages' ids
  bool is_backlog = false;
};

/// Adds the message to the batch, or counts it there. It is Baileys' own form
/// when it has a `key`, a simple one otherwise.
void read_sidecar_message(json_node item, const sidecar_call& call,
                          inbound_batch& batch);

/// A message of Baileys whose content is elsewhere than in its `message`.
void read_keyed_message(const message_key& key, json_node item,
                        json_node message, const sidecar_call& call,
                        inbound_batch& batch);

/// Adds what is known of a message, when all of it is sound, and counts it
/// otherwise. Sees to who is addressed.
void add_message(const message_key& key, std::string_view name,
                 domain::timestamp sent_at, std::optional<sidecar_content> what,
                 const sidecar_call& call, inbound_batch& batch);

/// A simple message (`from`, `text`, `id`), or one of WAHA's, whatsapp-web.js'
/// or wppconnect's; see `baileys_simple.cpp`.
void read_simple_message(json_node item, const sidecar_call& call,
                         inbound_batch& batch);
/// Whether the fields of such a message are there.
[[nodiscard]] bool is_simple_message(json_node item);
/// The id of a message that may be wrapped with its chat
/// (`false_15551234567@c.us_3EB0`), or in an object.
[[nodiscard]] std::string read_simple_id(json_node id);

} // namespace switchboard::channels::whatsapp
