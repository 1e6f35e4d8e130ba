#include "persistence/ticket_codec.hpp"

#include "persistence/codec_fields.hpp"

namespace switchboard::persistence {

using namespace fields;

namespace {

constexpr std::size_t fixed_part_max = 96;
constexpr std::uint32_t marked_field = 25; // of TicketState

} // namespace

std::string encode_ticket(const domain::ticket& ticket) {
  std::string bytes;
  bytes.reserve(fixed_part_max + ticket.ref.size() + ticket.from.name.size()
                + ticket.from.phone.size() + ticket.from.email.size()
                + ticket.subject.size() + ticket.assignee.size()
                + ticket.description.size());
  wire_writer out{bytes};
  out.fixed(1, code(ticket.last_event));
  out.number(2, code(ticket.number));
  out.text(3, ticket.ref);
  out.nested(4, [&](wire_writer& in) { write(in, ticket.from); });
  out.text(5, ticket.subject);
  out.number(6, code(ticket.state));
  out.number(7, code(ticket.urgency));
  out.number(8, code(ticket.via));
  out.text(9, ticket.assignee);
  if (ticket.follows)
    out.element(10, ticket.follows->value.view());
  out.number(11, code(ticket.created_at));
  out.number(12, code(ticket.updated_at));
  if (ticket.resolved_at)
    out.number_always(13, code(*ticket.resolved_at));
  if (ticket.closed_at)
    out.number_always(14, code(*ticket.closed_at));
  out.number(15, code(ticket.last_message));
  out.text(16, ticket.category);
  for (const auto& tag : ticket.tags)
    out.element(17, tag);
  out.text(18, ticket.description);
  if (ticket.first_response_at)
    out.number_always(19, code(*ticket.first_response_at));
  write(out, 20, ticket.session);
  if (ticket.assigned_at)
    out.number_always(21, code(*ticket.assigned_at));
  if (ticket.waiting_since)
    out.number_always(22, code(*ticket.waiting_since));
  out.number(23, ticket.is_overdue ? 1 : 0);
  for (const auto& agent : ticket.passed_by)
    out.element(24, agent);
  out.number(marked_field, ticket.is_marked ? 1 : 0);
  if (ticket.awaiting_since)
    out.number_always(26, code(*ticket.awaiting_since));
  out.number(27, ticket.is_reminded ? 1 : 0);
  return bytes;
}

std::optional<domain::ticket> decode_ticket(const domain::ticket_id& id,
                                            std::string_view bytes) {
  std::optional<domain::ticket> result{std::in_place};
  domain::ticket& out = *result;
  out.id = id;
  wire_reader in{bytes};
  while (in.next()) {
    switch (in.field()) {
      case 1: out.last_event = domain::sequence{in.number()}; break;
      case 2: out.number = domain::ticket_number{in.number()}; break;
      case 3: read(in, out.ref); break;
      case 4: read(in, out.from); break;
      case 5: read(in, out.subject); break;
      case 6: read(in, out.state); break;
      case 7: read(in, out.urgency); break;
      case 8: read(in, out.via); break;
      case 9: read(in, out.assignee); break;
      case 10: read(in, out.follows); break;
      case 11: read(in, out.created_at); break;
      case 12: read(in, out.updated_at); break;
      case 13: read(in, out.resolved_at); break;
      case 14: read(in, out.closed_at); break;
      case 15: read(in, out.last_message); break;
      case 16: read(in, out.category); break;
      case 17: read(in, out.tags.emplace_back()); break;
      case 18: read(in, out.description); break;
      case 19: read(in, out.first_response_at); break;
      case 20: read(in, out.session); break;
      case 21: read(in, out.assigned_at); break;
      case 22: read(in, out.waiting_since); break;
      case 23: out.is_overdue = in.number() != 0; break;
      case 24: read(in, out.passed_by.emplace_back()); break;
      case marked_field: out.is_marked = in.number() != 0; break;
      case 26: read(in, out.awaiting_since); break;
      case 27: out.is_reminded = in.number() != 0; break;
      default: break;
    }
  }
  if (in.damaged() || out.last_event == domain::sequence{})
    result.reset();
  return result;
}

std::string encode_message_row(domain::timestamp at,
                               const domain::message_draft& message,
                               std::optional<domain::timestamp> edited_at) {
  std::string bytes;
  bytes.reserve(size_hint(message));
  wire_writer out{bytes};
  out.number(1, code(at));
  out.nested(2, [&](wire_writer& in) { write(in, message); });
  if (edited_at)
    out.number_always(3, code(*edited_at));
  return bytes;
}

std::optional<message_row> decode_message_row(domain::message_sequence number,
                                              std::string_view bytes) {
  std::optional<message_row> result{std::in_place};
  result->number = number;
  bool has_message = false;
  wire_reader in{bytes};
  while (in.next()) {
    has_message = has_message || in.field() == 2;
    switch (in.field()) {
      case 1: read(in, result->at); break;
      case 2: read(in, result->message); break;
      case 3: read(in, result->edited_at); break;
      default: break;
    }
  }
  if (in.damaged() || !has_message)
    result.reset();
  return result;
}

bool is_marked_state(std::string_view state) {
  wire_reader in{state};
  while (in.next())
    if (in.field() == marked_field)
      return in.number() != 0;
  return false;
}

std::optional<domain::sequence> last_event_of(std::string_view state) {
  wire_reader in{state};
  while (in.next())
    if (in.field() == 1) {
      const domain::sequence last{in.number()};
      return in.damaged() ? std::nullopt : std::optional{last};
    }
  return std::nullopt;
}

} // namespace switchboard::persistence
