#include "channels/rest/events.hpp"

#include "channels/rest/objects.hpp"
#include "domain/match.hpp"

namespace switchboard::channels::rest {

namespace {

template <class Id>
std::uint64_t number(Id id) noexcept {
  return static_cast<std::uint64_t>(id);
}

void write_names(json::writer& out, const domain::ticket& ticket) {
  out.begin_object().key("id").string(to_string(ticket.id.value));
  out.key("number").number(number(ticket.number));
  out.key("ref").string(ticket.ref);
  out.key("key").string(domain::ticket_key(ticket.id)).end_object();
}

/// What belongs to the event beside its ticket.
void write_part(json::writer& out, const domain::ticket_event& event) {
  domain::match(
    event.fact, [](const domain::ticket_created&) {},
    [&](const domain::message_added& fact) {
      out.key("message");
      write_message(out, fact.number, event.at, fact.message);
    },
    [&](const domain::message_edited& fact) {
      out.key("message");
      write_message(out, fact.number, fact.added_at, fact.message, event.at);
    },
    [&](const auto&) {
      out.key("activity");
      write_activity(out, event);
    });
}

} // namespace

std::string_view public_type(const domain::ticket_fact& fact) {
  using view = std::string_view;
  return domain::match(
    fact, [](const domain::ticket_created&) { return view{"ticket.created"}; },
    [](const domain::message_added& f) {
      return f.message.role == domain::sender_role::customer
               ? view{"message.received"}
               : view{"message.sent"};
    },
    [](const domain::status_changed& f) {
      return f.to == domain::status::closed ? view{"ticket.closed"}
                                            : view{"ticket.updated"};
    },
    [](const domain::assignee_changed&) { return view{"ticket.assigned"}; },
    [](const domain::user_mentioned&) { return view{"user.mentioned"}; },
    [](const domain::message_reacted&) { return view{}; },
    [](const domain::delivery_reported&) { return view{}; },
    [](const auto&) { return view{"ticket.updated"}; });
}

std::string_view actor_of(const domain::ticket_fact& fact) {
  using view = std::string_view;
  return domain::match(
    fact, [](const domain::ticket_created& f) { return view{f.actor}; },
    [](const domain::message_added& f) { return view{f.message.sender_name}; },
    [](const domain::status_changed& f) { return view{f.actor}; },
    [](const domain::assignee_changed& f) { return view{f.actor}; },
    [](const domain::priority_changed& f) { return view{f.actor}; },
    [](const domain::ticket_edited& f) { return view{f.actor}; },
    [](const domain::note_added& f) { return view{f.author}; },
    [](const domain::user_mentioned& f) { return view{f.actor}; },
    [](const domain::message_edited& f) { return view{f.message.sender_name}; },
    [](const domain::ticket_passed& f) { return view{f.agent}; },
    [](const domain::claim_overdue&) { return view{"system"}; },
    [](const domain::progress_reported& f) { return view{f.author}; },
    [](const domain::message_reacted& f) { return view{f.by_name}; },
    [](const domain::message_deleted& f) { return view{f.actor}; },
    [](const domain::delivery_reported&) { return view{}; },
    [](const domain::customer_reminded&) { return view{"system"}; });
}

void write_event_data(json::writer& out, const domain::ticket& ticket,
                      const domain::ticket_event& event,
                      std::optional<std::string_view> description) {
  out.begin_object().key("ticket");
  if (description)
    write_ticket(out, ticket, *description);
  else
    write_names(out, ticket);
  write_part(out, event);
  out.end_object();
}

void write_event(json::writer& out, domain::offset at,
                 const domain::ticket& ticket,
                 const domain::ticket_event& event) {
  out.begin_object();
  out.key("offset").number(number(at));
  out.key("type").string(public_type(event.fact));
  write_time(out.key("timestamp"), event.at);
  out.key("ticket_id").string(to_string(ticket.id.value));
  out.key("sequence").number(number(event.number));
  out.key("actor").string_or_null(actor_of(event.fact));
  write_event_data(out.key("data"), ticket, event, std::nullopt);
  out.end_object();
}

void write_error_data(json::writer& out, const error_entry& error) {
  out.begin_object().key("error").begin_object();
  out.key("where").string(error.where);
  out.key("code").string(error.code);
  out.key("message").string(error.message);
  out.key("count").number(error.count).end_object().end_object();
}

void write_event(json::writer& out, const error_entry& error) {
  out.begin_object();
  out.key("offset").number(number(error.at));
  out.key("type").string(error_type);
  write_time(out.key("timestamp"), error.when);
  out.key("ticket_id")
    .string_or_null(error.ticket ? to_string(error.ticket->value)
                                 : std::string{});
  out.key("sequence").number(number(error.number));
  out.key("actor").null();
  write_error_data(out.key("data"), error);
  out.end_object();
}

} // namespace switchboard::channels::rest
