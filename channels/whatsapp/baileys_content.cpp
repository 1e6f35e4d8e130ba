#include "channels/whatsapp/baileys_content.hpp"

#include "channels/whatsapp/baileys_media.hpp"
#include "channels/whatsapp/inbound_text.hpp"
#include "channels/whatsapp/vcard.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr int wrappers_max = 5;
constexpr std::size_t mentions_max = 100;
constexpr std::int64_t revoke_number = 0;
constexpr std::int64_t edit_number = 14;

constexpr std::array<std::string_view, 14> wrappers{
  "ephemeralMessage",           "viewOnceMessage",
  "viewOnceMessageV2",          "viewOnceMessageV2Extension",
  "documentWithCaptionMessage", "editedMessage",
  "deviceSentMessage",          "associatedChildMessage",
  "groupStatusMessage",         "groupStatusMessageV2",
  "botInvokeMessage",           "lottieStickerMessage",
  "groupMentionedMessage",      "botForwardedMessage"};

/// Stand beside a message's content.
constexpr std::array<std::string_view, 7> companions{
  "messageContextInfo",
  "senderKeyDistributionMessage",
  "fastRatchetKeySenderKeyDistributionMessage",
  "base64",
  "mediaUrl",
  "speechToText",
  "conversation"};

/// What phones say to each other, and we cannot or need not read.
constexpr std::array<std::string_view, 17> silent_kinds{
  "protocolMessage",
  "pollUpdateMessage",
  "albumMessage",
  "pinInChatMessage",
  "keepInChatMessage",
  "encReactionMessage",
  "encCommentMessage",
  "encEventResponseMessage",
  "secretEncryptedMessage",
  "placeholderMessage",
  "call",
  "callLogMesssage",
  "bcallMessage",
  "messageHistoryBundle",
  "messageHistoryNotice",
  "statusNotificationMessage",
  "requestPhoneNumberMessage"};

