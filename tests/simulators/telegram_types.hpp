#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::simulators {

/// A bot as its owner knows it.
struct telegram_bot {
  std::int64_t id = 0;
  std::string token;
  std::string username;
};

struct telegram_bot_options {
  std::string username = "support_bot";
  std::string first_name = "Support";
  std::int64_t id = 0; ///< 0: the next free one
  std::string token;   ///< empty: made of the id
  /// With privacy on, a bot that is no administrator sees of a group only
  /// commands, replies to it and service messages.
  bool privacy = false;
};

struct telegram_user_options {
  std::string first_name = "Ana";
  std::string last_name;
  std::string username;
  std::string language = "en";
  std::int64_t id = 0; ///< 0: the next free one
};

/// A chat as bots name it, and a topic in it. Private chats with different bots
/// share an id, so `bot_id` tells them apart; it is 0 for groups.
struct telegram_place {
  std::int64_t chat_id = 0;
  std::int64_t bot_id = 0;
  std::int32_t thread_id = 0;

  [[nodiscard]] telegram_place topic(std::int32_t thread) const {
    return {chat_id, bot_id, thread};
  }
};

/// What a bot may do in a group.
struct telegram_rights {
  bool admin = true;
  bool manage_topics = true;
  bool delete_messages = true;
  bool pin_messages = true;
};

struct telegram_button {
  std::string text;
  std::string data; ///< `callback_data`
  std::string url;
};

/// A message as it stands in its chat now.
struct telegram_message {
  std::int64_t chat_id = 0;
  std::int32_t message_id = 0;
  std::int32_t thread_id = 0;
  std::int64_t from_id = 0;
  bool from_bot = false;
  /// `text`, `photo`, `document`, … or the name of the service message.
  std::string kind;
  std::string text; ///< or the caption
  std::string file_id;
  std::vector<std::vector<telegram_button>> buttons;
  bool force_reply = false;
  std::int32_t reply_to = 0; ///< 0: none, or only the topic's root
  std::string media_group_id;
  std::vector<std::string> reactions; ///< of everybody
  int edits = 0;
  bool deleted = false;
  boost::json::object json; ///< as the Bot API shows it

  /// Whether it has a button with this `callback_data`.
  [[nodiscard]] bool has_button(std::string_view data) const;
};

struct telegram_topic {
  std::int32_t thread_id = 0;
  std::string name;
  bool closed = false;
  bool deleted = false;
};

/// A file that a user or a bot sends.
struct telegram_upload {
  std::string kind = "photo"; ///< photo, document, voice, video, audio, …
  std::string name = "photo.jpg";
  std::string mime = "image/jpeg";
  std::string bytes = "bytes of a picture";
  std::string caption;
};

struct telegram_callback_answer {
  std::string text;
  bool show_alert = false;
};

/// A call as the server got it.
struct telegram_call {
  std::chrono::system_clock::time_point at; ///< by the simulator's clock
  std::int64_t bot_id = 0;
  std::string method;
  std::int64_t chat_id = 0;
  std::int32_t thread_id = 0;
  boost::json::object args; ///< as read from JSON, a form or multipart
  int status = 0;           ///< of the answer; 0: there was none
  std::string description;  ///< of an error
};

/// Counts over all calls and updates since the start or `forget`.
struct telegram_tally {
  std::uint64_t calls = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t limited = 0;    ///< answered with 429 for a rate
  std::uint64_t too_early = 0;  ///< sent again before `retry_after` was over
  std::uint64_t messages = 0;   ///< that bots sent
  std::uint64_t updates = 0;    ///< that arose
  std::uint64_t deliveries = 0; ///< of updates, answered with 2xx
  std::uint64_t failed_deliveries = 0;
};

/// Token buckets, as generous as the real ones are said to be.
struct telegram_limits {
  bool enabled = true;
  double bot_per_second = 30;
  double bot_burst = 30;
  double chat_per_second = 1;
  double chat_burst = 3;
  double group_per_minute = 20;
  double group_burst = 20;
  /// What a caller needs to hear of a refusal; earlier calls do not count as
  /// sent too early.
  std::chrono::milliseconds grace{250};
};

/// What goes wrong with calls. It applies to those that match, `times` often
/// (0: without end) and, when `during` is not 0, only for so long.
struct telegram_fault {
  enum class kind : std::uint8_t {
    answer,  ///< `code` and `description`, as the Bot API would
    html,    ///< `code` and a page, as a proxy would
    reset,   ///< RST instead of an answer
    close,   ///< FIN instead of an answer
    garbage, ///< bytes that are not HTTP, then FIN
    hang,    ///< no answer until `release_hanging`
    slow,    ///< the real answer, after `delay`
  };

  kind what = kind::answer;
  int code = 400;
  std::string description;
  int retry_after = 0;
  std::int64_t migrate_to = 0;
  /// Whether the call does what it should although the answer says otherwise.
  bool takes_effect = false;
  std::chrono::milliseconds delay{0}; ///< in real time, before the answer
  std::size_t times = 1;
  std::chrono::milliseconds during{0};
  std::string method;       ///< empty: any
  std::int64_t chat_id = 0; ///< 0: any
  std::int64_t bot_id = 0;  ///< 0: any

  static telegram_fault refuse(int code, std::string description);
  static telegram_fault slow_down(int retry_after);
  static telegram_fault of(kind what, int code = 502);
  static telegram_fault after(std::chrono::milliseconds delay);
  [[nodiscard]] telegram_fault on(std::string to_method,
                                  std::int64_t to_chat = 0) const;
  [[nodiscard]] telegram_fault repeated(std::size_t often) const;
  [[nodiscard]] telegram_fault lasting(std::chrono::milliseconds time) const;
  [[nodiscard]] telegram_fault with_effect() const;
};

struct telegram_simulator_options {
  std::uint16_t port = 0; ///< 0: any free one
  bool page = false;      ///< whether people may play on `/`
  /// Where the page finds Switchboard, to play a visitor as well; may be empty.
  std::string page_server;
  telegram_limits limits;
  /// Webhooks may be plain HTTP, on any port and address, as a server that was
  /// started with `--local` has it.
  bool local = true;
  /// Where not 0, updates go in clear to this port of 127.0.0.1, whatever
  /// address the webhook names: as through a proxy that ends TLS.
  std::uint16_t deliver_to_port = 0;
  bool keep_calls = true; ///< off, only counts are kept: for the bench
  std::chrono::milliseconds callback_life{150'000};
  /// How long a webhook may take to answer, in real time.
  std::chrono::milliseconds webhook_timeout{60'000};
  std::uint64_t seed = 1;
};

} // namespace switchboard::simulators
