#pragma once

#include "channels/telegram/ids.hpp"
#include "channels/telegram/styled_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What Telegram tells a bot, as plain values. Text is well-formed UTF-8
/// without NUL; times are seconds since 1970.
namespace switchboard::channels::telegram {

struct user {
  user_id id{};
  bool is_bot = false;
  std::string first_name;
  std::string last_name;
  std::string username; ///< without the @; often empty
  std::string language_code;

  friend bool operator==(const user&, const user&) = default;
};

/// First and last name; never empty.
[[nodiscard]] std::string display_name(const user& who);

enum class chat_kind : std::uint8_t {
  private_chat,
  group,
  supergroup,
  channel,
  unknown,
};

struct chat {
  chat_id id{};
  chat_kind kind = chat_kind::unknown;
  bool is_forum = false;
  std::string title; ///< of a private chat: the person's name
  std::string username;

  friend bool operator==(const chat&, const chat&) = default;
};

enum class file_kind : std::uint8_t {
  photo,
  document,
  video,
  voice,
  video_note,
  audio,
  animation,
  sticker,
};

/// Telegram's word for it: the field of a message that holds it.
[[nodiscard]] std::string_view to_string(file_kind kind) noexcept;

/// A file that a message carries. `file_id` fetches and resends it and belongs
/// to this bot; `unique_id` is the same for everyone and for ever.
struct file {
  file_kind kind = file_kind::document;
  std::string file_id;
  std::string unique_id;
  std::string name;       ///< as the sender had it, or empty
  std::string mime_type;  ///< as the sender claims, or empty
  std::uint64_t size = 0; ///< 0: not told
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t duration_s = 0;
  std::string emoji;        ///< of a sticker
  std::string performer;    ///< of an audio file
  std::string title;        ///< of an audio file
  std::string thumbnail_id; ///< its `file_id`, or empty

  friend bool operator==(const file&, const file&) = default;
};

struct location {
  double latitude = 0;
  double longitude = 0;
  std::uint32_t live_period_s = 0; ///< above 0: it goes on moving
};

struct venue {
  location place;
  std::string title;
  std::string address;
};

struct contact {
  std::string phone_number;
  std::string first_name;
  std::string last_name;
  user_id user{}; ///< 0: not on Telegram; the sender's own: their own number
};

/// A content that we cannot show, under Telegram's name for it: `poll`,
/// `story`, `dice` …
struct other_content {
  std::string name;
};

/// What a message shows beside its text; nothing for a text message.
using content
  = std::variant<std::monostate, file, location, venue, contact, other_content>;

/// The message that the sender answered; never the implicit one that every
/// message of a topic carries.
struct replied_message {
  message_id id{};
  chat_id chat{}; ///< another chat's for an external reply
  std::optional<user> author;
  bool is_external = false; ///< not from this chat or topic
  std::string excerpt;      ///< of its text, at most 200 characters
};

struct quote {
  styled_text text;
  bool is_manual = false; ///< the sender picked it
};

/// Where a forwarded message was written first.
struct forward_origin {
  enum class source : std::uint8_t { person, hidden_person, chat, channel };

  source from = source::person;
  std::string name;     ///< of the person or the chat
  user_id user{};       ///< of a `person`
  chat_id chat{};       ///< of a `chat` or a `channel`
  message_id message{}; ///< in that channel
  std::int64_t at = 0;
};

struct topic_created {
  std::string name;
  std::int32_t icon_color = 0;
};
/// Absent: unchanged; an empty icon: removed.
struct topic_edited {
  std::optional<std::string> name;
  std::optional<std::string> icon_emoji_id;
};
struct topic_closed {};
struct topic_reopened {};
struct members_joined {
  std::vector<user> who; ///< at most 20 are kept
};
struct member_left {
  user who;
};
/// The group became a supergroup; this chat's id is dead.
struct migrated_to {
  chat_id chat{};
};
/// The first message of a supergroup that was that group.
struct migrated_from {
  chat_id chat{};
};
struct title_changed {
  std::string title;
};
/// Known by its name only: `pinned_message`, `group_chat_created` …
struct other_service {
  std::string name;
};

/// What happened in a chat, told as a message; nothing for people's messages.
using service
  = std::variant<std::monostate, topic_created, topic_edited, topic_closed,
                 topic_reopened, members_joined, member_left, migrated_to,
                 migrated_from, title_changed, other_service>;

/// A message as a bot sees it.
struct message {
  message_id id{};
  telegram::chat chat;
  std::optional<topic_id> topic; ///< absent in General and where no topics are
  std::optional<user> from;      ///< absent in channels
  std::optional<telegram::chat> sender_chat; ///< an anonymous admin's group
  std::int64_t at = 0;
  std::int64_t edited_at = 0; ///< 0: never
  styled_text text;           ///< the text, or the caption of `shows`
  content shows;
  service happened;
  std::string album; ///< its items share it; there is no end mark
  std::optional<replied_message> reply_to;
  std::optional<telegram::quote> quote;
  std::optional<forward_origin> forwarded;

  [[nodiscard]] bool is_service() const noexcept {
    return !std::holds_alternative<std::monostate>(happened);
  }
};

struct new_message {
  telegram::message message;
};

/// The message as it is now.
struct edited_message {
  telegram::message message;
};

/// Someone tapped a button under a message. It must be answered with
/// `answer_callback_query`, promptly.
struct button_press {
  std::string query; ///< its id
  user from;
  std::string data;
  /// Where the button is; absent for messages that were sent inline.
  std::optional<telegram::chat> chat;
  message_id message{};
  std::optional<topic_id> topic;
  bool is_accessible = false; ///< if not, the message is old or deleted
};

enum class member_status : std::uint8_t {
  creator,
  administrator,
  member,
  restricted,
  left,
  kicked,
  unknown,
};

[[nodiscard]] std::string_view to_string(member_status status) noexcept;

struct membership {
  user who;
  member_status status = member_status::unknown;
  bool is_member = false; ///< may see the chat, whatever the status
  bool may_manage_topics = false;
  bool may_delete_messages = false;
};

/// The bot's own standing in a chat changed. In a private chat `kicked` means
/// that the person blocked the bot.
struct membership_changed {
  telegram::chat chat;
  user by;
  std::int64_t at = 0;
  membership before;
  membership after;
};

struct reaction {
  enum class kind : std::uint8_t { emoji, custom_emoji, paid };

  kind what = kind::emoji;
  std::string value; ///< the emoji, or the custom emoji's id

  friend bool operator==(const reaction&, const reaction&) = default;
};

struct reaction_changed {
  telegram::chat chat;
  message_id message{};
  std::optional<user> by;                   ///< absent for an anonymous admin
  std::optional<telegram::chat> actor_chat; ///< then it is this
  std::int64_t at = 0;
  std::vector<reaction> before;
  std::vector<reaction> after;
};

/// A kind of update that is not asked for or not known yet; to be acknowledged.
struct unknown_update {
  std::string name;
};

/// What cannot be read as an update. It must be acknowledged as well, and kept
/// where people see it.
struct poison_update {
  std::string reason; ///< names the field; holds nothing that people wrote
};

/// One update. Its id is 0 when not even that could be read.
struct update {
  update_id id{};
  std::variant<poison_update, unknown_update, new_message, edited_message,
               button_press, membership_changed, reaction_changed>
    what;
};

} // namespace switchboard::channels::telegram
