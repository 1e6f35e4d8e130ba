#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"
#include "persistence/message_marks.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Tickets, their events and their messages as they lie in the store
/// (schema/journal.proto). Encoding is exact: the same value gives the same
/// bytes for ever. Decoding is total: bytes that are no such record give
/// nothing, never a crash. Pure functions, safe on any thread.
namespace switchboard::persistence {

/// An event with the entity that it belongs to.
struct entity_event {
  domain::entity_kind kind = domain::entity_kind::ticket;
  domain::uuid entity;
  domain::ticket_event event;

  friend bool operator==(const entity_event&, const entity_event&) = default;
};

/// A message of a ticket's thread, as readers see it: of one that was deleted
/// the words and files are gone.
struct message_row {
  domain::message_sequence number{};
  domain::timestamp at{};
  domain::message_draft message;
  std::optional<domain::timestamp> edited_at{}; ///< the last time
  message_marks marks{}; ///< rows of their own; see `ticket_views`

  friend bool operator==(const message_row&, const message_row&) = default;
};

[[nodiscard]] std::string encode_event(const domain::ticket_id& id,
                                       const domain::ticket_event& event);
[[nodiscard]] std::optional<entity_event> decode_event(std::string_view bytes);

/// The id is not among the bytes: the row's key has it.
[[nodiscard]] std::string encode_ticket(const domain::ticket& ticket);
[[nodiscard]] std::optional<domain::ticket>
decode_ticket(const domain::ticket_id& id, std::string_view bytes);

/// Whether a ticket's state row says so, without the work of decoding it.
[[nodiscard]] bool is_marked_state(std::string_view state);

/// The number is not among the bytes: the row's key has it. Neither are marks.
[[nodiscard]] std::string
encode_message_row(domain::timestamp at, const domain::message_draft& message,
                   std::optional<domain::timestamp> edited_at = std::nullopt);
[[nodiscard]] std::optional<message_row>
decode_message_row(domain::message_sequence number, std::string_view bytes);

/// The last event in the state row of any kind of entity.
[[nodiscard]] std::optional<domain::sequence>
last_event_of(std::string_view state);

} // namespace switchboard::persistence
