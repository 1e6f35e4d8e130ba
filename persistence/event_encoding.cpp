#include "persistence/ticket_codec.hpp"

#include "domain/match.hpp"
#include "persistence/codec_fields.hpp"
#include "persistence/event_fields.hpp"

namespace switchboard::persistence {

using namespace fields;

namespace {

using fields::size_hint;
using fields::write;

constexpr std::size_t fixed_part_max = 96;

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

void write(wire_writer& out, const domain::message_reacted& fact) {
  out.number(1, code(fact.number));
  out.text(2, fact.by);
  out.text(3, fact.by_name);
  out.text(4, fact.emoji);
}

void write(wire_writer& out, const domain::message_deleted& fact) {
  out.number(1, code(fact.number));
  out.text(2, fact.actor);
}

void write(wire_writer& out, const domain::delivery_reported& fact) {
  out.number(1, code(fact.number));
  out.number(2, fact.part);
  out.number(3, code(fact.to));
  out.text(4, fact.via);
  out.text(5, fact.external_id);
  out.text(6, fact.reason);
}

void write(wire_writer&, const domain::customer_reminded&) {}

std::uint32_t field_of(const domain::ticket_fact& fact) {
  return domain::match(
    fact, [](const domain::ticket_created&) { return event_fields::created; },
    [](const domain::message_added&) { return event_fields::message; },
    [](const domain::status_changed&) { return event_fields::status; },
    [](const domain::assignee_changed&) { return event_fields::assignee; },
    [](const domain::priority_changed&) { return event_fields::priority; },
    [](const domain::ticket_edited&) { return event_fields::edited; },
    [](const domain::note_added&) { return event_fields::note; },
    [](const domain::user_mentioned&) { return event_fields::mention; },
    [](const domain::message_edited&) { return event_fields::message_edited; },
    [](const domain::ticket_passed&) { return event_fields::passed; },
    [](const domain::claim_overdue&) { return event_fields::overdue; },
    [](const domain::progress_reported&) { return event_fields::progress; },
    [](const domain::message_reacted&) { return event_fields::reacted; },
    [](const domain::message_deleted&) {
      return event_fields::message_deleted;
    },
    [](const domain::delivery_reported&) { return event_fields::delivery; },
    [](const domain::customer_reminded&) {
      return event_fields::customer_reminded;
    });
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

} // namespace switchboard::persistence
