#include "api/website_routes.hpp"

#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/follow_up.hpp"
#include "api/idempotency.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::api {

namespace {

using channels::web::message_view;

/// The thread view shows the newest messages of a very long conversation.
constexpr std::uint32_t thread_messages_max = 1000;

net::response too_many(const rate_limiter::verdict& verdict) {
  auto out
    = error_response(rate_limited, "too many requests from your address");
  const auto reset
    = std::to_string(std::max<std::int64_t>(verdict.reset.count(), 1));
  out.headers.emplace_back("Retry-After", reset);
  out.headers.emplace_back("RateLimit-Limit", std::to_string(verdict.limit));
  out.headers.emplace_back("RateLimit-Remaining",
                           std::to_string(verdict.remaining));
  out.headers.emplace_back("RateLimit-Reset", reset);
  return out;
}

/// What can be said about a request before its body is looked at.
std::optional<net::response> refuse_early(const net::request& req,
                                          rate_limiter& limiter) {
  if (const auto verdict = limiter.take(req.client_address); !verdict.allowed)
    return too_many(verdict);
  return require_json(req);
}

net::response done() {
  return {200, R"({"ok":true})"};
}

} // namespace

std::string ticket_url(std::string_view base_url, std::string_view ref) {
  std::string url{base_url};
  url += "/api/ticket/";
  url += ref;
  return url;
}

website_routes::website_routes(actors::engine& engine, actors::id_source& ids,
                               actors::clock_fn now,
                               const persistence::row_reader& rows,
                               website_options options)
  : engine_{engine},
    ids_{ids},
    now_{std::move(now)},
    tickets_{rows},
    options_{std::move(options)},
    inbound_secret_{options_.inbound_secret},
    creates_{options_.creates_per_minute},
    misses_{options_.misses_per_minute} {}

void website_routes::add_to(net::router& router) {
  router.post("/api/ticket",
              net::async_handler{[this](auto& req) { return on_create(req); }});
  router.post("/api/ticket/inbound", net::async_handler{[this](auto& req) {
                return on_inbound(req);
              }});
  router.get("/api/ticket/:ticketRef",
             net::sync_handler{[this](auto& req) { return on_read(req); }});
}

// -- create -------------------------------------------------------------------

boost::asio::awaitable<net::response>
website_routes::on_create(net::request& req) {
  if (auto refusal = refuse_early(req, creates_))
    co_return std::move(*refusal);
  auto wanted = channels::web::decode_create(req.body);
  if (!wanted.value)
    co_return invalid_response(wanted.problems);
  actors::ticket_request request;
  auto create = new_ticket(std::move(*wanted.value));
  request.target = create.id;
  auto claim = claim_idempotency(req, create.id.value.view(), now_());
  if (auto* refusal = std::get_if<net::response>(&claim))
    co_return std::move(*refusal);
  if (auto* once = std::get_if<persistence::unique_claim>(&claim))
    request.once = std::move(*once);
  request.command = std::move(create);
  const auto reply = co_await command(req, engine_, std::move(request));
  if (!reply)
    co_return refused_response(reply.error());
  co_return created(req, reply.value());
}

domain::create_ticket
website_routes::new_ticket(channels::web::create_request&& wanted) const {
  domain::create_ticket out;
  out.id = domain::ticket_id{ids_.next_uuid()};
  out.number = ids_.next_number();
  out.ref = ids_.next_ref();
  out.from = std::move(wanted.from);
  out.subject = std::move(wanted.subject);
  out.urgency = wanted.urgency;
  out.via = domain::channel::web;
  out.first_message.id = domain::message_id{ids_.next_uuid()};
  out.first_message.role = domain::sender_role::customer;
  out.first_message.sender_name = out.from.name;
  out.first_message.via = domain::channel::web;
  out.first_message.body = std::move(wanted.message);
  return out;
}

