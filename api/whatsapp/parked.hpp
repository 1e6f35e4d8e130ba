#pragma once

#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/provider.hpp"
#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"
#include "persistence/journal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What lies in the lanes `whatsapp-in:<provider>`: what came in before that
/// which it is about, what could not be handled, and what the carriers have to
/// tell of their sending. The lane hands it to `intake::replay`.
namespace switchboard::api::whatsapp {

namespace wire = channels::whatsapp;

/// What has become of one part of what we send.
struct sent_report {
  domain::ticket_id ticket;
  /// The message that it shows; 0: only the ticket itself.
  domain::message_sequence message{};
  std::uint32_t part = 0;
  /// `sent` or `failed`.
  domain::delivery_state state = domain::delivery_state::sent;
  wire::provider via = wire::provider::baileys;
  /// `wire::external_id()` of what was sent; empty when it failed, or when the
  /// provider did not say.
  std::string external_id;
  std::string reason; ///< why it failed, for people
  bool window_closed = false;
  /// A notification of staff: who quotes it means that ticket. Customers were
  /// sent nothing.
  bool to_staff = false;

  friend bool operator==(const sent_report&, const sent_report&) = default;
};

/// A call that was signed as it should be, and cannot be read.
struct unread_call {
  wire::provider via = wire::provider::twilio;
  std::string raw;
  std::string reason; ///< for people

  friend bool operator==(const unread_call&, const unread_call&) = default;
};

using parked = std::variant<wire::status_report, wire::inbound_message,
                            sent_report, unread_call>;

/// The payload. The bytes of a message's files are not kept: such a file is
/// then one that cannot be had.
[[nodiscard]] std::string encode(const wire::status_report& what);
[[nodiscard]] std::string encode(const wire::inbound_message& what);
[[nodiscard]] std::string encode(const sent_report& what);
[[nodiscard]] std::string encode(const unread_call& what);

/// And back; nothing when it is none.
[[nodiscard]] std::optional<parked> decode_parked(std::string_view payload);

/// In a word, for lists and metrics: `status`, `message`, `reaction`, `edit`,
/// `revoke`, `sent`, `call`.
[[nodiscard]] std::string_view word_of(const parked& what) noexcept;

/// The delivery that brings it to `intake::replay`. What is about one message
/// has a group for each kind, so that a state never waits for its own message
/// behind itself.
[[nodiscard]] persistence::new_delivery delivery_of(const parked& what,
                                                    domain::timestamp now);

/// The reason of a delivery that failed since the 24 hours were over, word by
/// word: such a message may be sent once more as a template.
inline constexpr std::string_view window_closed_reason
  = "the customer's last message is more than 24 hours old";

} // namespace switchboard::api::whatsapp
