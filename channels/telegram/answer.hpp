#pragma once

#include "channels/http_exchange.hpp"
#include "channels/outcome.hpp"
#include "channels/telegram/ids.hpp"
#include "channels/telegram/update.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::channels::telegram {

/// What an answer means, finer than a `delivery_outcome`.
enum class answer_class : std::uint8_t {
  done,
  not_modified,  ///< it already is as it was to become: a success
  query_expired, ///< the tap is too old to be answered: nothing to do
  blocked,       ///< the person blocked the bot, never started it, or is gone
  chat_gone,     ///< the bot is no member, or there is no such chat
  topic_gone,    ///< recreate the topic and send again
  topic_closed,  ///< reopen the topic and send again
  migrated,      ///< send again to `migrated_to`, and remember it
  message_gone,  ///< what was to be edited, copied or answered is not there
  file_refused,  ///< send the file in another way
  no_rights,     ///< the bot lacks a right in the group
  bad_request,
  slow_down,
  unauthorized, ///< the token is wrong or was revoked
  conflict,     ///< webhook and polling, or two pollers
  retry_later,
};

std::string_view to_string(answer_class c) noexcept;

/// One answer of the Bot API. `result` is JSON, for the readers below.
struct api_answer {
  answer_class meaning = answer_class::retry_later;
  int code = 0;            ///< of Telegram, or of HTTP; 0: no answer
  std::string description; ///< Telegram's, or what failed; for people
  std::string result;
  std::optional<std::chrono::seconds> retry_after;
  std::optional<chat_id> migrated_to;
  /// The call may have taken effect although nobody said so: a repetition may
  /// show twice.
  bool is_ambiguous = false;

  [[nodiscard]] bool is_success() const noexcept {
    return meaning == answer_class::done
           || meaning == answer_class::not_modified
           || meaning == answer_class::query_expired;
  }
};

/// Reads what came of a call, whatever it is: Telegram's JSON, a proxy's HTML,
/// or nothing at all.
[[nodiscard]] api_answer decode_answer(const http_answer& answer);

/// `gone` for what the domain mends (topic, chat, person, migration). A wrong
/// token or a conflict is tried again later, since the operator mends it and
/// nobody's message may be lost over it.
[[nodiscard]] verdict judge(const api_answer& answer);

/// What a send gave: the message's place, or its id alone after a copy.
struct sent_message {
  message_id id{};
  std::optional<chat_id> chat;
  std::optional<topic_id> topic;
  std::string file_id; ///< of the file that it shows, to send it again

  friend bool operator==(const sent_message&, const sent_message&) = default;
};

/// The readers of results; nothing when `result` is something else.
std::optional<sent_message> read_sent(std::string_view result);
/// An album's.
std::vector<sent_message> read_sent_group(std::string_view result);
std::optional<topic_id> read_topic(std::string_view result);
std::optional<membership> read_member(std::string_view result);

struct bot_identity {
  user self;
  bool may_read_groups = false; ///< privacy mode is off
};
std::optional<bot_identity> read_me(std::string_view result);

struct file_place {
  std::string path; ///< behind `<api_url>/file/bot<token>/`; empty: too large
  std::uint64_t size = 0;
};
std::optional<file_place> read_file(std::string_view result);

struct webhook_info {
  std::string url; ///< empty: none is set
  std::uint32_t waiting = 0;
  std::string last_error;
  std::int64_t last_error_at = 0;
};
std::optional<webhook_info> read_webhook_info(std::string_view result);

} // namespace switchboard::channels::telegram
