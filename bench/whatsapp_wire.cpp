#include "bench/whatsapp_wire.hpp"

#include "bench/answer_parser.hpp"
#include "bench/json_text.hpp"
#include "bench/website_requests.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::string_view phone_prefix = "1555";
constexpr std::size_t chat_digits = 6;
constexpr std::size_t phone_size = phone_prefix.size() + 1 + chat_digits;
constexpr std::string_view hex_digits = "0123456789abcdef";
/// The number that customers write to.
constexpr std::string_view own_number = "15559001111";
constexpr std::string_view own_number_id = "106540352242922";

std::string hmac(const EVP_MD* kind, std::string_view key,
                 std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  HMAC(kind, key.data(), static_cast<int>(key.size()), data, text.size(),
       bytes.data(), &size);
  return {bytes.begin(), bytes.begin() + size};
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 15U];
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)
  const auto size
    = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  out.resize(static_cast<std::size_t>(size));
  return out;
}

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                          || (c >= '0' && c <= '9');
    if (is_plain) {
      out += c;
      continue;
    }
    out += '%';
    out += to_hex({&c, 1});
  }
}

std::string quoted(std::string_view text) {
  std::string out{'"'};
  out += text;
  return out += '"';
}

std::string_view path_of(whatsapp_provider via) {
  switch (via) {
    case whatsapp_provider::baileys: return "/webhook/baileys";
    case whatsapp_provider::twilio: return "/webhook/twilio/whatsapp";
    case whatsapp_provider::cloud: return "/webhook/whatsapp";
    case whatsapp_provider::n8n: return "/webhook/n8n/whatsapp";
  }
  return {};
}

/// The digits at the start of a text, behind a plus.
std::string_view leading_digits(std::string_view text) {
  if (text.starts_with('+'))
    text.remove_prefix(1);
  return text.substr(0, text.find_first_not_of("0123456789"));
}

/// The digits of a form's `To=whatsapp%3A%2B…`.
std::string_view twilio_recipient(std::string_view form) {
  constexpr std::string_view to = "To=whatsapp%3A%2B";
  const auto at = form.find(to);
  return at == std::string_view::npos
           ? std::string_view{}
           : leading_digits(form.substr(at + to.size()));
}

} // namespace

std::string_view to_string(whatsapp_provider provider) noexcept {
  switch (provider) {
    case whatsapp_provider::baileys: return "baileys";
    case whatsapp_provider::twilio: return "twilio";
    case whatsapp_provider::cloud: return "cloud";
    case whatsapp_provider::n8n: return "n8n";
  }
  return {};
}

std::string phone_of(const whatsapp_chat& chat) {
  auto digits = std::to_string(chat.number);
  digits.insert(0, chat_digits - std::min(chat_digits, digits.size()), '0');
  return std::string{phone_prefix}
         + static_cast<char>('0' + static_cast<int>(chat.via)) + digits;
}

std::optional<whatsapp_chat> chat_of(std::string_view phone) {
  if (phone.size() != phone_size || !phone.starts_with(phone_prefix))
    return std::nullopt;
  const auto provider
    = static_cast<std::size_t>(phone[phone_prefix.size()] - '0');
  if (provider >= whatsapp_providers.size())
    return std::nullopt;
  whatsapp_chat out;
  out.via = whatsapp_providers.at(provider);
  const auto* end = phone.data() + phone.size();
  const auto [stop, problem]
    = std::from_chars(end - chat_digits, end, out.number);
  return problem == std::errc{} && stop == end ? std::optional{out}
                                               : std::nullopt;
}

whatsapp_caller::whatsapp_caller(options how)
  : how_{std::move(how)}, sent_at_{std::to_string(how_.sent_at)} {}

std::string
whatsapp_caller::request(std::span<const whatsapp_text> texts) const {
  if (how_.via == whatsapp_provider::twilio)
    return twilio_request(texts.front());
  const bool is_cloud = how_.via == whatsapp_provider::cloud;
  const auto body = is_cloud ? cloud_body(texts) : sidecar_body(texts);
  const auto header = is_cloud
                        ? "X-Hub-Signature-256: sha256="
                            + to_hex(hmac(EVP_sha256(), how_.secret, body))
                        : "x-api-key: " + how_.secret;
  return make_request("POST", path_of(how_.via), how_.host, header + "\r\n",
                      body);
}

