#pragma once

#include "tests/integration/server_fixture.hpp"
#include "tests/simulators/telegram_simulator.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::test {

using simulators::telegram_bot;
using simulators::telegram_call;
using simulators::telegram_fault;
using simulators::telegram_message;
using simulators::telegram_place;
using simulators::telegram_upload;
using simulators::telegram_user;

/// What a test wants to be different.
struct telegram_world_options {
  settings more{};             ///< of the server
  bool is_polling = false;     ///< rather than by webhook
  bool has_second_bot = false; ///< the executors have a bot of their own
  bool has_group = true;       ///< a support group is configured
  bool has_limits = false;     ///< the simulator keeps Telegram's limits
};

/// The real server, and a Telegram around it: one bot, or two, a support group
/// with the bot as its administrator, and the people that a test adds. At its
/// end the test fails when the server did what no correct client of Telegram
/// does, such as calling before `retry_after` was over.
class telegram_world {
public:
  static constexpr const char* webhook_secret = "webhook-secret-of-the-tests";

  explicit telegram_world(telegram_world_options options = {});
  telegram_world(const telegram_world&) = delete;
  telegram_world& operator=(const telegram_world&) = delete;
  ~telegram_world();

  // -- people -----------------------------------------------------------------

  /// A new person who has never written to a bot.
  telegram_user person(const std::string& first_name,
                       const std::string& username = {});
  /// A new member of the support group; `starts` opens the chat with the bot.
  telegram_user agent(const std::string& first_name,
                      const std::string& username = {}, bool starts = true);

  /// The chat of a person with the desk's bot, or with the executors'.
  [[nodiscard]] telegram_place chat(const telegram_user& who) const {
    return who.chat_with(bot);
  }
  [[nodiscard]] telegram_place executor_chat(const telegram_user& who) const {
    return who.chat_with(executor_bot);
  }

  /// Taps the button whose label or data is, or begins with, `button`; waits
  /// until the bot has answered the tap, and gives that answer. A test failure,
  /// and an empty answer, when there is no such button or no answer.
  std::string tap(const telegram_user& who, const telegram_message& message,
                  std::string_view button);
  /// The same without waiting; the query's id.
  std::string press(const telegram_user& who, const telegram_message& message,
                    std::string_view button);
  /// The bot's answer to a tap.
  std::string answer_to(const std::string& query);

  // -- what chats show --------------------------------------------------------

  using condition = std::function<bool(const telegram_message&)>;

  /// The newest message of a chat that fulfils it, as soon as there is one; a
  /// test failure, and an empty message, in vain.
  telegram_message wait_for(const telegram_place& where, const condition& is,
                            milliseconds timeout = patience);
  /// The same for a message of a bot with this part in its text.
  telegram_message wait_for(const telegram_place& where, std::string_view part,
                            milliseconds timeout = patience);
  /// Waits until a message is as it should be; it as it is then.
  telegram_message wait_until(const telegram_message& message,
                              const condition& is,
                              milliseconds timeout = patience);
  /// Whether all updates were delivered and taken.
  bool is_settled(milliseconds timeout = patience);

  /// A chat as a person sees it, line by line: who, what, and `[buttons]`, e.g.
  /// `bot: New ticket #1 [CLAIM#1][PASS#1]`. Edits show in place.
  [[nodiscard]] std::vector<std::string>
  picture(const telegram_place& where) const;
  /// How often a bot's messages of a chat have this part in their text.
  [[nodiscard]] std::size_t count(const telegram_place& where,
                                  std::string_view part) const;
  /// The calls of a method since the start.
  [[nodiscard]] std::size_t calls(std::string_view method) const {
    return telegram.calls(method).size();
  }

  // -- the server -------------------------------------------------------------

  [[nodiscard]] test_server& server() noexcept {
    return *server_;
  }
  /// SIGTERM or `kill -9`, and a new start; the webhook follows.
  void restart();
  void restart_after_kill();
  /// A call as Telegram makes it, whatever it brings.
  http_reply deliver(std::string_view body,
                     std::string_view path = "/api/telegram/webhook");
  /// The dead letters, once there are `count` of them.
  json::array dead_letters(std::size_t count);

  simulators::telegram_simulator telegram;
  telegram_bot bot;
  telegram_bot executor_bot; ///< the same as `bot` unless there are two
  telegram_place group;      ///< the support group

private:
  [[nodiscard]] settings make_settings() const;
  void set_webhooks();
  void set_webhook(const std::string& path, const std::string& which);

  telegram_world_options options_;
  std::optional<test_server> server_;
};

} // namespace switchboard::test
