#pragma once

#include "tests/integration/telegram_fixture.hpp"
#include "tests/integration/visitor_client.hpp"

#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::test {

/// A desk without limits of its own, so that nothing waits but for events.
inline settings desk_settings(settings more = {}) {
  more.try_emplace("SWITCHBOARD_LIMITS_SESSION_MESSAGES", "0");
  more.try_emplace("SWITCHBOARD_TELEGRAM_CHAT_PER_SECOND", "0");
  more.try_emplace("SWITCHBOARD_TELEGRAM_GROUP_PER_MINUTE", "0");
  more.try_emplace("SWITCHBOARD_TELEGRAM_TOTAL_PER_SECOND", "0");
  return more;
}

inline telegram_world_options desk_options(settings more = {}) {
  telegram_world_options out;
  out.more = desk_settings(std::move(more));
  return out;
}

/// A Telegram with a desk, and words for what is done there.
class desk_test : public testing::Test {
protected:
  explicit desk_test(settings more = {})
    : world{desk_options(std::move(more))} {}
  explicit desk_test(telegram_world_options options)
    : world{std::move(options)} {}

  visitor_client visitor(const json::object& body = {}) {
    return visitor_client{world.server(), body};
  }

  telegram_message card(std::string_view number) {
    return world.wait_for(world.group,
                          "New ticket #" + std::string{number} + " ");
  }

  /// Taps Claim under the ticket's card; what the tapper is told.
  std::string claim(const telegram_user& who, std::string_view number) {
    return world.tap(who, card(number), "Claim");
  }

  /// Claims it and waits until the conversation is there.
  void connect(const telegram_user& who, std::string_view number) {
    EXPECT_EQ(claim(who, number),
              "Ticket #" + std::string{number} + " is yours");
    world.wait_for(world.chat(who),
                   "You're connected to ticket #" + std::string{number} + ".");
  }

  /// What an agent writes to the bot, once it was taken.
  std::int32_t tells(const telegram_user& who, const std::string& text,
                     std::int32_t reply_to = 0) {
    const auto id = who.says(world.chat(who), text, reply_to);
    EXPECT_TRUE(world.is_settled());
    return id;
  }

  /// Whether all that is to be sent was sent, and that is known.
  bool is_quiet() {
    return eventually([&] {
      return world.server().metric(
               R"(switchboard_outbox_deliveries{lane_kind="telegram"})")
             == 0;
    });
  }

  json::value ticket(std::string_view number) {
    return rest_client{world.server()}.read("/api/v1/tickets/"
                                            + std::string{number});
  }

  telegram_world world;
};

using lines = std::vector<std::string>;

} // namespace switchboard::test
