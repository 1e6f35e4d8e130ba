#include "channels/whatsapp/outgoing_forms.hpp"

#include "domain/media_type.hpp"
#include "domain/text.hpp"

#include <sodium.h>
#include <algorithm>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr int base64_kind = sodium_base64_VARIANT_ORIGINAL;
constexpr std::size_t phone_digits_max = 15;
constexpr std::size_t answer_depth_max = 64;
// Sidecars answer with the whole message, and a thumbnail in it.
constexpr std::size_t answer_size_max = std::size_t{512} * 1024;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

} // namespace

std::string_view phone_digits(std::string_view address) noexcept {
  constexpr std::string_view scheme = "whatsapp:";
  if (address.starts_with(scheme))
    address.remove_prefix(scheme.size());
  if (address.starts_with('+'))
    address.remove_prefix(1);
  if (const auto at = address.find('@'); at != std::string_view::npos) {
    const auto server = address.substr(at + 1);
    if (server != "s.whatsapp.net" && server != "c.us")
      return {};
    address = address.substr(0, std::min(at, address.find(':')));
  }
  const bool is_phone = !address.empty() && address.size() <= phone_digits_max
                        && std::ranges::all_of(address, is_digit);
  return is_phone ? address : std::string_view{};
}

std::string chat_jid(std::string_view address) {
  const auto digits = phone_digits(address);
  return digits.empty() ? std::string{address}
                        : std::string{digits} + "@s.whatsapp.net";
}

std::string quoted_base64(std::string_view bytes) {
  const auto size = sodium_base64_encoded_len(bytes.size(), base64_kind);
  std::string out(1 + size, '"');
  sodium_bin2base64(out.data() + 1, size,
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), base64_kind);
  // In place of the NUL that libsodium puts there.
  out.back() = '"';
  return out;
}

std::string basic_authorization(std::string_view user,
                                std::string_view password) {
  std::string both{user};
  both.append(":").append(password);
  const auto quoted = quoted_base64(both);
  return "Basic " + quoted.substr(1, quoted.size() - 2);
}

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = is_digit(c) || (c >= 'A' && c <= 'Z')
                          || (c >= 'a' && c <= 'z') || c == '-' || c == '.'
                          || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 0xFU];
    }
  }
}

http_request call_of(std::string_view method, std::string url,
                     std::string body) {
  http_request out;
  out.method = method;
  out.url = std::move(url);
  out.body = std::move(body);
  out.total_timeout = words_timeout;
  out.public_only = false; // The operator configured this address.
  out.answer_body_max = answer_size_max;
  return out;
}

http_request json_call(std::string_view method, std::string url,
                       std::string body) {
  auto out = call_of(method, std::move(url), std::move(body));
  out.headers.emplace_back("Content-Type", "application/json");
  return out;
}

std::string_view member_of(file_kind kind) noexcept {
  switch (kind) {
    case file_kind::image: return "image";
    case file_kind::video: return "video";
    case file_kind::audio: return "audio";
    case file_kind::sticker: return "sticker";
    case file_kind::document: return "document";
  }
  return "document";
}

bool is_voice(const outgoing_file& file) noexcept {
  return file.kind == file_kind::audio
         && file.mime_type.starts_with("audio/ogg");
}

std::string_view declared_type(const outgoing_file& file) noexcept {
  if (file.mime_type.empty())
    return domain::unknown_media_type;
  if (file.kind == file_kind::audio && file.mime_type == "audio/ogg")
    return "audio/ogg; codecs=opus";
  return file.mime_type;
}

std::string_view caption_of(provider p, const outgoing_message& message) {
  if (!message.file || caption_length_max(p, message.file->kind) == 0)
    return {};
  return message.text;
}

void write_key(json::writer& out, std::string_view name, std::string_view jid,
               bool is_ours, std::string_view id) {
  out.key(name).begin_object();
  out.key("remoteJid").string(jid);
  out.key("fromMe").boolean(is_ours);
  out.key("id").string(id).end_object();
}

void write_quoted(json::writer& out, std::string_view name,
                  std::string_view jid, const quoted_message& quoted) {
  out.key(name).begin_object();
  write_key(out, "key", jid, quoted.is_ours, quoted.id);
  out.key("message").begin_object();
  out.key("conversation").string(quoted.text);
  out.end_object().end_object();
}

std::string template_words(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : domain::trim(text)) {
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!is_space)
      out += c;
    else if (!out.ends_with(' '))
      out += ' ';
  }
  return out;
}

bool parse_answer(std::string_view body, simdjson::dom::element& root) {
  thread_local simdjson::dom::parser parser{answer_size_max};
  if (parser.max_depth() != answer_depth_max
      && parser.allocate(std::max<std::size_t>(body.size(), 4096),
                         answer_depth_max)
           != simdjson::SUCCESS)
    return false;
  return parser.parse(body.data(), body.size()).get(root) == simdjson::SUCCESS;
}

std::string_view text_at(simdjson::dom::element root,
                         std::string_view pointer) {
  std::string_view out;
  return root.at_pointer(pointer).get(out) == simdjson::SUCCESS
           ? out
           : std::string_view{};
}

} // namespace switchboard::channels::whatsapp
