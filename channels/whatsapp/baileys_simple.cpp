#include "channels/whatsapp/baileys_media.hpp"
#include "channels/whatsapp/baileys_message.hpp"
#include "channels/whatsapp/inbound_text.hpp"
#include "channels/whatsapp/vcard.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

/// A picture's preview that stands where its words should.
constexpr std::size_t preview_size_min = 200;

constexpr std::array<std::string_view, 9> silent_types{
  "e2e_notification",
  "notification",
  "notification_template",
  "gp2",
  "call_log",
  "ciphertext",
  "protocol",
  "revoked",
  "broadcast_notification"};

/// Type and the kind by which its files are named.
constexpr std::array file_types{
  std::pair<std::string_view, std::string_view>{"image", "image"},
  std::pair<std::string_view, std::string_view>{"video", "video"},
  std::pair<std::string_view, std::string_view>{"audio", "audio"},
  std::pair<std::string_view, std::string_view>{"ptt", "voice"},
  std::pair<std::string_view, std::string_view>{"voice", "voice"},
  std::pair<std::string_view, std::string_view>{"document", "document"},
  std::pair<std::string_view, std::string_view>{"sticker", "sticker"}};

/// Empty when files are not of this type.
std::string_view kind_of(std::string_view type) {
  for (const auto& [name, kind] : file_types)
    if (name == type)
      return kind;
  return {};
}

/// An address as a text, or in an object, as whatsapp-web.js writes them.
jid read_place(json_node from) {
  if (from.is_object())
    return read_place(from.first("_serialized", "id"));
  return read_jid(from.string());
}

jid first_place(json_node item, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (auto one = read_place(item[name]); one)
      return one;
  return {};
}

void add_name(std::vector<jid>& names, jid one) {
  if ((one.is_phone() || one.is_lid())
      && std::find(names.begin(), names.end(), one) == names.end())
    names.push_back(std::move(one));
}

/// Nothing when nobody says where the message stands, or it has no id.
std::optional<message_key> read_place_of(json_node item) {
  message_key out;
  out.id = read_simple_id(item.first("id", "messageId", "message_id"));
  out.chat = first_place(
    item, {"from", "chatId", "chat", "remoteJid", "phone", "number", "sender"});
  if (out.id.empty() || !out.chat)
    return std::nullopt;
  out.is_ours = item["fromMe"].flag();
  const auto raw = item["_data"]["key"];
  if (auto inner = read_key(raw, {}))
    out.author = std::move(inner->author);
  if (out.chat.is_group()) {
    for (const auto name : {"participant", "author", "sender"})
      add_name(out.author, read_place(item[name]));
    return out;
  }
  out.author.insert(out.author.begin(), out.chat);
  for (const auto name : {"phone", "number", "senderPn", "remoteJidAlt"})
    add_name(out.author, read_place(item[name]));
  return out;
}

std::string_view read_name(json_node item) {
  const auto name
    = item.first("pushName", "name", "notifyName", "profileName", "senderName")
        .string();
  if (!name.empty())
    return name;
  const auto sender = item["sender"].first("pushname", "name").string();
  return sender.empty() ? item["_data"].first("pushName", "notifyName").string()
                        : sender;
}

bool is_preview(std::string_view text) {
  return text.size() >= preview_size_min
         && text.find_first_of(" \n") == std::string_view::npos;
}

std::string read_text(json_node item) {
  for (const auto name : {"caption", "text", "body", "message", "content"}) {
    const auto field = item[name];
    const auto text
      = field.is_object() ? field["body"].string() : field.string();
    const bool may_be_preview = !kind_of(item["type"].string()).empty();
    if (!text.empty() && !(may_be_preview && is_preview(text)))
      return std::string{text};
  }
  return {};
}

/// The message's file, if it has one.
std::vector<media> read_files(json_node item, const sidecar_call& call,
                              const std::string& id) {
  const auto told = item.first("media", "file", "attachment");
  auto kind = kind_of(item["type"].string());
  const bool is_told = !kind.empty() || item["hasMedia"].flag();
  auto file = make_media(kind.empty() ? "file" : kind,
                         item.first("mimetype", "mimeType").string(),
                         item.first("fileName", "filename").string());
  bool is_found = false;
  for (const auto source :
       {call.media[id], told, item["base64"], item["mediaUrl"],
        item["media_url"], item["fileUrl"], item["mediaData"]}) {
    is_found = fill_media(source, call.how->media_bytes_max, file);
    if (is_found)
      break;
  }
  if (!is_found && !is_told && !told.is_object())
    return {};
  // The type may have come with the bytes, and with it an ending.
  if (file.name.find('.') == std::string::npos)
    file.name = make_media(file.name, file.mime_type, {}).name;
  return {std::move(file)};
}

