#pragma once

#include "channels/json/reader.hpp"
#include "domain/ids.hpp"
#include "domain/ticket.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The website dialect: what `/api/ticket` takes and answers, camelCase JSON.
namespace switchboard::channels::web {

/// `POST /api/ticket`, validated: lengths and formats hold.
struct create_request {
  domain::customer from;
  std::string subject;
  std::string message;
  domain::priority urgency = domain::priority::medium;
};

/// `POST /api/ticket/inbound`, validated.
struct inbound_request {
  std::string ticket_ref; ///< normalized
  std::string message;    ///< may be empty when `media_url` is set
  std::string from;       ///< E.164
  domain::channel via = domain::channel::whatsapp;
  std::string external_id;
  std::string media_url;
};

/// Either the request or everything that is wrong with it.
template <class T>
struct decoded {
  std::optional<T> value;
  std::vector<json::field_problem> problems;
};

decoded<create_request> decode_create(std::string_view body);
decoded<inbound_request> decode_inbound(std::string_view body);

/// What the thread view shows of a message.
struct message_view {
  domain::timestamp at{};
  domain::message_draft message;
};

/// `{"ok":true,"ticketRef":…,"ticketId":…,"ticketUrl":…}`
std::string encode_created(std::string_view ref, const domain::ticket_id& id,
                           std::string_view url);

/// `{"ok":true,"ticket":{…},"messages":[…]}`
std::string encode_thread(const domain::ticket& ticket,
                          std::span<const message_view> messages);

} // namespace switchboard::channels::web
