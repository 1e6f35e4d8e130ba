#pragma once

#include "tests/simulators/telegram_facts.hpp"
#include "tests/simulators/telegram_faults.hpp"
#include "tests/simulators/telegram_rates.hpp"
#include "tests/simulators/telegram_refusal.hpp"
#include "tests/simulators/telegram_state.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators::telegram {

/// What becomes of a call.
struct call_outcome {
  int status = 200;
  std::string body; ///< the envelope
  int retry_after = 0;
  std::optional<telegram_fault> fault; ///< what the line does to the answer
};

/// What a fault makes of the answer that there would have been.
call_outcome spoil(const telegram_fault& fault, call_outcome real);

/// Everything that Telegram knows. What tests and the server do to it locks
/// `mutex`; all else is called with the lock held. It outlives the restarts of
/// the server.
class world {
public:
  explicit world(telegram_simulator_options with);

  /// A call of a bot, from its check to its effect. Takes the lock.
  call_outcome call(const std::string& token, const std::string& method,
                    const call_input& input);
  call_outcome call_locked(const std::string& token, const std::string& method,
                           const call_input& input);

  /// The simulator's clock.
  [[nodiscard]] sim_time now() const;
  [[nodiscard]] std::int64_t unix_now() const;

  bot_state* bot_with_token(std::string_view token);
  bot_state& bot(std::int64_t id);
  user_state& user(std::int64_t id);
  chat_state& chat(const telegram_place& where);
  /// The chat that a bot means, when it may send there.
  chat_state& target(const bot_state& by, const json::value& chat_id);
  /// As above, and the topic too; `thread_id` 0: none.
  void check_thread(const bot_state& by, const chat_state& in,
                    std::int32_t thread_id) const;
  message_state* find_message(chat_state& in, std::int64_t id);
  chat_state& add_chat(chat_state made);
  /// The chat of a user with a bot, made when there was none.
  chat_state& private_chat(std::int64_t user_id, std::int64_t bot_id);

  /// Gives it the next id and puts it into its chat.
  message_state& post(chat_state& in, message_state made);
  const file_state& store(const std::string& kind, const uploaded_file& file);

  /// Tells every bot that may see it; `edited`: as edited_message.
  void announce(const chat_state& in, const message_state& what, bool edited);
  void push_update(bot_state& to, const std::string& kind,
                   const std::string& queue, json::object content);
  /// `queue_id` is the chat's or user's.
  void push_update(bot_state& to, const std::string& kind,
                   std::int64_t queue_id, json::object content);
  void push_member_change(bot_state& to, const chat_state& in, std::int64_t by,
                          const std::string& before, const std::string& after);

  /// What a poll would get now.
  json::array ready_updates(bot_state& of, std::int64_t limit) const;

  [[nodiscard]] json::object user_json(std::int64_t id) const;
  [[nodiscard]] json::object chat_json(const chat_state& of) const;
  [[nodiscard]] json::object message_json(const chat_state& in,
                                          const message_state& what,
                                          bool with_reply = true) const;
  [[nodiscard]] json::object member_json(const chat_state& in,
                                         std::int64_t id) const;
  [[nodiscard]] telegram_message to_message(const chat_state& in,
                                            const message_state& what) const;

  void note_violation(std::string what);
  /// Wakes whoever waits for something to happen. With or without the lock.
  void changed();

  std::mutex mutex;
  std::condition_variable change;
  std::uint64_t changes = 0;
  /// Called after each change, with the lock held: the server looks for work.
  std::function<void()> on_change;

  telegram_simulator_options options;
  std::chrono::milliseconds advanced{0};
  std::map<std::int64_t, bot_state> bots;
  std::map<std::int64_t, user_state> users;
  std::map<chat_key, chat_state> chats;
  std::map<std::string, file_state, std::less<>> files; ///< by file_id
  std::map<std::string, callback_state, std::less<>> callbacks;
  rate_book rates;
  fault_book faults;
  std::vector<telegram_call> calls;
  telegram_tally tally;
  std::vector<std::string> violations;
  std::int64_t last_id = 0; ///< of users, groups, files, queries, albums
  std::mt19937_64 random;

private:
  json::value run(bot_state& by, const std::string& method,
                  const json::object& args, const uploads& files_of_call);
  void check_rates(const bot_state& by, const std::string& method,
                   const json::object& args);
  bool sees(const bot_state& who, const chat_state& in,
            const message_state& what) const;
  call_outcome refused(const refusal& why, telegram_call& record);
  void enter(telegram_call record, int status);
};

/// What a method's handler is given.
struct call_context {
  world& all;
  bot_state& by;
  const json::object& args;
  const uploads& files;

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::int64_t number(std::string_view name,
                                    std::int64_t otherwise = 0) const;
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] chat_state& target() const {
    return all.target(by, args.at("chat_id"));
  }
};

using handler = json::value (*)(const call_context&);
using handler_table = std::map<std::string, handler, std::less<>>;

void add_send_methods(handler_table& to);
void add_copy_methods(handler_table& to);
void add_edit_methods(handler_table& to);
void add_topic_methods(handler_table& to);
void add_chat_methods(handler_table& to);
void add_webhook_methods(handler_table& to);

std::string to_text(const json::string& from);
std::string member_text(const json::object& of, std::string_view name);
std::int64_t member_number(const json::object& of, std::string_view name,
                           std::int64_t otherwise = 0);

/// Checks `reply_markup` as the server does; throws when it refuses it.
void check_markup(const json::object& markup);
/// What a text and its markup come to, for `text` or `caption`.
void put_text(const call_context& call, std::string_view key,
              const std::string& text, json::object& content);
/// The same with the parse mode and entities of `from`.
void put_text(const json::object& from, std::string_view key,
              const std::string& text, json::object& content);
/// `Message` members of a file of a kind.
json::object file_content(const file_state& file);

} // namespace switchboard::simulators::telegram
