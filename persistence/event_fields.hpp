#pragma once

#include <cstdint>

/// The field numbers of EventRecord's oneof, for facts of tickets. For the
/// codec alone.
namespace switchboard::persistence::event_fields {

inline constexpr std::uint32_t created = 10;
inline constexpr std::uint32_t message = 11;
inline constexpr std::uint32_t status = 12;
inline constexpr std::uint32_t assignee = 13;
inline constexpr std::uint32_t priority = 14;
inline constexpr std::uint32_t edited = 15;
inline constexpr std::uint32_t note = 16;
inline constexpr std::uint32_t mention = 17;
inline constexpr std::uint32_t message_edited = 18;
inline constexpr std::uint32_t passed = 19;
inline constexpr std::uint32_t overdue = 22;
inline constexpr std::uint32_t progress = 23;
inline constexpr std::uint32_t reacted = 24;
inline constexpr std::uint32_t message_deleted = 25;
inline constexpr std::uint32_t delivery = 26;
inline constexpr std::uint32_t customer_reminded = 27;

} // namespace switchboard::persistence::event_fields
