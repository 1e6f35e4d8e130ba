// Methods that make messages.

#include "tests/simulators/telegram_text.hpp"
#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

constexpr std::size_t photo_bytes_max = std::size_t{10} * 1'024 * 1'024;
constexpr std::size_t file_bytes_max = std::size_t{50} * 1'024 * 1'024;

/// Everything that a sending method has in common, checked.
struct envelope {
  chat_state* to = nullptr;
  message_state message;
};

void put_reply(const call_context& call, envelope& out) {
  const auto* given = call.args.if_contains("reply_parameters");
  if (given == nullptr)
    return;
  const auto& parameters = given->as_object();
  const auto id = member_number(parameters, "message_id");
  const auto other = member_number(parameters, "chat_id");
  const auto is_here = other == 0 || other == out.to->key.chat_id;
  if (is_here && call.all.find_message(*out.to, id) != nullptr) {
    out.message.reply_to = static_cast<std::int32_t>(id);
    return;
  }
  const auto* lenient = parameters.if_contains("allow_sending_without_reply");
  if (lenient == nullptr || !lenient->as_bool())
    throw bad_request("message to be replied not found");
}

void put_markup(const call_context& call, message_state& to) {
  const auto* given = call.args.if_contains("reply_markup");
  if (given == nullptr)
    return;
  const auto& markup = given->as_object();
  check_markup(markup);
  if (markup.contains("inline_keyboard")
      && !markup.at("inline_keyboard").as_array().empty())
    to.content["reply_markup"] = markup;
  to.force_reply = markup.contains("force_reply");
}

envelope open_envelope(const call_context& call) {
  envelope out;
  out.to = &call.target();
  const auto thread
    = static_cast<std::int32_t>(call.number("message_thread_id"));
  call.all.check_thread(call.by, *out.to, thread);
  out.message.thread_id = thread;
  out.message.from_id = call.by.who.id;
  out.message.from_bot = true;
  put_reply(call, out);
  put_markup(call, out.message);
  return out;
}

message_state& send(const call_context& call, envelope& what) {
  auto& out = call.all.post(*what.to, std::move(what.message));
  ++call.all.tally.messages;
  call.all.changed();
  return out;
}

/// A file by id, by URL or out of the call.
const file_state& file_of(const call_context& call, const std::string& kind,
                          const std::string& given) {
  constexpr std::string_view attached = "attach://";
  if (given.starts_with(attached)) {
    const auto at = call.files.find(given.substr(attached.size()));
    if (at == call.files.end())
      throw mistake("wrong file identifier/HTTP URL specified");
    if (at->second.bytes.empty())
      throw mistake("file must be non-empty");
    if (at->second.bytes.size()
        > (kind == "photo" ? photo_bytes_max : file_bytes_max))
      throw refusal{413, "Request Entity Too Large", true};
    return call.all.store(kind, at->second);
  }
  if (given.starts_with("http://") || given.starts_with("https://"))
    return call.all.store(
      kind, {given.substr(given.rfind('/') + 1), "", "bytes from " + given});
  const auto at = call.all.files.find(given);
  if (at == call.all.files.end())
    throw bad_request("wrong file identifier/HTTP URL specified");
  const auto is_same = at->second.kind == kind || kind == "document";
  if (!is_same)
    throw bad_request("can't use file of type " + at->second.kind + " as "
                      + kind);
  return at->second;
}

json::value send_message(const call_context& call) {
  auto what = open_envelope(call);
  what.message.kind = "text";
  put_text(call, "text", call.text("text"), what.message.content);
  return call.all.message_json(*what.to, send(call, what));
}

template <const char* const& Kind>
json::value send_file(const call_context& call) {
  auto what = open_envelope(call);
  const auto& file = file_of(call, Kind, call.text(Kind));
  // What is sent as another kind stays of its own.
  what.message.kind = file.kind;
  for (auto& [key, value] : file_content(file))
    what.message.content[key] = value;
  put_text(call, "caption", call.text("caption"), what.message.content);
  return call.all.message_json(*what.to, send(call, what));
}

json::value send_location(const call_context& call) {
  auto what = open_envelope(call);
  what.message.kind = "location";
  what.message.content["location"] = {{"latitude", call.args.at("latitude")},
                                      {"longitude", call.args.at("longitude")}};
  return call.all.message_json(*what.to, send(call, what));
}

json::value send_contact(const call_context& call) {
  auto what = open_envelope(call);
  what.message.kind = "contact";
  what.message.content["contact"]
    = {{"phone_number", call.args.at("phone_number")},
       {"first_name", call.args.at("first_name")}};
  return call.all.message_json(*what.to, send(call, what));
}

json::value send_media_group(const call_context& call) {
  const auto& media = call.args.at("media").as_array();
  if (media.size() < 2 || media.size() > 10)
    throw mistake("group must contain 2-10 items");
  const auto type = member_text(media.front().as_object(), "type");
  const auto mixes = [](const std::string& kind) {
    return kind == "photo" || kind == "video" || kind == "live_photo";
  };
  auto first = open_envelope(call);
  std::vector<message_state> made;
  const auto group
    = std::to_string(13'500'000'000'000'000 + ++call.all.last_id);
  for (const auto& one : media) {
    const auto& item = one.as_object();
    const auto kind = member_text(item, "type");
    if (kind != type && !(mixes(kind) && mixes(type)))
      throw mistake(kind + " can't be mixed with other media types");
    auto& message = made.emplace_back(first.message);
    const auto& file = file_of(call, kind, member_text(item, "media"));
    message.kind = kind;
    message.content = file_content(file);
    message.content["media_group_id"] = group;
    put_text(item, "caption", member_text(item, "caption"), message.content);
  }
  json::array out;
  for (auto& one : made) {
    envelope next{first.to, std::move(one)};
    out.push_back(call.all.message_json(*next.to, send(call, next)));
  }
  return out;
}

json::value send_chat_action(const call_context& call) {
  constexpr std::array<std::string_view, 11> known{
    "typing",        "upload_photo",      "record_video",     "upload_video",
    "record_voice",  "upload_voice",      "upload_document",  "choose_sticker",
    "find_location", "record_video_note", "upload_video_note"};
  if (std::ranges::find(known, call.text("action")) == known.end())
    throw mistake("wrong parameter action in request");
  call.all.check_thread(
    call.by, call.target(),
    static_cast<std::int32_t>(call.number("message_thread_id")));
  return true;
}

constexpr const char* photo = "photo";
constexpr const char* document = "document";
constexpr const char* voice = "voice";
constexpr const char* video = "video";
constexpr const char* audio = "audio";
constexpr const char* animation = "animation";
constexpr const char* sticker = "sticker";
constexpr const char* video_note = "video_note";

} // namespace

void add_send_methods(handler_table& to) {
  to["sendMessage"] = send_message;
  to["sendPhoto"] = send_file<photo>;
  to["sendDocument"] = send_file<document>;
  to["sendVoice"] = send_file<voice>;
  to["sendVideo"] = send_file<video>;
  to["sendAudio"] = send_file<audio>;
  to["sendAnimation"] = send_file<animation>;
  to["sendSticker"] = send_file<sticker>;
  to["sendVideoNote"] = send_file<video_note>;
  to["sendMediaGroup"] = send_media_group;
  to["sendLocation"] = send_location;
  to["sendContact"] = send_contact;
  to["sendChatAction"] = send_chat_action;
}

} // namespace switchboard::simulators::telegram
