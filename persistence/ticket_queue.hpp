#pragma once

#include "domain/ticket.hpp"
#include "persistence/rows.hpp"
#include "persistence/ticket_lists.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The agents' queue: what waits for somebody, the most urgent first, and of
/// what is as urgent the longest waiting.
namespace switchboard::persistence {

/// Where a ticket stands in the queue of its status.
struct queue_place {
  domain::priority urgency = domain::priority::medium;
  domain::timestamp since{};
  domain::ticket_id id;

  friend bool operator==(const queue_place&, const queue_place&) = default;
};

/// Nothing when the ticket waits for nobody. One that was escalated counts from
/// its creation: its customer has waited since then.
[[nodiscard]] std::optional<queue_place>
place_in_queue(const domain::ticket& ticket);

/// The key of its row in family::index, if it has one.
[[nodiscard]] std::optional<std::string>
queue_row(const domain::ticket& ticket);

/// A place as text, for cursors; and back, when it is one.
[[nodiscard]] std::string to_string(const queue_place& place);
[[nodiscard]] std::optional<queue_place>
parse_queue_place(std::string_view text);

struct queue_page {
  std::vector<domain::ticket> tickets;
  /// The next page begins behind this; nothing: this was the last one. A page
  /// may hold fewer tickets than were asked for and still have a next one.
  std::optional<queue_place> next;
};

/// Up to `max` tickets with the status `waits` (pending or escalated) that the
/// filter lets pass, behind the place `after`. What stays in the queue keeps
/// its place, so pages neither repeat nor miss it while others come and go. As
/// `list_tickets`, one page costs at most `list_looks_max` looks. Thread-safe,
/// as of the last durable commit.
[[nodiscard]] queue_page
list_queue(const row_reader& rows, domain::status waits,
           const ticket_filter& filter, const std::optional<queue_place>& after,
           std::size_t max);

/// What a store of schema version 1 lacks: the rows of the queue, and since
/// when its tickets wait where their state rows do not say so. Calls `put` for
/// each row to write; writing one twice does no harm.
void complete_queue(const row_reader& rows,
                    const std::function<void(row_change&&)>& put);

} // namespace switchboard::persistence
