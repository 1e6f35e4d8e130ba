#include "channels/whatsapp/baileys_inbound.hpp"

#include "channels/whatsapp/baileys_events.hpp"
#include "channels/whatsapp/baileys_message.hpp"
#include "channels/whatsapp/inbound_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::size_t token_size_max = 1'000;

enum class event_kind : std::uint8_t {
  messages,
  update,
  receipt,
  reaction,
  deletion,
  edit,
  ack,
  connection,
  logout,
  unpaired,
};

struct event_row {
  std::string_view name; ///< lower case, without separators
  event_kind what;
};

constexpr std::array events{
  event_row{"messagesupsert", event_kind::messages},
  event_row{"message", event_kind::messages},
  event_row{"messageany", event_kind::messages},
  event_row{"messagereceived", event_kind::messages},
  event_row{"onmessage", event_kind::messages},
  event_row{"onanymessage", event_kind::messages},
  event_row{"messagereaction", event_kind::messages},
  event_row{"messageedited", event_kind::messages},
  event_row{"messagerevoked", event_kind::messages},
  event_row{"messagesupdate", event_kind::update},
  event_row{"messagereceiptupdate", event_kind::receipt},
  event_row{"messagesreaction", event_kind::reaction},
  event_row{"messagesdelete", event_kind::deletion},
  event_row{"messagesedited", event_kind::edit},
  event_row{"messageack", event_kind::ack},
  event_row{"onack", event_kind::ack},
  event_row{"connectionupdate", event_kind::connection},
  event_row{"sessionstatus", event_kind::connection},
  event_row{"logoutinstance", event_kind::logout},
  event_row{"qrcodeupdated", event_kind::unpaired},
  event_row{"qr", event_kind::unpaired}};

std::string plain_name(std::string_view event) {
  std::string out;
  for (const char c : event.substr(0, 100)) {
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (c >= 'a' && c <= 'z')
      out += c;
  }
  return out;
}

std::optional<event_kind> parse_event(std::string_view event) {
  const auto name = plain_name(event);
  for (const auto& row : events)
    if (row.name == name)
      return row.what;
  return std::nullopt;
}

bool is_message(json_node item) {
  return item["key"].is_object() || is_simple_message(item)
         || is_simple_message(item["message"]);
}

/// The call without what carried it: a workflow hands on the whole request that
/// it got, with its headers, perhaps in a list.
json_node unwrap(json_node root) {
  if (root.is_array())
    if (const auto items = root.items();
        items.size() == 1
        && (items[0]["body"].is_object() || items[0]["event"]
            || items[0]["data"] || items[0]["json"]))
      root = items[0];
  if (root["json"].is_object())
    root = root["json"];
  if (root["body"].is_object() && !root["from"] && !root["event"])
    root = root["body"];
  return root;
}

sidecar_call read_head(json_node root, const baileys_reading& how) {
  sidecar_call out;
  out.how = &how;
  out.account
    = read_identifier(
        root.first("session", "instance", "sessionId", "session_id").string(),
        account_size_max)
        .value_or("");
  out.own = read_jids(how.own_jid);
  const auto add_own = [&](json_node from) {
    if (auto one = read_jid(from.string()); one)
      out.own.push_back(std::move(one));
  };
  // In other calls the sender is the customer.
  if (root["instance"])
    add_own(root["sender"]);
  add_own(root["me"]["id"]);
  add_own(root["me"]["lid"]);
  out.media = root["media"];
  if (!out.media.is_object())
    out.media = root["extra"]["media"];
  if (!out.media.is_object())
    out.media = root["data"]["media"];
  if (!out.media.is_object())
    out.media = {};
  return out;
}

/// Every message of a list, of an object that has one, or the only one. False
/// when nothing there is a message.
bool read_messages(json_node in, sidecar_call& call, inbound_batch& batch) {
  auto list = in;
  if (in["messages"]) {
    list = in["messages"];
    call.is_backlog = plain_name(in["type"].string()) == "append";
    if (in["media"].is_object())
      call.media = in["media"];
  }
  const auto items = list.items();
  const bool is_known = in["messages"] || (in.is_array() && items.empty())
                        || std::any_of(items.begin(), items.end(), is_message);
  if (!is_known)
    return false;
  for (const auto item : items)
    read_sidecar_message(item, call, batch);
  return true;
}

using item_reader = void (*)(json_node, const sidecar_call&, inbound_batch&);

item_reader reader_of(event_kind kind) {
  switch (kind) {
    case event_kind::update: return read_update;
    case event_kind::receipt: return read_receipt;
    case event_kind::reaction: return read_reaction;
    case event_kind::deletion: return read_deletion;
    case event_kind::edit: return read_edit;
    case event_kind::ack: return read_ack;
    case event_kind::connection: return read_connection;
    case event_kind::messages:
    case event_kind::logout:
    case event_kind::unpaired: break;
  }
  return nullptr;
}

void add_logged_out(event_kind kind, const sidecar_call& call,
                    inbound_batch& batch) {
  line_report out;
  out.via = call.how->via;
  out.account = call.account;
  out.state = line_state::logged_out;
  out.reason = kind == event_kind::logout
                 ? "it was logged out"
                 : "it has to be paired with the phone";
  batch.lines.push_back(std::move(out));
}

/// False when what the event promises is not there.
bool read_event(event_kind kind, json_node root, sidecar_call& call,
                inbound_batch& batch) {
  const auto data = root.first("data", "payload", "response");
  if (kind == event_kind::logout || kind == event_kind::unpaired) {
    add_logged_out(kind, call, batch);
    return true;
  }
  if (kind == event_kind::messages) {
    // WAHA has changes of messages that say nothing of themselves.
    const bool is_change = data.is_object() && data["revokedMessageId"];
    if (is_change)
      read_sidecar_message(data, call, batch);
    return is_change || read_messages(data ? data : root, call, batch);
  }
  const auto read = reader_of(kind);
  auto items = data ? data : root;
  for (const auto name : {"messages", "updates", "reactions", "receipts"})
    if (items[name].is_array())
      items = items[name];
  if (!items.is_object() && !items.is_array())
    return false;
  for (const auto item : items.items())
    read(item, call, batch);
  return true;
}

bool read_call(json_node root, sidecar_call& call, inbound_batch& batch) {
  const auto event = root.first("event", "dataType").string();
  if (!event.empty()) {
    const auto kind = parse_event(event);
    if (kind)
      return read_event(*kind, root, call, batch);
    ++batch.ignored;
    return true;
  }
  const auto data = root.first("data", "payload");
  return read_messages(data && !is_message(root) ? data : root, call, batch);
}

} // namespace

domain::result<baileys_call> decode_baileys(std::string_view body,
                                            const baileys_reading& how) {
  json_document document;
  if (!document.parse(body))
    return domain::fail(domain::errc::invalid, "the body is not valid JSON");
  const auto root = unwrap(document.root());
  baileys_call out;
  out.verify_token
    = read_identifier(root.first("webhookVerifyToken", "apikey").string(),
                      token_size_max)
        .value_or("");
  auto call = read_head(root, how);
  if (!read_call(root, call, out.batch))
    return domain::fail(domain::errc::invalid,
                        "the body has no messages or events in a known form");
  return out;
}

} // namespace switchboard::channels::whatsapp
