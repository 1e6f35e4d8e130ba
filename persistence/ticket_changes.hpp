#pragma once

#include "domain/ticket.hpp"
#include "persistence/journal.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace switchboard::persistence {

/// How long a channel's message id stays taken.
inline constexpr std::chrono::days message_claim_life{30};

/// Scope of the claims of `ref`: id = the ref, result = the ticket's uuid.
inline constexpr std::string_view ref_scope = "ref";
/// Scope of the claims of places in sessions: id = `place_key`, result = the
/// ticket's uuid. They make sure that a session opens one ticket at a time, and
/// are the list of its tickets.
inline constexpr std::string_view session_ticket_scope = "session.ticket";
/// Session uuid (16) | number (4), so that places sort by their numbers.
[[nodiscard]] std::string place_key(const domain::session_place& place);
/// Scope of the claims of external ids: result = the ticket's uuid and the
/// message's.
[[nodiscard]] std::string message_scope(domain::channel via);

/// What may exist once only among `events` of the ticket `id`: its ref, its
/// place in its session and the external ids of its messages.
[[nodiscard]] std::vector<unique_claim>
claims_of(const domain::ticket_id& id,
          std::span<const domain::ticket_event> events);

/// All rows of a ticket in family::index: its number, its place in the queue,
/// its labels. Pure.
[[nodiscard]] std::vector<row_change> index_rows(const domain::ticket& ticket);

/// The projection of a ticket: all that becomes durable together when `events`
/// take it from `before` (nothing: it did not exist) to `after`. Views are made
/// here and nowhere else, so `verify` can hold every row against the events.
/// Pure. Deliveries, timers and claims of requests are the caller's to add.
[[nodiscard]] changes
ticket_changes(const std::optional<domain::ticket>& before,
               const domain::ticket& after,
               std::span<const domain::ticket_event> events);

} // namespace switchboard::persistence
