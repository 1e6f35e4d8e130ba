#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Sessions: a customer's line on one channel, and the words in which visitors
/// of the website are told about their tickets. Pure.
namespace switchboard::domain {

inline constexpr std::size_t locale_length_max = 35; // RFC 5646, section 4.4.1
inline constexpr std::size_t user_agent_length_max = 500;
inline constexpr std::size_t referer_length_max = 2'000;
inline constexpr std::size_t client_id_size_max = 100;
/// How much of a first message becomes the ticket's subject.
inline constexpr std::size_t derived_subject_length_max = 80;

/// Who answers first. Values are stored: never reuse one.
enum class session_mode : std::uint8_t { bot = 1, agent };

inline constexpr std::size_t chat_lines_max = 8;
inline constexpr std::size_t chat_identities_max = 16;
inline constexpr std::size_t chat_address_size_max = 160;

/// One way in which a customer of WhatsApp is reached.
struct chat_line {
  std::string provider; ///< `baileys`, `twilio`, `cloud` or `n8n`
  std::string account;  ///< our end, in the provider's words; may be empty
  std::string address;  ///< their end, as it is sent to

  friend bool operator==(const chat_line&, const chat_line&) = default;
};

/// Kept as a whole, like a user. Which tickets belong to it stands in the
/// tickets (`session_place`): a session never changes because one is opened.
struct session {
  session_id id;
  channel via = channel::web;
  session_mode mode = session_mode::agent;
  std::string locale;     ///< or empty
  std::string user_agent; ///< or empty
  std::string referer;    ///< or empty
  customer contact;       ///< as far as it is known
  /// Of a chat: how it is reached, the newest line last; of a visitor: none.
  std::vector<chat_line> lines{};
  /// What a chat is known by, each of one session only: `phone:+15551234567`,
  /// `lid:2251…`, `user:US.1349…`, `group:1203…@g.us`.
  std::vector<std::string> identities{};
  bool is_group = false; ///< several customers write in it
  timestamp created_at{};
  timestamp updated_at{};

  friend bool operator==(const session&, const session&) = default;
};

std::string_view to_string(session_mode mode) noexcept;

/// What a customer corrects in a contact; absent parts stay as they are.
struct contact_change {
  std::optional<std::string> name;
  std::optional<std::string> phone; ///< E.164, or empty
  std::optional<std::string> email; ///< or empty

  friend bool operator==(const contact_change&, const contact_change&)
    = default;
};

customer changed(const customer& before, const contact_change& change);

/// Words of the visitors' dialect: `open` (nobody has it), `claimed`, `closed`.
std::string_view visitor_status(const ticket& ticket) noexcept;
/// Likewise: `visitor`, `agent`, `system`.
std::string_view visitor_sender(sender_role role) noexcept;

/// A subject for a ticket that was opened without one: the beginning of the
/// first line that says something; never empty.
std::string derived_subject(std::string_view body);

/// Whether tickets may be opened under this category; none is always good, and
/// without a list every one is.
bool is_open_category(std::span<const std::string> categories,
                      std::string_view category) noexcept;

/// A visitor's own name for a message becomes the message's external id, so
/// that it is unique within the session.
std::string visitor_external_id(const session_id& session,
                                std::string_view client_id);
/// And back; empty when the message has none.
std::string_view client_id_of(const session_id& session,
                              const message_draft& message) noexcept;

} // namespace switchboard::domain
