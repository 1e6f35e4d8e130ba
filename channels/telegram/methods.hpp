#pragma once

#include "channels/telegram/ids.hpp"
#include "channels/telegram/styled_text.hpp"
#include "channels/telegram/update.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The calls that the bots make, one struct for each method of the Bot API.
/// Limits that people can run into are kept by `split` and `clip_units` before
/// a struct is made; `find_fault` names what breaks one.
namespace switchboard::channels::telegram {

inline constexpr std::size_t callback_data_size_max = 64; // bytes
inline constexpr std::size_t topic_name_length_max = 128;
inline constexpr std::size_t callback_answer_length_max = 200;
inline constexpr std::size_t album_items_min = 2;
inline constexpr std::size_t album_items_max = 10;

/// A button under a message; exactly one of the three is what it does.
struct button {
  enum class action : std::uint8_t { callback, open_url, copy_text };

  std::string text;
  action does = action::callback;
  std::string value; ///< callback data (1 to 64 bytes), address, or text

  friend bool operator==(const button&, const button&) = default;
};

/// Rows of buttons; one without rows takes a message's buttons away.
struct inline_keyboard {
  std::vector<std::vector<button>> rows;

  friend bool operator==(const inline_keyboard&, const inline_keyboard&)
    = default;
};

/// Opens the answer field of the person's app, as if they had chosen to reply.
struct force_reply {
  std::string placeholder; ///< shown in the field; at most 64 characters
  bool only_for_addressed = false;
};

using reply_markup = std::variant<std::monostate, inline_keyboard, force_reply>;

/// The message that is answered. It may have been deleted meanwhile: then the
/// answer is sent all the same.
struct reply_target {
  message_id message{};
  std::string quote; ///< an exact part of its text, or empty
};

/// Where a message goes, and how.
struct destination {
  chat_id chat{};
  /// Nothing, or the General topic: no topic is named in the call.
  std::optional<topic_id> topic;
  std::optional<reply_target> reply_to;
  bool is_silent = false;    ///< no sound at the receiver
  bool is_protected = false; ///< no forwarding, no saving
};

struct send_message {
  destination to;
  styled_text text;
  reply_markup markup;
  bool shows_link_preview = false;
};

/// `sendPhoto`, `sendDocument` … after the kind of file.
struct send_file {
  destination to;
  file_kind kind = file_kind::document;
  std::string source;  ///< a `file_id` of this bot, or an address
  styled_text caption; ///< not for stickers and video notes
  reply_markup markup;
};

struct album_item {
  file_kind kind = file_kind::photo; ///< photo, video, document or audio
  std::string source;
  styled_text caption;
};

/// 2 to 10 items; documents and audio files only among their own kind.
struct send_media_group {
  destination to;
  std::vector<album_item> items;
};

struct copy_message {
  destination to;
  chat_id from_chat{};
  message_id message{};
  std::optional<styled_text> caption; ///< absent: the original's
  reply_markup markup;
};

struct edit_message_text {
  chat_id chat{};
  message_id message{};
  styled_text text;
  inline_keyboard keyboard; ///< the message has exactly these buttons then
  bool shows_link_preview = false;
};

struct edit_message_caption {
  chat_id chat{};
  message_id message{};
  styled_text caption;
  inline_keyboard keyboard;
};

struct edit_message_reply_markup {
  chat_id chat{};
  message_id message{};
  inline_keyboard keyboard;
};

struct delete_message {
  chat_id chat{};
  message_id message{};
};

/// Every tap must be answered, or the button seems to hang.
struct answer_callback_query {
  std::string query;
  std::string text; ///< at most 200 characters
  bool is_alert = false;
};

struct create_forum_topic {
  chat_id chat{};
  std::string name;
  std::optional<std::int32_t> icon_color; ///< one of `topic_icon_colors`
};

/// Absent: unchanged; an empty icon removes it.
struct edit_forum_topic {
  chat_id chat{};
  topic_id topic{};
  std::optional<std::string> name;
  std::optional<std::string> icon_emoji_id;
};

struct close_forum_topic {
  chat_id chat{};
  topic_id topic{};
};
struct reopen_forum_topic {
  chat_id chat{};
  topic_id topic{};
};
struct delete_forum_topic {
  chat_id chat{};
  topic_id topic{};
};

/// No emoji clears the bot's reaction.
struct set_message_reaction {
  chat_id chat{};
  message_id message{};
  std::string emoji;
};

/// Shows that something is being done, for five seconds.
struct send_chat_action {
  chat_id chat{};
  std::optional<topic_id> topic;
  std::string action = "typing";
};

struct get_me {};

struct get_file {
  std::string file_id;
};

struct get_chat_member {
  chat_id chat{};
  user_id user{};
};

struct get_updates {
  std::optional<update_id> offset; ///< confirms all before it
  std::uint32_t limit = 100;
  std::uint32_t timeout_s = 50;
};

struct set_webhook {
  std::string url;
  std::string secret_token; ///< 1 to 256 of `A-Za-z0-9_-`, or empty for none
  std::uint32_t connections_max = 40;
  bool drops_pending = false;
};

struct delete_webhook {
  bool drops_pending = false;
};

struct get_webhook_info {};

struct bot_command {
  std::string name; ///< 1 to 32 of `a-z0-9_`
  std::string description;
};
/// The commands that Telegram's apps suggest.
struct set_my_commands {
  std::vector<bot_command> commands;
};

using method = std::variant<
  send_message, send_file, send_media_group, copy_message, edit_message_text,
  edit_message_caption, edit_message_reply_markup, delete_message,
  answer_callback_query, create_forum_topic, edit_forum_topic,
  close_forum_topic, reopen_forum_topic, delete_forum_topic,
  set_message_reaction, send_chat_action, get_me, get_file, get_chat_member,
  get_updates, set_webhook, delete_webhook, get_webhook_info, set_my_commands>;

inline constexpr std::array<std::int32_t, 6> topic_icon_colors{
  7322096, 16766590, 13338331, 9367192, 16749490, 16478047};

/// A call as it goes over the wire: `POST <api_url>/bot<token>/<name>` with
/// `body`.
struct encoded_method {
  std::string_view name;
  std::string content_type = "application/json";
  std::string body;
};

/// What Telegram would refuse: the field and its limit; empty when all is well.
[[nodiscard]] std::string find_fault(const method& call);

/// `call` must be without fault. Names of topics, answers to taps and labels of
/// buttons are clipped to what Telegram takes.
[[nodiscard]] encoded_method encode(const method& call);

/// A file that goes along with its message.
struct upload {
  std::string name;
  std::string mime_type;
  std::string_view bytes; ///< valid during the call
};

/// `call` with its file's bytes instead of `call.source`, as multipart form.
/// `boundary` is 16 to 60 letters or digits, which must not stand in the bytes:
/// take them from a good source of randomness.
[[nodiscard]] encoded_method encode_upload(const send_file& call,
                                           const upload& file,
                                           std::string_view boundary);

/// A file that takes the place of an album's item.
struct album_upload {
  std::size_t item = 0; ///< counts from 0
  upload file;
};

/// The same for an album some of whose items are uploaded; the others keep
/// their `source`.
[[nodiscard]] encoded_method encode_upload(const send_media_group& call,
                                           std::span<const album_upload> files,
                                           std::string_view boundary);

/// The chat that a call goes to, and its topic; nothing for calls to none.
[[nodiscard]] std::optional<chat_id> chat_of(const method& call);
[[nodiscard]] std::optional<topic_id> topic_of(const method& call);

} // namespace switchboard::channels::telegram
