#pragma once

#include "api/gate.hpp"
#include "api/message_poster.hpp"
#include "api/ticket_tools.hpp"
#include "channels/rest/ticket_forms.hpp"
#include "persistence/records.hpp"

namespace switchboard::api {

/// What is said about a ticket: messages, notes, mentions, and the list of its
/// activities, under `/api/v1/tickets/:ticket_id`. Built once; thread-safe.
class conversation_routes {
public:
  explicit conversation_routes(ticket_tools tools);
  conversation_routes(const conversation_routes&) = delete;
  conversation_routes& operator=(const conversation_routes&) = delete;

  void add_to(net::router& router, gate& door);

private:
  using answer = boost::asio::awaitable<net::response>;

  answer on_mention(net::request& req, const caller& who);
  answer on_note(net::request& req, const caller& who);
  answer on_message(net::request& req, const caller& who);
  net::response on_messages(net::request& req) const;
  net::response on_activities(net::request& req) const;

  /// Carries out a command that leaves an activity, and answers with it. A
  /// repeated `Idempotency-Key` gets the first one again.
  answer leave_activity(net::request& req, const caller& who,
                        const domain::ticket& ticket,
                        domain::ticket_command what);
  [[nodiscard]] net::response
  first_activity(const net::request& req, const domain::ticket& ticket,
                 const domain::ticket_command& what,
                 const persistence::conflict& taken) const;

  [[nodiscard]] domain::message_draft
  complete(channels::rest::new_message&& wanted, const domain::ticket& ticket,
           const caller& who) const;
  ticket_tools tools_;
  persistence::ticket_views tickets_;
  persistence::record_views records_;
  message_poster poster_; ///< works with `tools_`
};

} // namespace switchboard::api
