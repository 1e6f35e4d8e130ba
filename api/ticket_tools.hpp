#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "domain/ticket.hpp"
#include "net/message.hpp"
#include "persistence/rows.hpp"
#include "persistence/ticket_views.hpp"

#include <variant>

/// What all routes about tickets share.
namespace switchboard::api {

/// What they work with; all of it outlives them.
struct ticket_tools {
  actors::engine& engine;
  actors::id_source& ids;
  actors::clock_fn now;
  const persistence::row_reader& rows;
};

/// The ticket that the path's first parameter names, by any of its names; or
/// the 404 to send.
[[nodiscard]] std::variant<domain::ticket, net::response>
find_ticket(const persistence::ticket_views& tickets, const net::request& req);

[[nodiscard]] net::response no_ticket();

/// The answer to a refused command; who holds a claimed ticket is told.
[[nodiscard]] net::response refused_command(const domain::error& reason);

} // namespace switchboard::api
