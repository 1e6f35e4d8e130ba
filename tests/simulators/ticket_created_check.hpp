#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators {

/// What a `ticket.created` body says, as far as it could be read.
struct ticket_created {
  std::string ticket_id;
  std::string ticket_ref;
  std::string subject;
  std::string message;
  std::string agent_phone;
};

/// Checks a body against the website contract: exactly its twelve keys, once
/// each, with the right types and forms. Every deviation adds a sentence to
/// `violations`. Whoever relies on the contract reads it no more generously.
ticket_created check_ticket_created(std::string_view body,
                                    std::vector<std::string>& violations);

} // namespace switchboard::simulators
