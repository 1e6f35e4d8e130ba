#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Files that go along with messages: what is known of them. Their bytes lie
/// beside the store.
namespace switchboard::domain {

inline constexpr std::size_t attachments_max = 10; ///< of one message
inline constexpr std::size_t attachment_name_length_max = 200;
inline constexpr std::size_t mime_type_size_max = 100;

/// A file as its message names it.
struct attachment_ref {
  attachment_id id;
  std::string name; ///< never empty
  std::string mime_type;
  std::uint64_t size = 0; ///< bytes; 0: not known yet

  friend bool operator==(const attachment_ref&, const attachment_ref&)
    = default;
};

/// Values are stored: never reuse one.
enum class attachment_state : std::uint8_t {
  pending = 1, ///< it still has to be fetched from where it was sent
  ready,
  failed, ///< it could not be fetched
};

std::string_view to_string(attachment_state state) noexcept;

/// A file that lies at Telegram.
struct telegram_file {
  std::int64_t bot = 0; ///< the bot that may fetch it
  std::string file_id;

  friend bool operator==(const telegram_file&, const telegram_file&) = default;
};

/// A file that lies at a provider of WhatsApp.
struct provider_file {
  std::string provider;  ///< as in `chat_line`
  std::string reference; ///< its id or address there

  friend bool operator==(const provider_file&, const provider_file&) = default;
};

/// Kept as a whole, like a user.
struct attachment {
  attachment_id id;
  attachment_state state = attachment_state::ready;
  std::string name;
  std::string mime_type; ///< as its bytes show it, once they are here
  std::uint64_t size = 0;
  std::string sha256; ///< 32 bytes, or empty while the bytes are not here
  std::optional<session_id> session; ///< whose visitor has sent it
  std::optional<ticket_id> ticket;   ///< whose message carries it
  /// Where it comes from; at most one of the two.
  std::optional<telegram_file> source;
  std::optional<provider_file> provider_source{};
  std::string failure; ///< why it failed, for people
  timestamp created_at{};
  timestamp updated_at{};

  friend bool operator==(const attachment&, const attachment&) = default;
};

} // namespace switchboard::domain
