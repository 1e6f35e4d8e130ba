#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::channels::whatsapp {

/// What a delivery to WhatsApp is to show. It names things rather than hold
/// texts: the message is made when it leaves, of what is so then. The words are
/// stored; never change one.
enum class errand_kind : std::uint8_t {
  message, ///< one part of a message of the ticket, to its customer
  edit,    ///< that part once more, as it is now
  revoke,  ///< takes that part back
  ticket,  ///< to staff: a new ticket
  relay,   ///< to staff: one part of what the customer wrote
  notice,  ///< `text`, as it stands
};

[[nodiscard]] std::string_view to_string(errand_kind kind) noexcept;

struct errand {
  errand_kind what = errand_kind::notice;
  std::optional<domain::ticket_id> ticket;
  domain::message_sequence message{};
  std::uint32_t part = 0; ///< of that message, from 0
  /// Our end of the line, when the provider has several.
  std::string account;
  /// The provider's id of the message that is answered, or empty.
  std::string quotes;
  bool as_template = false; ///< the 24 hours were over
  std::string text;

  friend bool operator==(const errand&, const errand&) = default;
};

/// The payload of a delivery, and back; nothing when it is none.
[[nodiscard]] std::string encode(const errand& what);
[[nodiscard]] std::optional<errand> decode_errand(std::string_view payload);

} // namespace switchboard::channels::whatsapp
