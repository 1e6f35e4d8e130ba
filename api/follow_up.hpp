#pragma once

#include "actors/id_source.hpp"
#include "domain/ticket.hpp"

namespace switchboard::api {

/// The ticket that a customer's message opens when `finished` is over.
[[nodiscard]] domain::create_ticket follow_up(actors::id_source& ids,
                                              const domain::ticket& finished,
                                              domain::message_draft message);

} // namespace switchboard::api
