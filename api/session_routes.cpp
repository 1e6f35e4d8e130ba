#include "api/session_routes.hpp"

#include "api/access.hpp"
#include "api/errors.hpp"
#include "api/query.hpp"
#include "api/record_store.hpp"
#include "api/session_attachments.hpp"
#include "api/session_stream.hpp"
#include "api/thread_messages.hpp"
#include "api/visitor_messages.hpp"
#include "channels/web/visitor.hpp"
#include "domain/text.hpp"

#include <utility>

namespace switchboard::api {

namespace web = channels::web;

namespace {

/// What one look at a conversation shows at most, and how far back a reader may
/// resume.
constexpr std::size_t thread_messages_max = 500;

/// A header that describes the browser: cut off rather than refused.
std::string described(const net::request& req, std::string_view header,
                      std::size_t length_max) {
  const auto text = domain::trim(req.header(header));
  return domain::is_clean_utf8(text)
           ? std::string{domain::clip(text, length_max)}
           : std::string{};
}

std::string parameter(const net::request& req, std::string_view wanted) {
  std::string out;
  each_parameter(req.query, [&](std::string_view name, std::string&& value) {
    if (name == wanted)
      out = std::move(value);
  });
  return out;
}

std::string encode_session(const domain::session& session) {
  std::string body;
  channels::json::writer out{body};
  web::write_session(out.begin_object().key("session"), session);
  out.end_object();
  return body;
}

} // namespace

session_routes::session_routes(session_tools tools, const visitor_door& door,
                               session_options options)
  : tools_{std::move(tools)},
    door_{door},
    options_{std::move(options)},
    records_{tools_.journal.rows()},
    sessions_{tools_.journal.rows()},
    agents_{tools_.journal.rows()},
    creates_{options_.creates_per_minute},
    messages_{options_.messages, options_.window} {}

void session_routes::add_to(net::router& router) {
  router.post("/api/session",
              net::async_handler{[this](auto& req) { return on_create(req); }});
  router.get("/api/session/:session_id",
             net::sync_handler{[this](auto& req) { return on_read(req); }});
  router.patch(
    "/api/session/:session_id",
    net::async_handler{[this](auto& req) { return on_change(req); }});
  router.post(
    "/api/session/:session_id/messages",
    net::async_handler{[this](auto& req) { return on_message(req); }});
  router.patch("/api/session/:session_id/messages/:message_id",
               net::async_handler{[this](auto& req) { return on_edit(req); }});
  router.post(
    "/api/session/:session_id/read",
    net::async_handler{[this](auto& req) { return on_read_mark(req); }});
  router.stream("/api/session/:session_id/stream",
                [this](auto& req) { return on_stream(req); });
  router.get("/api/categories",
             net::sync_handler{[this](auto&) { return on_categories(); }});
}

// -- the session itself -------------------------------------------------------

session_routes::answer session_routes::on_create(net::request& req) {
  const auto verdict = creates_.take(req.client_address);
  if (!verdict.allowed)
    co_return too_many("too many requests from your address", verdict);
  if (auto refusal = require_json_if_any(req))
    co_return std::move(*refusal);
  auto form = web::decode_new_session(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  auto& wanted = *form.value;
  domain::session session;
  session.id = domain::session_id{tools_.tickets.ids.next_uuid()};
  session.locale = std::move(wanted.locale);
  session.user_agent = std::move(wanted.user_agent);
  if (session.user_agent.empty())
    session.user_agent
      = described(req, "user-agent", domain::user_agent_length_max);
  session.referer = std::move(wanted.referer);
  if (session.referer.empty())
    session.referer = described(req, "referer", domain::referer_length_max);
  session.contact = std::move(wanted.contact);
  // A key that somebody else happens to use must not open his session.
  caller who;
  who.name = "visitor " + req.client_address;
  const auto now = door_.now();
  auto creating
    = create_record(req, who, tools_.journal, now, std::move(session));
  auto made = co_await std::move(creating);
  if (auto* const refusal = std::get_if<net::response>(&made))
    co_return std::move(*refusal);
  const auto& known = std::get<created<domain::session>>(made).record.value;
  net::response out{201,
                    web::encode_new_session(known.id, door_.token_for(known))};
  out.headers = limit_headers(verdict);
  out.headers.emplace_back("Cache-Control", "no-store");
  out.headers.emplace_back("Location",
                           "/api/session/" + to_string(known.id.value));
  co_return out;
}

session_routes::answer session_routes::on_change(net::request& req) {
  auto admitted = door_.admit(req);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    co_return std::move(*refusal);
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto form = web::decode_contact_change(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto id = std::get<visitor>(admitted).session.id;
  const auto now = door_.now();
  const auto edit
    = [&](domain::session& session) -> std::optional<net::response> {
    session.contact = domain::changed(session.contact, *form.value);
    return std::nullopt;
  };
  auto changing
    = change_record<domain::session>(req, tools_.journal, now, id, edit);
  auto changed = co_await std::move(changing);
  if (auto* const refusal = std::get_if<net::response>(&changed))
    co_return std::move(*refusal);
  const auto& known
    = std::get<persistence::versioned<domain::session>>(changed).value;
  // Who works the ticket sees the contact there. A repetition mends what a
  // failure between the two left.
  auto telling = tell_contact(req, tools_.tickets, sessions_, known);
  if (auto refusal = co_await std::move(telling))
    co_return std::move(*refusal);
  co_return net::response{200, encode_session(known)};
}

// -- messages -----------------------------------------------------------------

session_routes::answer session_routes::on_message(net::request& req) {
  auto admitted = door_.admit(req);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    co_return std::move(*refusal);
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  auto form = web::decode_visitor_message(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  if (!domain::is_open_category(options_.categories, form.value->category)) {
    const channels::json::field_problem problem{
      "category", "must be one of those that GET /api/categories lists"};
    co_return invalid_response({&problem, 1});
  }
  const auto& session = std::get<visitor>(admitted).session;
  const auto ids = std::move(form.value->attachments);
  visitor_sender sender{tools_.tickets, session, std::move(*form.value)};
  // Who asks again because an answer was lost floods nobody.
  if (auto known = sender.first_answer(req))
    co_return std::move(*known);
  auto files = find_attachments(records_, session.id, ids, door_.now());
  if (auto* const refusal = std::get_if<net::response>(&files))
    co_return std::move(*refusal);
  sender.attach(
    std::get<std::vector<domain::attachment_ref>>(std::move(files)));
  if (tools_.opening_notice)
    sender.greet(tools_.opening_notice(session));
  const auto verdict = messages_.take(session.id.value.view());
  if (!verdict.allowed)
    co_return too_many("too many messages in a short time", verdict);
  auto sending = sender.send(req);
  auto sent = co_await std::move(sending);
  for (auto& header : limit_headers(verdict))
    sent.headers.push_back(std::move(header));
  co_return sent;
}

session_routes::place_in_thread
session_routes::place_of(const domain::session& session, std::string_view field,
                         std::string_view message) const {
  if (message.empty())
    return {};
  if (message == "0")
    return {sessions_.before_end(session.id, thread_messages_max), {}};
  const auto id = domain::parse_uuid(message);
  if (!id) {
    const channels::json::field_problem problem{std::string{field},
                                                "must be a message's id"};
    return {std::nullopt, invalid_response({&problem, 1})};
  }
  auto at = sessions_.locate(session.id, domain::message_id{*id},
                             thread_messages_max);
  // One that is too long ago: all that is shown at once.
  if (!at)
    at = sessions_.before_end(session.id, thread_messages_max);
  return {at, {}};
}

net::response session_routes::on_read(const net::request& req) const {
  auto admitted = door_.admit(req);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    return std::move(*refusal);
  const auto& session = std::get<visitor>(admitted).session;
  auto place = place_of(session, "after", parameter(req, "after"));
  if (place.refusal)
    return std::move(*place.refusal);
  const auto after
    = place.at.value_or(sessions_.before_end(session.id, thread_messages_max));
  const auto ticket = sessions_.last_ticket(session.id);
  std::string body;
  channels::json::writer out{body};
  web::write_session(out.begin_object().key("session"), session);
  web::write_visitor_ticket(out.key("ticket"), ticket);
  web::write_visitor_agent(out.key("agent"), agents_.of(ticket));
  out.key("messages").begin_array();
  for (const auto& one : sessions_.read(session.id, after, thread_messages_max))
    write_thread_message(out, session.id, one, tools_.tickets.links);
  out.end_array().end_object();
  net::response shown{200, std::move(body)};
  shown.headers.emplace_back("Cache-Control", "no-store");
  return shown;
}

net::stream_answer session_routes::on_stream(const net::request& req) const {
  auto admitted = door_.admit_stream(req);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    return std::move(*refusal);
  const auto& who = std::get<visitor>(admitted);
  // A browser that lost its stream says where it was.
  const auto last = req.header("last-event-id");
  auto place = last.empty()
                 ? place_of(who.session, "after", parameter(req, "after"))
                 : place_of(who.session, "Last-Event-ID", last);
  if (place.refusal)
    return std::move(*place.refusal);
  return follow_session(
    {tools_.journal.rows(), tools_.hub, who.session.id, place.at,
     [&door = door_, until = who.until] { return door.now() < until; },
     tools_.tickets.links, tools_.signals});
}

net::response session_routes::on_categories() const {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("categories").begin_array();
  for (const auto& name : options_.categories)
    out.string(name);
  out.end_array().end_object();
  return {200, std::move(body)};
}

} // namespace switchboard::api
