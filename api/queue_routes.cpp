#include "api/queue_routes.hpp"

#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/pages.hpp"
#include "api/record_store.hpp"
#include "channels/rest/objects.hpp"
#include "channels/rest/ticket_forms.hpp"
#include "persistence/ticket_queue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;
using domain::queue_act;
using domain::scope;
using domain::status;

namespace {

/// How often a ticket may change while it is decided what to do with it.
constexpr int rounds_max = 8;

constexpr std::array<std::string_view, 6> queue_parameters{
  "status", "priority", "channel", "category", "tag", "q"};
constexpr std::array<std::string_view, 9> own_parameters{
  "status", "state", "priority",      "channel",       "category",
  "tag",    "q",     "created_after", "created_before"};
constexpr std::array<std::string_view, 10> all_parameters{
  "status",   "state", "priority", "assignee",      "channel",
  "category", "tag",   "q",        "created_after", "created_before"};

/// As what the caller acts; nothing: a key of nobody, which may list only.
std::optional<domain::user_role> role_of(const caller& who) {
  if (who.scopes.has(scope::admin))
    return domain::user_role::admin;
  return who.user ? std::optional{who.user->role} : std::nullopt;
}

std::optional<domain::user_id> id_of(const caller& who) {
  return who.user ? std::optional{who.user->id} : std::nullopt;
}

net::response refused(std::string_view rule) {
  return error_response(forbidden, rule);
}

/// The 403 for who may not do it.
std::optional<net::response> refuse(const caller& who, queue_act act,
                                    const domain::ticket* ticket = nullptr) {
  const auto role = role_of(who);
  if (!role && act == queue_act::see_queue)
    return std::nullopt;
  if (!role)
    return refused(
      "this key belongs to nobody: only a user's key, or an "
      "admin's, does this");
  const auto rule
    = ticket == nullptr
        ? domain::refusal(*role, act)
        : domain::refusal(*role, act, domain::standing_of(*ticket, id_of(who)),
                          ticket->state);
  return rule ? std::optional{refused(*rule)} : std::nullopt;
}

net::response wrong(std::string field, std::string message) {
  const channels::json::field_problem problem{std::move(field),
                                              std::move(message)};
  return invalid_response({&problem, 1});
}

/// Above every ticket's id, so that a list from here begins at its front.
domain::ticket_id front_of_lists() {
  domain::ticket_id out;
  out.value.bytes.fill(0xff);
  return out;
}

} // namespace

queue_routes::queue_routes(ticket_tools tools)
  : tools_{std::move(tools)},
    tickets_{tools_.rows},
    records_{tools_.rows},
    poster_{tools_} {}

void queue_routes::add_to(net::router& router, gate& door) {
  using self = queue_routes;
  const auto list = [&](const char* path, auto handler) {
    door.add(router, {verb::get, path, scope::tickets_read},
             gate::sync_handler{[this, handler](auto& req, const auto& who) {
               return (this->*handler)(req, who);
             }});
  };
  list("/api/tickets/queue", &self::on_queue);
  list("/api/tickets/my-tickets", &self::on_own);
  list("/api/tickets/all", &self::on_all);
  const auto act = [&](const char* path, scope needed, auto handler) {
    door.add(router, {verb::post, path, needed}, this, handler);
  };
  act("/api/tickets/:ticket_id/claim", scope::tickets_write, &self::on_claim);
  act("/api/tickets/:ticket_id/assign", scope::tickets_write, &self::on_assign);
  act("/api/tickets/:ticket_id/status", scope::tickets_write, &self::on_status);
  act("/api/tickets/:ticket_id/messages", scope::messages_write,
      &self::on_message);
}

// -- lists --------------------------------------------------------------------

net::response queue_routes::show(const std::vector<domain::ticket>& tickets,
                                 std::string_view next_cursor) const {
  return page_response(
    tickets,
    [this](auto& out, const auto& ticket) {
      rest::write_queue_ticket(out, ticket, description_of(tickets_, ticket));
    },
    next_cursor);
}

net::response queue_routes::show(const persistence::ticket_page& page) const {
  return show(page.tickets,
              page.next ? to_string(page.next->value) : std::string{});
}

