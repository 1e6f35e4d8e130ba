#include "channels/telegram/lanes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace switchboard::channels::telegram {
namespace {

constexpr bot_number bot{7000000001};

TEST(TelegramLanes, TakeTheBotsNumberOutOfItsToken) {
  EXPECT_EQ(bot_of_token("7000000001:AAbb_cc-dd"), bot);
  EXPECT_EQ(to_string(bot), "7000000001");
}

TEST(TelegramLanes, TakeNoBotOutOfWhatIsNoToken) {
  for (const auto* text :
       {"", ":", "7000000001", "7000000001:", ":secret", "0:secret",
        "-7:secret", "+7:secret", "07:secret", " 7:secret", "7 :secret",
        "seven:secret", "99999999999999999999:secret"})
    EXPECT_EQ(bot_of_token(text), std::nullopt) << text;
}

TEST(TelegramLanes, NameChats) {
  EXPECT_EQ(chat_lane(bot, chat_id{42}), "telegram:7000000001:42");
  EXPECT_EQ(chat_lane(bot, chat_id{-1001234567890}),
            "telegram:7000000001:-1001234567890");
  EXPECT_EQ(intake_lane(bot), "telegram-in:7000000001");
}

TEST(TelegramLanes, CanBeReadAgain) {
  using limits = std::numeric_limits<std::int64_t>;
  for (const auto number :
       {std::int64_t{1}, std::int64_t{-1}, limits::max(), limits::min()}) {
    const chat_lane_name name{bot, chat_id{number}};
    EXPECT_EQ(parse_chat_lane(chat_lane(name.bot, name.chat)), name);
  }
}

TEST(TelegramLanes, HaveOneNameOnly) {
  for (const auto* lane :
       {"", "telegram", "telegram:", "telegram::", "telegram:7",
        "telegram:7:", "telegram::7", "telegram:7:0", "telegram:7:-0",
        "telegram:7:+1", "telegram:7:01", "telegram:7:1 ", "telegram:7:1:2",
        "telegram:-7:1", "telegram:0:1", "telegram-in:7", "webhook:7:1",
        "Telegram:7:1", "telegram:7:9223372036854775808"})
    EXPECT_EQ(parse_chat_lane(lane), std::nullopt) << lane;
}

} // namespace
} // namespace switchboard::channels::telegram
