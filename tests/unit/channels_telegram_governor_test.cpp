#include "channels/telegram/rate_governor.hpp"

#include <gtest/gtest.h>

#include <map>

namespace switchboard::channels::telegram {
namespace {

using namespace std::chrono_literals;

constexpr chat_id person{7};
constexpr chat_id other_person{8};
constexpr chat_id group{-1001};

class Governor : public testing::Test {
protected:
  rate_governor governor;
  rate_clock::time_point now{std::chrono::hours{1}};

  std::uint64_t last_id = 0;

  request_id offer(method call, urgency u = urgency::mirror,
                   std::uint64_t merge_key = 1) {
    const request_id id{++last_id};
    last_outcome = governor.offer({id, std::move(call), u, merge_key}, now);
    return id;
  }

  static send_message text(chat_id chat, std::string words,
                           std::optional<topic_id> topic = {}) {
    return {{chat, topic, {}, false, false}, std::move(words), {}, false};
  }

  static edit_message_reply_markup buttons(int message, std::string label) {
    return {group,
            message_id{message},
            {{{{std::move(label), button::action::callback, "x"}}}}};
  }

  /// Leaves now, or fails.
  departure must_leave() {
    auto turn = governor.next(now);
    if (!turn.go) {
      ADD_FAILURE() << "nothing leaves";
      return {};
    }
    return std::move(*turn.go);
  }

  /// How long until something may leave; nothing when only an answer can tell.
  std::optional<rate_clock::duration> must_wait() {
    const auto turn = governor.next(now);
    EXPECT_FALSE(turn.go);
    if (!turn.ask_again)
      return std::nullopt;
    return *turn.ask_again - now;
  }

  /// Lets everything leave that may, answering each at once.
  std::vector<std::string> drain() {
    std::vector<std::string> out;
    while (auto turn = governor.next(now).go) {
      out.push_back(words_of(turn->call));
      governor.finished(turn->id, now);
    }
    return out;
  }

  static std::string words_of(const method& call) {
    if (const auto* message = std::get_if<send_message>(&call))
      return message->text.text;
    if (const auto* edit = std::get_if<edit_message_text>(&call))
      return edit->text.text;
    return std::string{encode(call).name};
  }

