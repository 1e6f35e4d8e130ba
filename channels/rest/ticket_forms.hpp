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
/// `{body}`.
form<std::string> decode_note(std::string_view body);

} // namespace switchboard::channels::rest
