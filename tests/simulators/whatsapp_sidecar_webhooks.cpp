#include "tests/simulators/whatsapp_sidecar.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

// How the sidecar tells the engine what happens.

namespace switchboard::simulators {

namespace json = boost::json;

namespace {

int number_of(std::string_view status) {
  return status == "read" ? 4 : status == "delivered" ? 3 : 2;
}

/// Evolution tells what a message answers next to the message, and makes all
/// texts `conversation`.
void turn_into_evolution(json::object& message) {
  auto& content = message["message"].get_object();
  json::object context;
  for (auto& member : content)
    if (auto* inner = member.value().if_object())
      if (auto* given = inner->if_contains("contextInfo")) {
        context = given->get_object();
        break;
      }
  std::string type{content.begin()->key()};
  if (content.contains("extendedTextMessage")) {
    const auto text = content["extendedTextMessage"].at("text");
    content.erase("extendedTextMessage");
    content["conversation"] = text;
    type = "conversation";
  }
  if (!context.empty())
    message["contextInfo"] = std::move(context);
  message["status"] = "DELIVERY_ACK";
  message["messageType"] = type;
  message["instanceId"] = "0c8b6d5e-1f0a-4a55-9c7d-000000000001";
  message["source"] = "android";
}

} // namespace

std::vector<call_reply>
sidecar_simulator::upsert(const std::vector<object>& messages,
                          std::string_view type) {
  std::vector<outgoing_call> calls;
  calls.reserve(messages.size());
  if (options_.kind == sidecar_kind::evolution)
    for (const auto& one : messages)
      calls.push_back(upsert_call({one}, type, {}));
  else
    calls.push_back(upsert_call(messages, type, {}));
  std::vector<call_reply> out;
  out.reserve(calls.size());
  for (auto& one : calls)
    out.push_back(post_and_wait(std::move(one)));
  return out;
}

outgoing_call
sidecar_simulator::upsert_call(const std::vector<object>& messages,
                               std::string_view type,
                               const object& media) const {
  if (options_.kind == sidecar_kind::evolution) {
    auto one = messages.front();
    const std::string id{one.at("key").at("id").as_string().c_str()};
    turn_into_evolution(one);
    if (const auto* given = media.if_contains(id)) {
      auto& content = one["message"].get_object();
      if (const auto* fields = given->if_object(); fields == nullptr)
        content["base64"] = *given;
      else if (const auto* address = fields->if_contains("url"))
        content["mediaUrl"] = *address;
      else
        content["base64"] = fields->at("base64");
    }
    return envelope("messages.upsert", one, {});
  }
  json::array all;
  for (const auto& one : messages)
    all.emplace_back(one);
  const object data{{"messages", std::move(all)}, {"type", type}};
  return envelope("messages.upsert", data, media);
}

outgoing_call sidecar_simulator::envelope(std::string_view event,
                                          const json::value& data,
                                          const object& media) const {
  object body{{"event", event}, {"data", data}};
  const auto kind = options_.kind;
  auto key_in_body = options_.key_in_body;
  if (kind == sidecar_kind::generic) {
    body["session"] = options_.session;
    if (!media.empty())
      body["media"] = media;
  } else if (kind == sidecar_kind::fazer) {
    key_in_body = true;
    body["awaitResponse"] = false;
    // Its files are bare strings.
    object bare;
    for (const auto& [id, value] : media)
      bare[id] = value.is_object() ? value.at("base64") : value;
    if (!bare.empty())
      body["extra"] = {{"media", std::move(bare)}};
  } else {
    body["instance"] = options_.session;
    body["destination"] = "https://support.example.com" + options_.inbound_path;
    body["date_time"] = "2026-01-01T00:00:00.000Z";
    body["sender"] = options_.own_jid;
    body["server_url"] = "https://evolution.example.com";
    body["apikey"] = key_in_body ? options_.api_key : "instance-token";
  }
  if (key_in_body && kind != sidecar_kind::evolution)
    body["webhookVerifyToken"] = options_.api_key;
  outgoing_call out;
  out.target = options_.inbound_path;
  out.headers.emplace_back("Content-Type", "application/json");
  if (!key_in_body)
    out.headers.emplace_back("x-api-key", options_.api_key);
  out.body = json::serialize(body);
  return out;
}

call_reply sidecar_simulator::tells(std::string_view event,
                                    const json::value& data) {
  return post_and_wait(envelope(event, data, {}));
}

call_reply sidecar_simulator::posts(std::string body, peer_headers headers) {
  outgoing_call out;
  out.target = options_.inbound_path;
  out.headers = std::move(headers);
  out.body = std::move(body);
  return post_and_wait(std::move(out));
}

json::value sidecar_simulator::status_update(std::string_view id,
                                             int status) const {
  const object one{{"key", key_for(id)}, {"update", {{"status", status}}}};
  return json::array{one};
}

call_reply sidecar_simulator::reports(std::string_view id, int status) {
  json::value data;
  {
    const std::lock_guard lock{mutex_};
    data = status_update(id, status);
  }
  return tells("messages.update", data);
}

call_reply sidecar_simulator::receipt(std::string_view id,
                                      const sidecar_author& reader,
                                      bool is_read) {
  object times{{"userJid", reader.jid}};
  times[is_read ? "readTimestamp" : "receiptTimestamp"]
    = unix_milliseconds().substr(0, 10);
  const object one{{"key", find_key(id)}, {"receipt", std::move(times)}};
  return tells("message-receipt.update", json::array{one});
}

call_reply sidecar_simulator::updates(const sidecar_author& who,
                                      std::string_view target,
                                      const object& update) {
  auto key = find_key(target);
  if (!who.group.empty())
    key["participant"] = who.jid;
  const object one{{"key", std::move(key)}, {"update", update}};
  return tells("messages.update", json::array{one});
}

void sidecar_simulator::report_by_itself(const whatsapp_delivery& what) {
  for (const auto& one : options_.statuses)
    post(
      envelope("messages.update", status_update(what.id, number_of(one)), {}),
      what.id);
}

} // namespace switchboard::simulators
