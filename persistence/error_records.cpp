#include "persistence/error_records.hpp"

#include "domain/text.hpp"
#include "persistence/codec_fields.hpp"
#include "persistence/keys.hpp"
#include "persistence/wire.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace switchboard::persistence {

namespace {

using fields::code;
using fields::read;

constexpr std::uint32_t error_field = 30; // of EventRecord's oneof

/// FNV-1a. Not meant against an enemy: places and codes are our own words.
std::uint64_t hash(std::string_view text, std::uint64_t state) noexcept {
  for (const char c : text)
    state = (state ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  // Ends the text, so that ("ab", "c") differs from ("a", "bc").
  return (state ^ 0xffU) * 0x100000001b3U;
}

void clip(std::string& text, std::size_t max) {
  if (!domain::is_clean_utf8(text))
    text.clear();
  if (text.size() <= max)
    return;
  std::size_t end = max;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xc0U) == 0x80U)
    --end;
  text.resize(end);
}

std::string key_of(const domain::uuid& id) {
  return keys::entity(domain::entity_kind::problem, id);
}

void read_fact(wire_reader& outer, error_event& out) {
  fields::read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.where); break;
      case 2: read(in, out.code); break;
      case 3: read(in, out.message); break;
      case 4: read(in, out.ticket); break;
      case 5: out.count = in.number(); break;
      case 6: read(in, out.first_at); break;
      default: break;
    }
  });
}

/// Whether `a` stands before `b` in the list.
bool is_before(const error_record& a, const error_record& b) noexcept {
  return std::tie(b.last_seen, b.id) < std::tie(a.last_seen, a.id);
}

} // namespace

domain::uuid error_id(std::string_view where, std::string_view code) {
  constexpr std::uint64_t high_basis = 0xcbf29ce484222325U;
  constexpr std::uint64_t low_basis = 0x9ae16a3b2f90404fU;
  std::string bytes;
  for (const auto basis : {high_basis, low_basis})
    keys::append_u64(bytes, hash(code, hash(where, basis)));
  domain::uuid id = *domain::uuid_from_bytes(bytes);
  // Version 8 (of one's own making) and the variant of RFC 9562.
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0fU) | 0x80U);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3fU) | 0x80U);
  return id;
}

void clip_error(error_event& what) {
  clip(what.where, error_where_size_max);
  clip(what.code, error_code_size_max);
  clip(what.message, error_message_size_max);
}

error_record apply_error(const std::optional<error_record>& before,
                         const error_event& what) {
  error_record out;
  if (before)
    out = *before;
  else
    out.first_seen = what.first_at;
  out.id = what.id;
  out.where = what.where;
  out.code = what.code;
  out.message = what.message;
  out.ticket = what.ticket;
  constexpr auto count_max = std::numeric_limits<std::uint64_t>::max();
  out.count += std::min(what.count, count_max - out.count);
  out.first_seen = std::min(out.first_seen, what.first_at);
  // The wall clock may have been set back.
  out.last_seen = std::max(out.last_seen, what.at);
  out.last_event = what.number;
  return out;
}

changes error_changes(const std::optional<error_record>& before,
                      const error_event& what) {
  const auto after = apply_error(before, what);
  changes out;
  out.entity
    = changes::subject{domain::entity_kind::problem, what.id,
                       before ? before->last_event : domain::sequence{},
                       after.last_event, encode_error_record(after)};
  out.events.push_back({encode_error_event(what)});
  return out;
}

std::string encode_error_event(const error_event& what) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, code(domain::entity_kind::problem));
  out.element(2, what.id.view());
  out.number(3, code(what.number));
  out.number(4, code(what.at));
  out.nested(error_field, [&](wire_writer& in) {
    in.text(1, what.where);
    in.text(2, what.code);
    in.text(3, what.message);
    if (what.ticket)
      in.element(4, what.ticket->value.view());
    in.number(5, what.count);
    in.number(6, code(what.first_at));
  });
  return bytes;
}

std::optional<error_event> decode_error_event(std::string_view bytes) {
  error_event out;
  out.count = 0;
  std::uint64_t kind = 0;
  bool has_id = false;
  bool has_fact = false;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case 1: kind = in.number(); break;
      case 2:
        read(in, out.id);
        has_id = true;
        break;
      case 3: out.number = domain::sequence{in.number()}; break;
      case 4: read(in, out.at); break;
      case error_field:
        read_fact(in, out);
        has_fact = true;
        break;
      default: break;
    }
  if (in.damaged() || !has_id || !has_fact
      || kind != code(domain::entity_kind::problem))
    return std::nullopt;
  return out;
}

std::string encode_error_record(const error_record& what) {
  std::string bytes;
  wire_writer out{bytes};
  out.fixed(1, code(what.last_event));
  out.text(2, what.where);
  out.text(3, what.code);
  out.text(4, what.message);
  out.number(5, what.count);
  out.number(6, code(what.first_seen));
  out.number(7, code(what.last_seen));
  if (what.ticket)
    out.element(8, what.ticket->value.view());
  return bytes;
}

std::optional<error_record> decode_error_record(const domain::uuid& id,
                                                std::string_view bytes) {
  error_record out;
  out.id = id;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case 1: out.last_event = domain::sequence{in.number()}; break;
      case 2: read(in, out.where); break;
      case 3: read(in, out.code); break;
      case 4: read(in, out.message); break;
      case 5: out.count = in.number(); break;
      case 6: read(in, out.first_seen); break;
      case 7: read(in, out.last_seen); break;
      case 8: read(in, out.ticket); break;
      default: break;
    }
  if (in.damaged() || out.last_event == domain::sequence{})
    return std::nullopt;
  return out;
}

std::optional<error_record> error_views::find(const domain::uuid& id) const {
  std::string value;
  if (!rows_.get(family::entities, key_of(id), value))
    return std::nullopt;
  return decode_error_record(id, value);
}

std::vector<error_record> error_views::all() const {
  std::vector<error_record> found;
  const std::string prefix(1, static_cast<char>(domain::entity_kind::problem));
  rows_.scan(family::entities, prefix, keys::after_prefix(prefix),
             [&](std::string_view key, std::string_view value) {
               if (const auto id = domain::uuid_from_bytes(key.substr(1)))
                 if (auto record = decode_error_record(*id, value))
                   found.push_back(std::move(*record));
               return found.size() <= error_kinds_max;
             });
  return found;
}

std::vector<error_record>
error_views::list(const std::optional<error_position>& after,
                  std::size_t max) const {
  auto found = all();
  if (after) {
    const auto place = std::tie(after->last_seen, after->id);
    std::erase_if(found, [&](const error_record& r) {
      return std::tie(r.last_seen, r.id) >= place;
    });
  }
  std::sort(found.begin(), found.end(), is_before);
  if (found.size() > max)
    found.resize(max);
  return found;
}

} // namespace switchboard::persistence
