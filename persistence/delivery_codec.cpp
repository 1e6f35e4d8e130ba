#include "persistence/deliveries.hpp"

#include "domain/text.hpp"
#include "persistence/wire.hpp"

#include <algorithm>

namespace switchboard::persistence {

namespace {

std::uint64_t code(domain::timestamp at) noexcept {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

domain::timestamp timestamp_of(wire_reader& in) {
  return domain::timestamp{
    std::chrono::milliseconds{static_cast<std::int64_t>(in.number())}};
}

/// The beginning of `text`, cut between characters where it has any.
std::string_view clip_bytes(std::string_view text, std::size_t max) {
  if (text.size() <= max)
    return text;
  std::size_t end = max;
  while (end > max - 4
         && (static_cast<std::uint8_t>(text[end]) & 0xc0U) == 0x80U)
    --end;
  return text.substr(0, end);
}

void write_outbox(wire_writer& out, const delivery& what) {
  out.text(1, what.group);
  out.text(2, what.kind);
  out.text(3, what.payload);
  out.number(4, code(what.created_at));
  out.number(5, what.attempts);
  out.number(6, code(what.next_at));
  out.number(7, what.attempts_before);
  out.text(8, what.message_id);
  out.number(9, static_cast<std::uint64_t>(what.sequence));
}

} // namespace

void append_outbox_row(std::string& out, const new_delivery& what) {
  wire_writer writer{out};
  writer.text(1, what.group);
  writer.text(2, what.kind);
  writer.text(3, what.payload);
  writer.number(4, code(what.created_at));
  writer.number(6, code(what.created_at));
  writer.text(8, what.message_id);
  writer.number(9, static_cast<std::uint64_t>(what.sequence));
}

std::string encode_outbox_row(const delivery& what) {
  std::string bytes;
  wire_writer out{bytes};
  write_outbox(out, what);
  return bytes;
}

std::string encode_attempt_row(const attempt& tried) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, code(tried.at));
  out.text(2, tried.outcome);
  out.number(3, tried.http_status);
  out.number(4, static_cast<std::uint64_t>(
                  std::max<std::int64_t>(tried.latency.count(), 0)));
  // What the other side sent is kept as text only when it is text.
  if (domain::is_clean_utf8(tried.detail))
    out.text(5, clip_bytes(tried.detail, attempt_detail_size_max));
  out.text(6, clip_bytes(tried.body, attempt_body_size_max));
  return bytes;
}

std::string encode_lane_attempt_row(const delivery& what) {
  std::string bytes;
  wire_writer out{bytes};
  out.text(1, what.group);
  out.text(2, what.kind);
  out.text(3, what.message_id);
  out.number(4, static_cast<std::uint64_t>(what.sequence));
  out.number(5, code(what.created_at));
  return bytes;
}

std::string encode_dead_letter_row(const dead_letter& letter) {
  std::string bytes;
  wire_writer out{bytes};
  out.text(1, letter.what.lane);
  out.nested(2, [&](wire_writer& in) { write_outbox(in, letter.what); });
  out.text(3, letter.reason);
  out.number(4, code(letter.died_at));
  return bytes;
}

std::optional<delivery> decode_outbox_row(std::string_view lane, delivery_id id,
                                          std::string_view bytes) {
  delivery out;
  out.lane = lane;
  out.id = id;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case 1: out.group = in.bytes(); break;
      case 2: out.kind = in.bytes(); break;
      case 3: out.payload = in.bytes(); break;
      case 4: out.created_at = timestamp_of(in); break;
      case 5: out.attempts = static_cast<std::uint32_t>(in.number()); break;
      case 6: out.next_at = timestamp_of(in); break;
      case 7:
        out.attempts_before = static_cast<std::uint32_t>(in.number());
        break;
      case 8: out.message_id = in.bytes(); break;
      case 9: out.sequence = domain::sequence{in.number()}; break;
      default: break;
    }
  return in.damaged() ? std::nullopt : std::optional{std::move(out)};
}

std::optional<attempt> decode_attempt_row(std::uint32_t number,
                                          std::string_view bytes) {
  attempt out;
  out.number = number;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case 1: out.at = timestamp_of(in); break;
      case 2: out.outcome = in.bytes(); break;
      case 3: out.http_status = static_cast<std::uint32_t>(in.number()); break;
      case 4:
        out.latency
          = std::chrono::microseconds{static_cast<std::int64_t>(in.number())};
        break;
      case 5: out.detail = in.bytes(); break;
      case 6: out.body = in.bytes(); break;
      default: break;
    }
  return in.damaged() ? std::nullopt : std::optional{std::move(out)};
}

std::optional<lane_attempt> decode_lane_attempt_row(delivery_id id,
                                                    std::string_view bytes) {
  lane_attempt out;
  out.delivery = id;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case 1: out.group = in.bytes(); break;
      case 2: out.kind = in.bytes(); break;
      case 3: out.message_id = in.bytes(); break;
      case 4: out.sequence = domain::sequence{in.number()}; break;
      case 5: out.created_at = timestamp_of(in); break;
      default: break;
    }
  return in.damaged() ? std::nullopt : std::optional{std::move(out)};
}

std::string_view lane_of_dead_letter(std::string_view bytes) noexcept {
  wire_reader in{bytes};
  while (in.next())
    if (in.field() == 1)
      return in.bytes();
  return {};
}

std::optional<dead_letter> decode_dead_letter_row(delivery_id id,
                                                  std::string_view bytes) {
  dead_letter out;
  std::string lane;
  std::string_view row;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case 1: lane = in.bytes(); break;
      case 2: row = in.bytes(); break;
      case 3: out.reason = in.bytes(); break;
      case 4: out.died_at = timestamp_of(in); break;
      default: break;
    }
  auto what = decode_outbox_row(lane, id, row);
  if (in.damaged() || !what)
    return std::nullopt;
  out.what = std::move(*what);
  return out;
}

} // namespace switchboard::persistence
