#pragma once

#include "domain/ids.hpp"
#include "domain/message_marks.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"
#include "persistence/rows.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What was told of messages after they were written: reactions, deletions, and
/// how far their copies have come on their way to the customer.
namespace switchboard::persistence {

using domain::delivery_view;
using domain::message_marks;
using domain::reaction;

/// The message, or the part of its copy, that a channel knows by some name.
struct external_message {
  domain::ticket_id ticket;
  domain::message_sequence number{};
  std::uint32_t part = 0;
  bool is_ours = false; ///< a copy that we have sent; else it came in

  friend bool operator==(const external_message&, const external_message&)
    = default;
};

/// A copy of a message, or of a part of it, that a channel has taken from us.
struct sent_copy {
  std::uint32_t part = 0;
  std::string via; ///< as in `domain::report_delivery`
  std::string external_id;

  friend bool operator==(const sent_copy&, const sent_copy&) = default;
};

/// The rows in family::marks that `events` of the ticket `id` leave. Pure.
[[nodiscard]] std::vector<row_change>
mark_rows(const domain::ticket_id& id,
          std::span<const domain::ticket_event> events);

/// What a store of schema version 1 lacks: the names that WhatsApp has for the
/// messages that came in. Calls `put` for each row to write; writing one twice
/// does no harm.
void complete_marks(const row_reader& rows,
                    const std::function<void(row_change&&)>& put);

/// Which ticket a row of family::marks is of; nothing: it cannot be read.
[[nodiscard]] std::optional<domain::ticket_id>
ticket_of_mark(std::string_view key, std::string_view value);

/// Reads marks, as of the last durable commit. Thread-safe; what it reads costs
/// microseconds, so it may run on an event loop. A ticket whose state row does
/// not say `is_marked` has none.
class mark_views {
public:
  explicit mark_views(const row_reader& rows) : rows_{rows} {}

  /// Of messages of WhatsApp: by `whatsapp::external_id()`.
  [[nodiscard]] std::optional<external_message>
  find_external(std::string_view external_id) const;

  [[nodiscard]] message_marks of(const domain::ticket_id& ticket,
                                 domain::message_sequence number) const;

  /// In order, of the messages from `first` to `last` that have any.
  [[nodiscard]] std::vector<std::pair<domain::message_sequence, message_marks>>
  of_range(const domain::ticket_id& ticket, domain::message_sequence first,
           domain::message_sequence last) const;

  /// The copies that were sent of a message, in the order of its parts, and of
  /// one part the newest last: for edits, deletions and quotes.
  [[nodiscard]] std::vector<sent_copy>
  copies_of(const domain::ticket_id& ticket,
            domain::message_sequence number) const;

  /// The same, their names only.
  [[nodiscard]] std::vector<std::string>
  external_ids_of(const domain::ticket_id& ticket,
                  domain::message_sequence number) const;

private:
  const row_reader& rows_;
};

} // namespace switchboard::persistence
