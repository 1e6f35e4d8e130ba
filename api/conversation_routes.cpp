#include "api/conversation_routes.hpp"

#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/idempotency.hpp"
#include "api/pages.hpp"
#include "channels/rest/objects.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;
using domain::scope;

conversation_routes::conversation_routes(ticket_tools tools)
  : tools_{std::move(tools)},
    tickets_{tools_.rows},
    records_{tools_.rows},
    poster_{tools_} {}

void conversation_routes::add_to(net::router& router, gate& door) {
  using self = conversation_routes;
  const auto add
    = [&](verb method, const char* path, scope needed, auto handler) {
        door.add(router, {method, path, needed}, this, handler);
      };
  add(verb::post, "/api/v1/tickets/:ticket_id/mention", scope::tickets_write,
      &self::on_mention);
  add(verb::post, "/api/v1/tickets/:ticket_id/notes", scope::tickets_write,
      &self::on_note);
  add(verb::post, "/api/v1/tickets/:ticket_id/messages", scope::messages_write,
      &self::on_message);
  add(verb::get, "/api/v1/tickets/:ticket_id/messages", scope::tickets_read,
      &self::on_messages);
  add(verb::get, "/api/v1/tickets/:ticket_id/activities", scope::tickets_read,
      &self::on_activities);
}

// -- notes and mentions -------------------------------------------------------

conversation_routes::answer
conversation_routes::leave_activity(net::request& req, const caller& who,
                                    const domain::ticket& ticket,
                                    domain::ticket_command what) {
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = what;
  const auto last
    = std::to_string(static_cast<std::uint64_t>(ticket.last_event));
  auto claim = claim_idempotency(req, last, tools_.now(), who.name);
  if (auto* refusal = std::get_if<net::response>(&claim))
    co_return std::move(*refusal);
  if (auto* once = std::get_if<persistence::unique_claim>(&claim))
    request.once = std::move(*once);
  const auto reply = co_await command(req, tools_.engine, std::move(request));
  if (!reply)
    co_return refused_command(reply.error());
  if (const auto& taken = reply.value().taken)
    co_return first_activity(req, ticket, what, *taken);
  const domain::sequence before{
    static_cast<std::uint64_t>(reply.value().last_event) - 1};
  const auto left = tickets_.activities(ticket.id, before, 1);
  std::string body;
  channels::json::writer out{body};
  rest::write_activity(out, left.at(0));
  co_return net::response{201, std::move(body)};
}

net::response
conversation_routes::first_activity(const net::request& req,
                                    const domain::ticket& ticket,
                                    const domain::ticket_command& what,
                                    const persistence::conflict& taken) const {
  const auto effect = first_effect(req, taken.result);
  if (!effect)
    return other_body();
  std::uint64_t before = 0;
  std::from_chars(effect->data(), effect->data() + effect->size(), before);
  // The claim is older than its activity, which is the first of its words.
  const auto is_it = [&](const domain::ticket_fact& fact) {
    if (const auto* note = std::get_if<domain::add_note>(&what)) {
      const auto* left = std::get_if<domain::note_added>(&fact);
      return left != nullptr && left->body == note->body
             && left->author == note->author;
    }
    const auto& mention = std::get<domain::mention_user>(what);
    const auto* left = std::get_if<domain::user_mentioned>(&fact);
    return left != nullptr && left->user == mention.user
           && left->note == mention.note && left->actor == mention.actor;
  };
  domain::sequence after{before};
  for (;;) {
    const auto some = tickets_.activities(ticket.id, after, page_limit_max);
    for (const auto& event : some)
      if (is_it(event.fact)) {
        std::string body;
        channels::json::writer out{body};
        rest::write_activity(out, event);
        return {201, std::move(body)};
      }
    if (some.size() < page_limit_max)
      return refused_response({domain::errc::outcome_unknown,
                               "the first request is still being worked on"});
    after = some.back().number;
  }
}

