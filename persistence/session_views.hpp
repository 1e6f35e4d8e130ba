#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "persistence/rows.hpp"
#include "persistence/ticket_views.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace switchboard::persistence {

/// How far somebody has read the conversation of a session: up to this message
/// of the ticket at this place. Zeros: nothing yet.
struct thread_position {
  std::uint32_t place = 0;
  domain::message_sequence message{};

  friend auto operator<=>(const thread_position&, const thread_position&)
    = default;
};

/// A message of a session, with the ticket that it belongs to.
struct thread_message {
  thread_position at;
  domain::ticket_number ticket{};
  message_row row;
  /// The message of the same ticket that it answers.
  std::optional<domain::message_id> reply_to{};
};

/// Reads the conversations of sessions, which may run through several tickets,
/// as of the last durable commit. Thread-safe; what it reads costs microseconds
/// for each message, so it may run on an event loop.
class session_views {
public:
  explicit session_views(const row_reader& rows)
    : rows_{rows}, tickets_{rows} {}

  /// The newest ticket of a session; each knows its place.
  [[nodiscard]] std::optional<domain::ticket>
  last_ticket(domain::session_id session) const;
  [[nodiscard]] std::optional<domain::ticket>
  ticket_at(const domain::session_place& place) const;

  /// Where `message` stands among the newest `looks_max` messages.
  [[nodiscard]] std::optional<thread_position>
  locate(domain::session_id session, const domain::message_id& message,
         std::size_t looks_max) const;
  /// The end of the conversation, less its newest `back` messages.
  [[nodiscard]] thread_position before_end(domain::session_id session,
                                           std::size_t back) const;
  /// Up to `max` messages after `after`, in order.
  [[nodiscard]] std::vector<thread_message> read(domain::session_id session,
                                                 thread_position after,
                                                 std::size_t max) const;

private:
  [[nodiscard]] std::optional<domain::message_id>
  answered(const domain::ticket& ticket, const message_row& row) const;

  const row_reader& rows_;
  ticket_views tickets_;
};

} // namespace switchboard::persistence