std::string read_location(json_node item) {
  const auto in = item["location"].is_object() ? item["location"] : item;
  place where;
  where.latitude = in.first("latitude", "lat").number();
  where.longitude = in.first("longitude", "lng", "long").number();
  if (!where.latitude || !where.longitude)
    return {};
  where.name = in.first("name", "description", "loc").string();
  where.address = in["address"].string();
  return location_text(where);
}

std::string read_cards(json_node item) {
  std::vector<contact_card> cards;
  if (item["type"].string() == "vcard")
    cards.push_back(read_vcard(item["body"].string(), {}));
  for (const auto one : item.first("vCards", "vcards").items())
    cards.push_back(
      read_vcard(one.is_string() ? one.string() : one["vcard"].string(),
                 one["displayName"].string()));
  return contacts_text(cards);
}

/// Changes of other messages, as WAHA tells them.
std::optional<content> read_change(json_node item) {
  if (const auto in = item["reaction"]; in.is_object())
    return reacted{read_simple_id(in.first("messageId", "msgId")),
                   clean_line(in["text"].string(), inbound_id_size_max)};
  if (const auto id = item["editedMessageId"])
    return edited{read_simple_id(id), body_text(read_text(item))};
  if (const auto id = item["revokedMessageId"])
    return revoked{read_simple_id(id)};
  return std::nullopt;
}

said read_words(json_node item, const sidecar_call& call,
                const std::string& id) {
  said out{read_cards(item), read_files(item, call, id)};
  if (out.text.empty())
    out.text = read_location(item);
  if (out.text.empty())
    out.text = body_text(read_text(item));
  const auto type = item["type"].string();
  if (out.text.empty() && out.files.empty() && !type.empty() && type != "chat"
      && type != "text")
    out.text = unsupported_text(type);
  return out;
}

void read_links(json_node item, sidecar_content& out) {
  const auto quoted = item.first("replyTo", "quotedMsgId", "quotedMessageId",
                                 "quotedStanzaID", "reply_to");
  out.reply_to = read_simple_id(quoted);
  if (!out.reply_to.empty())
    out.quoted_author
      = item["replyTo"].is_object()
          ? first_place(item["replyTo"], {"participant", "from"})
          : first_place(item, {"quotedParticipant"});
  out.is_forwarded = item["isForwarded"].flag();
  for (const auto one :
       item
         .first("mentionedIds", "mentionedJidList", "mentionedJid", "mentions")
         .items())
    if (auto who = read_place(one); who && out.mentioned.size() < 100)
      out.mentioned.push_back(std::move(who));
}

} // namespace

std::string read_simple_id(json_node id) {
  if (id.is_object())
    return read_simple_id(id.first("id", "_serialized"));
  auto text = id.string();
  if (text.starts_with("true_") || text.starts_with("false_")) {
    const auto chat = text.find('_') + 1;
    const auto begin = text.find('_', text.find('@', chat));
    if (begin != std::string_view::npos) {
      text = text.substr(begin + 1);
      // In groups the author stands behind it.
      if (const auto author = text.find('_');
          author != std::string_view::npos
          && text.find('@', author) != std::string_view::npos)
        text = text.substr(0, author);
    }
  }
  if (const auto number = id.integer(); number && !id.is_string())
    return std::to_string(*number);
  return read_identifier(text, inbound_id_size_max).value_or("");
}

bool is_simple_message(json_node item) {
  const bool has_place = static_cast<bool>(
    item.first("from", "chatId", "chat", "remoteJid", "phone", "number"));
  return has_place
         && item.first("text", "body", "message", "caption", "content", "media",
                       "mediaUrl", "base64", "type", "location", "hasMedia",
                       "reaction", "editedMessageId", "revokedMessageId");
}

void read_simple_message(json_node item, const sidecar_call& call,
                         inbound_batch& batch) {
  // What wraps a message of whatsapp-web.js; a revoked one is told by how it
  // was and is.
  if (item["message"]["from"])
    item = item["message"];
  const auto where = item["from"] ? item : item.first("after", "before");
  const auto key = read_place_of(where ? where : item);
  if (!key) {
    ++batch.malformed;
    return;
  }
  if (key->is_ours || key->chat.is_silent()
      || std::find(silent_types.begin(), silent_types.end(),
                   item["type"].string())
           != silent_types.end()) {
    ++batch.ignored;
    return;
  }
  std::optional<sidecar_content> what;
  if (auto change = read_change(item)) {
    what.emplace().what = std::move(*change);
  } else if (item["message"].is_object()) {
    const file_sources files{call.media[key->id], item,
                             call.how->media_bytes_max};
    what = read_sidecar_content(item["message"], files);
  } else {
    what.emplace().what = read_words(item, call, key->id);
    read_links(item, *what);
  }
  const auto sent_at = read_moment(
    item.first("timestamp", "messageTimestamp", "t", "date").integer());
  add_message(*key, read_name(item), sent_at, std::move(what), call, batch);
}

} // namespace switchboard::channels::whatsapp
