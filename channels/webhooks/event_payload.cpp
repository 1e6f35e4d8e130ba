#include "channels/webhooks/event_payload.hpp"

#include <charconv>

namespace switchboard::channels::webhooks {

using field = template_field;

namespace {

/// What is empty is absent: `|json` makes it null, as in the default payload.
void set_if_any(field_values& values, field f, std::string_view text) {
  if (!text.empty())
    values.set(f, text);
}

} // namespace

event_payload::event_payload(const domain::ticket& ticket,
                             std::string_view description, std::string_view url,
                             const domain::ticket_event& event)
  : type_{rest::public_type(event.fact)},
    timestamp_{domain::to_rfc3339(event.at)},
    actor_{rest::actor_of(event.fact)},
    number_{event.number},
    ticket_{ticket},
    description_{description},
    url_{url},
    ticket_id_{to_string(ticket.id.value)},
    key_{domain::ticket_key(ticket.id)},
    created_at_{domain::to_rfc3339(ticket.created_at)},
    updated_at_{domain::to_rfc3339(ticket.updated_at)} {
  if (const auto* added = std::get_if<domain::message_added>(&event.fact)) {
    message_ = added->message;
    message_id_ = to_string(added->message.id.value);
  }
  json::writer out{data_};
  rest::write_event_data(out, ticket, event, description);
}

event_payload::event_payload(const rest::error_entry& error)
  : type_{rest::error_type},
    timestamp_{domain::to_rfc3339(error.when)},
    number_{error.number},
    ticket_id_{error.ticket ? to_string(error.ticket->value) : std::string{}} {
  json::writer out{data_};
  rest::write_error_data(out, error);
}

void event_payload::add_ticket(field_values& values) const {
  const auto& t = *ticket_;
  values.set(field::ticket_number, static_cast<std::uint64_t>(t.number));
  values.set(field::ticket_ref, t.ref);
  values.set(field::ticket_key, key_);
  values.set(field::ticket_title, t.subject);
  values.set(field::ticket_description, description_);
  values.set(field::ticket_status, to_string(t.state));
  values.set(field::ticket_state, domain::rest_state(t.state));
  values.set(field::ticket_priority, to_string(t.urgency));
  values.set(field::ticket_channel, to_string(t.via));
  set_if_any(values, field::ticket_category, t.category);
  std::uint64_t agent = 0;
  const auto* const end = t.assignee.data() + t.assignee.size();
  if (std::from_chars(t.assignee.data(), end, agent).ec == std::errc{})
    values.set(field::ticket_assignee, agent);
  values.set(field::ticket_url, url_);
  values.set(field::ticket_created_at, created_at_);
  values.set(field::ticket_updated_at, updated_at_);
  values.set(field::customer_name, t.from.name);
  set_if_any(values, field::customer_phone, t.from.phone);
  set_if_any(values, field::customer_email, t.from.email);
}

void event_payload::add_message(field_values& values) const {
  const auto& m = *message_;
  values.set(field::message_id, message_id_);
  values.set(field::message_body, m.body);
  values.set(field::message_sender, to_string(m.role));
  values.set(field::message_sender_name, m.sender_name);
  values.set(field::message_channel, to_string(m.via));
  set_if_any(values, field::message_media_url, m.media_url);
}

std::optional<std::string>
event_payload::render(const payload_template& form,
                      std::string_view webhook_id) const {
  field_values values;
  values.set(field::type, type_);
  values.set(field::timestamp, timestamp_);
  values.set(field::sequence, static_cast<std::uint64_t>(number_));
  values.set(field::webhook_id, webhook_id);
  set_if_any(values, field::actor, actor_);
  set_if_any(values, field::ticket_id, ticket_id_);
  if (ticket_)
    add_ticket(values);
  if (message_)
    add_message(values);
  values.set(field::data, data_);
  return form.render(values);
}

std::optional<sample_event> sample_of(std::string_view type,
                                      domain::timestamp now) {
  sample_event out;
  auto& t = out.ticket;
  t.id = domain::ticket_id{domain::make_uuid7(now, 0, 1)};
  t.number = domain::ticket_number{1};
  t.ref = domain::make_ticket_ref(now, domain::ref_length_default, {});
  t.from = {"Jane Example", "+15550100100", "jane@example.com"};
  t.subject = "This is a test";
  t.created_at = t.updated_at = now;
  t.last_message = domain::message_sequence{1};
  t.last_event = domain::sequence{2};
  domain::message_draft words;
  words.id = domain::message_id{domain::make_uuid7(now, 1, 2)};
  words.sender_name = t.from.name;
  words.body = "A sample message that shows what a delivery looks like.";
  if (type == "message.sent")
    words.role = domain::sender_role::agent;
  const std::initializer_list<domain::ticket_fact> facts{
    domain::ticket_created{t.id, t.number, t.ref, t.from, t.subject},
    domain::message_added{t.last_message, words},
    domain::priority_changed{domain::priority::low, t.urgency, "admin"},
    domain::status_changed{domain::status::pending, domain::status::closed, "",
                           "admin"},
    domain::assignee_changed{"1", "", "admin", ""},
    domain::user_mentioned{"1", "Jane Example", "", "admin"}};
  for (const auto& fact : facts)
    if (rest::public_type(fact) == type) {
      out.event = {t.last_event, now, fact};
      return out;
    }
  return std::nullopt;
}

} // namespace switchboard::channels::webhooks
