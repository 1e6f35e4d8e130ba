#pragma once

#include "channels/json/writer.hpp"
#include "domain/ticket.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Events as the outside sees them: `GET /api/v1/events`, the stream, webhooks.
namespace switchboard::channels::rest {

/// What the outside calls an event: `ticket.created` and so on. Empty: it does
/// not hear of it (reactions, and how far messages have come).
[[nodiscard]] std::string_view public_type(const domain::ticket_fact& fact);

/// Who caused it; empty: the customer, or nobody.
[[nodiscard]] std::string_view actor_of(const domain::ticket_fact& fact);

/// The event's `data`: an object with `ticket` and, unless it tells of the
/// creation, what has happened: a `message` or an `activity`.
///
/// With a `description` the ticket stands there as a whole, as it was when the
/// event happened; without, only its names, which never change.
void write_event_data(json::writer& out, const domain::ticket& ticket,
                      const domain::ticket_event& event,
                      std::optional<std::string_view> description);

/// One entry of the feed.
void write_event(json::writer& out, domain::offset at,
                 const domain::ticket& ticket,
                 const domain::ticket_event& event);

/// Something that went wrong, as an entry of the feed.
struct error_entry {
  domain::offset at{};
  domain::sequence number{};
  domain::timestamp when{};
  std::string_view where;
  std::string_view code;
  std::string_view message;
  std::uint64_t count = 1;
  std::optional<domain::ticket_id> ticket;
};

inline constexpr std::string_view error_type = "error.occurred";

void write_error_data(json::writer& out, const error_entry& error);
void write_event(json::writer& out, const error_entry& error);

} // namespace switchboard::channels::rest
