// A carrier with too much to do, one that dies, and what its lanes make of it.
#include "actors/telegram_carrier.hpp"

#include "tests/support/telegram_carrier_world.hpp"

#include <algorithm>
#include <map>

namespace switchboard::actors {
namespace {

using channels::http_answer;
using test::telegram_error;
using test::telegram_ok;
using test::telegram_slow_down;
using namespace std::chrono_literals;
namespace telegram = channels::telegram;

class TelegramLane : public test::telegram_carrier_test {
protected:
  /// A row and a delivery for each message that was settled.
  void add_on_settle() {
    channel.on_settle = [this](const persistence::delivery& d,
                               const http_answer&, const channels::verdict& v,
                               domain::timestamp now,
                               persistence::changes& settling) {
      ++settled;
      settling.rows.push_back({persistence::family::meta, "place:" + d.payload,
                               std::string{to_string(v.outcome)}});
      settling.deliveries.push_back(
        {"other:lane", d.group, "notice", d.payload, now, "", {}});
    };
  }

  std::optional<std::string> place(const std::string& payload) {
    std::string out;
    if (!journal.rows().get(persistence::family::meta, "place:" + payload, out))
      return std::nullopt;
    return out;
  }

  std::size_t notices() {
    return views().backlog("other:lane", 100).depth;
  }