conversation_routes::answer conversation_routes::on_note(net::request& req,
                                                         const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_note);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<std::string>>(call);
  domain::add_note note;
  note.body = std::move(wanted);
  note.author = who.name;
  auto leaving = leave_activity(req, who, ticket, std::move(note));
  co_return co_await std::move(leaving);
}

conversation_routes::answer conversation_routes::on_mention(net::request& req,
                                                            const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_mention);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::mention>>(call);
  const auto id
    = wanted.user ? wanted.user : records_.find_username(wanted.username);
  const auto user = id ? records_.find(*id) : std::nullopt;
  if (!user) {
    const channels::json::field_problem problem{
      wanted.user ? "user_id" : "username", "names no user"};
    co_return invalid_response({&problem, 1});
  }
  domain::mention_user mention;
  mention.user = to_string(user->value.id);
  mention.user_name = user->value.name;
  mention.note = std::move(wanted.note);
  mention.actor = who.name;
  auto leaving = leave_activity(req, who, ticket, std::move(mention));
  co_return co_await std::move(leaving);
}

// -- messages -----------------------------------------------------------------

domain::message_draft
conversation_routes::complete(rest::new_message&& wanted,
                              const domain::ticket& ticket,
                              const caller& who) const {
  auto draft = std::move(wanted.draft);
  draft.id = domain::message_id{tools_.ids.next_uuid()};
  if (!wanted.has_sender_name)
    draft.sender_name = draft.role == domain::sender_role::customer
                          ? ticket.from.name
                          : (who.user ? who.user->name : std::string{});
  return draft;
}

conversation_routes::answer conversation_routes::on_message(net::request& req,
                                                            const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_new_message);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::new_message>>(call);
  auto draft = complete(std::move(wanted), ticket, who);
  auto posting = poster_.post(req, who, ticket, std::move(draft));
  co_return co_await std::move(posting);
}

net::response conversation_routes::on_messages(net::request& req) const {
  auto found = find_ticket(tickets_, req);
  if (auto* refusal = std::get_if<net::response>(&found))
    return std::move(*refusal);
  const auto page = parse_number_page(req.query);
  if (!page.problems.empty())
    return invalid_response(page.problems);
  const domain::message_sequence after{static_cast<std::uint32_t>(
    std::min<std::uint64_t>(page.after, UINT32_MAX))};
  auto rows
    = tickets_.messages(std::get<domain::ticket>(found), after, page.limit + 1);
  const auto next = cut_page(rows, page.limit, [](const auto& row) {
    return std::to_string(static_cast<std::uint32_t>(row.number));
  });
  return page_response(
    rows,
    [this](auto& out, const auto& row) {
      rest::write_message(out, row.number, row.at, row.message, row.edited_at,
                          tools_.links, row.marks);
    },
    next);
}

net::response conversation_routes::on_activities(net::request& req) const {
  auto found = find_ticket(tickets_, req);
  if (auto* refusal = std::get_if<net::response>(&found))
    return std::move(*refusal);
  const auto& ticket = std::get<domain::ticket>(found);
  const auto page = parse_number_page(req.query);
  if (!page.problems.empty())
    return invalid_response(page.problems);
  // The creation is event 1 and has no row: the ticket tells of it.
  const bool has_creation = page.after == 0;
  const auto room = page.limit - (has_creation ? 1 : 0);
  auto events
    = tickets_.activities(ticket.id, domain::sequence{page.after}, room + 1);
  auto next = cut_page(events, room, [](const auto& event) {
    return std::to_string(static_cast<std::uint64_t>(event.number));
  });
  if (room == 0 && !next.empty())
    next = "1";
  return page_response(
    events,
    [](auto& out, const auto& event) { rest::write_activity(out, event); },
    next,
    [&](auto& out) {
      if (has_creation)
        rest::write_creation(out, ticket);
    });
}

} // namespace switchboard::api
