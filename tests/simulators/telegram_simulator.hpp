#pragma once

#include "tests/simulators/telegram_types.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators {

namespace telegram {
class world;
}

/// A person with a Telegram client. A light handle that may be copied, and used
/// from any thread as long as its simulator lives. What a client would not let
/// its user do (press a button that is not there, write to a group without
/// being in it) throws `std::logic_error`.
class telegram_user {
public:
  telegram_user(telegram::world& world, std::int64_t id)
    : world_{&world}, id_{id} {}

  [[nodiscard]] std::int64_t id() const noexcept {
    return id_;
  }
  [[nodiscard]] telegram_place chat_with(const telegram_bot& bot) const {
    return {id_, bot.id, 0};
  }

  /// Opens the chat with the bot, or presses its Start button again.
  std::int32_t starts(const telegram_bot& bot,
                      const std::string& payload = {}) const;
  /// Writes; the first message to a bot starts it. The new message's id.
  std::int32_t says(const telegram_place& where, const std::string& text,
                    std::int32_t reply_to = 0) const;
  std::int32_t sends(const telegram_place& where, const telegram_upload& what,
                     std::int32_t reply_to = 0) const;
  std::vector<std::int32_t>
  sends_album(const telegram_place& where,
              const std::vector<telegram_upload>& items) const;
  std::int32_t shares_contact(const telegram_place& where,
                              const std::string& phone) const;
  std::int32_t forwards(const telegram_place& from, std::int32_t message_id,
                        const telegram_place& to) const;
  /// Changes the text, or the caption, of a message of their own.
  void edits(const telegram_place& where, std::int32_t message_id,
             const std::string& text) const;
  /// Removes a message; bots never hear of it.
  void deletes(const telegram_place& where, std::int32_t message_id) const;
  /// Presses the button with this `callback_data`; the query's id.
  std::string presses(const telegram_place& where, std::int32_t message_id,
                      const std::string& data) const;
  /// Replaces their reactions by `emoji`, or takes them back when it is empty.
  void reacts(const telegram_place& where, std::int32_t message_id,
              const std::string& emoji) const;
  void joins(const telegram_place& group) const;
  void leaves(const telegram_place& group) const;
  void blocks(const telegram_bot& bot) const;
  void unblocks(const telegram_bot& bot) const;
  void deactivates() const;
  /// Topics by hand; the new one's thread id.
  std::int32_t creates_topic(const telegram_place& forum,
                             const std::string& name) const;
  void renames_topic(const telegram_place& topic,
                     const std::string& name) const;
  void closes_topic(const telegram_place& topic) const;
  void reopens_topic(const telegram_place& topic) const;
  /// Bots are not told.
  void deletes_topic(const telegram_place& topic) const;

private:
  telegram::world* world_;
  std::int64_t id_;
};

/// Plays api.telegram.org for several bots, and everybody who has a client.
///
/// Each call is held against an extract of the Bot API's description, and keeps
/// the state that the real server keeps: users, private chats, groups, forums,
/// topics, members, rights, message ids, files, callback queries. Errors have
/// the real descriptions. What no correct client does (unknown parameters,
/// wrong types, texts that are too long, broken markup) is answered as the real
/// server answers it and noted as a violation, and a test expects that there is
/// none. Updates go to the webhook, with the real server's queues and retries,
/// or to getUpdates.
///
/// It listens on 127.0.0.1 from construction on, on a thread of its own, until
/// `stop`; `start` takes it up again on the same port, with everything that it
/// remembers. All members may be called from any thread, but `start` and `stop`
/// from one at a time.
///
/// Limits: a file has the same id for all bots, TLS is not spoken (see
/// `deliver_to_port`), and of the Bot API there is what the extract lists.
class telegram_simulator {
public:
  explicit telegram_simulator(telegram_simulator_options options = {});
  telegram_simulator(const telegram_simulator&) = delete;
  telegram_simulator& operator=(const telegram_simulator&) = delete;
  ~telegram_simulator();

  /// Cuts all connections and refuses new ones, as when Telegram is down.
  void stop();
  void start();
  [[nodiscard]] std::uint16_t port() const;
  /// What belongs into `telegram.api_url`.
  [[nodiscard]] std::string url() const;

