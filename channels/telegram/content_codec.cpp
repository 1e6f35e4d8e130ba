#include "channels/telegram/message_codec.hpp"
#include "channels/telegram/utf16.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t file_id_size_max = 512;
constexpr std::size_t name_length_max = 256;
constexpr std::size_t text_length_max = 32'768;
constexpr std::size_t spans_max = 200;
constexpr std::size_t members_max = 20;

/// What we name but do not show.
constexpr std::array<std::string_view, 13> other_contents{
  "rich_message", "poll",        "story",    "dice",
  "game",         "paid_media",  "invoice",  "checklist",
  "gift",         "unique_gift", "giveaway", "giveaway_winners",
  "web_app_data"};

/// What a chat tells about itself, beside what `decode_service` reads.
constexpr std::array<std::string_view, 31> other_services{
  "pinned_message",
  "new_chat_photo",
  "delete_chat_photo",
  "group_chat_created",
  "supergroup_chat_created",
  "channel_chat_created",
  "message_auto_delete_timer_changed",
  "general_forum_topic_hidden",
  "general_forum_topic_unhidden",
  "successful_payment",
  "refunded_payment",
  "users_shared",
  "chat_shared",
  "connected_website",
  "write_access_allowed",
  "passport_data",
  "proximity_alert_triggered",
  "boost_added",
  "chat_background_set",
  "checklist_tasks_done",
  "checklist_tasks_added",
  "direct_message_price_changed",
  "giveaway_created",
  "giveaway_completed",
  "paid_message_price_changed",
  "video_chat_scheduled",
  "video_chat_started",
  "video_chat_ended",
  "video_chat_participants_invited",
  "chat_owner_left",
  "chat_owner_changed"};

/// Fields that say how and where, not what.
constexpr std::array<std::string_view, 45> envelope_fields{
  "message_id",
  "message_thread_id",
  "direct_messages_topic",
  "from",
  "sender_chat",
  "sender_boost_count",
  "sender_business_bot",
  "sender_tag",
  "date",
  "guest_query_id",
  "business_connection_id",
  "chat",
  "forward_origin",
  "is_topic_message",
  "is_automatic_forward",
  "reply_to_message",
  "external_reply",
  "quote",
  "reply_to_story",
  "reply_to_checklist_task_id",
  "reply_to_poll_option_id",
  "via_bot",
  "guest_bot_caller_user",
  "guest_bot_caller_chat",
  "edit_date",
  "has_protected_content",
  "is_from_offline",
  "is_paid_post",
  "media_group_id",
  "author_signature",
  "paid_star_count",
  "link_preview_options",
  "suggested_post_info",
  "effect_id",
  "entities",
  "caption",
  "caption_entities",
  "show_caption_above_media",
  "has_media_spoiler",
  "reply_markup",
  "forward_from",
  "forward_from_chat",
  "forward_from_message_id",
  "forward_sender_name",
  "forward_date"};

std::string_view first_present(const json_fields& in,
                               std::span<const std::string_view> names) {
  const auto at = std::ranges::find_if(
    names, [&in](std::string_view name) { return in.has(name); });
  return at == names.end() ? std::string_view{} : *at;
}

file decode_file(const json_fields& in, file_kind kind) {
  file out;
  out.kind = kind;
  out.file_id = in.identifier("file_id", file_id_size_max);
  out.unique_id = in.identifier("file_unique_id", file_id_size_max);
  out.name = in.words("file_name", name_length_max);
  out.mime_type = in.words("mime_type", name_length_max);
  const auto size = in.find_integer("file_size").value_or(0);
  out.size = size < 0 ? 0 : static_cast<std::uint64_t>(size);
  out.width = in.find_count("width");
  out.height = in.find_count("height");
  out.duration_s = in.find_count("duration");
  out.emoji = in.words("emoji", name_length_max);
  out.performer = in.words("performer", name_length_max);
  out.title = in.words("title", name_length_max);
  if (const auto thumbnail = in.find_object("thumbnail"))
    out.thumbnail_id = thumbnail->identifier("file_id", file_id_size_max);
  return out;
}

/// Of a photo's sizes the one with the most pixels.
file decode_photo(const json_fields& in, simdjson::dom::array sizes) {
  file best;
  best.kind = file_kind::photo;
  for (const auto element : sizes) {
    auto size = decode_file(in.item(element, "photo"), file_kind::photo);
    const auto pixels = std::uint64_t{size.width} * size.height;
    if (best.file_id.empty()
        || pixels > std::uint64_t{best.width} * best.height)
      best = std::move(size);
  }
  if (best.file_id.empty() && in.problem().empty())
    in.problem() = "photo is empty";
  return best;
}

