#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/session_routes.hpp"
#include "api/thread_messages.hpp"
#include "api/wait_for.hpp"
#include "channels/web/visitor.hpp"

#include <utility>

/// What visitors change about what was written already.
namespace switchboard::api {

namespace web = channels::web;

namespace {

/// How far back a message may be edited, or marked as read.
constexpr std::size_t messages_looked_at = 500;

net::response no_message() {
  return error_response(not_found, "this session has no such message");
}

std::string encode_message(const domain::session_id& session,
                           const persistence::thread_message& one,
                           const channels::attachment_links* links) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("message");
  write_thread_message(out, session, one, links);
  out.end_object();
  return body;
}

std::optional<persistence::thread_message>
read_at(const persistence::session_views& sessions,
        const domain::session_id& session,
        const persistence::thread_position& at) {
  const persistence::thread_position before{
    at.place,
    domain::message_sequence{static_cast<std::uint32_t>(at.message) - 1}};
  auto found = sessions.read(session, before, 1);
  if (found.empty() || found.front().at != at)
    return std::nullopt;
  return std::move(found.front());
}

} // namespace

session_routes::answer session_routes::on_edit(net::request& req) {
  auto admitted = door_.admit(req);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    co_return std::move(*refusal);
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  auto form = web::decode_message_edit(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto& session = std::get<visitor>(admitted).session;
  const auto id = domain::parse_uuid(req.params.at(1));
  const auto at = id ? sessions_.locate(session.id, domain::message_id{*id},
                                        messages_looked_at)
                     : std::nullopt;
  const auto known = at ? read_at(sessions_, session.id, *at) : std::nullopt;
  const auto ticket
    = at ? sessions_.ticket_at({session.id, at->place}) : std::nullopt;
  if (!known || !ticket)
    co_return no_message();
  if (known->row.message.role != domain::sender_role::customer)
    co_return error_response(forbidden, "this message is not yours");
  if (ticket->state == domain::status::closed)
    co_return error_response(conflict, "the ticket is closed");
  const auto verdict = messages_.take(session.id.value.view());
  if (!verdict.allowed)
    co_return too_many("too many messages in a short time", verdict);
  if (known->row.message.body != *form.value) {
    domain::edit_message edit;
    edit.number = known->row.number;
    edit.added_at = known->row.at;
    edit.message = known->row.message;
    edit.message.body = std::move(*form.value);
    actors::ticket_request request;
    request.target = ticket->id;
    request.command = std::move(edit);
    const auto reply
      = co_await command(req, tools_.tickets.engine, std::move(request));
    if (!reply)
      co_return refused_response(reply.error());
  }
  const auto now = read_at(sessions_, session.id, *at);
  net::response out{
    200, encode_message(session.id, now ? *now : *known, tools_.tickets.links)};
  for (auto& header : limit_headers(verdict))
    out.headers.push_back(std::move(header));
  co_return out;
}

session_routes::answer session_routes::on_read_mark(net::request& req) {
  auto admitted = door_.admit(req);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    co_return std::move(*refusal);
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto form = web::decode_read_mark(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto& session = std::get<visitor>(admitted).session;
  if (!sessions_.locate(session.id, *form.value, messages_looked_at))
    co_return no_message();
  bool kept = true;
  if (tools_.signals.read) {
    auto start = [this, &session, &form](auto done) {
      tools_.signals.read(session.id, *form.value, std::move(done));
    };
    kept = co_await wait_for<bool>(std::move(start));
  }
  if (!kept)
    co_return refused_response(
      {domain::errc::storage_unavailable, "it could not be kept; try again"});
  co_return net::response{200, R"({"ok":true})"};
}

} // namespace switchboard::api
