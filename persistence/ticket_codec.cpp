#include "persistence/ticket_codec.hpp"

#include "domain/match.hpp"
#include "persistence/wire.hpp"

#include <limits>

namespace switchboard::persistence {

namespace {

// The field numbers of EventRecord's oneof.
constexpr std::uint32_t created_field = 10;
constexpr std::uint32_t message_field = 11;
constexpr std::uint32_t status_field = 12;
constexpr std::uint32_t assignee_field = 13;
constexpr std::uint32_t priority_field = 14;

constexpr std::size_t fixed_part_max = 96;

template <class Enum>
std::uint64_t code(Enum value) noexcept {
  return static_cast<std::uint64_t>(value);
}

std::uint64_t code(domain::timestamp at) noexcept {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

// -- writing ------------------------------------------------------------------

void write(wire_writer& out, const domain::customer& from) {
  out.text(1, from.name);
  out.text(2, from.phone);
  out.text(3, from.email);
}

void write(wire_writer& out, const domain::message_draft& message) {
  out.element(1, message.id.value.view());
  out.number(2, code(message.role));
  out.text(3, message.sender_name);
  out.number(4, code(message.via));
  out.text(5, message.body);
  out.text(6, message.external_id);
  out.text(7, message.media_url);
}

void write(wire_writer& out, const domain::ticket_created& fact) {
  out.number(1, code(fact.number));
  out.text(2, fact.ref);
  out.nested(3, [&](wire_writer& in) { write(in, fact.from); });
  out.text(4, fact.subject);
  out.number(5, code(fact.urgency));
  out.number(6, code(fact.via));
  if (fact.follows)
    out.element(7, fact.follows->value.view());
}

void write(wire_writer& out, const domain::message_added& fact) {
  out.number(1, code(fact.number));
  out.nested(2, [&](wire_writer& in) { write(in, fact.message); });
}

void write(wire_writer& out, const domain::status_changed& fact) {
  out.number(1, code(fact.from));
  out.number(2, code(fact.to));
  out.text(3, fact.reason);
  out.text(4, fact.actor);
}

void write(wire_writer& out, const domain::assignee_changed& fact) {
  out.text(1, fact.agent);
  out.text(2, fact.reason);
  out.text(3, fact.actor);
}

void write(wire_writer& out, const domain::priority_changed& fact) {
  out.number(1, code(fact.from));
  out.number(2, code(fact.to));
  out.text(3, fact.actor);
}

std::uint32_t field_of(const domain::ticket_fact& fact) {
  return domain::match(
    fact, [](const domain::ticket_created&) { return created_field; },
    [](const domain::message_added&) { return message_field; },
    [](const domain::status_changed&) { return status_field; },
    [](const domain::assignee_changed&) { return assignee_field; },
    [](const domain::priority_changed&) { return priority_field; });
}

std::size_t size_hint(const domain::message_draft& m) {
  return fixed_part_max + m.sender_name.size() + m.body.size()
         + m.external_id.size() + m.media_url.size();
}

std::size_t size_hint(const domain::ticket_fact& fact) {
  if (const auto* added = std::get_if<domain::message_added>(&fact))
    return size_hint(added->message);
  if (const auto* created = std::get_if<domain::ticket_created>(&fact))
    return fixed_part_max + created->ref.size() + created->from.name.size()
           + created->from.phone.size() + created->from.email.size()
           + created->subject.size();
  return fixed_part_max;
}

// -- reading ------------------------------------------------------------------

/// Reads an enumeration whose stored values run from 1 to `last`.
template <class Enum>
void read(wire_reader& in, Enum& out, Enum last) {
  const std::uint64_t value = in.number();
  if (value == 0 || value > code(last))
    in.mark_damaged();
  else
    out = static_cast<Enum>(value);
}

void read(wire_reader& in, std::string& out) {
  out.assign(in.bytes());
}

void read(wire_reader& in, domain::uuid& out) {
  if (const auto id = domain::uuid_from_bytes(in.bytes()))
    out = *id;
  else
    in.mark_damaged();
}

void read(wire_reader& in, domain::timestamp& out) {
  out = domain::timestamp{
    std::chrono::milliseconds{static_cast<std::int64_t>(in.number())}};
}

void read(wire_reader& in, domain::message_sequence& out) {
  const std::uint64_t value = in.number();
  if (value > std::numeric_limits<std::uint32_t>::max())
    in.mark_damaged();
  out = domain::message_sequence{static_cast<std::uint32_t>(value)};
}

void read(wire_reader& in, domain::status& out) {
  read(in, out, domain::status::closed);
}

void read(wire_reader& in, domain::priority& out) {
  read(in, out, domain::priority::urgent);
}

void read(wire_reader& in, domain::channel& out) {
  read(in, out, domain::channel::email);
}

void read(wire_reader& in, std::optional<domain::ticket_id>& out) {
  read(in, out.emplace().value);
}

void read(wire_reader& in, std::optional<domain::timestamp>& out) {
  read(in, out.emplace());
}

/// Runs `take(in)` for each field of an embedded message.
template <class Take>
void read_fields(wire_reader& outer, std::string_view bytes, Take take) {
  wire_reader in{bytes};
  while (in.next())
    take(in);
  if (in.damaged())
    outer.mark_damaged();
}

void read(wire_reader& outer, domain::customer& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.name); break;
      case 2: read(in, out.phone); break;
      case 3: read(in, out.email); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::message_draft& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.id.value); break;
      case 2: read(in, out.role, domain::sender_role::system); break;
      case 3: read(in, out.sender_name); break;
      case 4: read(in, out.via); break;
      case 5: read(in, out.body); break;
      case 6: read(in, out.external_id); break;
      case 7: read(in, out.media_url); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::ticket_created& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: out.number = domain::ticket_number{in.number()}; break;
      case 2: read(in, out.ref); break;
      case 3: read(in, out.from); break;
      case 4: read(in, out.subject); break;
      case 5: read(in, out.urgency); break;
      case 6: read(in, out.via); break;
      case 7: read(in, out.follows); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::message_added& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.number); break;
      case 2: read(in, out.message); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::status_changed& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.from); break;
      case 2: read(in, out.to); break;
      case 3: read(in, out.reason); break;
      case 4: read(in, out.actor); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::assignee_changed& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.agent); break;
      case 2: read(in, out.reason); break;
      case 3: read(in, out.actor); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::priority_changed& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.from); break;
      case 2: read(in, out.to); break;
      case 3: read(in, out.actor); break;
      default: break;
    }
  });
}

} // namespace