location decode_location(const json_fields& in) {
  return {in.number("latitude"), in.number("longitude"),
          in.find_count("live_period")};
}

std::string_view unknown_field(const json_fields& in) {
  for (const auto field : in.raw())
    if (std::ranges::find(envelope_fields, field.key) == envelope_fields.end())
      return field.key;
  return "unknown";
}

constexpr std::array<file_kind, 7> single_files{
  // Before `document`, which comes along with it.
  file_kind::animation,  file_kind::document, file_kind::video,
  file_kind::video_note, file_kind::voice,    file_kind::audio,
  file_kind::sticker};

} // namespace

styled_text decode_styled_text(const json_fields& in,
                               std::string_view text_name,
                               std::string_view entities_name) {
  styled_text out{in.words(text_name, text_length_max)};
  const auto entities = in.find_array(entities_name);
  if (!entities)
    return out;
  unit_cursor cursor{out.text};
  for (const auto element : *entities) {
    if (out.spans.size() == spans_max)
      break;
    const auto entity = in.item(element, entities_name);
    const auto offset = entity.find_count("offset");
    const auto length = entity.find_count("length");
    const auto style = parse_text_style(entity.words("type", name_length_max));
    const auto begin = cursor.byte_of(offset);
    const auto end = cursor.byte_of(std::size_t{offset} + length);
    if (!style || begin >= end)
      continue;
    text_span span{*style, begin, end - begin, {}, user_id{}};
    if (*style == text_style::text_link)
      span.detail = entity.words("url", 2048);
    else if (*style == text_style::pre)
      span.detail = entity.words("language", 64);
    else if (*style == text_style::custom_emoji)
      span.detail = entity.words("custom_emoji_id", 64);
    else if (*style == text_style::text_mention)
      span.user = decode_user(entity.object("user")).id;
    out.spans.push_back(std::move(span));
  }
  return out;
}

content decode_content(const json_fields& in) {
  if (const auto sizes = in.find_array("photo"))
    return decode_photo(in, *sizes);
  for (const auto kind : single_files)
    if (const auto found = in.find_object(to_string(kind)))
      return decode_file(*found, kind);
  if (const auto found = in.find_object("venue"))
    return venue{decode_location(found->object("location")),
                 found->words("title", name_length_max),
                 found->words("address", name_length_max)};
  if (const auto found = in.find_object("location"))
    return decode_location(*found);
  if (const auto found = in.find_object("contact"))
    return contact{found->words("phone_number", 64),
                   found->words("first_name", name_length_max),
                   found->words("last_name", name_length_max),
                   user_id{found->find_integer("user_id").value_or(0)}};
  if (in.has("text"))
    return {};
  if (const auto name = first_present(in, other_contents); !name.empty())
    return other_content{std::string{name}};
  const auto name = unknown_field(in);
  return other_content{repair_text(name.substr(0, fit_units(name, 64)))};
}

service decode_service(const json_fields& in) {
  if (in.has("text"))
    return {};
  if (const auto found = in.find_object("forum_topic_created"))
    return topic_created{
      found->words("name", name_length_max),
      static_cast<std::int32_t>(found->find_count("icon_color") & 0xFFFFFFU)};
  if (const auto found = in.find_object("forum_topic_edited")) {
    topic_edited out;
    if (found->has("name"))
      out.name = found->words("name", name_length_max);
    if (found->has("icon_custom_emoji_id"))
      out.icon_emoji_id = found->words("icon_custom_emoji_id", 64);
    return out;
  }
  if (in.has("forum_topic_closed"))
    return topic_closed{};
  if (in.has("forum_topic_reopened"))
    return topic_reopened{};
  if (const auto chat = in.find_integer("migrate_to_chat_id"))
    return migrated_to{chat_id{*chat}};
  if (const auto chat = in.find_integer("migrate_from_chat_id"))
    return migrated_from{chat_id{*chat}};
  if (in.has("new_chat_title"))
    return title_changed{in.words("new_chat_title", name_length_max)};
  if (const auto found = in.find_object("left_chat_member"))
    return member_left{decode_user(*found)};
  if (const auto found = in.find_array("new_chat_members")) {
    members_joined out;
    for (const auto element : *found)
      if (out.who.size() < members_max)
        out.who.push_back(decode_user(in.item(element, "new_chat_members")));
    return out;
  }
  if (const auto name = first_present(in, other_services); !name.empty())
    return other_service{std::string{name}};
  return {};
}

} // namespace switchboard::channels::telegram
