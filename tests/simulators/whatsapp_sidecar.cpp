#include "tests/simulators/whatsapp_sidecar.hpp"

#include "tests/simulators/whatsapp_wire.hpp"

#include <charconv>
#include <utility>

// What people on WhatsApp do.

namespace switchboard::simulators {

namespace json = boost::json;

namespace {

constexpr std::string_view media_prefix = "/media/";

std::string chat_of(const sidecar_author& who) {
  return who.group.empty() ? who.jid : who.group;
}

std::string text_in(const json::object& content) {
  const auto* words = content.if_contains("conversation");
  if (words == nullptr)
    if (const auto* extended = content.if_contains("extendedTextMessage"))
      words = extended->get_object().if_contains("text");
  return words == nullptr || !words->is_string()
           ? std::string{}
           : std::string{words->get_string().c_str()};
}

} // namespace

sidecar_simulator::sidecar_simulator(sidecar_options options)
  : whatsapp_simulator{options}, options_{std::move(options)} {
  start();
}

sidecar_simulator::~sidecar_simulator() {
  shut_down();
}

// -- state --------------------------------------------------------------------

void sidecar_simulator::set_state(sidecar_state state) {
  const std::lock_guard lock{mutex_};
  state_ = state;
}

call_reply sidecar_simulator::becomes(sidecar_state state) {
  set_state(state);
  json::object update;
  if (state == sidecar_state::connected) {
    update["connection"] = "open";
  } else {
    const auto code = state == sidecar_state::logged_out ? 401 : 428;
    update["connection"] = "close";
    update["lastDisconnect"]
      = {{"error", {{"output", {{"statusCode", code}}}}}};
  }
  return tells("connection.update", update);
}

// -- messages -----------------------------------------------------------------

json::object sidecar_simulator::context_of(const sidecar_author& who,
                                           const sidecar_extra& extra) const {
  json::object out;
  if (!extra.quoted.empty()) {
    out["stanzaId"] = extra.quoted;
    const auto at = known_.find(extra.quoted);
    const auto is_known = at != known_.end();
    out["participant"] = is_known && at->second.is_ours ? options_.own_jid
                         : is_known                     ? at->second.author
                                                        : who.jid;
    out["quotedMessage"]
      = {{"conversation", is_known ? at->second.text : std::string{}}};
  }
  if (!extra.mentions.empty()) {
    json::array jids;
    for (const auto& one : extra.mentions)
      jids.emplace_back(one);
    out["mentionedJid"] = std::move(jids);
  }
  if (extra.is_forwarded) {
    out["isForwarded"] = true;
    out["forwardingScore"] = 1;
  }
  return out;
}

json::object sidecar_simulator::message(const sidecar_author& who,
                                        const object& content,
                                        const sidecar_extra& extra) {
  const std::lock_guard lock{mutex_};
  return make_message(who, content, extra);
}

json::object sidecar_simulator::make_message(const sidecar_author& who,
                                             const object& content,
                                             const sidecar_extra& extra) {
  const auto id
    = extra.id.empty() ? whatsapp::upper_case(new_id("3A", 20)) : extra.id;
  known_[id] = {chat_of(who), false, who.jid, text_in(content)};
  object key{{"remoteJid", chat_of(who)}, {"fromMe", false}, {"id", id}};
  const auto is_group = !who.group.empty();
  if (is_group)
    key["participant"] = who.jid;
  if (!who.alt.empty())
    key[is_group ? "participantAlt" : "remoteJidAlt"] = who.alt;
  if (who.jid.ends_with("@lid"))
    key["addressingMode"] = "lid";
  object out{{"key", std::move(key)}};
  std::int64_t at = extra.timestamp;
  if (at == 0) {
    const auto now = unix_now();
    std::from_chars(now.data(), now.data() + now.size(), at);
  }
  out["messageTimestamp"] = at;
  if (!who.name.empty())
    out["pushName"] = who.name;
  if (extra.wrapper.empty())
    out["message"] = content;
  else
    out["message"] = {{extra.wrapper, {{"message", content}}}};
  return out;
}

whatsapp_said sidecar_simulator::writes(const sidecar_author& who,
                                        const object& content,
                                        const sidecar_extra& extra) {
  outgoing_call call;
  whatsapp_said out;
  {
    const std::lock_guard lock{mutex_};
    const auto written = make_message(who, content, extra);
    out.id = written.at("key").at("id").as_string().c_str();
    call = upsert_call({written}, extra.type, {});
  }
  out.reply = post_and_wait(std::move(call));
  return out;
}

whatsapp_said sidecar_simulator::says(const sidecar_author& who,
                                      std::string_view text,
                                      const sidecar_extra& extra) {
  object context;
  {
    const std::lock_guard lock{mutex_};
    context = context_of(who, extra);
  }
  if (context.empty())
    return writes(who, {{"conversation", text}}, extra);
  const object extended{{"text", text}, {"contextInfo", context}};
  return writes(who, {{"extendedTextMessage", extended}}, extra);
}

json::object sidecar_simulator::file_content(const sidecar_author& who,
                                             const whatsapp_file& file,
                                             std::string_view caption,
                                             const sidecar_extra& extra) const {
  const std::string kind{whatsapp::kind_of(file.mime_type)};
  const auto hash = whatsapp::to_base64(whatsapp::sha256(file.bytes));
  object inner{{"url", "https://mmg.whatsapp.net/v/t62.7118-24/1"},
               {"mimetype", file.mime_type},
               {"fileSha256", hash},
               {"fileLength", std::to_string(file.bytes.size())},
               {"mediaKey", hash},
               {"directPath", "/v/t62.7118-24/1"}};
  if (!caption.empty())
    inner["caption"] = caption;
  if (kind == "audio")
    inner["ptt"] = file.mime_type.starts_with("audio/ogg");
  if (kind == "document") {
    inner["fileName"] = file.name;
    inner["title"] = file.name;
  }
  if (auto context = context_of(who, extra); !context.empty())
    inner["contextInfo"] = std::move(context);
  object content{{kind + "Message", std::move(inner)}};
  if (kind != "document" || caption.empty())
    return content;
  return {{"documentWithCaptionMessage", {{"message", std::move(content)}}}};
}

json::value sidecar_simulator::media_value(const std::string& id,
                                           const whatsapp_file& file,
                                           sidecar_media how) {
  const json::string encoded{whatsapp::to_base64(file.bytes)};
  if (how == sidecar_media::bare)
    return encoded;
  object out{{"mimetype", file.mime_type}, {"fileName", file.name}};
  if (how == sidecar_media::url) {
    files_[id] = file;
    out["url"] = url() + std::string{media_prefix} + id;
  } else {
    out["base64"] = encoded;
  }
  return out;
}

whatsapp_said
sidecar_simulator::sends(const sidecar_author& who, const whatsapp_file& file,
                         std::string_view caption, const sidecar_extra& extra) {
  outgoing_call call;
  whatsapp_said out;
  {
    const std::lock_guard lock{mutex_};
    const auto content = file_content(who, file, caption, extra);
    const auto written = make_message(who, content, extra);
    out.id = written.at("key").at("id").as_string().c_str();
    object media;
    if (extra.media != sidecar_media::not_at_all)
      media[out.id] = media_value(out.id, file, extra.media);
    call = upsert_call({written}, extra.type, media);
  }
  out.reply = post_and_wait(std::move(call));
  return out;
}

whatsapp_said
sidecar_simulator::shares_location(const sidecar_author& who, double latitude,
                                   double longitude, std::string_view name,
                                   std::string_view address) {
  const object place{{"degreesLatitude", latitude},
                     {"degreesLongitude", longitude},
                     {"name", name},
                     {"address", address}};
  return writes(who, {{"locationMessage", place}});
}

whatsapp_said sidecar_simulator::shares_contact(const sidecar_author& who,
                                                std::string_view name,
                                                std::string_view phone) {
  std::string card = "BEGIN:VCARD\nVERSION:3.0\nN:;";
  card.append(name).append(";;;\nFN:").append(name);
  card.append("\nTEL;type=CELL;waid=").append(phone.substr(1));
  card.append(":").append(phone).append("\nEND:VCARD");
  const object contact{{"displayName", name}, {"vcard", card}};
  return writes(who, {{"contactMessage", contact}});
}

whatsapp_said sidecar_simulator::reacts(const sidecar_author& who,
                                        std::string_view target,
                                        std::string_view emoji) {
  const object reaction{{"key", find_key(target)},
                        {"text", emoji},
                        {"senderTimestampMs", unix_milliseconds()}};
  return writes(who, {{"reactionMessage", reaction}});
}

whatsapp_said sidecar_simulator::edits(const sidecar_author& who,
                                       std::string_view target,
                                       std::string_view text) {
  const object protocol{{"key", find_key(target)},
                        {"type", "MESSAGE_EDIT"},
                        {"editedMessage", {{"conversation", text}}},
                        {"timestampMs", unix_milliseconds()}};
  return writes(who, {{"protocolMessage", protocol}});
}

whatsapp_said sidecar_simulator::revokes(const sidecar_author& who,
                                         std::string_view target) {
  const object protocol{{"key", find_key(target)}, {"type", "REVOKE"}};
  return writes(who, {{"protocolMessage", protocol}});
}

std::string sidecar_simulator::unix_milliseconds() const {
  const std::lock_guard lock{mutex_};
  return unix_now() + "000";
}

json::object sidecar_simulator::find_key(std::string_view id) const {
  const std::lock_guard lock{mutex_};
  return key_for(id);
}

json::object sidecar_simulator::key_for(std::string_view id) const {
  const auto at = known_.find(id);
  const auto is_known = at != known_.end();
  return {{"remoteJid", is_known ? at->second.chat : std::string{}},
          {"fromMe", is_known && at->second.is_ours},
          {"id", id}};
}

} // namespace switchboard::simulators
