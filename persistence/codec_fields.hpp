#pragma once

#include "domain/ticket.hpp"
#include "persistence/wire.hpp"

#include <limits>
#include <optional>
#include <string>

/// How values of the domain that several records share are written and read.
/// For the codecs alone.
namespace switchboard::persistence::fields {

// -- writing ------------------------------------------------------------------

template <class Enum>
std::uint64_t code(Enum value) noexcept {
  return static_cast<std::uint64_t>(value);
}

inline std::uint64_t code(domain::timestamp at) noexcept {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

inline void write(wire_writer& out, const domain::customer& from) {
  out.text(1, from.name);
  out.text(2, from.phone);
  out.text(3, from.email);
}

inline void write(wire_writer& out, std::uint32_t field,
                  const std::optional<domain::session_place>& place) {
  if (place)
    out.nested(field, [&](wire_writer& in) {
      in.element(1, place->session.value.view());
      in.number(2, place->number);
    });
}

inline void write(wire_writer& out, const domain::message_draft& message) {
  out.element(1, message.id.value.view());
  out.number(2, code(message.role));
  out.text(3, message.sender_name);
  out.number(4, code(message.via));
  out.text(5, message.body);
  out.text(6, message.external_id);
  out.text(7, message.media_url);
  for (const auto& file : message.attachments)
    out.nested(8, [&](wire_writer& in) {
      in.element(1, file.id.value.view());
      in.text(2, file.name);
      in.text(3, file.mime_type);
      in.number(4, file.size);
    });
  out.number(9, code(message.reply_to));
}

inline std::size_t size_hint(const domain::message_draft& m) {
  constexpr std::size_t fixed_part_max = 96;
  return fixed_part_max + m.sender_name.size() + m.body.size()
         + m.external_id.size() + m.media_url.size();
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

inline void read(wire_reader& in, std::string& out) {
  out.assign(in.bytes());
}

inline void read(wire_reader& in, domain::uuid& out) {
  if (const auto id = domain::uuid_from_bytes(in.bytes()))
    out = *id;
  else
    in.mark_damaged();
}

inline void read(wire_reader& in, domain::timestamp& out) {
  out = domain::timestamp{
    std::chrono::milliseconds{static_cast<std::int64_t>(in.number())}};
}

inline void read(wire_reader& in, std::uint32_t& out) {
  const std::uint64_t value = in.number();
  if (value > std::numeric_limits<std::uint32_t>::max())
    in.mark_damaged();
  out = static_cast<std::uint32_t>(value);
}

inline void read(wire_reader& in, domain::message_sequence& out) {
  std::uint32_t value = 0;
  read(in, value);
  out = domain::message_sequence{value};
}

inline void read(wire_reader& in, domain::status& out) {
  read(in, out, domain::status::closed);
}

inline void read(wire_reader& in, domain::priority& out) {
  read(in, out, domain::priority::urgent);
}

inline void read(wire_reader& in, domain::channel& out) {
  read(in, out, domain::channel::email);
}

inline void read(wire_reader& in, std::optional<domain::ticket_id>& out) {
  read(in, out.emplace().value);
}

inline void read(wire_reader& in, std::optional<domain::session_id>& out) {
  read(in, out.emplace().value);
}

inline void read(wire_reader& in, std::optional<domain::timestamp>& out) {
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

inline void read(wire_reader& outer, domain::customer& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.name); break;
      case 2: read(in, out.phone); break;
      case 3: read(in, out.email); break;
      default: break;
    }
  });
}

inline void read(wire_reader& outer, domain::attachment_ref& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.id.value); break;
      case 2: read(in, out.name); break;
      case 3: read(in, out.mime_type); break;
      case 4: out.size = in.number(); break;
      default: break;
    }
  });
}

inline void read(wire_reader& outer, domain::message_draft& out) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.id.value); break;
      case 2: read(in, out.role, domain::sender_role::system); break;
      case 3: read(in, out.sender_name); break;
      case 4: read(in, out.via); break;
      case 5: read(in, out.body); break;
      case 6: read(in, out.external_id); break;
      case 7: read(in, out.media_url); break;
      case 8: read(in, out.attachments.emplace_back()); break;
      case 9: read(in, out.reply_to); break;
      default: break;
    }
  });
}

inline void read(wire_reader& outer,
                 std::optional<domain::session_place>& out) {
  auto& place = out.emplace();
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    if (in.field() == 1) {
      read(in, place.session.value);
    } else if (in.field() == 2) {
      read(in, place.number);
    }
  });
}

inline void read(wire_reader& in, std::optional<std::string>& out) {
  read(in, out.emplace());
}

} // namespace switchboard::persistence::fields
