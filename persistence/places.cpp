#include "persistence/places.hpp"

#include "persistence/codec_fields.hpp"
#include "persistence/keys.hpp"

#include <limits>
#include <string>

namespace switchboard::persistence {

namespace {

constexpr char by_place = 'p';
constexpr char by_ticket = 't';
constexpr std::size_t place_size = 8 + 8 + 4;
constexpr std::size_t ticket_part_size = 16 + 1 + 4 + 4;

void append_place(std::string& key, const place& at) {
  keys::append_u64(key, static_cast<std::uint64_t>(at.bot));
  keys::append_u64(key, static_cast<std::uint64_t>(at.chat));
  keys::append_u32(key, static_cast<std::uint32_t>(at.message));
}

place read_place(std::string_view bytes) {
  return {static_cast<std::int64_t>(keys::read_u64(bytes)),
          static_cast<std::int64_t>(keys::read_u64(bytes.substr(8))),
          static_cast<std::int32_t>(keys::read_u32(bytes.substr(16)))};
}

std::string place_key_of(const place& at) {
  std::string key(1, by_place);
  append_place(key, at);
  return key;
}

std::string prefix_of(const domain::ticket_id& ticket, shown what) {
  std::string key(1, by_ticket);
  key += ticket.value.view();
  key += static_cast<char>(what);
  return key;
}

std::string ticket_key_of(const placed& what) {
  auto key = prefix_of(what.what.ticket, what.what.what);
  keys::append_u32(key, static_cast<std::uint32_t>(what.what.message));
  keys::append_u32(key, what.what.part);
  append_place(key, what.at);
  return key;
}

std::string encode_place_row(const showing& what) {
  std::string bytes;
  wire_writer out{bytes};
  out.element(1, what.ticket.value.view());
  out.number(2, fields::code(what.what));
  out.number(3, fields::code(what.message));
  out.number(4, what.part);
  out.number(5, what.shared ? 1 : 0);
  out.number(6, fields::code(what.since));
  return bytes;
}

} // namespace

std::optional<showing> decode_place_row(std::string_view bytes) {
  std::optional<showing> out{std::in_place};
  bool has_ticket = false;
  wire_reader in{bytes};
  while (in.next()) {
    switch (in.field()) {
      case 1:
        fields::read(in, out->ticket.value);
        has_ticket = true;
        break;
      case 2: fields::read(in, out->what, shown::prompt); break;
      case 3: fields::read(in, out->message); break;
      case 4:
        if (in.number() > std::numeric_limits<std::uint32_t>::max())
          in.mark_damaged();
        out->part = static_cast<std::uint32_t>(in.number());
        break;
      case 5: out->shared = in.number() != 0; break;
      case 6: fields::read(in, out->since); break;
      default: break;
    }
  }
  if (in.damaged() || !has_ticket)
    out.reset();
  return out;
}

bool is_place_key(std::string_view key) noexcept {
  if (key.empty())
    return false;
  if (key.front() == by_place)
    return key.size() == 1 + place_size;
  return key.front() == by_ticket
         && key.size() == 1 + ticket_part_size + place_size;
}

std::vector<row_change> show_rows(const placed& what) {
  const auto row = encode_place_row(what.what);
  return {{family::places, place_key_of(what.at), row},
          {family::places, ticket_key_of(what), row}};
}

std::vector<row_change> unshow_rows(const placed& what) {
  return {{family::places, place_key_of(what.at), std::nullopt},
          {family::places, ticket_key_of(what), std::nullopt}};
}

std::optional<showing> place_views::find(const place& at) const {
  std::string value;
  if (!rows_.get(family::places, place_key_of(at), value))
    return std::nullopt;
  return decode_place_row(value);
}

std::vector<placed> place_views::of(const domain::ticket_id& ticket, shown what,
                                    std::size_t max) const {
  return read(prefix_of(ticket, what), max);
}

std::vector<placed> place_views::of(const domain::ticket_id& ticket, shown what,
                                    domain::message_sequence message,
                                    std::size_t max) const {
  auto prefix = prefix_of(ticket, what);
  keys::append_u32(prefix, static_cast<std::uint32_t>(message));
  return read(prefix, max);
}

std::vector<placed> place_views::read(std::string_view prefix,
                                      std::size_t max) const {
  std::vector<placed> out;
  rows_.scan(
    family::places, prefix, keys::after_prefix(prefix),
    [&](std::string_view key, std::string_view value) {
      if (out.size() == max)
        return false;
      if (auto what = decode_place_row(value); what && is_place_key(key))
        out.push_back({read_place(key.substr(1 + ticket_part_size)), *what});
      return true;
    });
  return out;
}

} // namespace switchboard::persistence
