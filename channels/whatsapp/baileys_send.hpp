#pragma once

#include "channels/whatsapp/outgoing.hpp"

/// Evolution API, which has a call for each kind of message; for the sources of
/// this folder only.
namespace switchboard::channels::whatsapp {

[[nodiscard]] http_request evolution_message(const baileys_end& end,
                                             const outgoing_message& message);
[[nodiscard]] http_request evolution_change(const baileys_end& end,
                                            const outgoing_change& change);

} // namespace switchboard::channels::whatsapp
