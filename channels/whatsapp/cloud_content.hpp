#pragma once

#include "channels/whatsapp/inbound_json.hpp"
#include "channels/whatsapp/inbound_text.hpp"

#include <optional>

namespace switchboard::channels::whatsapp {

/// What one message of the Cloud API says; nothing when it is nothing to us. It
/// may still be unsound (`is_sound`). For `cloud_inbound.cpp`.
[[nodiscard]] std::optional<content> read_cloud_content(json_node message);

} // namespace switchboard::channels::whatsapp
