#pragma once

#include "api/idempotency.hpp"
#include "api/ticket_tools.hpp"
#include "channels/web/visitor.hpp"
#include "domain/session.hpp"
#include "net/message.hpp"
#include "persistence/session_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::api {

/// Brings one message of a visitor into the session's conversation: continues
/// its open ticket, or opens one. For one request; all that it is given
/// outlives it.
class visitor_sender {
public:
  visitor_sender(const ticket_tools& tools, const domain::session& session,
                 channels::web::visitor_message&& message);

  /// The files that go along; before it is sent.
  void attach(std::vector<domain::attachment_ref> files) {
    draft_.attachments = std::move(files);
  }

  /// What the system says when the message opens a ticket; empty: nothing.
  void greet(std::string words);

  /// The answer that this `client_id` got before.
  [[nodiscard]] std::optional<net::response>
  first_answer(const net::request& req) const;

  /// Sends it, and waits until it is durable.
  boost::asio::awaitable<net::response> send(net::request& req);

private:
  [[nodiscard]] idempotency_claim claim(const net::request& req,
                                        std::string_view effect) const;
  [[nodiscard]] net::response answer(const net::request& req,
                                     const actors::ticket_reply& reply) const;
  /// `effect` is the first one's: the ticket's uuid, then the message's.
  [[nodiscard]] net::response answer_first(std::string_view effect) const;
  /// The contact may have changed while the ticket was opened.
  boost::asio::awaitable<void> catch_up_contact(net::request& req) const;

  const ticket_tools& tools_;
  const domain::session& session_;
  std::string category_;
  domain::message_draft draft_;
  domain::message_draft notice_; ///< without a body: none
  persistence::session_views sessions_;
};

/// Writes the session's contact into its open ticket; the answer to send when
/// that failed.
boost::asio::awaitable<std::optional<net::response>>
tell_contact(net::request& req, const ticket_tools& tools,
             const persistence::session_views& sessions,
             const domain::session& session);

} // namespace switchboard::api
