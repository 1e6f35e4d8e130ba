#include "tests/simulators/whatsapp_cloud.hpp"

#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

// What customers do, and how Meta tells the engine of it.

namespace switchboard::simulators {

namespace json = boost::json;

namespace {

constexpr int window_closed = 131'047;

std::string_view title_of(int code) {
  switch (code) {
    case 131'026: return "Message undeliverable";
    case 131'047: return "Re-engagement message";
    case 131'049:
      return "This message was not delivered to maintain healthy "
             "ecosystem engagement.";
    case 131'052: return "Media download error";
    case 131'053: return "Media upload error";
    default: return "Something went wrong";
  }
}

} // namespace

std::string cloud_simulator::sign(std::string_view secret,
                                  std::string_view body) {
  return "sha256=" + whatsapp::to_hex(whatsapp::hmac_sha256(secret, body));
}

cloud_simulator::cloud_simulator(cloud_options options)
  : whatsapp_simulator{options},
    options_{std::move(options)},
    lookaside_{[this](const peer_request& request) {
      const std::lock_guard lock{mutex_};
      return take_lookaside(request);
    }} {
  lookaside_.start();
  start();
}

cloud_simulator::~cloud_simulator() {
  shut_down();
  lookaside_.stop();
}

void cloud_simulator::expire_token() {
  const std::lock_guard lock{mutex_};
  is_token_good_ = false;
}

void cloud_simulator::renew_token() {
  const std::lock_guard lock{mutex_};
  is_token_good_ = true;
}

void cloud_simulator::fail_recipient(const std::string& wa_id, int code) {
  const std::lock_guard lock{mutex_};
  dead_[wa_id] = code;
}

bool cloud_simulator::has_open_window(std::string_view wa_id) const {
  const std::lock_guard lock{mutex_};
  return is_window_open(wa_id);
}

bool cloud_simulator::is_window_open(std::string_view wa_id) const {
  const auto at = heard_.find(wa_id);
  return at != heard_.end()
         && now_locked() - at->second < std::chrono::hours{24};
}

// -- what customers do --------------------------------------------------------

json::object cloud_simulator::message(const cloud_customer& who,
                                      const object& content) {
  const std::lock_guard lock{mutex_};
  object out;
  if (!who.hides_phone)
    out["from"] = who.wa_id;
  else
    out["from_user_id"] = who.user_id;
  out["id"]
    = "wamid." + whatsapp::to_base64(whatsapp::upper_case(new_id("HBgL", 37)));
  out["timestamp"] = unix_now();
  for (const auto& [name, value] : content)
    out[name] = value;
  received_.try_emplace(out.at("id").as_string().c_str());
  // A customer may be written to by either name.
  heard_[who.wa_id] = now_locked();
  if (!who.user_id.empty())
    heard_[who.user_id] = now_locked();
  return out;
}

whatsapp_said cloud_simulator::writes(const cloud_customer& who,
                                      const object& content) {
  const auto written = message(who, content);
  whatsapp_said out;
  out.id = written.at("id").as_string().c_str();
  auto body = batch({written}, {}, who);
  {
    const std::lock_guard lock{mutex_};
    received_[out.id] = body;
  }
  out.reply = posts(std::move(body));
  return out;
}

whatsapp_said cloud_simulator::says(const cloud_customer& who,
                                    std::string_view text) {
  return writes(who, {{"type", "text"}, {"text", {{"body", text}}}});
}

whatsapp_said cloud_simulator::sends(const cloud_customer& who,
                                     const whatsapp_file& file,
                                     std::string_view caption) {
  const std::string kind{whatsapp::kind_of(file.mime_type)};
  object inner{{"mime_type", file.mime_type},
               {"sha256", whatsapp::to_base64(whatsapp::sha256(file.bytes))}};
  {
    const std::lock_guard lock{mutex_};
    const auto id = new_media_id();
    media_[id].file = file;
    inner["id"] = id;
  }
  if (!caption.empty())
    inner["caption"] = caption;
  if (kind == "document")
    inner["filename"] = file.name;
  if (kind == "audio")
    inner["voice"] = file.mime_type.starts_with("audio/ogg");
  if (kind == "sticker")
    inner["animated"] = false;
  return writes(who, {{"type", kind}, {kind, std::move(inner)}});
}

whatsapp_said
cloud_simulator::shares_location(const cloud_customer& who, double latitude,
                                 double longitude, std::string_view name,
                                 std::string_view address) {
  object place{{"latitude", latitude}, {"longitude", longitude}};
  if (!name.empty())
    place["name"] = name;
  if (!address.empty())
    place["address"] = address;
  return writes(who, {{"type", "location"}, {"location", std::move(place)}});
}

whatsapp_said cloud_simulator::shares_contact(const cloud_customer& who,
                                              std::string_view name,
                                              std::string_view phone) {
  const object number{
    {"phone", phone}, {"wa_id", phone.substr(1)}, {"type", "CELL"}};
  const object card{{"name", {{"formatted_name", name}, {"first_name", name}}},
                    {"phones", json::array{number}}};
  return writes(who, {{"type", "contacts"}, {"contacts", json::array{card}}});
}

json::object cloud_simulator::context_of(const cloud_customer& who,
                                         std::string_view target) const {
  const std::lock_guard lock{mutex_};
  return {{"from", sent_.contains(target) ? options_.display_phone : who.wa_id},
          {"id", target}};
}

whatsapp_said cloud_simulator::answers(const cloud_customer& who,
                                       std::string_view target,
                                       std::string_view text) {
  return writes(who, {{"type", "text"},
                      {"text", {{"body", text}}},
                      {"context", context_of(who, target)}});
}

whatsapp_said
cloud_simulator::presses(const cloud_customer& who, std::string_view target,
                         std::string_view title, std::string_view button_id) {
  const object button{{"id", button_id}, {"title", title}};
  const object pressed{{"type", "button_reply"}, {"button_reply", button}};
  return writes(who, {{"type", "interactive"},
                      {"interactive", pressed},
                      {"context", context_of(who, target)}});
}

whatsapp_said cloud_simulator::reacts(const cloud_customer& who,
                                      std::string_view target,
                                      std::string_view emoji) {
  object reaction{{"message_id", target}};
  if (!emoji.empty())
    reaction["emoji"] = emoji;
  return writes(who, {{"type", "reaction"}, {"reaction", std::move(reaction)}});
}

whatsapp_said cloud_simulator::edits(const cloud_customer& who,
                                     std::string_view target,
                                     std::string_view text) {
  const object now{{"type", "text"}, {"text", {{"body", text}}}};
  const object edit{{"original_message_id", target}, {"message", now}};
  return writes(who, {{"type", "edit"}, {"edit", edit}});
}

whatsapp_said cloud_simulator::revokes(const cloud_customer& who,
                                       std::string_view target) {
  const object revoke{{"original_message_id", target}};
  return writes(who, {{"type", "revoke"}, {"revoke", revoke}});
}

// -- webhooks -----------------------------------------------------------------

json::object cloud_simulator::status(std::string_view id,
                                     std::string_view status, int code) const {
  const std::lock_guard lock{mutex_};
  return make_status(id, status, code);
}

json::object cloud_simulator::make_status(std::string_view id,
                                          std::string_view status,
                                          int code) const {
  object out{{"id", id}, {"status", status}, {"timestamp", unix_now()}};
  if (const auto at = sent_.find(id); at != sent_.end()) {
    const auto is_phone = whatsapp::is_digits(at->second.to);
    out[is_phone ? "recipient_id" : "recipient_user_id"] = at->second.to;
    if (!at->second.opaque.empty())
      out["biz_opaque_callback_data"] = at->second.opaque;
  }
  if (code == 0) {
    out["pricing"]
      = {{"billable", true}, {"pricing_model", "PMP"}, {"category", "service"}};
    return out;
  }
  const object error{
    {"code", code},
    {"title", title_of(code)},
    {"message", title_of(code)},
    {"error_data", {{"details", title_of(code)}}},
    {"href",
     "https://developers.facebook.com/docs/whatsapp/cloud-api/support/"
     "error-codes/"}};
  out["errors"] = json::array{error};
  return out;
}

json::object cloud_simulator::change_of(object value) const {
  value["messaging_product"] = "whatsapp";
  value["metadata"] = {{"display_phone_number", options_.display_phone},
                       {"phone_number_id", options_.phone_number_id}};
  return {{"field", "messages"}, {"value", std::move(value)}};
}

std::string cloud_simulator::batch(const std::vector<object>& messages,
                                   const std::vector<object>& statuses,
                                   const cloud_customer& who) const {
  json::array changes;
  if (!messages.empty()) {
    object contact{{"profile", {{"name", who.name}}}};
    if (!who.hides_phone)
      contact["wa_id"] = who.wa_id;
    if (!who.user_id.empty())
      contact["user_id"] = who.user_id;
    json::array all;
    for (const auto& one : messages)
      all.emplace_back(one);
    changes.emplace_back(change_of(
      {{"contacts", json::array{contact}}, {"messages", std::move(all)}}));
  }
  if (!statuses.empty()) {
    json::array all;
    for (const auto& one : statuses)
      all.emplace_back(one);
    changes.emplace_back(change_of({{"statuses", std::move(all)}}));
  }
  const object entry{{"id", options_.account_id},
                     {"changes", std::move(changes)}};
  return whatsapp::escape_as_meta(json::serialize(object{
    {"object", "whatsapp_business_account"}, {"entry", json::array{entry}}}));
}

call_reply cloud_simulator::post_batch(const std::vector<object>& messages,
                                       const std::vector<object>& statuses,
                                       const cloud_customer& who) {
  return posts(batch(messages, statuses, who));
}

call_reply cloud_simulator::repeats(std::string_view id) {
  std::string body;
  {
    const std::lock_guard lock{mutex_};
    if (const auto at = received_.find(id); at != received_.end())
      body = at->second;
  }
  return posts(std::move(body));
}

call_reply cloud_simulator::reports(std::string_view id,
                                    std::string_view status, int code) {
  return posts(batch({}, {this->status(id, status, code)}, {}));
}

outgoing_call cloud_simulator::signed_call(std::string body,
                                           bool is_signed) const {
  outgoing_call out;
  out.target = options_.inbound_path;
  const auto secret = options_.app_secret + (is_signed ? "" : "x");
  out.headers = {{"Content-Type", "application/json"},
                 {"User-Agent", "facebookexternalua"},
                 {"X-Hub-Signature-256", sign(secret, body)}};
  out.body = std::move(body);
  return out;
}

call_reply cloud_simulator::posts(std::string body, bool is_signed) {
  return post_and_wait(signed_call(std::move(body), is_signed));
}

call_reply cloud_simulator::verifies(std::string_view challenge,
                                     std::string_view token) {
  const auto query = whatsapp::to_form(
    {{"hub.mode", "subscribe"},
     {"hub.challenge", std::string{challenge}},
     {"hub.verify_token",
      token.empty() ? options_.verify_token : std::string{token}}});
  outgoing_call call;
  call.method = "GET";
  call.target = options_.inbound_path + "?" + query;
  return post_and_wait(std::move(call));
}

/// What becomes of a message that was taken.
void cloud_simulator::report_by_itself(const whatsapp_delivery& what) {
  const auto tell = [this, &what](std::string_view state, int code) {
    const auto one = make_status(what.id, state, code);
    post(signed_call(batch({}, {one}, {}), true), what.id);
  };
  if (what.code != 0) {
    tell("failed", what.code);
    return;
  }
  for (const auto& one : options_.statuses)
    tell(one, 0);
}

int cloud_simulator::fate_of(const whatsapp_delivery& what) const {
  if (const auto at = dead_.find(what.to); at != dead_.end())
    return at->second;
  if (what.kind != "template" && !is_window_open(what.to))
    return window_closed;
  return 0;
}

} // namespace switchboard::simulators
