#pragma once

#include "channels/whatsapp/provider.hpp"
#include "domain/session.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::app {

/// Our end of a conversation and theirs.
struct whatsapp_place {
  channels::whatsapp::provider via = channels::whatsapp::provider::baileys;
  std::string account; ///< our end; may be empty
  std::string address; ///< theirs

  friend bool operator==(const whatsapp_place&, const whatsapp_place&)
    = default;
};

/// The line of a session by which its customer wrote the message with this
/// external id; the newest line when that does not tell. Nothing when there is
/// no line.
[[nodiscard]] std::optional<whatsapp_place>
whatsapp_line_of(const domain::session& who, std::string_view external_id);

} // namespace switchboard::app
