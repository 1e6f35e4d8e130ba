#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "persistence/rows.hpp"
#include "persistence/ticket_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace switchboard::persistence {

/// Reads tickets, as of the last durable commit: consistent with every
/// acknowledged write, and never waking an actor. Thread-safe; a point read
/// costs about a microsecond, so it may run on an event loop.
class ticket_views {
public:
  using message_row = persistence::message_row;

  explicit ticket_views(const row_reader& rows) : rows_(rows) {}

  [[nodiscard]] std::optional<domain::ticket> load(domain::ticket_id id) const;

  /// By the customer's name for it, forgiving what people misread.
  [[nodiscard]] std::optional<domain::ticket_id>
  find_ref(std::string_view ref) const;
  [[nodiscard]] std::optional<domain::ticket_id>
  find_number(domain::ticket_number number) const;
  /// By the Telegram teams' name for it, in any case.
  [[nodiscard]] std::optional<domain::ticket_id>
  find_key(std::string_view key) const;
  /// By any of its names: uuid, number (with or without `#`), ref, key. For
  /// authenticated calls only: all but the ref can be guessed.
  [[nodiscard]] std::optional<domain::ticket_id>
  find_any_name(std::string_view name) const;

  /// Up to `max` messages after `after`, in order, with their marks. One that
  /// was deleted has no words, links and files any more.
  [[nodiscard]] std::vector<message_row>
  messages(domain::ticket_id id, domain::message_sequence after,
           std::size_t max) const;

  /// The same for a ticket at hand, whose last message is known: cheaper.
  [[nodiscard]] std::vector<message_row>
  messages(const domain::ticket& ticket, domain::message_sequence after,
           std::size_t max) const;

  /// Up to `max` activities after `after`, in order: what happened to the
  /// ticket beside messages. Its creation is not among them; the ticket tells
  /// of it.
  [[nodiscard]] std::vector<domain::ticket_event>
  activities(domain::ticket_id id, domain::sequence after,
             std::size_t max) const;

  /// The highest number that was ever given; 0: none yet.
  [[nodiscard]] domain::ticket_number last_number() const;

private:
  [[nodiscard]] bool exists(const domain::ticket_id& id) const;
  /// Without their marks; the second by single reads.
  [[nodiscard]] std::vector<message_row>
  read_messages(domain::ticket_id id, domain::message_sequence after,
                std::size_t max) const;
  [[nodiscard]] std::vector<message_row>
  read_few(const domain::ticket_id& id, domain::message_sequence after,
           std::uint32_t count) const;
  void add_marks(const domain::ticket_id& id,
                 std::vector<message_row>& to) const;

  const row_reader& rows_;
};

} // namespace switchboard::persistence
