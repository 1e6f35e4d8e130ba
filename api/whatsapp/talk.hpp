#pragma once

#include "api/whatsapp/marks.hpp"
#include "api/whatsapp/sessions.hpp"
#include "api/whatsapp/tools.hpp"

#include <boost/asio/awaitable.hpp>

namespace switchboard::api::whatsapp {

/// What customers write, on its way into their tickets. Runs on the intake's
/// executor.
class talk {
public:
  talk(intake_tools& tools, sessions& chats, const marks& marked)
    : tools_{tools}, sessions_{chats}, marks_{marked} {}

  /// Continues the chat's ticket, or opens one. Throws what makes the message
  /// poisonous. The message outlives the coroutine.
  boost::asio::awaitable<outcome> on_said(wire::inbound_message& message);

private:
  [[nodiscard]] domain::message_draft
  draft_of(const wire::inbound_message& message, const domain::session& session,
           std::vector<domain::attachment_ref> files) const;
  /// Fills in what only a new ticket has.
  void open(domain::create_ticket& ticket,
            const domain::session& session) const;

  intake_tools& tools_;
  sessions& sessions_;
  const marks& marks_;
};

} // namespace switchboard::api::whatsapp