  int settled = 0;
};

// -- what is settled ----------------------------------------------------------

TEST_F(TelegramLane, AddsToTheCommitThatSettlesADelivery) {
  add_on_settle();
  start_carrier();
  put(ana, "m0 a");
  journal.fail_next(persistence::commit_failure::no_room);
  start_lane(ana);
  EXPECT_EQ(waiting(ana), 1u);
  EXPECT_EQ(place("m0 a"), std::nullopt);
  EXPECT_EQ(notices(), 0u);
  advance(1s);
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(place("m0 a"), "delivered");
  EXPECT_EQ(notices(), 1u);
  EXPECT_EQ(settled, 1) << "it stays the same commit";
}

TEST_F(TelegramLane, AddsOnceEvenWhenNobodyKnowsWhetherItDid) {
  add_on_settle();
  start_carrier();
  put(ana, "m0 a");
  put(ana, "m0 b");
  journal.lose_next_answer();
  start_lane(ana);
  EXPECT_EQ(notices(), 2u);
  advance(1s);
  EXPECT_EQ(notices(), 2u);
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(settled, 2);
}

TEST_F(TelegramLane, AddsToTheCommitOfADeadLetterAndToNoRetry) {
  add_on_settle();
  start_carrier();
  post().answers
    = {telegram_error(403, "Forbidden: bot was blocked by the user")};
  put(ana, "m0 a");
  start_lane(ana);
  EXPECT_EQ(place("m0 a"), "gone");
  EXPECT_EQ(dead(), 1u);
  parts.render = [](const auto&) -> rendering { return not_now{"later", 1s}; };
  kill_carrier();
  start_carrier();
  put(ben, "m0 b");
  start_lane(ben);
  EXPECT_EQ(waiting(ben), 1u);
  EXPECT_EQ(place("m0 b"), std::nullopt);
}

// -- a carrier that dies ------------------------------------------------------

TEST_F(TelegramLane, HandsEverythingToTheSuccessorInOrder) {
  start_carrier();
  post().otherwise.reset();
  strings expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back(std::to_string(i));
    put(ana, "m0 " + expected.back());
  }
  auto lane = start_lane(ana);
  EXPECT_EQ(sent(), strings{"0"});
  kill_carrier();
  put(ana, "m0 20");
  expected.emplace_back("20");
  poll(lane);
  post().calls.clear();
  post().otherwise = telegram_ok();
  start_carrier();
  pass(60s);
  EXPECT_EQ(sent(), expected);
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(dead(), 0u);
}

TEST_F(TelegramLane, WaitsUntilThereIsASuccessor) {
  start_carrier();
  kill_carrier();
  const auto id = put(ana, "m0 a");
  start_lane(ana);
  pass(30s, 500ms);
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(waiting(ana), 1u);
  start_carrier();
  pass(2s);
  EXPECT_EQ(sent(), strings{"a"});
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_TRUE(views().attempts(id).size() <= 1u) << "its death is no attempt";
}

TEST_F(TelegramLane, ThatDiesLeavesOneCallForBoth) {
  start_carrier();
  post().otherwise.reset();
  put(ana, "m0 a");
  auto first = start_lane(ana);
  self->send_exit(first, caf::exit_reason::kill);
  sched.run();
  start_lane(ana);
  EXPECT_EQ(sent(), strings{"a"});
  answer(telegram_ok());
  EXPECT_EQ(sent(), strings{"a"});
  EXPECT_EQ(waiting(ana), 0u);
}

// -- too much -----------------------------------------------------------------

TEST_F(TelegramLane, ComesBackInOrderWhenTooMuchWaits) {
  parts.rates.chat_queue_max = 4;
  start_carrier();
  strings expected;
  for (int i = 0; i < 30; ++i) {
    expected.push_back(std::to_string(i));
    put(ana, "m0 " + expected.back());
  }
  start_lane(ana);
  pass(120s);
  EXPECT_EQ(sent(), expected);
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(dead(), 0u);
}

TEST_F(TelegramLane, LosesNothingInAnHourOfTroubles) {
  add_on_settle();
  start_carrier();
  const std::vector<http_answer> troubles{telegram_ok(),
                                          telegram_error(502, "Bad Gateway"),
                                          telegram_slow_down(3), telegram_ok()};
  std::map<std::string, telegram::chat_id> chats;
  for (int i = 0; i < 60; ++i)
    put(i % 2 == 0 ? ana : ben, "m0 " + std::to_string(i));
  start_lane(ana);
  start_lane(ben);
  for (int minute = 0; minute < 60 && waiting(ana) + waiting(ben) > 0;
       ++minute) {
    for (const auto& trouble : troubles)
      post().answers.push_back(trouble);
    if (minute == 1) {
      kill_carrier();
      start_carrier();
    }
    pass(60s, 250ms);
  }
  EXPECT_EQ(waiting(ana) + waiting(ben), 0u);
  EXPECT_EQ(dead(), 0u);
  EXPECT_EQ(settled, 60);
  EXPECT_EQ(notices(), 60u);
}

// -- files --------------------------------------------------------------------

TEST_F(TelegramLane, UploadsAFewFilesAtATime) {
  parts.render = [](const persistence::delivery& d) -> rendering {
    telegram::send_file call;
    call.to.chat = telegram::parse_chat_lane(d.lane).value().chat;
    call.source = std::string{upload_prefix} + d.payload;
    return outgoing{std::move(call), telegram::urgency::mirror, 0};
  };
  start_carrier();
  post().otherwise.reset();
  for (int i = 0; i < 10; ++i) {
    const telegram::chat_id chat{2'000 + i};
    put(chat, "file");
    start_lane(chat);
  }
  EXPECT_EQ(post().calls.size(), parts.policy.uploads_max);
  answer(telegram_ok());
  EXPECT_EQ(post().calls.size(), parts.policy.uploads_max + 1);
  post().otherwise = telegram_ok();
  for (std::size_t i = 0; i < parts.policy.uploads_max; ++i)
    answer(telegram_ok());
  EXPECT_EQ(post().calls.size(), 10u);
}

// -- figures ------------------------------------------------------------------

class figures_book final : public telegram_observer {
public:
  void answered(telegram::bot_number, std::string_view method,
                telegram::answer_class meaning,
                std::chrono::nanoseconds) override {
    answers.emplace_back(std::string{method} + ' '
                         + std::string{to_string(meaning)});
  }
  void figures(telegram::bot_number,
               const telegram::rate_figures& now) override {
    last = now;
    ++told;
  }

  std::vector<std::string> answers;
  telegram::rate_figures last;
  int told = 0;
};

TEST_F(TelegramLane, TellsItsFiguresWhileThereIsSomethingToTell) {
  figures_book book;
  parts.observer = &book;
  start_carrier();
  post().answers = {telegram_slow_down(30)};
  put(ana, "m0 a");
  put(ana, "m0 b");
  start_lane(ana);
  advance(1s);
  EXPECT_EQ(book.answers, strings{"sendMessage slow_down"});
  EXPECT_EQ(book.told, 1);
  EXPECT_EQ(book.last.waiting[1], 2u);
  EXPECT_EQ(book.last.slowed_private[0], 1u);
  advance(10s);
  EXPECT_EQ(book.told, 1) << "nothing happened";
  pass(30s);
  EXPECT_EQ(book.last.waiting[1], 0u);
  EXPECT_EQ(book.last.spent[0], 3u);
  const auto told = book.told;
  pass(10s);
  EXPECT_EQ(book.told, told);
  kill_carrier();
}

} // namespace
} // namespace switchboard::actors
