#pragma once

#include "api/whatsapp/tools.hpp"
#include "domain/result.hpp"
#include "domain/session.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace switchboard::api::whatsapp {

/// What the chat of a message is known by, the surest first; never empty.
[[nodiscard]] std::vector<std::string>
identities_of(const wire::inbound_message& message);

/// What its author is called: their name, or else their number, or nothing.
[[nodiscard]] std::string name_of(const wire::person& author);

/// What a message tells of its chat, put into the session. False: nothing that
/// was not known. Pure.
bool learn(domain::session& session, const wire::inbound_message& message);

/// The sessions of chats: found by any identity, made with the first message,
/// and changed only when a message tells something new. Runs on the intake's
/// executor.
class sessions {
public:
  explicit sessions(intake_tools& tools)
    : tools_{tools}, records_{tools.rows()} {}

  /// The chat's session; when its phone and another name of it belong to two,
  /// the phone's.
  [[nodiscard]] std::optional<persistence::versioned<domain::session>>
  find(const wire::inbound_message& message) const;

  /// The same, made or brought up to date, and durable. A name that another
  /// session had becomes this one's.
  boost::asio::awaitable<domain::result<domain::session>>
  enter(const wire::inbound_message& message);

  /// From now on people answer, not the bot. Whether that could be stored
  /// changes nothing: it is done with the next message then.
  boost::asio::awaitable<void> hand_over(domain::session_id session);

private:
  /// Takes identities of the message away from whom else they belong to.
  boost::asio::awaitable<bool> release(const std::vector<std::string>& names,
                                       domain::session_id keeper);
  /// Writes a contact that became known into the open ticket.
  boost::asio::awaitable<void> tell_contact(const domain::session& session);

  intake_tools& tools_;
  persistence::record_views records_;
};

} // namespace switchboard::api::whatsapp
