#pragma once

#include "tests/simulators/telegram_rates.hpp"
#include "tests/simulators/telegram_types.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace switchboard::simulators::telegram {

namespace json = boost::json;

struct file_state {
  std::string id;
  std::string unique_id;
  std::string kind;
  std::string name;
  std::string mime;
  std::string bytes;
  std::string path;
};

struct message_state {
  std::int32_t id = 0;
  std::int32_t thread_id = 0;
  std::int64_t from_id = 0;
  bool from_bot = false;
  std::int64_t date = 0;
  std::int64_t edit_date = 0;
  std::int32_t reply_to = 0;
  std::string kind;
  json::object content; ///< what the kind of message adds to `Message`
  std::map<std::int64_t, json::array> reactions; ///< by who reacted
  int edits = 0;
  bool deleted = false;
  bool force_reply = false;

  [[nodiscard]] bool is_service() const {
    return content.empty() || kind.starts_with("forum_topic_")
           || kind == "new_chat_members" || kind == "left_chat_member"
           || kind == "pinned_message" || kind.starts_with("migrate_");
  }
};

struct topic_state {
  std::string name;
  std::int64_t icon_color = 0;
  std::string icon_emoji;
  bool closed = false;
  bool deleted = false;
};

/// `creator`, `administrator`, `member`, `left` or `kicked`.
struct member_state {
  std::string status = "member";
  telegram_rights rights{false, false, false, false};

  [[nodiscard]] bool is_inside() const {
    return status != "left" && status != "kicked";
  }
};

/// Private chats with different bots have the same id.
struct chat_key {
  std::int64_t chat_id = 0;
  std::int64_t bot_id = 0; ///< 0: a group

  auto operator<=>(const chat_key&) const = default;
};

struct chat_state {
  chat_key key;
  std::string type = "private";
  std::string title;
  bool is_forum = false;
  std::map<std::int64_t, member_state> members;
  std::map<std::int32_t, topic_state> topics;
  std::map<std::int32_t, message_state> messages;
  std::int32_t last_message_id = 0;
  std::int64_t migrated_to = 0;
  bool blocked = false; ///< a private one, by its user

  [[nodiscard]] bool is_private() const {
    return key.bot_id != 0;
  }
};

struct user_state {
  std::int64_t id = 0;
  std::string first_name;
  std::string last_name;
  std::string username;
  std::string language;
  bool deactivated = false;
};

struct callback_state {
  std::int64_t bot_id = 0;
  sim_time expires{};
  std::optional<telegram_callback_answer> answer;
};

/// One update from its making to its acknowledgement.
struct update_state {
  std::int64_t id = 0;
  std::string kind;
  std::string queue; ///< one at a time is under way of each
  json::object content;
  sim_time expires{};
  sim_time not_before{};
  int failures = 0;
  bool under_way = false;
};

struct webhook_state {
  std::string url;
  std::string secret;
  int connections_max = 40;
  std::int64_t last_error_date = 0;
  std::string last_error;
  sim_time gone_since{}; ///< since when it has answered nothing but 410
};

struct bot_state {
  telegram_bot who;
  std::string first_name;
  bool privacy = false;
  bool revoked = false;
  webhook_state hook;
  /// What updates it wants; nothing: all but the three that must be asked for.
  std::optional<std::set<std::string, std::less<>>> wanted;
  std::int64_t last_update_id = 0;
  std::deque<update_state> updates; ///< those that are not acknowledged
  std::map<std::int64_t, update_state> archive; ///< all, to repeat them
  bool held = false;
  std::uint64_t poll_number = 0; ///< the newest long poll has this one
  json::array commands;
  int under_way = 0;
};

} // namespace switchboard::simulators::telegram
