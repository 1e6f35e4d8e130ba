#pragma once

#include "channels/whatsapp/provider.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What comes in from WhatsApp, in the same words whichever provider tells it.
/// The decoders check sizes and clean texts, so that what stands here can be
/// handed on as it is.
namespace switchboard::channels::whatsapp {

/// A file that came with a message.
struct media {
  std::string mime_type;  ///< as the sender declared it; may be empty
  std::string name;       ///< never empty: made of the kind when none was given
  std::uint64_t size = 0; ///< 0: not told
  /// Where the provider keeps it: an address (Twilio, sidecars) or an id
  /// (Cloud API); empty when the bytes came along or it cannot be had.
  std::string reference;
  std::string bytes; ///< when they came along

  friend bool operator==(const media&, const media&) = default;
};

// -- what a message says ------------------------------------------------------

/// Words, a file or both; also what becomes words (a location, a contact card,
/// a choice from a list, what is not supported and is said to be so).
struct said {
  std::string text;
  std::vector<media> files;

  friend bool operator==(const said&, const said&) = default;
};

/// A reaction to the message `target`; an empty emoji takes it back.
struct reacted {
  std::string target;
  std::string emoji;

  friend bool operator==(const reacted&, const reacted&) = default;
};

/// The message `target` says this from now on.
struct edited {
  std::string target;
  std::string text;

  friend bool operator==(const edited&, const edited&) = default;
};

/// The message `target` was taken back.
struct revoked {
  std::string target;

  friend bool operator==(const revoked&, const revoked&) = default;
};

using content = std::variant<said, reacted, edited, revoked>;

/// Somebody on WhatsApp, as far as the message tells.
struct person {
  std::string name;  ///< as they call themselves, or empty
  std::string phone; ///< E.164, or empty
  /// What else they are known by: `lid:…`, `user:…`; not the phone. Whoever has
  /// no phone has one of these.
  std::vector<std::string> aliases;

  friend bool operator==(const person&, const person&) = default;
};

struct inbound_message {
  provider via = provider::baileys;
  std::string
    account;      ///< our end: session, number or number's id; may be empty
  std::string id; ///< the provider's own; never empty
  /// Where an answer goes: the private chat's or the group's address.
  std::string address;
  bool is_group = false;
  /// Of a group: what it is known by, with its prefix (`group:<jid>`); of a
  /// private chat: empty.
  std::string group;
  person author;
  domain::timestamp sent_at{}; ///< 0: not told
  /// In a group: the bot was named, or one of its messages was answered.
  bool is_addressed = false;
  std::string reply_to; ///< the provider's id of the message answered, or empty
  bool is_forwarded = false;
  content what;

  friend bool operator==(const inbound_message&, const inbound_message&)
    = default;
};

/// How a message that was sent fares.
struct status_report {
  provider via = provider::baileys;
  std::string account;
  std::string id; ///< the provider's, of the message that was sent
  domain::delivery_state state = domain::delivery_state::sent;
  int code = 0;               ///< the provider's error code; 0: none
  std::string reason;         ///< why it failed, for people
  bool window_closed = false; ///< it failed since the 24 hours were over

  friend bool operator==(const status_report&, const status_report&) = default;
};

enum class line_state : std::uint8_t {
  open,
  connecting, ///< for a moment, one hopes
  logged_out, ///< somebody must pair it again, or renew the credentials
};

/// How the provider's own connection to WhatsApp fares.
struct line_report {
  provider via = provider::baileys;
  std::string account;
  line_state state = line_state::open;
  std::string reason; ///< for people

  friend bool operator==(const line_report&, const line_report&) = default;
};

/// All that one call brought, in its order.
struct inbound_batch {
  std::vector<inbound_message> messages;
  std::vector<status_report> statuses;
  std::vector<line_report> lines;
  std::size_t ignored = 0; ///< what is nothing to us: echoes, channels, noise
  /// What is no message that we can read; each spoils nothing but itself.
  std::size_t malformed = 0;

  friend bool operator==(const inbound_batch&, const inbound_batch&) = default;
};

} // namespace switchboard::channels::whatsapp
