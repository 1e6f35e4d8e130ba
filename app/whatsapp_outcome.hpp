#pragma once

#include "channels/http_exchange.hpp"
#include "channels/outcome.hpp"
#include "channels/whatsapp/outgoing.hpp"
#include "channels/whatsapp/provider.hpp"

#include <optional>
#include <string>

namespace switchboard::app {

/// What has become of a delivery to WhatsApp, whoever sent it. It travels to
/// the lane in front of the provider's own answer, where people find it among
/// the attempts.
struct whatsapp_outcome {
  channels::whatsapp::provider via = channels::whatsapp::provider::baileys;
  std::string account;
  channels::whatsapp::send_result result;
  bool is_sent = false; ///< a message has left; else there was nothing to send

  /// Nothing was called: what it came to all the same.
  static whatsapp_outcome made(channels::whatsapp::provider via,
                               channels::delivery_outcome outcome,
                               std::string reason);
};

/// `raw` is the provider's answer, if there was one.
[[nodiscard]] channels::http_answer pack(const whatsapp_outcome& what,
                                         channels::http_answer raw = {});
/// Nothing when the answer was not packed.
[[nodiscard]] std::optional<whatsapp_outcome>
unpack(const channels::http_answer& answer);

/// What the lane makes of a packed answer.
[[nodiscard]] channels::verdict
judge_whatsapp(const channels::http_answer& answer);

} // namespace switchboard::app