net::response website_routes::created(const net::request& req,
                                      const actors::ticket_reply& reply) const {
  auto id = reply.id;
  auto ref = reply.ref;
  if (reply.taken) {
    if (!is_idempotency_conflict(*reply.taken))
      return refused_response(
        {domain::errc::overloaded, "no free reference was found; try again"});
    const auto effect = first_effect(req, reply.taken->result);
    if (!effect)
      return other_body();
    const auto first = domain::uuid_from_bytes(*effect);
    const auto ticket
      = first ? tickets_.load(domain::ticket_id{*first}) : std::nullopt;
    if (!ticket)
      return refused_response({domain::errc::outcome_unknown,
                               "the first request is still being worked on"});
    id = ticket->id;
    ref = ticket->ref;
  }
  return {201, channels::web::encode_created(
                 ref, id, ticket_url(options_.base_url(), ref))};
}

// -- read ---------------------------------------------------------------------

net::response website_routes::on_read(net::request& req) {
  // Who guessed too often is not told any more whether a guess was right.
  if (const auto verdict = misses_.peek(req.client_address); !verdict.allowed)
    return too_many(verdict);
  const auto ref = domain::normalize_ticket_ref(req.params.front());
  const auto id = ref.empty() ? std::nullopt : tickets_.find_ref(ref);
  const auto ticket = id ? tickets_.load(*id) : std::nullopt;
  if (!ticket) {
    misses_.take(req.client_address);
    return error_response(not_found, "there is no ticket with this reference");
  }
  const auto last = static_cast<std::uint32_t>(ticket->last_message);
  const auto after = domain::message_sequence{
    last > thread_messages_max ? last - thread_messages_max : 0};
  std::vector<message_view> messages;
  for (auto& row : tickets_.messages(*ticket, after, thread_messages_max))
    messages.push_back({row.at, std::move(row.message)});
  return {200, channels::web::encode_thread(*ticket, messages)};
}

// -- inbound ------------------------------------------------------------------

boost::asio::awaitable<net::response>
website_routes::on_inbound(net::request& req) {
  if (auto refusal = require_secret(req, inbound_secret_))
    co_return std::move(*refusal);
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  auto inbound = channels::web::decode_inbound(req.body);
  if (!inbound.value)
    co_return invalid_response(inbound.problems);
  auto& in = *inbound.value;
  const auto id = tickets_.find_ref(in.ticket_ref);
  const auto ticket = id ? tickets_.load(*id) : std::nullopt;
  if (!ticket)
    co_return error_response(not_found,
                             "there is no ticket with this reference");
  const auto role = role_of(in.from, *ticket);
  if (!role)
    co_return error_response(forbidden,
                             "this number has no part in the ticket");
  auto message = inbound_message(std::move(in), *role, *ticket);
  actors::ticket_request request;
  request.target = ticket->id;
  request.command = domain::add_message{message};
  auto reply = co_await command(req, engine_, std::move(request));
  if (!reply && reply.error().code == domain::errc::conversation_over) {
    actors::ticket_request next;
    auto create = follow_up(ids_, *ticket, std::move(message));
    next.target = create.id;
    next.command = std::move(create);
    reply = co_await command(req, engine_, std::move(next));
  }
  if (!reply)
    co_return refused_response(reply.error());
  co_return done();
}

domain::message_draft
website_routes::inbound_message(channels::web::inbound_request&& in,
                                domain::sender_role role,
                                const domain::ticket& ticket) const {
  domain::message_draft out;
  out.id = domain::message_id{ids_.next_uuid()};
  out.role = role;
  out.sender_name
    = role == domain::sender_role::customer ? ticket.from.name : in.from;
  out.via = in.via;
  out.body = std::move(in.message);
  out.external_id = std::move(in.external_id);
  out.media_url = std::move(in.media_url);
  return out;
}

std::optional<domain::sender_role>
website_routes::role_of(std::string_view from,
                        const domain::ticket& ticket) const {
  if (from == options_.agent_phone)
    return domain::sender_role::manager;
  if (from == ticket.from.phone)
    return domain::sender_role::customer;
  return std::nullopt;
}

} // namespace switchboard::api