std::string encode_event(const domain::ticket_id& id,
                         const domain::ticket_event& event) {
  std::string bytes;
  bytes.reserve(size_hint(event.fact));
  wire_writer out{bytes};
  out.number(1, code(domain::entity_kind::ticket));
  out.element(2, id.value.view());
  out.number(3, code(event.number));
  out.number(4, code(event.at));
  std::visit(
    [&](const auto& fact) {
      out.nested(field_of(event.fact),
                 [&](wire_writer& in) { write(in, fact); });
    },
    event.fact);
  return bytes;
}

std::optional<entity_event> decode_event(std::string_view bytes) {
  entity_event out;
  bool has_entity = false;
  bool has_fact = false;
  wire_reader in{bytes};
  while (in.next()) {
    has_entity = has_entity || in.field() == 2;
    has_fact = has_fact || in.field() >= created_field;
    switch (in.field()) {
      case 1: read(in, out.kind, domain::entity_kind::ticket); break;
      case 2: read(in, out.entity); break;
      case 3: out.event.number = domain::sequence{in.number()}; break;
      case 4: read(in, out.event.at); break;
      case created_field:
        read(in, out.event.fact.emplace<domain::ticket_created>());
        break;
      case message_field:
        read(in, out.event.fact.emplace<domain::message_added>());
        break;
      case status_field:
        read(in, out.event.fact.emplace<domain::status_changed>());
        break;
      case assignee_field:
        read(in, out.event.fact.emplace<domain::assignee_changed>());
        break;
      case priority_field:
        read(in, out.event.fact.emplace<domain::priority_changed>());
        break;
      default: break;
    }
  }
  if (in.damaged() || !has_entity || !has_fact)
    return std::nullopt;
  if (auto* created = std::get_if<domain::ticket_created>(&out.event.fact))
    created->id = domain::ticket_id{out.entity};
  return out;
}

std::string encode_ticket(const domain::ticket& ticket) {
  std::string bytes;
  bytes.reserve(fixed_part_max + ticket.ref.size() + ticket.from.name.size()
                + ticket.from.phone.size() + ticket.from.email.size()
                + ticket.subject.size() + ticket.assignee.size());
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
      default: break;
    }
  }
  if (in.damaged() || out.last_event == domain::sequence{})
    result.reset();
  return result;
}

std::string encode_message_row(domain::timestamp at,
                               const domain::message_draft& message) {
  std::string bytes;
  bytes.reserve(size_hint(message));
  wire_writer out{bytes};
  out.number(1, code(at));
  out.nested(2, [&](wire_writer& in) { write(in, message); });
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
      default: break;
    }
  }
  if (in.damaged() || !has_message)
    result.reset();
  return result;
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
