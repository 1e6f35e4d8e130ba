#include "channels/telegram/method_fields.hpp"
#include "channels/telegram/methods.hpp"
#include "channels/telegram/update_codec.hpp"
#include "domain/text.hpp"

#include <cassert>

namespace switchboard::channels::telegram {

namespace {

/// Writes the parameters of each method and returns its name.
class method_writer {
public:
  explicit method_writer(std::string& body) : out_{body} {}

  std::string_view operator()(const send_message& call) {
    write_destination(out_, call.to);
    write_styled(out_, call.text, "text", "entities");
    write_preview(call.shows_link_preview);
    write_markup(out_, call.markup);
    return "sendMessage";
  }

  std::string_view operator()(const send_file& call) {
    write_destination(out_, call.to);
    if (!call.source.empty())
      out_.key(to_string(call.kind)).string(call.source);
    write_styled(out_, call.caption, "caption", "caption_entities");
    write_markup(out_, call.markup);
    return name_of(call.kind);
  }

  std::string_view operator()(const send_media_group& call) {
    write_destination(out_, call.to);
    out_.key("media").begin_array();
    for (const auto& item : call.items) {
      out_.begin_object().key("type").string(to_string(item.kind));
      out_.key("media").string(item.source);
      write_styled(out_, item.caption, "caption", "caption_entities");
      out_.end_object();
    }
    out_.end_array();
    return "sendMediaGroup";
  }

  std::string_view operator()(const copy_message& call) {
    write_destination(out_, call.to);
    out_.key("from_chat_id").integer(static_cast<std::int64_t>(call.from_chat));
    write_message(out_, call.message);
    if (call.caption && call.caption->empty())
      out_.key("caption").string("");
    else if (call.caption)
      write_styled(out_, *call.caption, "caption", "caption_entities");
    write_markup(out_, call.markup);
    return "copyMessage";
  }

  std::string_view operator()(const edit_message_text& call) {
    write_place(call.chat, call.message);
    write_styled(out_, call.text, "text", "entities");
    write_preview(call.shows_link_preview);
    write_keyboard(out_, call.keyboard);
    return "editMessageText";
  }

  std::string_view operator()(const edit_message_caption& call) {
    write_place(call.chat, call.message);
    write_styled(out_, call.caption, "caption", "caption_entities");
    write_keyboard(out_, call.keyboard);
    return "editMessageCaption";
  }

  std::string_view operator()(const edit_message_reply_markup& call) {
    write_place(call.chat, call.message);
    write_keyboard(out_, call.keyboard);
    return "editMessageReplyMarkup";
  }

  std::string_view operator()(const delete_message& call) {
    write_place(call.chat, call.message);
    return "deleteMessage";
  }

  std::string_view operator()(const answer_callback_query& call) {
    out_.key("callback_query_id").string(call.query);
    if (!call.text.empty())
      out_.key("text").string(
        domain::clip(call.text, callback_answer_length_max));
    if (call.is_alert)
      out_.key("show_alert").boolean(true);
    return "answerCallbackQuery";
  }

  std::string_view operator()(const create_forum_topic& call) {
    write_chat(out_, call.chat);
    out_.key("name").string(domain::clip(call.name, topic_name_length_max));
    if (call.icon_color)
      out_.key("icon_color").integer(*call.icon_color);
    return "createForumTopic";
  }

  std::string_view operator()(const edit_forum_topic& call) {
    write_topic_place(call.chat, call.topic);
    if (call.name)
      out_.key("name").string(domain::clip(*call.name, topic_name_length_max));
    if (call.icon_emoji_id)
      out_.key("icon_custom_emoji_id").string(*call.icon_emoji_id);
    return "editForumTopic";
  }

  std::string_view operator()(const close_forum_topic& call) {
    write_topic_place(call.chat, call.topic);
    return "closeForumTopic";
  }

  std::string_view operator()(const reopen_forum_topic& call) {
    write_topic_place(call.chat, call.topic);
    return "reopenForumTopic";
  }