template <std::size_t Size>
bool is_one_of(std::string_view word,
               const std::array<std::string_view, Size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

json_node unwrap(json_node message) {
  for (int depth = 0; depth < wrappers_max; ++depth) {
    json_node inner;
    for (const auto name : wrappers)
      if (!inner)
        inner = message[name]["message"];
    if (!inner)
      break;
    message = inner;
  }
  return message;
}

// -- files --------------------------------------------------------------------

struct file_kind_row {
  std::string_view field;
  std::string_view kind;
};

constexpr std::array file_kinds{file_kind_row{"imageMessage", "image"},
                                file_kind_row{"videoMessage", "video"},
                                file_kind_row{"ptvMessage", "video-note"},
                                file_kind_row{"audioMessage", "audio"},
                                file_kind_row{"documentMessage", "document"},
                                file_kind_row{"stickerMessage", "sticker"}};

std::string_view exact_kind(const file_kind_row& row, json_node in) {
  if (in["ptt"].flag())
    return "voice";
  return in["gifPlayback"].flag() ? "animation" : row.kind;
}

said read_file(const file_kind_row& row, json_node in, json_node message,
               const file_sources& files) {
  auto file = make_media(exact_kind(row, in), in["mimetype"].string(),
                         in.first("fileName", "title").string());
  if (const auto size = in["fileLength"].integer(); size && *size > 0)
    file.size = static_cast<std::uint64_t>(*size);
  // WhatsApp's own address in `url` is of an encrypted file.
  const std::array sources{files.listed,
                           message["base64"],
                           message["mediaUrl"],
                           in["base64"],
                           in["mediaUrl"],
                           files.around["base64"],
                           files.around["mediaUrl"],
                           files.around["media"]};
  for (const auto source : sources)
    if (fill_media(source, files.bytes_max, file))
      break;
  said out{std::string{in["caption"].string()}, {}};
  out.files.push_back(std::move(file));
  return out;
}

// -- what becomes words -------------------------------------------------------

std::string read_text(json_node in) {
  return std::string{in["text"].string()};
}

std::string read_place(json_node in, bool is_live) {
  place where;
  where.latitude = in["degreesLatitude"].number();
  where.longitude = in["degreesLongitude"].number();
  where.name = in["name"].string();
  where.address = in["address"].string();
  where.is_live = is_live || in["isLive"].flag();
  return join_lines(location_text(where),
                    clean_text(in.first("caption", "comment").string()));
}

std::string read_location(json_node in) {
  return read_place(in, false);
}

std::string read_live_location(json_node in) {
  return read_place(in, true);
}

std::string read_contact(json_node in) {
  return contacts_text(
    {read_vcard(in["vcard"].string(), in["displayName"].string())});
}

std::string read_contacts(json_node in) {
  std::vector<contact_card> cards;
  for (const auto one : in["contacts"].items())
    cards.push_back(
      read_vcard(one["vcard"].string(), one["displayName"].string()));
  return contacts_text(cards);
}

std::string read_button(json_node in) {
  return std::string{
    in.first("selectedDisplayText", "selectedButtonId", "selectedId").string()};
}

std::string read_list_answer(json_node in) {
  const auto title = in.first("title", "description").string();
  return std::string{
    title.empty() ? in["singleSelectReply"]["selectedRowId"].string() : title};
}

std::string read_flow_answer(json_node in) {
  const auto body = in["body"]["text"].string();
  return std::string{
    body.empty() ? in["nativeFlowResponseMessage"]["name"].string() : body};
}

std::string read_poll(json_node in) {
  std::vector<std::string_view> options;
  for (const auto one : in["options"].items())
    options.push_back(one["optionName"].string());
  return poll_text(in["name"].string(), options);
}

std::string read_order(json_node in) {
  std::string out = "🛒 Order";
  if (const auto words = clean_text(in["message"].string()); !words.empty())
    out.append(": ").append(words);
  const auto title = in["orderTitle"].string();
  return join_lines(std::move(out),
                    order_item_text(in["itemCount"].integer().value_or(1),
                                    title.empty() ? "item" : title, {}, {}));
}

std::string read_product(json_node in) {
  const auto product = in["product"];
  return join_lines(titled_text("🛍", product["title"].string(),
                                product["description"].string()),
                    clean_text(in["body"].string()));
}

std::string read_invitation(json_node in) {
  const std::string title{in["groupName"].string()};
  return titled_text("👥", "Invitation to the group " + title,
                     in["caption"].string());
}

std::string read_event(json_node in) {
  return titled_text("📅", in["name"].string(), in["description"].string());
}

/// Messages of businesses, which have buttons below their text.
std::string read_business(json_node in) {
  const auto hydrated = in.first("hydratedTemplate", "hydratedFourRowTemplate");
  const auto text
    = hydrated ? hydrated["hydratedContentText"].string()
               : in.first("contentText", "description", "title").string();
  return std::string{text.empty() ? in["body"]["text"].string() : text};
}

struct words_row {
  std::string_view field;
  std::string (*read)(json_node in);
};

constexpr std::array word_kinds{
  words_row{"extendedTextMessage", read_text},
  words_row{"locationMessage", read_location},
  words_row{"liveLocationMessage", read_live_location},
  words_row{"contactMessage", read_contact},
  words_row{"contactsArrayMessage", read_contacts},
  words_row{"buttonsResponseMessage", read_button},
  words_row{"templateButtonReplyMessage", read_button},
  words_row{"listResponseMessage", read_list_answer},
  words_row{"interactiveResponseMessage", read_flow_answer},
  words_row{"pollCreationMessage", read_poll},
  words_row{"pollCreationMessageV2", read_poll},
  words_row{"pollCreationMessageV3", read_poll},
  words_row{"pollCreationMessageV4", read_poll},
  words_row{"pollCreationMessageV5", read_poll},
  words_row{"orderMessage", read_order},
  words_row{"productMessage", read_product},
  words_row{"groupInviteMessage", read_invitation},
  words_row{"eventMessage", read_event},
  words_row{"templateMessage", read_business},
  words_row{"buttonsMessage", read_business},
  words_row{"listMessage", read_business},
  words_row{"interactiveMessage", read_business}};

// -- the message --------------------------------------------------------------

/// What is said, and the part of the message that says it.
struct found_words {
  said what;
  json_node in;
};

/// A field that nobody here knows, as people may read it.
std::string unknown_kind(std::string_view field) {
  constexpr std::string_view ending = "Message";
  if (field.ends_with(ending))
    field.remove_suffix(ending.size());
  return unsupported_text(field);
}

std::optional<found_words> read_words(json_node message,
                                      const file_sources& files) {
  for (const auto& row : file_kinds)
    if (const auto in = message[row.field])
      return found_words{read_file(row, in, message, files), in};
  for (const auto& row : word_kinds)
    if (const auto in = message[row.field])
      return found_words{{row.read(in), {}}, in};
  if (const auto text = message["conversation"].string(); !text.empty())
    return found_words{{std::string{text}, {}}, {}};
  for (const auto& [field, in] : message.fields())
    if (in && !is_one_of(field, companions))
      return is_one_of(field, silent_kinds)
               ? std::nullopt
               : std::optional{found_words{{unknown_kind(field), {}}, in}};
  return std::nullopt;
}

/// An ad that the customer came from; a mere preview of a link is none.
std::string ad_line(json_node context) {
  const auto ad = context["externalAdReply"];
  const bool is_ad
    = ad["sourceType"].string() == "ad" || !ad["ctwaClid"].string().empty()
      || context["entryPointConversionSource"].string() == "ctwa_ad";
  return is_ad ? referral_text(ad["title"].string(), ad["sourceUrl"].string())
               : std::string{};
}

void read_context(json_node context, sidecar_content& out) {
  out.reply_to
    = read_identifier(context["stanzaId"].string(), inbound_id_size_max)
        .value_or("");
  if (!out.reply_to.empty())
    out.quoted_author = read_jid(context["participant"].string());
  out.is_forwarded = context["isForwarded"].flag()
                     || context["forwardingScore"].integer().value_or(0) > 0;
  for (const auto one : context["mentionedJid"].items()) {
    if (out.mentioned.size() == mentions_max)
      break;
    if (auto who = read_jid(one.string()); who)
      out.mentioned.push_back(std::move(who));
  }
}

/// Revokes and edits; everything else that phones tell each other is nothing.
std::optional<content> read_protocol(json_node in) {
  const auto type = in["type"];
  const auto number = type.is_string() ? -1 : type.integer().value_or(-1);
  const std::string target{in["key"]["id"].string()};
  if (type.string() == "REVOKE" || number == revoke_number)
    return revoked{target};
  if (type.string() == "MESSAGE_EDIT" || number == edit_number)
    return edited{target, read_sidecar_words(in["editedMessage"])};
  return std::nullopt;
}

} // namespace

std::string read_sidecar_words(json_node message) {
  auto found = read_words(unwrap(message), {});
  return found ? body_text(found->what.text) : std::string{};
}

std::optional<sidecar_content> read_sidecar_content(json_node message,
                                                    const file_sources& files) {
  message = unwrap(message);
  sidecar_content out;
  if (const auto in = message["protocolMessage"]) {
    auto what = read_protocol(in);
    if (!what)
      return std::nullopt;
    out.what = std::move(*what);
    return out;
  }
  if (const auto in = message["reactionMessage"]) {
    out.what = reacted{std::string{in["key"]["id"].string()},
                       clean_line(in["text"].string(), inbound_id_size_max)};
    return out;
  }
  auto found = read_words(message, files);
  if (!found)
    return std::nullopt;
  auto context = found->in["contextInfo"];
  if (!context)
    context = files.around["contextInfo"];
  read_context(context, out);
  found->what.text
    = body_text(join_lines(std::move(found->what.text), ad_line(context)));
  out.what = std::move(found->what);
  return out;
}

} // namespace switchboard::channels::whatsapp
