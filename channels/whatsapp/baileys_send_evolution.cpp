#include "channels/whatsapp/baileys_send.hpp"
#include "channels/whatsapp/outgoing_forms.hpp"

#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

http_request evolution_call(const baileys_end& end, std::string_view method,
                            std::string_view path, std::string body) {
  auto url = end.url + std::string{path};
  append_percent_encoded(url, end.session);
  auto out = json_call(method, std::move(url), std::move(body));
  out.headers.emplace_back("apikey", end.api_key);
  return out;
}

/// Digits, or the address of what has no number.
std::string_view number_of(std::string_view address) {
  const auto digits = phone_digits(address);
  return digits.empty() ? address : digits;
}

void write_source(json::writer& out, std::string_view name,
                  const outgoing_file& file) {
  out.key(name);
  if (file.bytes.empty() && !file.link.empty()) {
    out.string(file.link);
    return;
  }
  out.raw(quoted_base64(file.bytes));
}

std::string_view write_file(json::writer& out,
                            const outgoing_message& message) {
  const auto& file = *message.file;
  if (file.kind == file_kind::sticker) {
    write_source(out, "sticker", file);
    return "/message/sendSticker/";
  }
  if (is_voice(file)) {
    write_source(out, "audio", file);
    return "/message/sendWhatsAppAudio/";
  }
  out.key("mediatype").string(member_of(file.kind));
  out.key("mimetype").string(declared_type(file));
  write_source(out, "media", file);
  if (const auto caption = caption_of(provider::baileys, message);
      !caption.empty())
    out.key("caption").string(caption);
  out.key("fileName").string(file.name);
  return "/message/sendMedia/";
}

} // namespace

http_request evolution_message(const baileys_end& end,
                               const outgoing_message& message) {
  std::string body;
  body.reserve(1024 + message.text.size()
               + (message.file ? message.file->bytes.size() / 3 * 4 : 0));
  json::writer out{body};
  out.begin_object();
  out.key("number").string(number_of(message.address));
  std::string_view path = "/message/sendText/";
  if (message.file)
    path = write_file(out, message);
  else
    out.key("text").string(message.text);
  if (message.quoted)
    write_quoted(out, "quoted", chat_jid(message.address), *message.quoted);
  out.end_object();
  return evolution_call(end, "POST", path, std::move(body));
}

http_request evolution_change(const baileys_end& end,
                              const outgoing_change& change) {
  const auto jid = chat_jid(change.address);
  std::string body;
  json::writer out{body};
  out.begin_object();
  switch (change.what) {
    case outgoing_change::kind::edit:
      out.key("number").string(number_of(change.address));
      write_key(out, "key", jid, change.is_ours, change.id);
      out.key("text").string(change.text).end_object();
      return evolution_call(end, "POST", "/chat/updateMessage/",
                            std::move(body));
    case outgoing_change::kind::revoke:
      out.key("id").string(change.id);
      out.key("remoteJid").string(jid);
      out.key("fromMe").boolean(change.is_ours).end_object();
      return evolution_call(end, "DELETE", "/chat/deleteMessageForEveryone/",
                            std::move(body));
    case outgoing_change::kind::reaction: break;
  }
  write_key(out, "key", jid, change.is_ours, change.id);
  out.key("reaction").string(change.text).end_object();
  return evolution_call(end, "POST", "/message/sendReaction/", std::move(body));
}

} // namespace switchboard::channels::whatsapp
