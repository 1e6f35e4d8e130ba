#include "channels/whatsapp/baileys_send.hpp"

#include "channels/whatsapp/outgoing_forms.hpp"

#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

/// A path may have a `+` as it is, and sessions are named by numbers.
std::string session_path(std::string_view session) {
  std::string out;
  for (const char c : session) {
    if (c == '+')
      out += c;
    else
      append_percent_encoded(out, {&c, 1});
  }
  return out;
}

http_request sidecar_call(const baileys_end& end, std::string_view method,
                          const std::string& path, std::string body) {
  auto out = json_call(method, end.url + path, std::move(body));
  out.headers.emplace_back("x-api-key", end.api_key);
  return out;
}

std::string fazer_path(const baileys_end& end, std::string_view what) {
  return "/connections/" + session_path(end.session) + std::string{what};
}

void write_file(json::writer& out, const outgoing_message& message,
                file_kind shown_as) {
  const auto& file = *message.file;
  out.key(member_of(shown_as));
  if (file.bytes.empty() && !file.link.empty()) {
    out.begin_object();
    out.key("url").string(file.link).end_object();
  } else {
    out.raw(quoted_base64(file.bytes));
  }
  out.key("mimetype").string(declared_type(file));
  if (shown_as == file_kind::document)
    out.key("fileName").string(file.name);
  if (is_voice(file))
    out.key("ptt").boolean(true);
  if (const auto caption = caption_of(provider::baileys, message);
      !caption.empty())
    out.key("caption").string(caption);
}

/// `"messageContent":{…`, left open.
void begin_content(json::writer& out, const outgoing_message& message,
                   sidecar_dialect dialect) {
  out.key("messageContent").begin_object();
  if (!message.file) {
    out.key("text").string(message.text);
    return;
  }
  // The service of that dialect knows no stickers.
  const bool as_document = dialect == sidecar_dialect::fazer
                           && message.file->kind == file_kind::sticker;
  write_file(out, message,
             as_document ? file_kind::document : message.file->kind);
}

std::string new_body(const outgoing_message& message) {
  std::string out;
  out.reserve(1024 + message.text.size()
              + (message.file ? message.file->bytes.size() / 3 * 4 : 0));
  return out;
}

http_request fazer_message(const baileys_end& end,
                           const outgoing_message& message) {
  const auto jid = chat_jid(message.address);
  auto body = new_body(message);
  json::writer out{body};
  out.begin_object();
  out.key("jid").string(jid);
  begin_content(out, message, end.dialect);
  if (message.quoted)
    write_quoted(out, "quotedMessage", jid, *message.quoted);
  out.end_object();
  out.key("chatwootMessageId").string(message.idempotency_key);
  out.end_object();
  return sidecar_call(end, "POST", fazer_path(end, "/send-message"),
                      std::move(body));
}

http_request generic_message(const baileys_end& end,
                             const outgoing_message& message) {
  const auto jid = chat_jid(message.address);
  auto body = new_body(message);
  json::writer out{body};
  out.begin_object();
  out.key("session").string(end.session);
  out.key("jid").string(jid);
  begin_content(out, message, end.dialect);
  out.end_object();
  if (message.quoted)
    write_quoted(out, "quoted", jid, *message.quoted);
  out.key("idempotencyKey").string(message.idempotency_key);
  out.end_object();
  return sidecar_call(end, "POST", "/send", std::move(body));
}

void write_change(json::writer& out, std::string_view jid,
                  const outgoing_change& change) {
  out.key("messageContent").begin_object();
  switch (change.what) {
    case outgoing_change::kind::edit:
      out.key("text").string(change.text);
      write_key(out, "edit", jid, change.is_ours, change.id);
      break;
    case outgoing_change::kind::revoke:
      write_key(out, "delete", jid, change.is_ours, change.id);
      break;
    case outgoing_change::kind::reaction:
      out.key("react").begin_object();
      out.key("text").string(change.text);
      write_key(out, "key", jid, change.is_ours, change.id);
      out.end_object();
      break;
  }
  out.end_object();
}

http_request generic_change(const baileys_end& end,
                            const outgoing_change& change) {
  const auto jid = chat_jid(change.address);
  std::string body;
  json::writer out{body};
  out.begin_object();
  out.key("session").string(end.session);
  out.key("jid").string(jid);
  write_change(out, jid, change);
  out.key("idempotencyKey").string(change.idempotency_key);
  out.end_object();
  return sidecar_call(end, "POST", "/send", std::move(body));
}

/// There edits and revokes are calls of their own.
http_request fazer_change(const baileys_end& end,
                          const outgoing_change& change) {
  const auto jid = chat_jid(change.address);
  std::string body;
  json::writer out{body};
  out.begin_object();
  out.key("jid").string(jid);
  if (change.what == outgoing_change::kind::reaction) {
    write_change(out, jid, change);
    out.key("chatwootMessageId").string(change.idempotency_key);
    out.end_object();
    return sidecar_call(end, "POST", fazer_path(end, "/send-message"),
                        std::move(body));
  }
  write_key(out, "key", jid, change.is_ours, change.id);
  const bool is_edit = change.what == outgoing_change::kind::edit;
  if (is_edit) {
    out.key("messageContent").begin_object();
    out.key("text").string(change.text).end_object();
  }
  out.end_object();
  return sidecar_call(end, is_edit ? "PATCH" : "DELETE",
                      fazer_path(end, "/messages"), std::move(body));
}

} // namespace

http_request encode(const baileys_end& end, const outgoing_message& message) {
  auto out = [&] {
    switch (end.dialect) {
      case sidecar_dialect::generic: return generic_message(end, message);
      case sidecar_dialect::fazer: return fazer_message(end, message);
      case sidecar_dialect::evolution: return evolution_message(end, message);
    }
    return generic_message(end, message);
  }();
  if (message.file)
    out.total_timeout = file_timeout;
  return out;
}

http_request encode(const baileys_end& end, const outgoing_change& change) {
  switch (end.dialect) {
    case sidecar_dialect::generic: return generic_change(end, change);
    case sidecar_dialect::fazer: return fazer_change(end, change);
    case sidecar_dialect::evolution: return evolution_change(end, change);
  }
  return generic_change(end, change);
}

} // namespace switchboard::channels::whatsapp
