#pragma once

#include "channels/whatsapp/form.hpp"
#include "channels/whatsapp/inbound.hpp"
#include "domain/result.hpp"

/// What Twilio's webhooks say: messages, and how sent ones fare. The fields
/// come from `parse_form`, of the body or of the query. Pure.
namespace switchboard::channels::whatsapp {

/// One message, or one status; Twilio never sends two in a call. What is about
/// neither is refused; a status that is nothing to us counts as ignored.
///
/// The author is known by `phone:+<WaId>`, as the person's phone; the address
/// is `From` without its `whatsapp:`, since that is what Twilio wants to be
/// sent to. Without a phone the address is the user's id (`ExternalUserId`),
/// alias `user:<id>`. The account is our end as Twilio names it: the number in
/// `To`
/// (`From` of a status) without its prefix.
[[nodiscard]] domain::result<inbound_batch> decode_twilio(const form& fields);

} // namespace switchboard::channels::whatsapp
