#pragma once

#include "channels/whatsapp/baileys_message.hpp"
#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/inbound_json.hpp"

/// What sidecars tell beside new messages; for the sources of this folder only.
/// Each adds what it reads to the batch, or counts it there.
namespace switchboard::channels::whatsapp {

/// `messages.update`: how sent messages fare, edits, revokes, and messages that
/// could be read in the end.
void read_update(json_node item, const sidecar_call& call,
                 inbound_batch& batch);
/// `message-receipt.update`: who in a group has got and read what.
void read_receipt(json_node item, const sidecar_call& call,
                  inbound_batch& batch);
/// `messages.reaction`.
void read_reaction(json_node item, const sidecar_call& call,
                   inbound_batch& batch);
/// A message that its author took back, by its key (Evolution API).
void read_deletion(json_node item, const sidecar_call& call,
                   inbound_batch& batch);
/// A message that its author changed (Evolution API).
void read_edit(json_node item, const sidecar_call& call, inbound_batch& batch);
/// `message.ack`, as WAHA and whatsapp-web.js count it.
void read_ack(json_node item, const sidecar_call& call, inbound_batch& batch);
/// `connection.update`, in all dialects.
void read_connection(json_node item, const sidecar_call& call,
                     inbound_batch& batch);

} // namespace switchboard::channels::whatsapp
