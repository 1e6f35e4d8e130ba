#pragma once

#include "channels/rest/form.hpp"
#include "domain/ticket.hpp"
#include "domain/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The bodies of REST v1's calls on tickets.
namespace switchboard::channels::rest {

inline constexpr std::size_t reason_length_max = 1'000;
inline constexpr std::size_t client_id_size_max = 100; ///< bytes

struct new_ticket {
  std::string title;
  std::string description;
  domain::priority urgency = domain::priority::medium;
  domain::channel via = domain::channel::api;
  std::string category;
  std::vector<std::string> tags;
  domain::customer from;
  std::optional<domain::user_id> assignee;
};

/// A customer's fields that are absent stay as they are.
struct customer_change {
  std::optional<std::string> name;
  std::optional<std::string> phone; ///< empty: none
  std::optional<std::string> email; ///< empty: none
};

struct ticket_change {
  domain::ticket_edits edits; ///< all but the customer
  std::optional<customer_change> from;
  std::optional<domain::priority> urgency;
  std::optional<domain::status> state;
  bool is_coarse = false;  ///< `state` was given as the coarser view
  bool takes_away = false; ///< `assignee` was null
  std::optional<domain::user_id> assignee;
  std::string reason;
};

struct new_message {
  domain::message_draft draft; ///< without an id
  bool has_sender_name = false;
};

struct assignment {
  std::optional<domain::user_id> agent;
  std::string reason;
};

struct mention {
  std::optional<domain::user_id> user;
  std::string username;
  std::string note;
};

struct status_change {
  domain::status to = domain::status::pending;
  std::string reason;
};

/// What an agent says by the queue's call.
struct queue_message {
  std::string body;
  std::string media_url; ///< or empty
  std::string client_id; ///< the caller's own name for it, or empty
  domain::message_sequence reply_to{};
};

form<new_ticket> decode_new_ticket(std::string_view body);
form<ticket_change> decode_ticket_change(std::string_view body);
form<new_message> decode_new_message(std::string_view body);
/// `{reason?}`; an empty body will do.
form<std::string> decode_reason(std::string_view body);
/// `{agent_id?}`; an empty body will do.
form<assignment> decode_claim(std::string_view body);
/// `{agent_id, reason?}`.
form<assignment> decode_assignment(std::string_view body);
form<mention> decode_mention(std::string_view body);
/// `{status, reason?}`, in canonical words.
form<status_change> decode_status_change(std::string_view body);
/// `{body, media_url?, client_id?, reply_to?}`.
form<queue_message> decode_queue_message(std::string_view body);
/// `{body}`.
form<std::string> decode_note(std::string_view body);

} // namespace switchboard::channels::rest
