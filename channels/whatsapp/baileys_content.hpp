#pragma once

#include "channels/whatsapp/baileys_jid.hpp"
#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/inbound_json.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// What the protobuf message within a WhatsApp message says; for the sources of
/// this folder only.
namespace switchboard::channels::whatsapp {

/// Where a message's file may be, beside the message itself.
struct file_sources {
  json_node listed; ///< what the call lists under the message's id
  json_node around; ///< what the message stands in
  std::size_t bytes_max = 0;
};

struct sidecar_content {
  content what;
  std::string reply_to;
  jid quoted_author;
  std::vector<jid> mentioned;
  bool is_forwarded = false;
};

/// Nothing when it is nothing to us; what comes may still be unsound.
[[nodiscard]] std::optional<sidecar_content>
read_sidecar_content(json_node message, const file_sources& files);

/// The words of a message alone, for what it says after an edit.
[[nodiscard]] std::string read_sidecar_words(json_node message);

} // namespace switchboard::channels::whatsapp
