#pragma once

#include "domain/time.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::domain {

/// 16 bytes in network order; a UUIDv7 sorts by its creation time (RFC 9562).
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const uuid&, const uuid&) = default;
  [[nodiscard]] std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// Lays out a UUIDv7: 48 bits of milliseconds, then `counter` (12 bits, so that
/// ids of one millisecond sort in the order of their making), then 62 bits of
/// `random`.
uuid make_uuid7(timestamp at, std::uint16_t counter, std::uint64_t random);

/// The milliseconds in a UUIDv7.
timestamp time_of(const uuid& id);

std::string to_string(const uuid& id);
std::optional<uuid> parse_uuid(std::string_view text);
/// Reads 16 raw bytes, as they stand in storage keys.
std::optional<uuid> uuid_from_bytes(std::string_view bytes);

/// Numbered things are kept under uuids too: zeros, then the number.
uuid uuid_of_number(std::uint64_t number);
std::uint64_t number_of(const uuid& id);

/// What an event or a state row belongs to. Values are stored: never reuse one.
enum class entity_kind : std::uint8_t {
  ticket = 1,
  user,
  group,
  api_key,
  webhook,
  problem,
  session,
  attachment,
  prompt,
};

std::string_view to_string(entity_kind kind) noexcept;

struct ticket_id {
  uuid value;

  friend auto operator<=>(const ticket_id&, const ticket_id&) = default;
};

struct message_id {
  uuid value;

  friend auto operator<=>(const message_id&, const message_id&) = default;
};

/// One customer's line on one channel, such as a visitor of the website.
struct session_id {
  uuid value;

  friend auto operator<=>(const session_id&, const session_id&) = default;
};

/// A file that goes along with a message.
struct attachment_id {
  uuid value;

  friend auto operator<=>(const attachment_id&, const attachment_id&) = default;
};

/// A question that the bot has asked somebody.
struct prompt_id {
  uuid value;

  friend auto operator<=>(const prompt_id&, const prompt_id&) = default;
};

/// A ticket's place among the tickets of its session, which count from 1.
struct session_place {
  session_id session;
  std::uint32_t number = 0;

  friend auto operator<=>(const session_place&, const session_place&) = default;
};

/// `#123`: counts the tickets from 1; gaps are allowed.
enum class ticket_number : std::uint64_t {};
/// Counts the events of one entity from 1; 0 means "before the first".
enum class sequence : std::uint64_t {};
/// Counts all events of a journal from 1; 0 means "before the first".
enum class offset : std::uint64_t {};
/// Counts the messages of one ticket from 1.
enum class message_sequence : std::uint32_t {};

inline constexpr std::size_t ref_length_min = 4;
inline constexpr std::size_t ref_length_max = 26;
inline constexpr std::size_t ref_length_default = 8;

/// The customer's name for a ticket, `T-YYYYMMDD-XXXXXXXX`: the UTC day and
/// `length` characters of Crockford base32 taken from `random`, five bits each.
std::string make_ticket_ref(timestamp at, std::size_t length,
                            const std::array<std::uint8_t, 16>& random);

/// Upper-cases and maps what people misread (I and L are 1, O is 0), so that a
/// ref read out on the telephone still finds its ticket; empty when `text`
/// cannot be a ref.
std::string normalize_ticket_ref(std::string_view text);

/// The Telegram teams' name for a ticket: `TICK-<base36 of the id's
/// milliseconds>-<8 hex digits of its last 32 bits>`.
std::string ticket_key(const ticket_id& id);

} // namespace switchboard::domain

template <>
struct std::hash<switchboard::domain::uuid> {
  std::size_t operator()(const switchboard::domain::uuid& id) const noexcept {
    // The tail is random, so it is its own hash.
    std::size_t h = 0;
    for (std::size_t i = 8; i < 16; ++i)
      h = (h << 8U) | id.bytes[i];
    return h ^ (static_cast<std::size_t>(id.bytes[7]) << 3U) ^ id.bytes[6];
  }
};

template <>
struct std::hash<switchboard::domain::ticket_id> {
  std::size_t
  operator()(const switchboard::domain::ticket_id& id) const noexcept {
    return std::hash<switchboard::domain::uuid>{}(id.value);
  }
};