  std::string_view operator()(const delete_forum_topic& call) {
    write_topic_place(call.chat, call.topic);
    return "deleteForumTopic";
  }

  std::string_view operator()(const set_message_reaction& call) {
    write_place(call.chat, call.message);
    out_.key("reaction").begin_array();
    if (!call.emoji.empty()) {
      out_.begin_object().key("type").string("emoji");
      out_.key("emoji").string(call.emoji).end_object();
    }
    out_.end_array();
    return "setMessageReaction";
  }

  std::string_view operator()(const send_chat_action& call) {
    write_chat(out_, call.chat);
    write_topic(out_, call.topic);
    out_.key("action").string(call.action);
    return "sendChatAction";
  }

  std::string_view operator()(const get_me&) {
    return "getMe";
  }

  std::string_view operator()(const get_file& call) {
    out_.key("file_id").string(call.file_id);
    return "getFile";
  }

  std::string_view operator()(const get_chat_member& call) {
    write_chat(out_, call.chat);
    out_.key("user_id").integer(static_cast<std::int64_t>(call.user));
    return "getChatMember";
  }

  std::string_view operator()(const get_updates& call) {
    if (call.offset)
      out_.key("offset").integer(static_cast<std::int64_t>(*call.offset));
    out_.key("limit").number(call.limit).key("timeout").number(call.timeout_s);
    write_wanted();
    return "getUpdates";
  }

  std::string_view operator()(const set_webhook& call) {
    out_.key("url").string(call.url);
    if (!call.secret_token.empty())
      out_.key("secret_token").string(call.secret_token);
    out_.key("max_connections").number(call.connections_max);
    write_wanted();
    if (call.drops_pending)
      out_.key("drop_pending_updates").boolean(true);
    return "setWebhook";
  }

  std::string_view operator()(const delete_webhook& call) {
    if (call.drops_pending)
      out_.key("drop_pending_updates").boolean(true);
    return "deleteWebhook";
  }

  std::string_view operator()(const get_webhook_info&) {
    return "getWebhookInfo";
  }

  std::string_view operator()(const set_my_commands& call) {
    out_.key("commands").begin_array();
    for (const auto& one : call.commands) {
      out_.begin_object().key("command").string(one.name);
      out_.key("description").string(domain::clip(one.description, 256));
      out_.end_object();
    }
    out_.end_array();
    return "setMyCommands";
  }

  std::string_view write(const method& call) {
    out_.begin_object();
    const auto name = std::visit(*this, call);
    out_.end_object();
    return name;
  }

private:
  static std::string_view name_of(file_kind kind) {
    switch (kind) {
      case file_kind::photo: return "sendPhoto";
      case file_kind::document: return "sendDocument";
      case file_kind::video: return "sendVideo";
      case file_kind::voice: return "sendVoice";
      case file_kind::video_note: return "sendVideoNote";
      case file_kind::audio: return "sendAudio";
      case file_kind::animation: return "sendAnimation";
      case file_kind::sticker: return "sendSticker";
    }
    return "sendDocument";
  }

  void write_place(chat_id chat, message_id message) {
    write_chat(out_, chat);
    write_message(out_, message);
  }

  void write_topic_place(chat_id chat, topic_id topic) {
    write_chat(out_, chat);
    out_.key("message_thread_id").integer(static_cast<std::int32_t>(topic));
  }

  void write_preview(bool shown) {
    if (shown)
      return;
    out_.key("link_preview_options").begin_object();
    out_.key("is_disabled").boolean(true).end_object();
  }

  void write_wanted() {
    out_.key("allowed_updates").begin_array();
    for (const auto name : wanted_updates())
      out_.string(name);
    out_.end_array();
  }

  json::writer out_;
};

} // namespace

encoded_method encode(const method& call) {
  assert(find_fault(call).empty());
  encoded_method out;
  out.name = method_writer{out.body}.write(call);
  return out;
}

} // namespace switchboard::channels::telegram
