#pragma once

#include "api/gate.hpp"
#include "api/ticket_tools.hpp"
#include "domain/ticket.hpp"
#include "net/message.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <variant>

namespace switchboard::api {

/// Brings what callers of the API say into tickets' conversations, each message
/// once: an `Idempotency-Key` or an external id that was used before gets the
/// first message again. Built once; thread-safe.
class message_poster {
public:
  /// `tools` outlives it.
  explicit message_poster(const ticket_tools& tools)
    : tools_{tools}, tickets_{tools.rows} {}

  /// Waits until the message is durable, and answers 201 with it. A customer's
  /// message on a ticket that is over opens the one that follows it. `ticket`
  /// and `who` live as long as the coroutine.
  boost::asio::awaitable<net::response>
  post(net::request& req, const caller& who, const domain::ticket& ticket,
       domain::message_draft draft) const;

private:
  using prepared = std::variant<actors::ticket_request, net::response>;

  [[nodiscard]] prepared
  prepare(const net::request& req, const caller& who, domain::ticket_id target,
          domain::message_id message, domain::ticket_command what) const;
  [[nodiscard]] net::response show(domain::ticket_id ticket,
                                   domain::message_sequence number) const;
  /// The message that was there first.
  [[nodiscard]] net::response
  show_first(const net::request& req, const domain::ticket& ticket,
             const persistence::conflict& taken) const;

  const ticket_tools& tools_;
  persistence::ticket_views tickets_;
};

} // namespace switchboard::api
