#include "tests/simulators/whatsapp_twilio.hpp"

#include "tests/simulators/whatsapp_wire.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

// What customers do, and how Twilio tells the engine of it.

namespace switchboard::simulators {

namespace {

/// Adds a field, or replaces it.
void put(twilio_fields& to, const std::string& name, std::string_view value) {
  const auto at
    = std::ranges::find(to, name, &twilio_fields::value_type::first);
  if (at == to.end())
    to.emplace_back(name, value);
  else
    at->second = value;
}

std::string field(const twilio_fields& of, std::string_view name) {
  const auto at
    = std::ranges::find(of, name, &twilio_fields::value_type::first);
  return at == of.end() ? std::string{} : at->second;
}

constexpr int window_closed = 63'016;

} // namespace

/// The address, then each name with each of its values, all sorted; equal
/// values once.
std::string twilio_simulator::sign(std::string_view token,
                                   const std::string& url,
                                   const twilio_fields& fields) {
  std::map<std::string, std::set<std::string>> sorted;
  for (const auto& [name, value] : fields)
    sorted[name].insert(value);
  auto words = url;
  for (const auto& [name, values] : sorted)
    for (const auto& value : values)
      words.append(name).append(value);
  return whatsapp::to_base64(whatsapp::hmac_sha1(token, words));
}

twilio_simulator::twilio_simulator(twilio_options options)
  : whatsapp_simulator{options},
    options_{std::move(options)},
    cdn_{[this](const peer_request& request) {
      const std::lock_guard lock{mutex_};
      return take_from_cdn(request);
    }} {
  cdn_.start();
  start();
}

twilio_simulator::~twilio_simulator() {
  shut_down();
  cdn_.stop();
}

// -- what customers do --------------------------------------------------------

twilio_fields
twilio_simulator::inbound(const twilio_customer& who, std::string_view sid,
                          std::string_view text, std::string_view type) const {
  const auto has_phone = !who.phone.empty();
  twilio_fields out{{"SmsMessageSid", std::string{sid}},
                    {"NumMedia", "0"},
                    {"MessageType", std::string{type}},
                    {"SmsSid", std::string{sid}},
                    {"SmsStatus", "received"},
                    {"Body", std::string{text}},
                    {"To", "whatsapp:" + options_.from},
                    {"NumSegments", "1"},
                    {"ReferralNumMedia", "0"},
                    {"MessageSid", std::string{sid}},
                    {"AccountSid", options_.account_sid},
                    {"ApiVersion", "2010-04-01"}};
  if (!who.name.empty())
    out.emplace_back("ProfileName", who.name);
  if (!who.external_user_id.empty())
    out.emplace_back("ExternalUserId", who.external_user_id);
  out.emplace_back("From",
                   has_phone ? "whatsapp:" + who.phone : who.external_user_id);
  if (has_phone)
    out.emplace_back("WaId",
                     who.wa_id.empty() ? who.phone.substr(1) : who.wa_id);
  return out;
}

whatsapp_said twilio_simulator::arrive(twilio_fields fields,
                                       const twilio_fields& more) {
  for (const auto& [name, value] : more)
    put(fields, name, value);
  whatsapp_said out;
  out.id = field(fields, "MessageSid");
  outgoing_call call;
  {
    const std::lock_guard lock{mutex_};
    heard_[field(fields, "From")] = now_locked();
    received_[out.id] = fields;
    call = signed_call(fields, true);
  }
  out.reply = post_and_wait(std::move(call));
  return out;
}

std::string twilio_simulator::new_sid(std::string_view prefix) {
  const std::lock_guard lock{mutex_};
  return new_id(prefix, 34);
}

whatsapp_said twilio_simulator::says(const twilio_customer& who,
                                     std::string_view text,
                                     const twilio_fields& more) {
  return arrive(inbound(who, new_sid("SM"), text, "text"), more);
}

whatsapp_said
twilio_simulator::sends(const twilio_customer& who, const whatsapp_file& file,
                        std::string_view caption, const twilio_fields& more) {
  const auto sid = new_sid("MM");
  const auto path = "/2010-04-01/Accounts/" + options_.account_sid
                    + "/Messages/" + sid + "/Media/" + new_sid("ME");
  const auto kind = whatsapp::kind_of(file.mime_type);
  // A document's name stands where its text would.
  const std::string_view text
    = kind == "document" && caption.empty() ? file.name : caption;
  auto fields = inbound(who, sid, text, kind);
  put(fields, "NumMedia", "1");
  put(fields, "MediaUrl0", url() + path);
  put(fields, "MediaContentType0", file.mime_type);
  {
    const std::lock_guard lock{mutex_};
    files_[path] = file;
  }
  return arrive(std::move(fields), more);
}

whatsapp_said twilio_simulator::shares_location(const twilio_customer& who,
                                                std::string_view latitude,
                                                std::string_view longitude,
                                                std::string_view address,
                                                std::string_view label) {
  auto fields = inbound(who, new_sid("SM"), {}, "location");
  put(fields, "Latitude", latitude);
  put(fields, "Longitude", longitude);
  if (!address.empty())
    put(fields, "Address", address);
  if (!label.empty())
    put(fields, "Label", label);
  return arrive(std::move(fields), {});
}

whatsapp_said twilio_simulator::answers(const twilio_customer& who,
                                        std::string_view target,
                                        std::string_view text) {
  return says(who, text, quote_of(who, target));
}

whatsapp_said
twilio_simulator::presses(const twilio_customer& who, std::string_view target,
                          std::string_view text, std::string_view payload) {
  auto more = quote_of(who, target);
  put(more, "MessageType", "button");
  put(more, "ButtonText", text);
  put(more, "ButtonPayload", payload);
  return says(who, text, more);
}

twilio_fields twilio_simulator::quote_of(const twilio_customer& who,
                                         std::string_view target) const {
  const std::lock_guard lock{mutex_};
  const auto& sender = sent_.contains(target) ? options_.from : who.phone;
  return {{"OriginalRepliedMessageSid", std::string{target}},
          {"OriginalRepliedMessageSender", "whatsapp:" + sender}};
}

call_reply twilio_simulator::repeats(std::string_view id) {
  twilio_fields fields;
  {
    const std::lock_guard lock{mutex_};
    const auto at = received_.find(id);
    if (at != received_.end())
      fields = at->second;
  }
  return posts(fields);
}

// -- webhooks -----------------------------------------------------------------

std::string twilio_simulator::public_url() const {
  return options_.public_url.empty()
           ? "http://127.0.0.1:" + std::to_string(engine_port_locked())
           : options_.public_url;
}

outgoing_call twilio_simulator::signed_call(const twilio_fields& fields,
                                            bool is_signed,
                                            const std::string& target) const {
  outgoing_call out;
  out.target = target.empty() ? options_.inbound_path : target;
  const auto host = public_url();
  const auto begin = host.find("//") + 2;
  out.host = host.substr(begin, host.find('/', begin) - begin);
  const auto seal
    = sign(is_signed ? options_.auth_token : options_.auth_token + "x",
           host + out.target, fields);
  out.headers
    = {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"},
       {"X-Twilio-Signature", seal},
       {"I-Twilio-Idempotency-Token",
        whatsapp::make_id("", field(fields, "MessageSid"), 36)},
       {"User-Agent", "TwilioProxy/1.1"},
       {"Accept", "*/*"}};
  out.body = whatsapp::to_form(fields);
  return out;
}

call_reply twilio_simulator::posts(const twilio_fields& fields,
                                   bool is_signed) {
  outgoing_call call;
  {
    const std::lock_guard lock{mutex_};
    call = signed_call(fields, is_signed);
  }
  return post_and_wait(std::move(call));
}

twilio_fields twilio_simulator::status_form(std::string_view id,
                                            std::string_view status,
                                            int error_code) const {
  const auto at = sent_.find(id);
  const auto to = at == sent_.end() ? std::string{} : at->second.to;
  const auto from
    = at == sent_.end() ? "whatsapp:" + options_.from : at->second.from;
  twilio_fields out{{"ChannelPrefix", "whatsapp"},
                    {"ApiVersion", "2010-04-01"},
                    {"MessageStatus", std::string{status}},
                    {"SmsSid", std::string{id}},
                    {"SmsStatus", std::string{status}},
                    {"ChannelInstallSid", "XE0123456789abcdef0123456789abcdef"},
                    {"To", to},
                    {"From", from},
                    {"MessageSid", std::string{id}},
                    {"AccountSid", options_.account_sid},
                    {"ChannelToAddress", to.substr(std::min<std::size_t>(
                                           to.find('+'), to.size()))}};
  if (status == "delivered" || status == "read")
    out.emplace_back("EventType", status == "read" ? "READ" : "DELIVERED");
  if (error_code != 0) {
    out.emplace_back("ErrorCode", std::to_string(error_code));
    out.emplace_back("ErrorMessage", "Twilio says why");
  }
  return out;
}

outgoing_call twilio_simulator::status_call(std::string_view id,
                                            std::string_view status,
                                            int error_code) const {
  const auto at = sent_.find(id);
  const auto known = public_url();
  auto target = at == sent_.end() ? std::string{} : at->second.callback;
  if (target.starts_with(known))
    target.erase(0, known.size());
  return signed_call(status_form(id, status, error_code), true, target);
}

call_reply twilio_simulator::reports(std::string_view id,
                                     std::string_view status, int error_code) {
  outgoing_call call;
  {
    const std::lock_guard lock{mutex_};
    call = status_call(id, status, error_code);
  }
  return post_and_wait(std::move(call));
}

// -- the 24 hours -------------------------------------------------------------

bool twilio_simulator::is_window_open(std::string_view to) const {
  const auto at = heard_.find(to);
  return at != heard_.end()
         && now_locked() - at->second < std::chrono::hours{24};
}

bool twilio_simulator::has_open_window(std::string_view phone) const {
  const std::lock_guard lock{mutex_};
  return is_window_open("whatsapp:" + std::string{phone});
}

void twilio_simulator::fail_recipient(const std::string& phone, int code) {
  const std::lock_guard lock{mutex_};
  dead_["whatsapp:" + phone] = code;
}

void twilio_simulator::settle(const std::string& id, int code) {
  auto* done = delivery_with(id);
  if (done == nullptr)
    return;
  const auto is_template = done->kind == "template";
  if (const auto at = dead_.find(done->to); at != dead_.end())
    code = at->second;
  else if (!is_template && !is_window_open(done->to))
    code = window_closed;
  done->code = code;
  done->is_settled = true;
  changed();
  if (sent_[id].callback.empty())
    return;
  if (code != 0) {
    post(status_call(id, "undelivered", code), id);
    return;
  }
  for (const auto& one : options_.statuses)
    post(status_call(id, one, 0), id);
}

} // namespace switchboard::simulators
