#pragma once

#include "channels/attachment_links.hpp"
#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"
#include "channels/web/website.hpp"
#include "domain/session.hpp"
#include "domain/user.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The visitors' dialect: what `/api/session` takes and answers, in snake_case,
/// and the data of the events on a visitor's stream.
namespace switchboard::channels::web {

/// `POST /api/session`, validated; what is absent is empty.
struct new_session {
  std::string locale;
  std::string user_agent;
  std::string referer;
  domain::customer contact;
};

inline constexpr const char* unknown_attachment
  = "names an attachment that this session does not have";

/// `POST /api/session/{session_id}/messages`, validated.
struct visitor_message {
  std::string body;      ///< may be empty when there are attachments
  std::string category;  ///< or empty
  std::string client_id; ///< or empty
  std::vector<domain::attachment_id> attachments{};
};

/// No body at all counts as an empty object.
decoded<new_session> decode_new_session(std::string_view body);
decoded<domain::contact_change> decode_contact_change(std::string_view body);
decoded<visitor_message> decode_visitor_message(std::string_view body);

/// `PATCH …/messages/{message_id}`: the new words.
decoded<std::string> decode_message_edit(std::string_view body);
/// `POST …/read`: the message up to which the visitor has read.
decoded<domain::message_id> decode_read_mark(std::string_view body);

/// What a text frame on a visitor's WebSocket says: `{"type":"typing"}`, or
/// `{"type":"read","message_id":…}`. Anything else means nothing.
bool says_typing(std::string_view frame);
std::optional<domain::message_id> says_read(std::string_view frame);

/// `{"session_id":…,"access_token":…}`
std::string encode_new_session(const domain::session_id& id,
                               std::string_view token);
/// `{"ok":true,"ticket_id":…,"message_id":…}`
std::string encode_sent(domain::ticket_number ticket,
                        const domain::message_id& message);

void write_session(json::writer& out, const domain::session& session);
/// Null when there is no ticket yet.
void write_visitor_ticket(json::writer& out,
                          const std::optional<domain::ticket>& ticket);
/// What a visitor may know of who answers; null when nobody does.
void write_visitor_agent(json::writer& out,
                         const std::optional<domain::user>& agent);
/// What a visitor's message has beside its words.
struct visitor_message_place {
  domain::ticket_number ticket{};
  domain::timestamp at{};
  std::optional<domain::timestamp> edited_at{};
  std::optional<domain::message_id> reply_to{};
  bool is_deleted = false;
};

/// Without `links` the addresses of its attachments need a key.
void write_visitor_message(json::writer& out, const domain::session_id& session,
                           const visitor_message_place& place,
                           const domain::message_draft& message,
                           const attachment_links* links = nullptr);
void write_typing(json::writer& out, domain::sender_role who,
                  std::string_view name);

} // namespace switchboard::channels::web
