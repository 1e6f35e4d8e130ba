#pragma once

#include "channels/attachment_links.hpp"
#include "channels/json/writer.hpp"
#include "domain/api_key.hpp"
#include "domain/message_marks.hpp"
#include "domain/ticket.hpp"
#include "domain/user.hpp"
#include "domain/webhook.hpp"

#include <optional>
#include <string_view>

/// The objects of REST v1, as the API answers them, the stream pushes them and
/// webhooks carry them. Each function writes one JSON value.
namespace switchboard::channels::rest {

/// `description` is the ticket's own one, or else its first message.
void write_ticket(json::writer& out, const domain::ticket& ticket,
                  std::string_view description);
/// The same as the agents' queue shows it: also since when it waits for
/// somebody, and when it came to its assignee.
void write_queue_ticket(json::writer& out, const domain::ticket& ticket,
                        std::string_view description);

/// Without `links` the addresses of its attachments need a key.
void write_message(json::writer& out, domain::message_sequence number,
                   domain::timestamp at, const domain::message_draft& message,
                   std::optional<domain::timestamp> edited_at = std::nullopt,
                   const attachment_links* links = nullptr,
                   const domain::message_marks& marks = {});

/// What happened to a ticket beside messages. Asserts that it is neither a
/// message nor a reaction to one.
void write_activity(json::writer& out, const domain::ticket_event& event);
/// The first activity of every ticket.
void write_creation(json::writer& out, const domain::ticket& ticket);

void write_user(json::writer& out, const domain::user& user);
void write_group(json::writer& out, const domain::group& group);
void write_api_key(json::writer& out, const domain::api_key& key,
                   std::optional<domain::timestamp> last_used_at,
                   std::string_view secret_key = {});
void write_webhook(json::writer& out, const domain::webhook& webhook,
                   std::optional<domain::timestamp> failing_since,
                   std::string_view secret = {});

void write_time(json::writer& out, std::optional<domain::timestamp> at);

} // namespace switchboard::channels::rest
