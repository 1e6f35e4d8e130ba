#include "tests/simulators/whatsapp_sidecar.hpp"
#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <utility>

// What the engine asks of the sidecar.

namespace switchboard::simulators {

namespace json = boost::json;
using whatsapp::member_reader;
using whatsapp::texts;

namespace {

constexpr std::string_view media_prefix = "/media/";
constexpr std::size_t text_max = 65'536;
constexpr std::size_t caption_max = 1'024;
constexpr std::size_t file_max = std::size_t{16} * 1'024 * 1'024;
constexpr std::array<std::string_view, 5> file_kinds{"image", "video", "audio",
                                                     "document", "sticker"};

peer_answer say(int status, const json::value& body) {
  peer_answer out;
  out.status = status;
  out.body = json::serialize(body);
  return out;
}

} // namespace

peer_answer sidecar_simulator::refusal(int status, int code) const {
  json::object out{{"error", status == 503   ? "not connected"
                             : status == 404 ? "logged out"
                             : status == 409 ? "in progress"
                                             : "refused"}};
  if (code != 0)
    out["code"] = code;
  return say(status, out);
}

peer_answer sidecar_simulator::take(const peer_request& request) {
  const auto is_evolution = options_.kind == sidecar_kind::evolution;
  const auto key = request.header(is_evolution ? "apikey" : "x-api-key");
  if (key != options_.api_key) {
    complain(request.path + ": " + (key.empty() ? "no" : "a wrong") + " key");
    return refusal(401, 0);
  }
  if (request.method == "GET" && request.path.starts_with(media_prefix))
    return take_file(request);
  return take_send(request);
}

peer_answer sidecar_simulator::take_file(const peer_request& request) {
  const auto at
    = files_.find(std::string_view{request.path}.substr(media_prefix.size()));
  if (at == files_.end()) {
    complain(request.path + ": there is no such file");
    return refusal(404, 0);
  }
  peer_answer out;
  out.content_type = at->second.mime_type;
  out.body = at->second.bytes;
  return out;
}

peer_answer sidecar_simulator::take_send(const peer_request& request) {
  texts problems;
  const auto what = read_wanted(request, problems);
  if (!what) {
    complain(request.method + " " + request.path + " is not known");
    return say(404, {{"error", "not found"}});
  }
  if (!problems.empty()) {
    complain_all(request.path, problems);
    return say(400, {{"error", problems.front()}});
  }
  if (state_ != sidecar_state::connected)
    return refusal(state_ == sidecar_state::logged_out ? 404 : 503, 0);
  last_key_ = what->key;
  if (const auto at = past_.find(what->key);
      !what->key.empty() && at != past_.end()) {
    if (at->second.request != request.body)
      complain(request.path + ": idempotency key " + what->key
               + " was another message's");
    if (at->second.is_under_way)
      return refusal(409, 0);
    return at->second.answer;
  }
  auto out = perform(*what, problems);
  if (!problems.empty()) {
    complain_all(request.path, problems);
    return say(400, {{"error", problems.front()}});
  }
  if (!what->key.empty())
    past_[what->key] = {request.body, out, false};
  return out;
}

void sidecar_simulator::on_held() {
  if (const auto at = past_.find(last_key_); at != past_.end())
    at->second.is_under_way = true;
}

void sidecar_simulator::on_released() {
  for (auto& [key, one] : past_)
    one.is_under_way = false;
}

// -- the content --------------------------------------------------------------

peer_answer sidecar_simulator::perform(const wanted& what, texts& problems) {
  auto done = read_content(what, problems);
  if (!problems.empty())
    return {};
  done.to = what.jid;
  done.key = what.key;
  done.id = what.key.empty()
              ? whatsapp::upper_case(new_id("3EB0", 22))
              : whatsapp::upper_case(whatsapp::make_id("3EB0", what.key, 22));
  known_[done.id] = {what.jid, true, options_.own_jid, done.text};
  add(done);
  report_by_itself(done);
  return sent_answer(done);
}

peer_answer
sidecar_simulator::sent_answer(const whatsapp_delivery& what) const {
  const object key{{"remoteJid", what.to}, {"fromMe", true}, {"id", what.id}};
  if (options_.kind == sidecar_kind::evolution)
    return say(201, {{"key", key},
                     {"pushName", ""},
                     {"status", "PENDING"},
                     {"message", {{"conversation", what.text}}},
                     {"messageType", "conversation"},
                     {"messageTimestamp", std::stoll(unix_now())}});
  object data{{"key", key}};
  if (options_.kind == sidecar_kind::fazer)
    data["messageTimestamp"] = unix_now();
  else
    data["messageTimestamp"] = std::stoll(unix_now());
  return say(200, {{"data", std::move(data)}});
}

whatsapp_delivery sidecar_simulator::read_content(const wanted& what,
                                                  texts& problems) {
  member_reader in{what.content, "messageContent.", problems};
  whatsapp_delivery out;
  std::size_t count = 0;
  if (in.has("text")) {
    ++count;
    out.kind = "text";
    out.text = in.needed("text", text_max);
    if (in.has("mentions"))
      in.array("mentions");
    if (const auto* key = in.object("edit")) {
      out.kind = "edit";
      read_key(*key, what.jid, true, out, problems);
    }
  }
  for (const auto kind : file_kinds)
    if (in.has(kind)) {
      ++count;
      out.kind = kind;
      in.skip(kind);
      for (const auto* const name : {"caption", "mimetype", "fileName", "ptt"})
        in.skip(name);
      read_file(what.content, out, problems);
    }
  if (const auto* reaction = in.object("react")) {
    ++count;
    out.kind = "reaction";
    member_reader inner{*reaction, "react.", problems};
    out.text = inner.text("text", false, 16);
    if (const auto* key = inner.object("key", true))
      read_key(*key, what.jid, false, out, problems);
    inner.finish();
  }
  if (const auto* key = in.object("delete")) {
    ++count;
    out.kind = "revoke";
    read_key(*key, what.jid, true, out, problems);
  }
  if (const auto* place = in.object("location")) {
    ++count;
    out.kind = "location";
    member_reader inner{*place, "location.", problems};
    inner.number("degreesLatitude", true);
    inner.number("degreesLongitude", true);
    inner.finish();
  }
  in.finish();
  if (count != 1)
    problems.push_back("messageContent has " + std::to_string(count)
                       + " contents");
  read_quoted(what, out, problems);
  return out;
}

void sidecar_simulator::read_file(const object& content, whatsapp_delivery& to,
                                  texts& problems) {
  member_reader in{content, "messageContent.", problems};
  const auto encoded = in.needed(to.kind);
  to.file.mime_type = in.needed("mimetype");
  to.file.name = in.text("fileName", to.kind == "document");
  to.text = in.text("caption", false, caption_max);
  in.flag("ptt");
  const auto has_caption = to.kind != "audio" && to.kind != "sticker";
  if (!has_caption && in.has("caption"))
    in.note("caption", "is nothing that a file of this kind has");
  if (to.kind != "audio" && in.has("ptt"))
    in.note("ptt", "belongs to audio");
  const auto bytes = whatsapp::from_base64(encoded);
  if (!bytes || bytes->empty())
    in.note(to.kind, "is no base64");
  else if (bytes->size() > file_max)
    in.note(to.kind, "is larger than 16 MB");
  else if (whatsapp::is_mislabelled(to.file.mime_type, *bytes))
    in.note("mimetype", "is not what the bytes are");
  const auto kind = whatsapp::kind_of(to.file.mime_type);
  if (to.kind != "document" && kind != to.kind
      && !(to.kind == "image" && kind == "sticker"))
    in.note("mimetype", "does not go with " + to.kind);
  if (bytes)
    to.file.bytes = *bytes;
}

void sidecar_simulator::read_key(const object& key, std::string_view jid,
                                 bool must_be_ours, whatsapp_delivery& to,
                                 texts& problems) {
  member_reader in{key, "key.", problems};
  if (in.needed("remoteJid") != jid)
    in.note("remoteJid", "is another chat");
  const auto is_ours = in.flag("fromMe", true);
  to.target = in.needed("id");
  in.text("participant");
  in.finish();
  const auto at = known_.find(to.target);
  if (at == known_.end())
    in.note("id", "names no message");
  else if (at->second.is_ours != is_ours)
    in.note("fromMe", "is wrong");
  else if (must_be_ours && !is_ours)
    in.note("fromMe", "must be true for this");
}

void sidecar_simulator::read_quoted(const wanted& what, whatsapp_delivery& to,
                                    texts& problems) {
  if (what.quoted.empty())
    return;
  member_reader in{what.quoted, "quoted.", problems};
  whatsapp_delivery ignored;
  if (const auto* key = in.object("key", true)) {
    read_key(*key, what.jid, false, ignored, problems);
    to.quoted = ignored.target;
  }
  if (const auto* message = in.object("message", true)) {
    member_reader inner{*message, "quoted.message.", problems};
    if (!inner.has("conversation"))
      inner.note("conversation", "is missing");
    inner.text("conversation");
    inner.finish();
  }
  in.finish();
}

} // namespace switchboard::simulators
