#include "persistence/ticket_codec.hpp"

#include "domain/match.hpp"
#include "persistence/codec_fields.hpp"

namespace switchboard::persistence {

using namespace fields;

namespace {

using fields::read;
using fields::size_hint;
using fields::write;

// The field numbers of EventRecord's oneof.
constexpr std::uint32_t created_field = 10;
constexpr std::uint32_t message_field = 11;
constexpr std::uint32_t status_field = 12;
constexpr std::uint32_t assignee_field = 13;
constexpr std::uint32_t priority_field = 14;
constexpr std::uint32_t edited_field = 15;
constexpr std::uint32_t note_field = 16;
constexpr std::uint32_t mention_field = 17;
constexpr std::uint32_t message_edited_field = 18;
constexpr std::uint32_t passed_field = 19;
constexpr std::uint32_t overdue_field = 22;
constexpr std::uint32_t progress_field = 23;

constexpr std::size_t fixed_part_max = 96;

// -- writing ------------------------------------------------------------------

void write(wire_writer& out, const domain::ticket_created& fact) {
  out.number(1, code(fact.number));
  out.text(2, fact.ref);
  out.nested(3, [&](wire_writer& in) { write(in, fact.from); });
  out.text(4, fact.subject);
  out.number(5, code(fact.urgency));
  out.number(6, code(fact.via));
  if (fact.follows)
    out.element(7, fact.follows->value.view());
  out.text(8, fact.category);
  for (const auto& tag : fact.tags)
    out.element(9, tag);
  out.text(10, fact.actor);
  write(out, 11, fact.session);
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
  out.text(4, fact.previous);
}

void write(wire_writer& out, const domain::priority_changed& fact) {
  out.number(1, code(fact.from));
  out.number(2, code(fact.to));
  out.text(3, fact.actor);
}

void write(wire_writer& out, const domain::ticket_edited& fact) {
  const auto& edits = fact.edits;
  if (edits.subject)
    out.element(1, *edits.subject);
  if (edits.description)
    out.element(2, *edits.description);
  if (edits.category)
    out.element(3, *edits.category);
  if (edits.tags)
    out.nested(4, [&](wire_writer& in) {
      for (const auto& tag : *edits.tags)
        in.element(1, tag);
    });
  if (edits.from)
    out.nested(5, [&](wire_writer& in) { write(in, *edits.from); });
  out.text(6, fact.actor);
}

void write(wire_writer& out, const domain::note_added& fact) {
  out.text(1, fact.body);
  out.text(2, fact.author);
}

void write(wire_writer& out, const domain::user_mentioned& fact) {
  out.text(1, fact.user);
  out.text(2, fact.user_name);
  out.text(3, fact.note);
  out.text(4, fact.actor);
}

void write(wire_writer& out, const domain::message_edited& fact) {
  out.number(1, code(fact.number));
  out.nested(2, [&](wire_writer& in) { write(in, fact.message); });
  out.number(3, code(fact.added_at));
}

void write(wire_writer& out, const domain::ticket_passed& fact) {
  out.text(1, fact.agent);
}

void write(wire_writer&, const domain::claim_overdue&) {}

void write(wire_writer& out, const domain::progress_reported& fact) {
  out.text(1, fact.body);
  out.text(2, fact.author);
}

std::uint32_t field_of(const domain::ticket_fact& fact) {
  return domain::match(
    fact, [](const domain::ticket_created&) { return created_field; },
    [](const domain::message_added&) { return message_field; },
    [](const domain::status_changed&) { return status_field; },
    [](const domain::assignee_changed&) { return assignee_field; },
    [](const domain::priority_changed&) { return priority_field; },
    [](const domain::ticket_edited&) { return edited_field; },
    [](const domain::note_added&) { return note_field; },
    [](const domain::user_mentioned&) { return mention_field; },
    [](const domain::message_edited&) { return message_edited_field; },
    [](const domain::ticket_passed&) { return passed_field; },
    [](const domain::claim_overdue&) { return overdue_field; },
    [](const domain::progress_reported&) { return progress_field; });
}

std::size_t size_hint(const domain::ticket_fact& fact) {
  if (const auto* added = std::get_if<domain::message_added>(&fact))
    return size_hint(added->message);
  if (const auto* edited = std::get_if<domain::message_edited>(&fact))
    return size_hint(edited->message);
  if (const auto* created = std::get_if<domain::ticket_created>(&fact))
    return fixed_part_max + created->ref.size() + created->from.name.size()
           + created->from.phone.size() + created->from.email.size()
           + created->subject.size();
  return fixed_part_max;
}

// -- reading ------------------------------------------------------------------

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
      case 8: read(in, out.category); break;
      case 9: read(in, out.tags.emplace_back()); break;
      case 10: read(in, out.actor); break;
      case 11: read(in, out.session); break;
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
      case 4: read(in, out.previous); break;
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

void read(wire_reader& outer, std::optional<std::vector<std::string>>& out) {
  auto& tags = out.emplace();
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    if (in.field() == 1)
      read(in, tags.emplace_back());
  });
}

