#pragma once

#include "api/whatsapp/tools.hpp"
#include "domain/attachment.hpp"
#include "domain/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace switchboard::api::whatsapp {

/// Whose files they become: a customer's session's, or a ticket's.
struct file_owner {
  std::optional<domain::session_id> session{};
  std::optional<domain::ticket_id> ticket{};
};

/// Makes attachments of a message's files, each once however often the message
/// comes: those that came along are written, those that lie at the provider are
/// still to be fetched, and those that cannot be had say so. Refused only when
/// something could not be stored. Takes the bytes out of the message, which
/// outlives the coroutine.
boost::asio::awaitable<domain::result<std::vector<domain::attachment_ref>>>
keep_files(const intake_tools& tools, wire::inbound_message& message,
           file_owner owner);

} // namespace switchboard::api::whatsapp
