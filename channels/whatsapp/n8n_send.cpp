#include "channels/whatsapp/outgoing_forms.hpp"

#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

void write_content(json::writer& out, const outgoing_message& message) {
  out.key("messageContent").begin_object();
  if (!message.file) {
    out.key("text").string(message.text).end_object();
    return;
  }
  const auto& file = *message.file;
  out.key(member_of(file.kind)).begin_object();
  out.key("link").string(file.link).end_object();
  out.key("mimetype").string(declared_type(file));
  out.key("fileName").string(file.name);
  if (const auto caption = caption_of(provider::n8n, message); !caption.empty())
    out.key("caption").string(caption);
  out.end_object();
}

} // namespace

http_request encode(const n8n_end& end, const outgoing_message& message) {
  const bool is_jid = message.address.find('@') != std::string::npos;
  const auto digits = phone_digits(message.address);
  std::string body;
  body.reserve(512 + message.text.size());
  json::writer out{body};
  out.begin_object();
  out.key("event").string("message.send");
  out.key("to").string(digits.empty() ? message.address
                                      : '+' + std::string{digits});
  if (is_jid)
    out.key("jid").string(message.address);
  write_content(out, message);
  if (message.quoted)
    write_quoted(out, "quoted", message.address, *message.quoted);
  out.key("idempotencyKey").string(message.idempotency_key);
  out.end_object();
  auto call = json_call("POST", end.url, std::move(body));
  call.headers.emplace_back("x-api-key", end.api_key);
  return call;
}

} // namespace switchboard::channels::whatsapp
