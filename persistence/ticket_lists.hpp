#pragma once

#include "domain/ticket.hpp"
#include "persistence/rows.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::persistence {

/// Which tickets a list shows; what is empty or absent does not narrow it.
struct ticket_filter {
  std::vector<domain::status> states;
  std::vector<domain::priority> urgencies;
  /// The agent's id; an empty text: nobody has it.
  std::optional<std::string> assignee;
  std::optional<domain::channel> via;
  std::string category;
  std::string tag;
  /// Part of the subject, the ref, or the customer's name, phone or e-mail; in
  /// any case as far as ASCII goes.
  std::string text;
  std::optional<domain::timestamp> created_from;
  std::optional<domain::timestamp> created_until; ///< exclusive
};

/// Whether the filter lets the ticket pass.
[[nodiscard]] bool fits(const domain::ticket& t, const ticket_filter& filter);

struct ticket_page {
  std::vector<domain::ticket> tickets; ///< the newest first
  /// Where the next page begins; nothing: this was the last one. A page may
  /// hold fewer tickets than were asked for and still have a next one.
  std::optional<domain::ticket_id> next;
};

/// One page costs at most this many looks at tickets, so that a filter that few
/// tickets pass holds up nobody.
inline constexpr std::size_t list_looks_max = 1000;

/// Up to `max` tickets older than `before`. The order is that of creation,
/// which never changes, so pages neither repeat nor miss a ticket that fits the
/// filter all the while. Thread-safe, as of the last durable commit.
[[nodiscard]] ticket_page
list_tickets(const row_reader& rows, const ticket_filter& filter,
             std::optional<domain::ticket_id> before, std::size_t max);

} // namespace switchboard::persistence