std::string
whatsapp_caller::sidecar_body(std::span<const whatsapp_text> texts) const {
  std::string out = R"({"event":"messages.upsert","session":"main","data":)"
                    R"({"type":"notify","messages":[)";
  for (const auto& one : texts) {
    if (out.back() == '}')
      out += ',';
    out += R"({"key":{"remoteJid":)"
           + quoted(phone_of({how_.via, one.chat}) + "@s.whatsapp.net");
    out += R"(,"fromMe":false,"id":)" + quoted(one.id);
    out += R"(},"messageTimestamp":)" + sent_at_;
    out += R"(,"pushName":"Petra Lindqvist","message":{"conversation":)"
           + quoted(one.body) + "}}";
  }
  return out + "]}}";
}

std::string
whatsapp_caller::cloud_body(std::span<const whatsapp_text> texts) const {
  std::string contacts;
  std::string messages;
  for (const auto& one : texts) {
    if (!contacts.empty()) {
      contacts += ',';
      messages += ',';
    }
    const auto phone = quoted(phone_of({how_.via, one.chat}));
    contacts += R"({"profile":{"name":"Petra Lindqvist"},"wa_id":)" + phone;
    contacts += '}';
    messages += R"({"from":)" + phone + R"(,"id":)" + quoted(one.id);
    messages += R"(,"timestamp":)" + quoted(sent_at_);
    messages += R"(,"type":"text","text":{"body":)" + quoted(one.body) + "}}";
  }
  std::string out
    = R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":)"
      R"([{"field":"messages","value":{"messaging_product":"whatsapp",)"
      R"("metadata":{"display_phone_number":)";
  out += quoted(own_number) + R"(,"phone_number_id":)" + quoted(own_number_id);
  return out + R"(},"contacts":[)" + contacts + R"(],"messages":[)" + messages
         + "]}}]}]}";
}

std::string whatsapp_caller::twilio_request(const whatsapp_text& text) const {
  const auto phone = phone_of({how_.via, text.chat});
  // By name, since that is the order in which they are signed.
  const std::array<std::pair<std::string_view, std::string>, 11> fields{{
    {"AccountSid", "AC0123456789abcdef0123456789abcdef"},
    {"ApiVersion", "2010-04-01"},
    {"Body", std::string{text.body}},
    {"From", "whatsapp:+" + phone},
    {"MessageSid", std::string{text.id}},
    {"MessageType", "text"},
    {"NumMedia", "0"},
    {"ProfileName", "Petra Lindqvist"},
    {"SmsStatus", "received"},
    {"To", "whatsapp:+" + std::string{own_number}},
    {"WaId", phone},
  }};
  auto what = how_.public_url + std::string{path_of(how_.via)};
  std::string body;
  for (const auto& [name, value] : fields) {
    what.append(name).append(value);
    if (!body.empty())
      body += '&';
    body.append(name) += '=';
    append_encoded(body, value);
  }
  const auto header
    = "X-Twilio-Signature: " + to_base64(hmac(EVP_sha1(), how_.secret, what));
  return make_request("POST", path_of(how_.via), how_.host, header + "\r\n",
                      body, "application/x-www-form-urlencoded");
}

bool is_taken(whatsapp_provider via, std::uint32_t count, unsigned status,
              std::string_view body) {
  const bool says_count
    = via == whatsapp_provider::baileys || via == whatsapp_provider::n8n;
  return status == 200
         && (!says_count
             || find_json_number<std::uint32_t>(body, "accepted") == count);
}

std::optional<whatsapp_chat> recipient_of(std::string_view target,
                                          std::string_view body) {
  if (target.ends_with("/Messages.json"))
    return chat_of(twilio_recipient(body));
  if (target == "/baileys/send")
    return chat_of(leading_digits(find_json_string(body, "jid")));
  if (target == "/n8n" || target.ends_with("/messages"))
    return chat_of(leading_digits(find_json_string(body, "to")));
  return std::nullopt;
}

std::string sent_answer(const whatsapp_chat& to, std::uint64_t number) {
  const auto phone = phone_of(to);
  const auto id = std::to_string(number);
  switch (to.via) {
    case whatsapp_provider::baileys:
    case whatsapp_provider::n8n:
      return R"({"data":{"key":{"remoteJid":)"
             + quoted(phone + "@s.whatsapp.net")
             + R"(,"fromMe":true,"id":"3EB0SENT)" + id
             + R"("},"messageTimestamp":1700000000}})";
    case whatsapp_provider::twilio:
      return R"({"sid":"SMSENT)" + id + R"(","status":"queued","to":)"
             + quoted("whatsapp:+" + phone) + R"(,"error_code":null})";
    case whatsapp_provider::cloud:
      return R"({"messaging_product":"whatsapp","contacts":[{"input":)"
             + quoted(phone) + R"(,"wa_id":)" + quoted(phone)
             + R"(}],"messages":[{"id":"wamid.SENT)" + id
             + R"(","message_status":"accepted"}]})";
  }
  return {};
}

} // namespace switchboard::bench