net::response queue_routes::on_queue(net::request& req,
                                     const caller& who) const {
  auto query = parse_ticket_query(req.query, queue_parameters);
  auto& problems = query.page.problems;
  auto waits = status::pending;
  if (const auto& states = query.filter.states; !states.empty()) {
    waits = states.front();
    if (states.size() > 1
        || (waits != status::pending && waits != status::escalated))
      problems.push_back({"status", "must be pending or escalated"});
  }
  std::optional<persistence::queue_place> after;
  if (!query.page.cursor.empty()) {
    after = persistence::parse_queue_place(query.page.cursor);
    if (!after)
      problems.push_back({"cursor", "is not one that this list gave"});
  }
  if (!problems.empty())
    return invalid_response(problems);
  const auto act = waits == status::pending ? queue_act::see_queue
                                            : queue_act::see_escalated;
  if (auto refusal = refuse(who, act))
    return std::move(*refusal);
  const auto page = persistence::list_queue(tools_.rows, waits, query.filter,
                                            after, query.page.limit);
  return show(page.tickets, page.next ? to_string(*page.next) : std::string{});
}

net::response queue_routes::on_own(net::request& req, const caller& who) const {
  if (!who.user)
    return refused(
      "this key belongs to nobody, so it has no tickets of its "
      "own; use a user's key");
  auto query = parse_ticket_query(req.query, own_parameters);
  read_ticket_cursor(query);
  if (!query.page.problems.empty())
    return invalid_response(query.page.problems);
  query.filter.assignee = to_string(who.user->id);
  return show(persistence::list_tickets(tools_.rows, query.filter, query.before,
                                        query.page.limit));
}

net::response queue_routes::on_all(net::request& req, const caller& who) const {
  if (auto refusal = refuse(who, queue_act::see_all))
    return std::move(*refusal);
  auto query = parse_ticket_query(req.query, all_parameters);
  read_ticket_cursor(query);
  if (!query.page.problems.empty())
    return invalid_response(query.page.problems);
  auto& filter = query.filter;
  const auto limit = query.page.limit;
  // Who types a ticket's name means that ticket, however old it is: it comes
  // first, and not once more where its age puts it.
  auto named
    = filter.text.empty() ? std::nullopt : tickets_.find_any_name(filter.text);
  auto ticket = named ? tickets_.load(*named) : std::nullopt;
  auto others = filter;
  others.text.clear();
  if (!ticket || !persistence::fits(*ticket, others))
    return show(
      persistence::list_tickets(tools_.rows, filter, query.before, limit));
  persistence::ticket_page page;
  if (!query.before) {
    page.tickets.push_back(*ticket);
    page.next = front_of_lists();
  }
  if (const auto room = limit - page.tickets.size(); room > 0) {
    auto rest
      = persistence::list_tickets(tools_.rows, filter, query.before, room);
    for (auto& one : rest.tickets)
      if (one.id != ticket->id)
        page.tickets.push_back(std::move(one));
    page.next = rest.next;
  }
  return show(page);
}

// -- what all commands do -----------------------------------------------------

net::response queue_routes::show(domain::ticket_id id) const {
  const auto ticket = tickets_.load(id);
  if (!ticket)
    return no_ticket();
  std::string body;
  channels::json::writer out{body};
  rest::write_queue_ticket(out, *ticket, description_of(tickets_, *ticket));
  net::response shown{200, std::move(body)};
  shown.headers.emplace_back("ETag", etag(ticket->last_event));
  return shown;
}

net::response queue_routes::taken(const domain::error& reason) const {
  std::uint64_t id = 0;
  const auto* const end = reason.detail.data() + reason.detail.size();
  const auto [stop, error] = std::from_chars(reason.detail.data(), end, id);
  const auto holder = error == std::errc{} && stop == end
                        ? records_.find(domain::user_id{id})
                        : std::nullopt;
  const channels::json::field_problem detail{"assignee", reason.detail};
  return error_response(conflict,
                        (holder ? holder->value.name : "somebody else")
                          + " has this ticket already",
                        {&detail, 1});
}

queue_routes::answer queue_routes::run(net::request& req, domain::ticket ticket,
                                       decider decide) {
  const auto wanted = wanted_version(req);
  for (int round = 0; round < rounds_max; ++round) {
    auto decided = decide(ticket);
    if (auto* refusal = std::get_if<net::response>(&decided))
      co_return std::move(*refusal);
    actors::ticket_request request;
    request.target = ticket.id;
    request.command = std::get<domain::ticket_command>(std::move(decided));
    request.expected = wanted ? wanted : ticket.last_event;
    const auto reply = co_await command(req, tools_.engine, std::move(request));
    if (reply)
      co_return show(ticket.id);
    const auto& reason = reply.error();
    if (reason.code == domain::errc::already_assigned)
      co_return taken(reason);
    if (reason.code != domain::errc::precondition_failed || wanted)
      co_return refused_command(reason);
    // It has changed since it was read, and with it perhaps who may do what.
    auto now = tickets_.load(ticket.id);
    if (!now)
      co_return no_ticket();
    ticket = std::move(*now);
  }
  co_return refused_response(
    {domain::errc::overloaded, "this ticket is too busy; try again"});
}

