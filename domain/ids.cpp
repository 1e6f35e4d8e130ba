#include "domain/ids.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace switchboard::domain {

namespace {

constexpr std::string_view hex_lower = "0123456789abcdef";
constexpr std::string_view hex_upper = "0123456789ABCDEF";
constexpr std::string_view base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::size_t ref_date_size = 8;
constexpr std::size_t ref_head_size = 2 + ref_date_size + 1; // T-YYYYMMDD-

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

bool is_dash_place(std::size_t i) noexcept {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

std::uint64_t millis_of(const uuid& id) noexcept {
  std::uint64_t millis = 0;
  for (std::size_t i = 0; i < 6; ++i)
    millis = (millis << 8U) | id.bytes[i];
  return millis;
}

/// Reads the character of a ref as a person may have written it.
char mend(char c) noexcept {
  if (c >= 'a' && c <= 'z')
    c = static_cast<char>(c - 'a' + 'A');
  if (c == 'I' || c == 'L')
    return '1';
  return c == 'O' ? '0' : c;
}

bool is_date(std::string_view digits) noexcept {
  for (const char c : digits)
    if (c < '0' || c > '9')
      return false;
  const int month = (digits[4] - '0') * 10 + (digits[5] - '0');
  const int day = (digits[6] - '0') * 10 + (digits[7] - '0');
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

} // namespace

// 0                   1                   2                   3
// 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// |                       unix_ts_ms (48)                         |
// |                               |  7  |      counter (12)       |
// |10 |                     random (62)                           |
// |                                                               |
uuid make_uuid7(timestamp at, std::uint16_t counter, std::uint64_t random) {
  assert(at.time_since_epoch().count() >= 0);
  const auto millis = static_cast<std::uint64_t>(at.time_since_epoch().count());
  uuid id;
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(millis >> (40U - 8U * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70U | ((counter >> 8U) & 0x0FU));
  id.bytes[7] = static_cast<std::uint8_t>(counter & 0xFFU);
  const std::uint64_t tail
    = (random & 0x3FFF'FFFF'FFFF'FFFFU) | 0x8000'0000'0000'0000U;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[8 + i] = static_cast<std::uint8_t>(tail >> (56U - 8U * i));
  return id;
}

timestamp time_of(const uuid& id) {
  return timestamp{
    std::chrono::milliseconds{static_cast<std::int64_t>(millis_of(id))}};
}

std::string to_string(const uuid& id) {
  std::string out(36, '-');
  std::size_t at = 0;
  for (const auto byte : id.bytes) {
    if (is_dash_place(at))
      ++at;
    out[at++] = hex_lower[byte >> 4U];
    out[at++] = hex_lower[byte & 0x0FU];
  }
  return out;
}

std::optional<uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  uuid id;
  std::size_t at = 0;
  for (auto& byte : id.bytes) {
    if (is_dash_place(at) && text[at++] != '-')
      return std::nullopt;
    const int high = hex_value(text[at++]);
    const int low = hex_value(text[at++]);
    if (high < 0 || low < 0)
      return std::nullopt;
    byte = static_cast<std::uint8_t>(high * 16 + low);
  }
  return id;
}

std::optional<uuid> uuid_from_bytes(std::string_view bytes) {
  uuid id;
  if (bytes.size() != id.bytes.size())
    return std::nullopt;
  std::memcpy(id.bytes.data(), bytes.data(), id.bytes.size());
  return id;
}

std::string make_ticket_ref(timestamp at, std::size_t length,
                            const std::array<std::uint8_t, 16>& random) {
  assert(length >= ref_length_min && length <= ref_length_max);
  std::string out;
  out.reserve(ref_head_size + length);
  out += "T-";
  out += to_compact_date(at);
  out += '-';
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (bit_count < 5) {
      // The 26th character finds three bits only; the others are zero.
      const std::uint32_t fresh = next < random.size() ? random[next] : 0U;
      bits = (bits << 8U) | fresh;
      bit_count += 8;
      ++next;
    }
    bit_count -= 5;
    out += crockford[(bits >> bit_count) & 0x1FU];
  }
  return out;
}

std::string normalize_ticket_ref(std::string_view text) {
  if (text.size() < ref_head_size + ref_length_min
      || text.size() > ref_head_size + ref_length_max)
    return {};
  std::string out{text};
  std::ranges::transform(out, out.begin(), mend);
  const std::string_view view{out};
  if (!view.starts_with("T-") || view[ref_head_size - 1] != '-'
      || !is_date(view.substr(2, ref_date_size)))
    return {};
  for (const char c : view.substr(ref_head_size))
    if (crockford.find(c) == std::string_view::npos)
      return {};
  return out;
}

std::string_view to_string(entity_kind kind) noexcept {
  switch (kind) {
    case entity_kind::ticket: return "ticket";
    case entity_kind::user: return "user";
    case entity_kind::group: return "group";
    case entity_kind::api_key: return "api_key";
    case entity_kind::webhook: return "webhook";
    case entity_kind::problem: return "problem";
    case entity_kind::session: return "session";
    case entity_kind::attachment: return "attachment";
    case entity_kind::prompt: return "prompt";
  }
  return "unknown_kind";
}

uuid uuid_of_number(std::uint64_t number) {
  uuid out;
  for (std::size_t i = 0; i < sizeof(number); ++i)
    out.bytes[out.bytes.size() - 1 - i]
      = static_cast<std::uint8_t>(number >> (8U * i));
  return out;
}

std::uint64_t number_of(const uuid& id) {
  std::uint64_t number = 0;
  for (std::size_t i = id.bytes.size() - sizeof(number); i < id.bytes.size();
       ++i)
    number = (number << 8U) | id.bytes[i];
  return number;
}

std::string ticket_key(const ticket_id& id) {
  std::array<char, 10> digits{}; // 48 bits are at most ten base36 digits
  std::size_t first = digits.size();
  auto millis = millis_of(id.value);
  do {
    digits[--first] = base36[millis % 36];
    millis /= 36;
  } while (millis != 0);
  std::string out = "TICK-";
  out.append(&digits[first], digits.size() - first);
  out += '-';
  for (std::size_t i = 12; i < 16; ++i) {
    out += hex_upper[id.value.bytes[i] >> 4U];
    out += hex_upper[id.value.bytes[i] & 0x0FU];
  }
  return out;
}

} // namespace switchboard::domain
