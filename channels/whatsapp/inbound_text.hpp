#pragma once

#include "channels/whatsapp/inbound.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The words that a message's kinds become, the same ones for all providers;
/// and the cleaning of foreign text. Pure.
///
/// | kind | becomes |
/// | --- | --- |
/// | text | its text |
/// | image, video, video note, animation, voice, audio, document, sticker | a
/// file, and the caption as the text | | location, live location | `📍 name,
/// address`, and a line with a map's address | | contact cards | `👤 name:
/// phone, phone`, a line for each | | choice from buttons or a list, quick
/// reply | its title | | answered flow (form) | its body | | order | `🛒
/// Order: words`, and `2 × item (10.50 USD)`, a line for each | | product |
/// `🛍 title`, and its description | | poll | `📊 question`, and `• option`, a
/// line for each | | event | `📅 name`, and its description | | invitation to a
/// group | `👥 Invitation to the group name`, and the caption | | message of a
/// business (buttons, list, template) | its body | | reaction, edit, revoke |
/// `reacted`, `edited`, `revoked` | | came from an ad | the text, and a line `📣
/// headline address` | | is about a product | the text, and a line `🛍 About
/// the product id` | | changed number | what WhatsApp says about it | |
/// anything else | `[unsupported message: type]` |
///
/// Ignored are what a phone says to phones: keys, receipts, votes, pins, calls,
/// albums' headers (their pictures follow), changes of a group.
namespace switchboard::channels::whatsapp {

/// Bytes; an id that is longer is no message's.
inline constexpr std::size_t inbound_id_size_max = 512;
inline constexpr std::size_t account_size_max = 100;

/// `text` with U+FFFD for what is no UTF-8, without control characters but
/// new lines and tabs, without white space at its ends.
[[nodiscard]] std::string clean_text(std::string_view text);
/// The same on one line, and clipped to `length_max` code points.
[[nodiscard]] std::string clean_line(std::string_view text,
                                     std::size_t length_max);
/// A message's text: cleaned, and when it is longer than a ticket's message may
/// be, cut, with a last line that says so.
[[nodiscard]] std::string body_text(std::string_view text);

/// An id or address as it is: nothing when it is empty, longer than `size_max`
/// bytes or holds control characters, since a part of one names something else.
[[nodiscard]] std::optional<std::string> read_identifier(std::string_view text,
                                                         std::size_t size_max);

/// `head`, a line's end and `tail`; without one of them the other alone.
[[nodiscard]] std::string join_lines(std::string head, std::string_view tail);

struct place {
  std::optional<double> latitude{};
  std::optional<double> longitude{};
  std::string_view name{};
  std::string_view address{};
  bool is_live = false;
};

struct contact_card {
  std::string name;
  std::vector<std::string> phones;
  std::vector<std::string> emails;

  friend bool operator==(const contact_card&, const contact_card&) = default;
};

[[nodiscard]] std::string location_text(const place& where);
[[nodiscard]] std::string contacts_text(const std::vector<contact_card>& cards);
[[nodiscard]] std::string
poll_text(std::string_view question,
          const std::vector<std::string_view>& options);
/// An emoji, a title and what follows on lines of its own.
[[nodiscard]] std::string titled_text(std::string_view emoji,
                                      std::string_view title,
                                      std::string_view details);
[[nodiscard]] std::string
order_item_text(std::int64_t quantity, std::string_view item,
                std::string_view price, std::string_view currency);
[[nodiscard]] std::string referral_text(std::string_view headline,
                                        std::string_view url);
[[nodiscard]] std::string unsupported_text(std::string_view type);

/// What a file is called that came without a name: of its kind (`image`,
/// `voice`, …) and type, e.g. `image.jpg`.
[[nodiscard]] std::string made_name(std::string_view kind,
                                    std::string_view mime_type);
/// A file whose name and type are cleaned, and named if they had none.
[[nodiscard]] media make_media(std::string_view kind,
                               std::string_view mime_type,
                               std::string_view name);
/// Whether files can be fetched from there.
[[nodiscard]] bool is_file_url(std::string_view text);

/// A moment in seconds or milliseconds since 1970; 0 when it is neither.
[[nodiscard]] domain::timestamp
read_moment(std::optional<std::int64_t> number) noexcept;

/// E.164 out of digits or a whole number; empty when it is none.
[[nodiscard]] std::string read_phone(std::string_view text);

/// Somebody who is known by `alias`es and a phone. `otherwise` becomes an alias
/// (`user:…`) when there is nothing else.
[[nodiscard]] person make_person(std::string_view name, std::string phone,
                                 std::vector<std::string> aliases,
                                 std::string_view otherwise);

/// Whether it says something, and of what: false for an empty message, a
/// reaction with too long an emoji, a change without its target.
[[nodiscard]] bool is_sound(const content& what) noexcept;

} // namespace switchboard::channels::whatsapp