// -- commands -----------------------------------------------------------------

queue_routes::answer queue_routes::on_claim(net::request& req,
                                            const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_claim, false);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::assignment>>(call);
  if (!who.user)
    co_return refused(
      "this key belongs to nobody, so nobody would have the "
      "ticket; claim with a user's key, or assign it");
  if (wanted.agent && *wanted.agent != who.user->id)
    co_return refused(
      "a key claims for its owner only; assign the ticket to "
      "give it to somebody else");
  decider decide = [&who](const domain::ticket& now) -> decision {
    if (auto refusal = refuse(who, queue_act::claim, &now))
      return std::move(*refusal);
    return domain::claim_ticket{to_string(who.user->id)};
  };
  auto running = run(req, std::move(ticket), std::move(decide));
  co_return co_await std::move(running);
}

queue_routes::answer queue_routes::on_assign(net::request& req,
                                             const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_assignment);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::assignment>>(call);
  if (auto refusal = refuse(who, queue_act::assign, &ticket))
    co_return std::move(*refusal);
  if (auto refusal = refuse_agent(records_, wanted.agent, "agent_id"))
    co_return std::move(*refusal);
  domain::assign_ticket assign;
  assign.agent = to_string(*wanted.agent);
  assign.reason = std::move(wanted.reason);
  assign.actor = who.name;
  decider decide = [&who, &assign](const domain::ticket& now) -> decision {
    if (auto refusal = refuse(who, queue_act::assign, &now))
      return std::move(*refusal);
    return assign;
  };
  auto running = run(req, std::move(ticket), std::move(decide));
  co_return co_await std::move(running);
}

queue_routes::answer queue_routes::on_status(net::request& req,
                                             const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_status_change);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::status_change>>(call);
  domain::change_status change;
  change.to = wanted.to;
  change.reason = std::move(wanted.reason);
  change.actor = who.name;
  const auto act
    = change.to == status::escalated ? queue_act::escalate : queue_act::move;
  decider decide = [&who, &change, act](const domain::ticket& now) -> decision {
    if (auto refusal = refuse(who, act, &now))
      return std::move(*refusal);
    // It would be in no queue and on nobody's list.
    const bool needs_holder = change.to == status::assigned
                              || (change.to == status::in_progress
                                  && domain::may_move(now.state, change.to));
    if (needs_holder && now.assignee.empty())
      return wrong("status", "nobody has the ticket: claim or assign it");
    return change;
  };
  auto running = run(req, std::move(ticket), std::move(decide));
  co_return co_await std::move(running);
}

queue_routes::answer queue_routes::on_message(net::request& req,
                                              const caller& who) {
  auto call = read_ticket_call(tickets_, req, rest::decode_queue_message);
  if (auto* refusal = std::get_if<net::response>(&call))
    co_return std::move(*refusal);
  auto& [ticket, wanted] = std::get<ticket_call<rest::queue_message>>(call);
  if (auto refusal = refuse(who, queue_act::write, &ticket))
    co_return std::move(*refusal);
  if (wanted.reply_to > ticket.last_message)
    co_return wrong("reply_to", "is no message of this ticket");
  domain::message_draft draft;
  draft.id = domain::message_id{tools_.ids.next_uuid()};
  draft.role = who.user && who.user->role == domain::user_role::manager
                 ? domain::sender_role::manager
                 : domain::sender_role::agent;
  draft.sender_name = who.user ? who.user->name : std::string{};
  draft.via = domain::channel::api;
  draft.body = std::move(wanted.body);
  draft.media_url = std::move(wanted.media_url);
  draft.reply_to = wanted.reply_to;
  // What one caller calls a message is nothing to another.
  if (!wanted.client_id.empty())
    draft.external_id = "queue:" + who.name + ':' + wanted.client_id;
  auto posting = poster_.post(req, who, ticket, std::move(draft));
  co_return co_await std::move(posting);
}

} // namespace switchboard::api
