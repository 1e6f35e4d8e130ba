#pragma once

#include "actors/engine.hpp"
#include "domain/result.hpp"
#include "net/asker.hpp"
#include "net/message.hpp"

#include <boost/asio/awaitable.hpp>

namespace switchboard::api {

/// Sends a command to its ticket and waits until it is durable. Refused with
/// `overloaded` when too many are on their way, and with `outcome_unknown` when
/// no answer came in time.
boost::asio::awaitable<domain::result<actors::ticket_reply>>
command(net::request& req, actors::engine& engine,
        actors::ticket_request request);

/// The same for who has no request at hand.
boost::asio::awaitable<domain::result<actors::ticket_reply>>
command(net::asker& asker, actors::engine& engine,
        actors::ticket_request request);

} // namespace switchboard::api