  offer_outcome last_outcome{};
};

using words = std::vector<std::string>;

TEST_F(Governor, HasNothingToDoAtFirst) {
  EXPECT_EQ(must_wait(), std::nullopt);
}

TEST_F(Governor, LetsABurstGoToAPersonAndThenOneASecond) {
  for (const auto* word : {"a", "b", "c", "d", "e"})
    offer(text(person, word), urgency::customer, 0);
  EXPECT_EQ(drain(), (words{"a", "b", "c"}));
  EXPECT_EQ(must_wait(), 1s);
  now += 1s;
  EXPECT_EQ(drain(), words{"d"});
  now += 1s;
  EXPECT_EQ(drain(), words{"e"});
}

TEST_F(Governor, LetsTwentyGoToAGroupInAMinuteWhateverTheTopic) {
  for (int i = 0; i < 30; ++i)
    offer(text(group, std::to_string(i), topic_id{2 + i % 3}), urgency::mirror,
          0);
  const auto began = now;
  std::size_t sent = 0;
  while (now < began + 60s) {
    sent += drain().size();
    now += 250ms;
  }
  EXPECT_EQ(sent, 20u);
  sent += drain().size();
  EXPECT_GT(sent, 20u);
}

TEST_F(Governor, CountsAnAlbumByItsItems) {
  send_media_group album{{group, {}, {}, false, false}, {}};
  album.items.assign(10, {file_kind::photo, "p", {}});
  offer(album);
  offer(album);
  offer(text(group, "after"));
  EXPECT_EQ(drain().size(), 1u);
  EXPECT_EQ(must_wait(), 30s);
}

TEST_F(Governor, HoldsTheBotsOwnLimit) {
  for (int i = 0; i < 50; ++i)
    offer(text(chat_id{100 + i}, "x"), urgency::customer);
  EXPECT_EQ(drain().size(), 30u);
  EXPECT_GT(must_wait(), 0s);
  now += 1100ms;
  EXPECT_EQ(drain().size(), 20u);
}

TEST_F(Governor, KeepsSomeOfTheBotsLimitForCustomers) {
  for (int i = 0; i < 50; ++i)
    offer(text(chat_id{100 + i}, "mirror"));
  EXPECT_EQ(drain().size(), 25u);
  for (int i = 0; i < 10; ++i)
    offer(text(chat_id{200 + i}, "customer"), urgency::customer);
  EXPECT_EQ(drain(), words(5, "customer"));
}

TEST_F(Governor, AsksAgainInTimeForACustomer) {
  for (int i = 0; i < 4; ++i)
    offer(text(person, "customer"), urgency::customer, 0);
  for (int i = 0; i < 50; ++i)
    offer(text(chat_id{100 + i}, "mirror"));
  EXPECT_EQ(drain().size(), 25u);
  EXPECT_EQ(must_wait(), 1s);
  now += 1s;
  EXPECT_EQ(drain(), words{"customer"});
}

TEST_F(Governor, KnowsNoLimitsWhenToldSo) {
  rate_options options;
  options.total_per_second = options.chat_per_second = options.group_per_minute
    = 0;
  governor = rate_governor{options};
  for (int i = 0; i < 100; ++i)
    offer(text(group, "x"), urgency::mirror, 0);
  EXPECT_EQ(drain().size(), 100u);
}

TEST_F(Governor, ServesCustomersBeforeMirrorsBeforeCosmetics) {
  offer(buttons(5, "x"), urgency::cosmetic);
  offer(text(group, "mirror"));
  offer(text(person, "customer"), urgency::customer);
  EXPECT_EQ(drain(), (words{"customer", "mirror", "editMessageReplyMarkup"}));
}

TEST_F(Governor, LetsChatsTakeTurns) {
  for (const auto* word : {"a1", "a2", "a3"})
    offer(text(person, word), urgency::mirror, 0);
  offer(text(other_person, "b1"));
  EXPECT_EQ(drain(), (words{"a1", "b1", "a2", "a3"}));
}

TEST_F(Governor, LetsTopicsTakeTurns) {
  for (const auto* word : {"a1", "a2", "a3"})
    offer(text(group, word, topic_id{2}), urgency::mirror, 0);
  offer(text(group, "b1", topic_id{3}));
  EXPECT_EQ(drain(), (words{"a1", "b1", "a2", "a3"}));
}

TEST_F(Governor, SendsOneMessageOfATopicAtATime) {
  offer(text(group, "a", topic_id{2}), urgency::mirror, 0);
  offer(text(group, "b", topic_id{2}), urgency::mirror, 0);
  offer(text(group, "c", topic_id{3}));
  const auto first = must_leave();
  EXPECT_EQ(words_of(must_leave().call), "c");
  EXPECT_EQ(must_wait(), std::nullopt);
  governor.finished(first.id, now);
  EXPECT_EQ(words_of(must_leave().call), "b");
}

TEST_F(Governor, RestsJustTheSlowedBudgetForJustAsLong) {
  offer(text(group, "a", topic_id{2}));
  offer(buttons(5, "x"), urgency::cosmetic);
  const auto slow = must_leave();
  governor.slowed(slow.id, 42s, now);
  offer(text(person, "elsewhere"), urgency::customer);
  EXPECT_EQ(drain(), (words{"elsewhere", "editMessageReplyMarkup"}));
  EXPECT_EQ(must_wait(), 42s);
  now += 42s - 1ms;
  EXPECT_EQ(must_wait(), 1ms);
  now += 1ms;
  EXPECT_EQ(drain(), words{"a"});
  EXPECT_EQ(governor.figures().slowed_group[0], 1u);
}

TEST_F(Governor, KeepsTheOrderOfWhatWasSlowed) {
  offer(text(person, "a"), urgency::mirror, 0);
  offer(text(person, "b"), urgency::mirror, 0);
  governor.slowed(must_leave().id, 5s, now);
  offer(text(person, "c"), urgency::mirror, 0);
  now += 5s;
  EXPECT_EQ(drain(), (words{"a", "b", "c"}));
}

TEST_F(Governor, RestsTheBotWhenChatsAreSlowedThatHadNothing) {
  for (int i = 0; i < 5; ++i)
    offer(text(chat_id{100 + i}, "x"));
  for (int i = 0; i < 3; ++i)
    governor.slowed(must_leave().id, 10s, now);
  EXPECT_EQ(must_wait(), 10s);
  EXPECT_EQ(governor.figures().slowed_bot, 1u);
  now += 10s;
  EXPECT_EQ(drain().size(), 5u);
}

TEST_F(Governor, RetriesInPlaceWithoutHoldingUpOtherTopics) {
  offer(text(group, "a1", topic_id{2}), urgency::mirror, 0);
  offer(text(group, "a2", topic_id{2}), urgency::mirror, 0);
  offer(text(group, "b1", topic_id{3}));
  governor.retry(must_leave().id, now + 5s, now);
  EXPECT_EQ(drain(), words{"b1"});
  now += 5s;
  EXPECT_EQ(drain(), (words{"a1", "a2"}));
}

TEST_F(Governor, MergesNeighboursOfATopicUnderPressure) {
  for (int i = 0; i < 5; ++i)
    offer(text(group, "fill " + std::to_string(i)), urgency::mirror, 0);
  EXPECT_EQ(drain().size(), 5u);
  const auto first = offer(text(group, "Ana: one", topic_id{2}));
  offer(text(group, "Ben: two", topic_id{2}));
  offer(text(group, "elsewhere", topic_id{3}));
  const auto third = offer(text(group, "Ana: three", topic_id{2}));
  now += 3s;
  const auto merged = must_leave();
  EXPECT_EQ(words_of(merged.call), "Ana: one\nBen: two\nAna: three");
  ASSERT_EQ(merged.requests.size(), 3u);
  EXPECT_EQ(merged.requests.front(), first);
  EXPECT_EQ(merged.requests.back(), third);
  EXPECT_EQ(governor.figures().merged, 2u);
}

TEST_F(Governor, MergesOnlyNeighboursOfOneKey) {
  for (int i = 0; i < 3; ++i)
    offer(text(person, "fill"), urgency::mirror, 0);
  EXPECT_EQ(drain().size(), 3u);
  for (const auto* word : {"a1", "a2"})
    offer(text(person, word), urgency::mirror, 7);
  for (const auto* word : {"b1", "b2"})
    offer(text(person, word), urgency::mirror, 8);
  offer(text(person, "a3"), urgency::mirror, 7);
  for (const auto* word : {"c1", "c2"})
    offer(text(person, word), urgency::mirror, 0);
  words all;
  for (int i = 0; i < 5; ++i) {
    now += 1s;
    const auto some = drain();
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_EQ(all, (words{"a1\na2", "b1\nb2", "a3", "c1", "c2"}));
}

TEST_F(Governor, MergesOnlyPlainTextsThatFit) {
  for (int i = 0; i < 5; ++i)
    offer(text(group, "fill"), urgency::mirror, 0);
  drain();
  auto card = text(group, "card", topic_id{2});
  card.markup = inline_keyboard{{{{"x", button::action::callback, "x"}}}};
  offer(text(group, std::string(4000, 'a'), topic_id{2}));
  offer(text(group, std::string(97, 'b'), topic_id{2}));
  offer(card);
  offer(text(group, "last", topic_id{2}));
  now += 12s;
  EXPECT_EQ(drain(), (words{std::string(4000, 'a'), std::string(97, 'b'),
                            "card", "last"}));
}

TEST_F(Governor, MergesNothingWhileTheBudgetLasts) {
  offer(text(group, "a", topic_id{2}));
  offer(text(group, "b", topic_id{2}));
  EXPECT_EQ(drain(), (words{"a", "b"}));
}

TEST_F(Governor, ChangesAMessageInPlaceWhileItWaits) {
  for (const auto* word : {"a", "b", "c"})
    offer(text(person, word), urgency::mirror, 0);
  const auto waiting = offer(text(person, "typo"), urgency::mirror, 0);
  offer(text(person, "next"), urgency::mirror, 0);
  EXPECT_EQ(drain(), (words{"a", "b", "c"}));
  EXPECT_TRUE(governor.amend(waiting, "fixed"));
  EXPECT_FALSE(governor.amend(waiting, ""));
  now += 2s;
  EXPECT_EQ(drain(), (words{"fixed", "next"}));
  EXPECT_FALSE(governor.amend(waiting, "too late"));
}

TEST_F(Governor, TakesBackAMessageThatWaits) {
  const auto taken = offer(text(person, "a"));
  offer(text(person, "b"));
  EXPECT_TRUE(governor.withdraw(taken, now));
  EXPECT_FALSE(governor.withdraw(taken, now));
  EXPECT_EQ(drain(), words{"b"});
}

TEST_F(Governor, FoldsEditsThatALaterOneHides) {
  const auto first = offer(buttons(5, "old"), urgency::cosmetic);
  const auto second = offer(buttons(5, "new"), urgency::cosmetic);
  EXPECT_EQ(last_outcome, offer_outcome::folded);
  offer(buttons(6, "other"), urgency::cosmetic);
  const auto folded = must_leave();
  EXPECT_EQ(folded.requests, (std::vector{first, second}));
  EXPECT_NE(encode(folded.call).body.find("new"), std::string::npos);
  EXPECT_EQ(governor.figures().folded, 1u);
}

TEST_F(Governor, GivesButtonsToATextEditThatWaits) {
  offer(edit_message_text{group, message_id{5}, "text", {}, false});
  offer(buttons(5, "late"), urgency::cosmetic);
  const auto folded = must_leave();
  const auto body = encode(folded.call).body;
  EXPECT_NE(body.find("text"), std::string::npos);
  EXPECT_NE(body.find("late"), std::string::npos);
  EXPECT_EQ(must_wait(), std::nullopt);
}

TEST_F(Governor, RaisesAnEditThatAMoreUrgentOneHides) {
  offer(buttons(5, "old"), urgency::cosmetic);
  offer(edit_message_text{group, message_id{5}, "text", {}, false},
        urgency::customer);
  EXPECT_EQ(governor.figures().waiting[0], 2u);
  EXPECT_EQ(must_leave().requests.size(), 2u);
}

TEST_F(Governor, DoesNotUndoALaterEditWithARetriedOne) {
  offer(buttons(5, "old"), urgency::cosmetic);
  const auto old = must_leave();
  offer(edit_message_text{group, message_id{5}, "new", {}, false});
  EXPECT_EQ(must_wait(), std::nullopt) << "one of a message at a time";
  governor.retry(old.id, now + 5s, now);
  EXPECT_EQ(drain(), words{"new"});
  now += 10s;
  EXPECT_EQ(drain(), words{});
}

TEST_F(Governor, ClosesATopicAfterItsMessages) {
  for (int i = 0; i < 5; ++i)
    offer(text(group, "fill"), urgency::mirror, 0);
  drain();
  offer(text(group, "goodbye", topic_id{2}));
  offer(close_forum_topic{group, topic_id{2}}, urgency::customer);
  EXPECT_EQ(drain(), words{});
  now += 3s;
  EXPECT_EQ(drain(), (words{"goodbye", "closeForumTopic"}));
}

TEST_F(Governor, ReopensATopicBeforeItsMessages) {
  offer(reopen_forum_topic{group, topic_id{2}}, urgency::cosmetic);
  offer(text(group, "hello", topic_id{2}), urgency::customer);
  const auto reopening = must_leave();
  EXPECT_EQ(words_of(reopening.call), "reopenForumTopic");
  EXPECT_EQ(must_wait(), std::nullopt);
  governor.finished(reopening.id, now);
  EXPECT_EQ(drain(), words{"hello"});
}

TEST_F(Governor, AnswersTapsWithoutWaitingForChats) {
  for (int i = 0; i < 5; ++i)
    offer(answer_callback_query{std::to_string(i), {}, false},
          urgency::customer);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(words_of(must_leave().call), "answerCallbackQuery");
}

TEST_F(Governor, FollowsAGroupThatMoved) {
  offer(text(group, "a", topic_id{2}), urgency::mirror, 0);
  offer(text(group, "b", topic_id{2}), urgency::mirror, 0);
  const auto flying = must_leave();
  governor.moved(group, chat_id{-1002}, now);
  governor.retry(flying.id, now, now);
  const auto first = must_leave();
  EXPECT_EQ(words_of(first.call), "a");
  EXPECT_EQ(chat_of(first.call), chat_id{-1002});
  governor.finished(first.id, now);
  const auto second = must_leave();
  EXPECT_EQ(words_of(second.call), "b");
  EXPECT_EQ(chat_of(second.call), chat_id{-1002});
}

TEST_F(Governor, RefusesMoreThanItMayHold) {
  rate_options options;
  options.queue_max = 3;
  options.chat_queue_max = 2;
  governor = rate_governor{options};
  offer(text(person, "a"), urgency::mirror, 0);
  offer(text(person, "b"), urgency::mirror, 0);
  offer(text(person, "c"), urgency::mirror, 0);
  EXPECT_EQ(last_outcome, offer_outcome::refused);
  offer(text(other_person, "d"));
  EXPECT_EQ(last_outcome, offer_outcome::queued);
  offer(text(group, "e"));
  EXPECT_EQ(last_outcome, offer_outcome::refused);
  EXPECT_EQ(drain(), (words{"a", "d", "b"}));
}

TEST_F(Governor, ForgetsChatsThatHaveRested) {
  for (int i = 0; i < 20; ++i)
    offer(text(chat_id{100 + i}, "x"));
  offer(text(group, "x"));
  EXPECT_EQ(drain().size(), 21u);
  EXPECT_EQ(governor.figures().accounts, 21u);
  now += 59s;
  static_cast<void>(governor.next(now));
  EXPECT_EQ(governor.figures().accounts, 1u);
  now += 1s;
  static_cast<void>(governor.next(now));
  EXPECT_EQ(governor.figures().accounts, 0u);
}

} // namespace
} // namespace switchboard::channels::telegram
