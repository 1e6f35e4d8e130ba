#include "persistence/ticket_codec.hpp"

#include "persistence/codec_fields.hpp"
#include "persistence/event_fields.hpp"

namespace switchboard::persistence {

using namespace fields;

namespace {

using fields::read;

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

void read(wire_reader& outer, domain::message_reacted& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.number); break;
      case 2: read(in, out.by); break;
      case 3: read(in, out.by_name); break;
      case 4: read(in, out.emoji); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::message_deleted& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.number); break;
      case 2: read(in, out.actor); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::delivery_reported& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.number); break;
      case 2: read(in, out.part); break;
      case 3: read(in, out.to, domain::delivery_state::failed); break;
      case 4: read(in, out.via); break;
      case 5: read(in, out.external_id); break;
      case 6: read(in, out.reason); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::customer_reminded&) {
  read_fields(outer, outer.bytes(), [](wire_reader&) {});
}

/// Reads the fact in the current field, if it is one of a ticket.
bool read_fact(wire_reader& in, domain::ticket_fact& out) {
  switch (in.field()) {
    case event_fields::created:
      read(in, out.emplace<domain::ticket_created>());
      break;
    case event_fields::message:
      read(in, out.emplace<domain::message_added>());
      break;
    case event_fields::status:
      read(in, out.emplace<domain::status_changed>());
      break;
    case event_fields::assignee:
      read(in, out.emplace<domain::assignee_changed>());
      break;
    case event_fields::priority:
      read(in, out.emplace<domain::priority_changed>());
      break;
    case event_fields::edited:
      read(in, out.emplace<domain::ticket_edited>());
      break;
    case event_fields::note: read(in, out.emplace<domain::note_added>()); break;
    case event_fields::mention:
      read(in, out.emplace<domain::user_mentioned>());
      break;
    case event_fields::message_edited:
      read(in, out.emplace<domain::message_edited>());
      break;
    case event_fields::passed:
      read(in, out.emplace<domain::ticket_passed>());
      break;
    case event_fields::overdue:
      read(in, out.emplace<domain::claim_overdue>());
      break;
    case event_fields::progress:
      read(in, out.emplace<domain::progress_reported>());
      break;
    case event_fields::reacted:
      read(in, out.emplace<domain::message_reacted>());
      break;
    case event_fields::message_deleted:
      read(in, out.emplace<domain::message_deleted>());
      break;
    case event_fields::delivery:
      read(in, out.emplace<domain::delivery_reported>());
      break;
    case event_fields::customer_reminded:
      read(in, out.emplace<domain::customer_reminded>());
      break;
    default: return false;
  }
  return true;
}

} // namespace

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
