#pragma once

#include <cstdint>

/// Telegram's wire format, pure: updates in, methods out, answers judged, and
/// the rate governor that decides when a call may leave. Nothing here knows
/// sockets, clocks or tickets.
namespace switchboard::channels::telegram {

/// Grows with each update of a bot; the key that makes effects happen once.
enum class update_id : std::int64_t {};
/// A private chat has its user's id; a basic group is negative, a supergroup
/// below -1000000000000.
enum class chat_id : std::int64_t {};
enum class user_id : std::int64_t {};
/// Counts within one chat.
enum class message_id : std::int32_t {};
/// A forum topic: the id of the service message that created it.
enum class topic_id : std::int32_t {};

/// The General topic is addressed by leaving the topic out.
inline constexpr topic_id general_topic{1};

[[nodiscard]] constexpr bool is_private(chat_id chat) noexcept {
  return static_cast<std::int64_t>(chat) > 0;
}

} // namespace switchboard::channels::telegram