  telegram_bot add_bot(const telegram_bot_options& options = {});
  telegram_user add_user(telegram_user_options options = {});
  telegram_user add_user(const std::string& first_name,
                         const std::string& username = {});
  /// A basic group without topics.
  telegram_place add_group(const std::string& title);
  telegram_place add_supergroup(const std::string& title);
  telegram_place add_forum(const std::string& title);
  /// Adds the bot, or changes what it may do there.
  void add_member(const telegram_place& group, const telegram_bot& bot,
                  telegram_rights rights = {});
  void add_member(const telegram_place& group, const telegram_user& user);
  void kick(const telegram_place& group, const telegram_bot& bot);
  /// Makes a basic group a supergroup, or a forum; where it is from then on.
  telegram_place migrate(const telegram_place& group, bool to_forum = false);
  /// Revokes a bot's token; all its calls get 401.
  void revoke(const telegram_bot& bot);

  /// All messages of a chat (of a topic, when the place names one), those that
  /// were deleted left out.
  [[nodiscard]] std::vector<telegram_message>
  messages(const telegram_place& where) const;
  /// Any message, a deleted one as well.
  [[nodiscard]] std::optional<telegram_message>
  message(const telegram_place& where, std::int32_t message_id) const;
  [[nodiscard]] std::optional<telegram_message>
  last_message(const telegram_place& where) const;
  [[nodiscard]] std::vector<telegram_topic>
  topics(const telegram_place& forum) const;
  /// What the bot answered, or nothing when it has not.
  [[nodiscard]] std::optional<telegram_callback_answer>
  callback_answer(const std::string& query_id) const;
  /// The bytes behind a `file_id`.
  [[nodiscard]] std::optional<std::string>
  file_bytes(const std::string& file_id) const;

  void fail(telegram_fault fault);
  void clear_faults();
  /// Lets hanging calls, present ones only, go on with an error.
  void release_hanging();
  void set_limits(telegram_limits limits);

  /// Moves the simulator's clock on: rates, expiries, retries of webhooks and
  /// long polls see it.
  void advance(std::chrono::milliseconds time);

  /// Keeps the bot's updates back, as a bad line does.
  void hold_updates(const telegram_bot& bot);
  enum class order : std::uint8_t { as_made, reversed };
  void release_updates(const telegram_bot& bot, order in = order::as_made);
  /// Delivers an update, done or not, once more.
  void repeat_update(const telegram_bot& bot, std::int64_t update_id);
  /// Makes an update out of anything, for instance a kind that nobody knows;
  /// `content` is the update without `update_id`. The new id.
  std::int64_t post_update(const telegram_bot& bot,
                           boost::json::object content);
  /// The updates that the bot has not acknowledged.
  [[nodiscard]] std::size_t pending_updates(const telegram_bot& bot) const;
  [[nodiscard]] std::int64_t last_update_id(const telegram_bot& bot) const;
  /// The webhook's URL, or empty.
  [[nodiscard]] std::string webhook(const telegram_bot& bot) const;

  [[nodiscard]] std::vector<telegram_call> calls() const;
  [[nodiscard]] std::vector<telegram_call> calls(std::string_view method) const;
  [[nodiscard]] telegram_tally tally() const;

  /// Waits until `enough` holds, asked anew after everything that happens;
  /// false in vain. It may call any member.
  bool wait_until(const std::function<bool()>& enough,
                  std::chrono::milliseconds timeout) const;
  /// Waits for a message of a bot whose text contains `part`; the newest.
  std::optional<telegram_message>
  wait_for_text(const telegram_place& where, const std::string& part,
                std::chrono::milliseconds timeout) const;
  bool wait_for_updates_done(const telegram_bot& bot,
                             std::chrono::milliseconds timeout) const;

  /// Drops calls, counts and violations; the world stays.
  void forget();
  /// What in the calls no correct client does, the first thousand.
  [[nodiscard]] std::vector<std::string> violations() const;

private:
  [[nodiscard]] telegram::world& inside() const;

  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::simulators
