#pragma once

#include "channels/whatsapp/outgoing.hpp"
#include "domain/ticket.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// One message of WhatsApp out of those that a message of a ticket needs:
/// words, or a file with its caption, which may be empty.
struct whatsapp_part {
  std::string text;
  std::optional<domain::attachment_ref> file;

  friend bool operator==(const whatsapp_part&, const whatsapp_part&) = default;
};

/// As which kind WhatsApp takes a file of this type.
[[nodiscard]] channels::whatsapp::file_kind
whatsapp_kind_of(std::string_view mime_type) noexcept;

/// The words in parts, then each file; what is short enough becomes the caption
/// of the first file. `takers` are those who may have to send it, so that every
/// part fits whoever does. Depends on nothing else, so that who plans and who
/// sends see the same parts. Pure.
[[nodiscard]] std::vector<whatsapp_part>
whatsapp_parts_of(std::string_view words,
                  const std::vector<domain::attachment_ref>& files,
                  std::span<const channels::whatsapp::provider> takers);

/// What staff reads of a customer's message, less its files.
[[nodiscard]] std::string whatsapp_relay_of(const domain::ticket& ticket,
                                            const domain::message_draft& what);

/// What a message says, less its files.
[[nodiscard]] std::string whatsapp_words_of(const domain::message_draft& what);

} // namespace switchboard::app
