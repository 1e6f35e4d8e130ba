#include "channels/whatsapp/outgoing_forms.hpp"
#include "domain/media_type.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

/// What comes back with the statuses may be so long.
constexpr std::size_t callback_data_size_max = 512;

std::string graph_url(const cloud_end& end, std::string_view node,
                      std::string_view edge) {
  auto out = end.api_url + '/' + end.api_version + '/';
  append_percent_encoded(out, node);
  return out.append(edge);
}

http_request with_token(const cloud_end& end, http_request call) {
  call.headers.emplace_back("Authorization", "Bearer " + end.access_token);
  return call;
}

/// Whom it is for: a number, or the name of somebody who shows none.
void begin_message(json::writer& out, std::string_view address) {
  constexpr std::string_view scheme = "whatsapp:";
  out.begin_object();
  out.key("messaging_product").string("whatsapp");
  out.key("recipient_type").string("individual");
  if (const auto digits = phone_digits(address); !digits.empty()) {
    out.key("to").string(digits);
    return;
  }
  if (address.starts_with(scheme))
    address.remove_prefix(scheme.size());
  out.key("recipient").string(address);
}

void write_template(json::writer& out, const cloud_end& end,
                    std::string_view text) {
  out.key("type").string("template");
  out.key("template").begin_object();
  out.key("name").string(end.template_name);
  out.key("language").begin_object();
  out.key("code").string(end.template_language).end_object();
  out.key("components").begin_array().begin_object();
  out.key("type").string("body");
  out.key("parameters").begin_array().begin_object();
  out.key("type").string("text");
  out.key("text").string(template_words(text));
  out.end_object().end_array().end_object().end_array().end_object();
}

void write_file(json::writer& out, const outgoing_message& message) {
  const auto& file = *message.file;
  out.key("type").string(member_of(file.kind));
  out.key(member_of(file.kind)).begin_object();
  if (file.media_id.empty())
    out.key("link").string(file.link);
  else
    out.key("id").string(file.media_id);
  if (file.kind == file_kind::document)
    out.key("filename").string(file.name);
  if (const auto caption = caption_of(provider::cloud, message);
      !caption.empty())
    out.key("caption").string(caption);
  out.end_object();
}

void write_text(json::writer& out, std::string_view text) {
  out.key("type").string("text");
  out.key("text").begin_object();
  out.key("body").string(text);
  out.key("preview_url").boolean(false).end_object();
}

void end_message(json::writer& out, std::string_view idempotency_key) {
  if (!idempotency_key.empty())
    out.key("biz_opaque_callback_data")
      .string(domain::clip(idempotency_key, callback_data_size_max));
  out.end_object();
}

http_request message_call(const cloud_end& end, std::string body) {
  return with_token(
    end, json_call("POST", graph_url(end, end.phone_number_id, "/messages"),
                   std::move(body)));
}

/// A file's name within quotes; what could end them or the line is replaced.
std::string form_name(std::string_view given) {
  auto out = domain::clean_file_name(given);
  std::ranges::replace_if(
    out, [](char c) { return c == '"' || c == '\\'; }, '_');
  return out;
}

bool is_success(const http_answer& answer) {
  return answer.failure == http_failure::none && answer.status >= 200
         && answer.status < 300;
}

/// Meta writes sizes as strings, and as numbers elsewhere.
std::uint64_t size_at(simdjson::dom::element root, std::string_view pointer) {
  std::uint64_t out = 0;
  if (root.at_pointer(pointer).get(out) == simdjson::SUCCESS)
    return out;
  const auto text = text_at(root, pointer);
  const auto read
    = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} ? out : 0;
}

} // namespace

http_request encode(const cloud_end& end, const outgoing_message& message) {
  std::string body;
  body.reserve(512 + message.text.size());
  json::writer out{body};
  begin_message(out, message.address);
  if (message.as_template)
    write_template(out, end, message.text);
  else if (message.file)
    write_file(out, message);
  else
    write_text(out, message.text);
  if (message.quoted) {
    out.key("context").begin_object();
    out.key("message_id").string(message.quoted->id).end_object();
  }
  end_message(out, message.idempotency_key);
  return message_call(end, std::move(body));
}

http_request encode(const cloud_end& end, const outgoing_change& change) {
  std::string body;
  json::writer out{body};
  begin_message(out, change.address);
  out.key("type").string("reaction");
  out.key("reaction").begin_object();
  out.key("message_id").string(change.id);
  out.key("emoji").string(change.text).end_object();
  end_message(out, change.idempotency_key);
  return message_call(end, std::move(body));
}

http_request encode_upload(const cloud_end& end, const outgoing_file& file,
                           std::string_view boundary) {
  auto type = domain::media_type_of(file.mime_type);
  if (type.empty())
    type = domain::unknown_media_type;
  std::string body;
  body.reserve(1024 + file.bytes.size());
  const auto begin_part = [&](std::string_view name) {
    body.append("--").append(boundary);
    body.append("\r\nContent-Disposition: form-data; name=\"").append(name);
    body += '"';
  };
  begin_part("messaging_product");
  body += "\r\n\r\nwhatsapp\r\n";
  begin_part("type");
  body.append("\r\n\r\n").append(type).append("\r\n");
  begin_part("file");
  body.append("; filename=\"").append(form_name(file.name));
  body.append("\"\r\nContent-Type: ").append(type);
  body.append("\r\n\r\n").append(file.bytes).append("\r\n");
  body.append("--").append(boundary).append("--\r\n");
  auto out = call_of("POST", graph_url(end, end.phone_number_id, "/media"),
                     std::move(body));
  out.headers.emplace_back(
    "Content-Type", "multipart/form-data; boundary=" + std::string{boundary});
  out.total_timeout = file_timeout;
  return with_token(end, std::move(out));
}

std::optional<std::string> decode_upload(const http_answer& answer) {
  simdjson::dom::element root;
  if (!is_success(answer) || !parse_answer(answer.body, root))
    return std::nullopt;
  const auto id = text_at(root, "/id");
  return id.empty() ? std::nullopt : std::optional{std::string{id}};
}

http_request encode_media_query(const cloud_end& end,
                                std::string_view media_id) {
  return with_token(end, call_of("GET", graph_url(end, media_id, ""), {}));
}

std::optional<media_place> decode_media_place(const http_answer& answer) {
  simdjson::dom::element root;
  if (!is_success(answer) || !parse_answer(answer.body, root))
    return std::nullopt;
  media_place out;
  out.url = text_at(root, "/url");
  out.mime_type = text_at(root, "/mime_type");
  out.size = size_at(root, "/file_size");
  return out.url.empty() ? std::nullopt : std::optional{std::move(out)};
}

} // namespace switchboard::channels::whatsapp
