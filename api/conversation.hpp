#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "domain/result.hpp"
#include "domain/session.hpp"
#include "domain/ticket.hpp"
#include "net/asker.hpp"
#include "persistence/journal.hpp"
#include "persistence/rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>

namespace switchboard::api {

/// What conversations are made of; all of it outlives them.
struct conversation_tools {
  actors::engine& engine;
  actors::id_source& ids;
  const persistence::row_reader& rows;
};

/// Something that a customer says in their session.
struct utterance {
  const domain::session& session;
  domain::message_draft message;
  /// The message that it answers, in whichever ticket.
  std::optional<domain::ticket_id> quoted_ticket{};
  domain::message_sequence quoted{};
  /// Fills in what only a new ticket has (its category, what the bot says). The
  /// rest is there already; may be empty.
  std::function<void(domain::create_ticket&)> opening{};
  /// What makes it take effect once, in the ticket that it goes to; may be
  /// empty: its external id does.
  std::function<std::optional<persistence::unique_claim>(
    const domain::ticket_id&)>
    once{};
};

/// Where it went.
struct spoken {
  actors::ticket_reply reply;
  bool is_opening = false; ///< it opened this ticket
};

/// Continues the session's open ticket, or opens one, and waits until that is
/// durable. A conversation that is over goes on in a new ticket which follows
/// the old one; of two first messages at once one opens the ticket, and the
/// other joins it. `reply.taken` of another scope than the session's places
/// says that it had its effect before.
///
/// `said` is the caller's, and lives as long as the coroutine.
boost::asio::awaitable<domain::result<spoken>>
speak(net::asker& asker, const conversation_tools& tools,
      const utterance& said);

} // namespace switchboard::api