void read(wire_reader& outer, domain::ticket_edited& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.edits.subject); break;
      case 2: read(in, out.edits.description); break;
      case 3: read(in, out.edits.category); break;
      case 4: read(in, out.edits.tags); break;
      case 5: read(in, out.edits.from.emplace()); break;
      case 6: read(in, out.actor); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::note_added& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.body); break;
      case 2: read(in, out.author); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::user_mentioned& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.user); break;
      case 2: read(in, out.user_name); break;
      case 3: read(in, out.note); break;
      case 4: read(in, out.actor); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::message_edited& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.number); break;
      case 2: read(in, out.message); break;
      case 3: read(in, out.added_at); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::ticket_passed& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    if (in.field() == 1)
      read(in, out.agent);
  });
}

void read(wire_reader& outer, domain::claim_overdue&) {
  read_fields(outer, outer.bytes(), [](wire_reader&) {});
}

void read(wire_reader& outer, domain::progress_reported& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.body); break;
      case 2: read(in, out.author); break;
      default: break;
    }
  });
}

/// Reads the fact in the current field, if it is one of a ticket.
bool read_fact(wire_reader& in, domain::ticket_fact& out) {
  switch (in.field()) {
    case created_field: read(in, out.emplace<domain::ticket_created>()); break;
    case message_field: read(in, out.emplace<domain::message_added>()); break;
    case status_field: read(in, out.emplace<domain::status_changed>()); break;
    case assignee_field:
      read(in, out.emplace<domain::assignee_changed>());
      break;
    case priority_field:
      read(in, out.emplace<domain::priority_changed>());
      break;
    case edited_field: read(in, out.emplace<domain::ticket_edited>()); break;
    case note_field: read(in, out.emplace<domain::note_added>()); break;
    case mention_field: read(in, out.emplace<domain::user_mentioned>()); break;
    case message_edited_field:
      read(in, out.emplace<domain::message_edited>());
      break;
    case passed_field: read(in, out.emplace<domain::ticket_passed>()); break;
    case overdue_field: read(in, out.emplace<domain::claim_overdue>()); break;
    case progress_field:
      read(in, out.emplace<domain::progress_reported>());
      break;
    default: return false;
  }
  return true;
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
    switch (in.field()) {
      case 1: read(in, out.kind, domain::entity_kind::ticket); break;
      case 2: read(in, out.entity); break;
      case 3: out.event.number = domain::sequence{in.number()}; break;
      case 4: read(in, out.event.at); break;
      default: has_fact = read_fact(in, out.event.fact) || has_fact; break;
    }
  }
  if (in.damaged() || !has_entity || !has_fact)
    return std::nullopt;
  if (auto* created = std::get_if<domain::ticket_created>(&out.event.fact))
    created->id = domain::ticket_id{out.entity};
  return out;
}

} // namespace switchboard::persistence
