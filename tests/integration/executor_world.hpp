#pragma once

#include "tests/integration/rest_client.hpp"
#include "tests/integration/telegram_fixture.hpp"

#include <string>
#include <utility>
#include <vector>

namespace switchboard::test {

using lines = std::vector<std::string>;

inline telegram_world_options executor_options(bool has_own_bot,
                                               settings more = {}) {
  telegram_world_options out;
  out.has_second_bot = has_own_bot;
  out.more = std::move(more);
  // The simulator keeps no limits here, and twenty cards would take their time.
  out.more.try_emplace("SWITCHBOARD_TELEGRAM_CHAT_PER_SECOND", "0");
  out.more.try_emplace("SWITCHBOARD_TELEGRAM_TOTAL_PER_SECOND", "0");
  return out;
}

/// Somebody with an executor's record and a chat with the bot.
struct executor {
  telegram_user who;
  std::int64_t id = 0;
  telegram_place chat;
};

class executor_world : public telegram_world {
public:
  explicit executor_world(bool has_own_bot = true, settings more = {})
    : telegram_world{executor_options(has_own_bot, std::move(more))} {}

  executor add_executor(const std::string& name,
                        const std::string& role = "executor") {
    executor out{person(name), 0, {}};
    out.chat = executor_chat(out.who);
    out.id = make_user(admin(), name,
                       {{"role", role}, {"telegram_id", out.who.id()}});
    // Bots must not write to people who have not written to them.
    out.who.starts(executor_bot);
    wait_for(out.chat, "You have no open tickets");
    return out;
  }

  rest_client admin() {
    return rest_client{server()};
  }

  json::value ticket_of(const executor& who, std::string_view title,
                        const json::object& more = {}) {
    auto all = more;
    all["assignee"] = who.id;
    return make_ticket(admin(), title, all);
  }

  /// The newest card of a ticket, once there is one.
  telegram_message card_of(const executor& who, std::string_view title) {
    SCOPED_TRACE("card of " + std::string{title});
    return wait_for(who.chat, [&](const telegram_message& m) {
      return m.from_bot && !m.buttons.empty()
             && m.text.find(title) != std::string::npos;
    });
  }

  bool is_deleted(const executor& who, const telegram_message& message) {
    return telegram.wait_until(
      [&] {
        const auto now = telegram.message(who.chat, message.message_id);
        return now && now->deleted;
      },
      patience);
  }

  json::value now(const json::value& ticket) {
    return admin().read(path_of(ticket));
  }

  lines activities(const json::value& ticket) {
    return texts_of(items_of(admin().read(path_of(ticket, "/activities"))),
                    "/type");
  }

  /// The states of someone's prompts, the newest first.
  lines prompts(const executor& who) {
    return texts_of(items_of(admin().read("/api/v1/prompts?user_id="
                                          + std::to_string(who.id))),
                    "/state");
  }

  /// Taps Update; the question.
  telegram_message asked(const executor& who, std::string_view title) {
    const auto before = count(who.chat, "How is it going?");
    EXPECT_NE(tap(who.who, card_of(who, title), "Update"), "");
    EXPECT_TRUE(telegram.wait_until(
      [&] { return count(who.chat, "How is it going?") > before; }, patience));
    return wait_for(who.chat, "How is it going?");
  }

  /// A tap that no client could make; the text that answers it.
  std::string forged_tap(const executor& who, std::int32_t message,
                         const std::string& data, bool is_accessible = true) {
    const auto query = "forged-" + std::to_string(++forged_);
    json::object chat{
      {"id", who.who.id()}, {"type", "private"}, {"first_name", "Somebody"}};
    json::object shown{{"message_id", message},
                       {"chat", chat},
                       {"date", is_accessible ? 1'700'000'000 : 0}};
    if (is_accessible)
      shown["text"] = "a card";
    json::object press{
      {"id", query},
      {"from",
       {{"id", who.who.id()}, {"is_bot", false}, {"first_name", "Somebody"}}},
      {"message", shown},
      {"chat_instance", "1"},
      {"data", data}};
    telegram.post_update(executor_bot, {{"callback_query", press}});
    std::string text = "(no answer)";
    telegram.wait_until(
      [&] {
        for (const auto& call : telegram.calls("answerCallbackQuery"))
          if (call.args.at("callback_query_id").as_string() == query.c_str()) {
            const auto* given = call.args.if_contains("text");
            text = given != nullptr ? std::string{given->as_string()} : "";
            return true;
          }
        return false;
      },
      patience);
    return text;
  }

private:
  int forged_ = 0;
};

inline std::string number_of(const json::value& ticket) {
  return std::to_string(ticket.at("number").to_number<std::int64_t>());
}

} // namespace switchboard::test
