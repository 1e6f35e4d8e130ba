#include "tests/simulators/whatsapp_sidecar.hpp"
#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

// The three ways in which a sidecar is asked; all become the canonical one.

namespace switchboard::simulators {

namespace json = boost::json;
using whatsapp::member_reader;
using whatsapp::texts;

namespace {

/// A string of an object, or empty.
std::string member_of(const json::value& of, std::string_view name) {
  const auto* fields = of.if_object();
  const auto* found = fields == nullptr ? nullptr : fields->if_contains(name);
  return found != nullptr && found->is_string() ? found->get_string().c_str()
                                                : "";
}

/// Without escapes; a plus stands for itself in a path.
std::string plain_path(const std::string& path) {
  const auto read = whatsapp::from_form("path=" + path);
  if (!read || read->size() != 1)
    return path;
  auto out = read->front().second;
  std::ranges::replace(out, ' ', '+');
  return out;
}

/// The key that is named there, into where the library has it.
void take_key(member_reader& in, json::object& to, std::string_view as) {
  if (const auto* key = in.object("key", true))
    to[as] = *key;
}

} // namespace

std::optional<sidecar_simulator::wanted>
sidecar_simulator::read_wanted(const peer_request& request, texts& problems) {
  boost::system::error_code ec;
  const auto body = json::parse(request.body, ec);
  const auto is_object = !ec && body.is_object();
  const auto fields = is_object ? body.get_object() : json::object{};
  const auto call = request.method + " " + plain_path(request.path);
  auto out = options_.kind == sidecar_kind::generic
               ? read_generic(call, fields, problems)
             : options_.kind == sidecar_kind::fazer
               ? read_fazer(call, fields, problems)
               : read_evolution(call, fields, problems);
  if (!out)
    return out;
  if (!request.header("content-type").starts_with("application/json"))
    problems.emplace_back("the content type is not application/json");
  if (!is_object)
    problems = {"the body is no JSON object"};
  else if (problems.empty() && !whatsapp::is_jid(out->jid))
    problems.push_back(out->jid + " is no JID that can be written to");
  return out;
}

std::optional<sidecar_simulator::wanted>
sidecar_simulator::read_generic(const std::string& call, const object& body,
                                texts& problems) const {
  if (call != "POST /send")
    return std::nullopt;
  member_reader in{body, {}, problems};
  wanted out;
  if (in.needed("session") != options_.session)
    in.note("session", "is another one");
  out.jid = in.needed("jid");
  out.key = in.needed("idempotencyKey", 512);
  if (const auto* content = in.object("messageContent", true))
    out.content = *content;
  if (const auto* quoted = in.object("quoted"))
    out.quoted = *quoted;
  in.finish();
  return out;
}

std::optional<sidecar_simulator::wanted>
sidecar_simulator::read_fazer(const std::string& call, const object& body,
                              texts& problems) const {
  const auto path = " /connections/" + options_.session;
  const auto is_send = call == "POST" + path + "/send-message";
  const auto is_edit = call == "PATCH" + path + "/messages";
  if (!is_send && !is_edit && call != "DELETE" + path + "/messages")
    return std::nullopt;
  member_reader in{body, {}, problems};
  wanted out;
  out.jid = in.needed("jid");
  if (is_send)
    out.key = in.needed("chatwootMessageId", 512);
  if (is_send || is_edit)
    if (const auto* content = in.object("messageContent", true))
      out.content = *content;
  if (!is_send)
    take_key(in, out.content, is_edit ? "edit" : "delete");
  if (const auto* quoted = out.content.if_contains("quotedMessage"))
    if (quoted->is_object()) {
      out.quoted = quoted->get_object();
      out.content.erase("quotedMessage");
    }
  in.finish();
  return out;
}

std::optional<sidecar_simulator::wanted>
sidecar_simulator::read_evolution(const std::string& call, const object& body,
                                  texts& problems) const {
  const auto end = "/" + options_.session;
  if (!call.ends_with(end))
    return std::nullopt;
  const auto action = call.substr(0, call.size() - end.size());
  member_reader in{body, {}, problems};
  wanted out;
  const auto read_number = [&in, &out] {
    const auto number = in.needed("number");
    const auto is_jid = number.find('@') != std::string::npos;
    out.jid = is_jid ? number : number + "@s.whatsapp.net";
    in.number("delay");
  };
  if (action == "POST /message/sendText") {
    read_number();
    out.content["text"] = in.needed("text");
  } else if (action == "POST /message/sendMedia") {
    read_number();
    out.content[in.needed("mediatype")] = in.needed("media");
    for (const std::string_view name : {"mimetype", "fileName", "caption"})
      if (in.has(name))
        out.content[name] = in.text(name);
  } else if (action == "POST /message/sendWhatsAppAudio") {
    read_number();
    out.content = {
      {"audio", in.needed("audio")}, {"mimetype", "audio/ogg"}, {"ptt", true}};
  } else if (action == "POST /message/sendSticker") {
    read_number();
    out.content
      = {{"sticker", in.needed("sticker")}, {"mimetype", "image/webp"}};
  } else if (action == "POST /message/sendReaction") {
    object reaction{{"text", in.text("reaction")}};
    take_key(in, reaction, "key");
    out.jid = member_of(reaction["key"], "remoteJid");
    out.content["react"] = std::move(reaction);
  } else if (action == "POST /chat/updateMessage") {
    read_number();
    out.content["text"] = in.needed("text");
    take_key(in, out.content, "edit");
  } else if (action == "DELETE /chat/deleteMessageForEveryone") {
    out.jid = in.needed("remoteJid");
    out.content["delete"] = object{{"remoteJid", out.jid},
                                   {"fromMe", in.flag("fromMe", true)},
                                   {"id", in.needed("id")}};
  } else {
    return std::nullopt;
  }
  if (const auto* quoted = in.object("quoted")) {
    out.quoted = *quoted;
    // Only the id decides here; the rest is looked up.
    if (auto* key = out.quoted.if_contains("key"))
      *key = key_for(member_of(*key, "id"));
  }
  in.finish();
  return out;
}

} // namespace switchboard::simulators
