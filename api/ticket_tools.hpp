#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/access.hpp"
#include "api/errors.hpp"
#include "channels/attachment_links.hpp"
#include "channels/rest/ticket_forms.hpp"
#include "domain/ticket.hpp"
#include "domain/user.hpp"
#include "net/message.hpp"
#include "persistence/records.hpp"
#include "persistence/rows.hpp"
#include "persistence/ticket_views.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// What all routes about tickets share.
namespace switchboard::api {

/// What they work with; all of it outlives them.
struct ticket_tools {
  actors::engine& engine;
  actors::id_source& ids;
  actors::clock_fn now;
  const persistence::row_reader& rows;
  /// Makes the addresses of attachments; without it they need a key.
  const channels::attachment_links* links = nullptr;
};

/// The ticket that the path's first parameter names, by any of its names; or
/// the 404 to send.
[[nodiscard]] std::variant<domain::ticket, net::response>
find_ticket(const persistence::ticket_views& tickets, const net::request& req);

[[nodiscard]] net::response no_ticket();

/// A call about a ticket, with its body.
template <class T>
struct ticket_call {
  domain::ticket ticket;
  T form;
};

/// How every command about a ticket begins: its body is declared as JSON
/// (unless it may be left out and is), its ticket exists, its body is right.
/// Otherwise the answer to send.
template <class T>
[[nodiscard]] std::variant<ticket_call<T>, net::response>
read_ticket_call(const persistence::ticket_views& tickets,
                 const net::request& req,
                 channels::rest::form<T> (*decode)(std::string_view),
                 bool needs_body = true) {
  if (auto refusal = needs_body ? require_json(req) : require_json_if_any(req))
    return std::move(*refusal);
  auto found = find_ticket(tickets, req);
  if (auto* refusal = std::get_if<net::response>(&found))
    return std::move(*refusal);
  auto form = decode(req.body);
  if (!form.value)
    return invalid_response(form.problems);
  return ticket_call<T>{std::move(std::get<domain::ticket>(found)),
                        std::move(*form.value)};
}

/// The version that `If-Match` asks for. One that cannot be ours matches none.
[[nodiscard]] std::optional<domain::sequence>
wanted_version(const net::request& req);

/// 400 when `id` is given and no user's.
[[nodiscard]] std::optional<net::response>
refuse_agent(const persistence::record_views& records,
             std::optional<domain::user_id> id, std::string_view field);

/// What a ticket is about: staff's own wording, or else its first message.
[[nodiscard]] std::string
description_of(const persistence::ticket_views& tickets,
               const domain::ticket& ticket);

/// The answer to a refused command; who holds a claimed ticket is told.
[[nodiscard]] net::response refused_command(const domain::error& reason);

} // namespace switchboard::api
