#pragma once

#include "channels/whatsapp/inbound_text.hpp"

#include <string_view>

namespace switchboard::channels::whatsapp {

/// The name, phones and addresses of a card (vCard 2.1 to 4.0, as phones write
/// them). What is not understood is left out; the name is `otherwise` when the
/// card has none. WhatsApp's own number of a phone (`waid`) serves where the
/// phone itself is empty.
[[nodiscard]] contact_card read_vcard(std::string_view card,
                                      std::string_view otherwise);

} // namespace switchboard::channels::whatsapp
