#pragma once

#include "channels/telegram/methods.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// What the rate governor is asked for, and what may be done to it while it
/// waits.
namespace switchboard::channels::telegram {

/// The caller's name for a call: unique among those that are not finished.
enum class request_id : std::uint64_t {};

/// The order of service; a person who waits for an answer comes first.
enum class urgency : std::uint8_t {
  customer, ///< what a customer reads, and what answers a tap
  mirror,   ///< what an agent reads
  cosmetic, ///< buttons, names of topics, typing
};
inline constexpr std::size_t urgencies = 3;

/// Each has a budget of its own in every chat.
enum class call_family : std::uint8_t {
  send,
  edit,  ///< edits, deletions and reactions
  topic, ///< whatever is done to a topic itself
  light, ///< answers to taps, typing, questions: the bot's budget only
};
inline constexpr std::size_t call_families = 4;

[[nodiscard]] std::string_view to_string(urgency u) noexcept;
[[nodiscard]] std::string_view to_string(call_family f) noexcept;

struct rate_request {
  request_id id{};
  method call;
  telegram::urgency urgency = telegram::urgency::mirror;
  /// A text may share one message with neighbours that have the same key, as
  /// those of one ticket have; its writer must be named in the text itself.
  /// 0: with none.
  std::uint64_t merge_key = 0;
};

/// A request that waits, with those that were folded into it.
struct waiting_call {
  std::vector<request_id> requests; ///< in the order of their offers
  method call;
  telegram::urgency urgency = telegram::urgency::mirror;
  std::uint64_t merge_key = 0;
  std::uint64_t order = 0; ///< of its offer
};

[[nodiscard]] call_family family_of(const method& call);

/// How many messages it is to Telegram: an album counts by its items.
[[nodiscard]] std::uint32_t cost_of(const method& call);

/// Calls with the same key keep their order: those to one topic, or about one
/// message. `order` keys what keeps none.
[[nodiscard]] std::int64_t line_key_of(const method& call, std::uint64_t order);

/// Makes `older` into what both come to, when the newer one leaves nothing of
/// the older to be seen: a later edit of the same message, a deletion after an
/// edit, a later name of a topic, typing once more. They have the same key.
[[nodiscard]] bool absorb(method& older, const method& newer);

/// Appends the text of `next` to `into`, on a line of its own, when both are
/// plain texts that are sent in the same way and fit into one message.
[[nodiscard]] bool merge_text(send_message& into, const method& next);

/// Replaces the text or caption of a message that has not been sent yet.
[[nodiscard]] bool amend_text(method& call, const styled_text& text);

/// Addresses a call to another chat.
void readdress(method& call, chat_id chat);

/// Whether a call closes or deletes a topic, which must come after the messages
/// that were sent to it before; and whether it reopens one, which must come
/// before those that follow.
[[nodiscard]] bool ends_topic(const method& call);
[[nodiscard]] bool reopens_topic(const method& call);

} // namespace switchboard::channels::telegram
