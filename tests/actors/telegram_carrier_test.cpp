// How a bot's calls leave: in which order, how fast, and what becomes of those
// that do not work.
#include "actors/telegram_carrier.hpp"

#include "tests/support/telegram_carrier_world.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

namespace switchboard::actors {
namespace {

using channels::http_answer;
using channels::telegram::chat_id;
using test::telegram_error;
using test::telegram_ok;
using test::telegram_slow_down;
using namespace std::chrono_literals;

class TelegramCarrier : public test::telegram_carrier_test {
protected:
  TelegramCarrier() {
    start_carrier();
  }

  /// The carrier anew, with what a test has changed in `parts`.
  void restart() {
    kill_carrier();
    start_carrier();
  }

  std::string edit;           ///< what is appended to every text
  std::set<std::string> gone; ///< payloads that have nothing to do
};

TEST_F(TelegramCarrier, KeepsTheOrderOfAChatAcrossRetries) {
  post().answers = {telegram_error(502, "Bad Gateway"),
                    telegram_error(500, "Internal Server Error")};
  for (const auto* text : {"m0 a", "m0 b", "m0 c"})
    put(ana, text);
  start_lane(ana);
  EXPECT_EQ(sent(), strings{"a"});
  advance(499ms);
  EXPECT_EQ(sent(), strings{"a"});
  advance(1ms);
  EXPECT_EQ(sent(), (strings{"a", "a"}));
  pass(10s);
  EXPECT_EQ(sent(), (strings{"a", "a", "a", "b", "c"}));
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(dead(), 0u);
}

TEST_F(TelegramCarrier, RetriesWhatNobodyAnswered) {
  http_answer lost;
  lost.failure = channels::http_failure::answer_timeout;
  post().answers = {lost};
  put(ana, "m0 a");
  start_lane(ana);
  pass(1s);
  EXPECT_EQ(sent(), (strings{"a", "a"}));
  EXPECT_EQ(waiting(ana), 0u);
}

TEST_F(TelegramCarrier, HandsWhatKeepsFailingBackToTheLane) {
  post().otherwise = telegram_error(500, "Internal Server Error");
  const auto id = put(ana, "m0 a");
  start_lane(ana);
  pass(3min, 250ms);
  EXPECT_EQ(sent().size(), parts.policy.tries_max);
  EXPECT_EQ(waiting(ana), 1u);
  EXPECT_EQ(views().attempts(id).size(), 1u);
  pass(6min, 250ms);
  EXPECT_GT(sent().size(), parts.policy.tries_max);
  post().otherwise = telegram_ok();
  pass(1min);
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(dead(), 0u);
}

TEST_F(TelegramCarrier, LetsASlowedChatRestAsLongAsItWasTold) {
  post().answers = {telegram_slow_down(42)};
  put(ana, "m0 a");
  put(ana, "m0 b");
  put(ben, "m0 elsewhere");
  start_lane(ana);
  start_lane(ben);
  EXPECT_EQ(sent(), (strings{"a", "elsewhere"}));
  advance(41'999ms);
  EXPECT_EQ(sent().size(), 2u);
  advance(1ms);
  EXPECT_EQ(sent(), (strings{"a", "elsewhere", "a", "b"}));
  EXPECT_EQ(waiting(ana), 0u);
}

TEST_F(TelegramCarrier, SendsWhatGatheredWhileAChatRestedTogether) {
  std::uint32_t shared = 0;
  std::size_t settled = 0;
  channel.on_settle = [&](const auto&, const http_answer& answer,
                          const auto& verdict, auto, auto&) {
    ++settled;
    shared = std::max(shared, answer.shared_by);
    EXPECT_EQ(verdict.outcome, channels::delivery_outcome::delivered);
  };
  post().answers = {telegram_slow_down(60)};
  strings expected;
  for (int i = 0; i < 200; ++i) {
    expected.push_back("message-" + std::to_string(i));
    put(ana, "m9 " + expected.back());
  }
  start_lane(ana);
  EXPECT_EQ(sent().size(), 1u);
  advance(59'999ms);
  EXPECT_EQ(sent().size(), 1u);
  pass(5s);
  EXPECT_LE(sent().size(), 4u);
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(settled, 200u);
  EXPECT_GE(shared, 100u);
  strings arrived;
  for (const auto& text : sent()) {
    if (&text == &sent().front())
      continue;
    auto lines = text;
    for (auto at = lines.find("\\n"); at != std::string::npos;
         at = lines.find("\\n"))
      lines.replace(at, 2, " ");
    std::istringstream words{lines};
    for (std::string word; words >> word;)
      arrived.push_back(word);
  }
  // The first was sent twice, since it was refused at first.
  ASSERT_EQ(arrived.size(), 201u);
  arrived.erase(arrived.begin());
  EXPECT_EQ(arrived, expected);
}

TEST_F(TelegramCarrier, NeverPutsTwoTicketsIntoOneMessage) {
  post().answers = {telegram_slow_down(60)};
  for (const auto* text :
       {"m1 first", "m1 a", "m1 b", "m2 c", "m2 d", "m1 e", "m0 f", "m0 g"})
    put(ana, text);
  start_lane(ana);
  pass(90s);
  EXPECT_EQ(sent(),
            (strings{"first", "first\\na\\nb", "c\\nd", "e", "f", "g"}));
  EXPECT_EQ(waiting(ana), 0u);
}

TEST_F(TelegramCarrier, LetsCustomersOvertake) {
  for (const auto* text : {"m0 1", "m0 2", "m0 3", "m0 4", "m0 5"})
    put(ana, text);
  auto lane = start_lane(ana);
  EXPECT_EQ(sent().size(), 3u);
  put(ana, "c0 customer");
  poll(lane);
  EXPECT_EQ(sent().size(), 3u);
  pass(5s);
  EXPECT_EQ(sent(), (strings{"1", "2", "3", "customer", "4", "5"}));
}

TEST_F(TelegramCarrier, FollowsAGroupThatMoved) {
  std::vector<std::pair<chat_id, chat_id>> moves;
  parts.migrated
    = [&](chat_id from, chat_id to) { moves.emplace_back(from, to); };
  restart();
  post().answers = {telegram_error(
    400, "Bad Request: group chat was upgraded to a supergroup chat",
    R"({"migrate_to_chat_id":-1001})")};
  put(team, "m0 a");
  put(team, "m0 b");
  auto lane = start_lane(team);
  pass(1s);
  put(team, "m0 c");
  poll(lane);
  EXPECT_EQ(sent(), (strings{"a", "a", "b", "c"}));
  EXPECT_EQ(waiting(team), 0u);
  ASSERT_EQ(moves.size(), 1u);
  EXPECT_EQ(moves[0], (std::pair{team, chat_id{-1001}}));
  EXPECT_NE(post().calls[0].body.find("-500"), std::string::npos);
  for (std::size_t i = 1; i < post().calls.size(); ++i)
    EXPECT_NE(post().calls[i].body.find("-1001"), std::string::npos);
}

TEST_F(TelegramCarrier, KeepsEverythingWhileItsTokenIsRefused) {
  post().otherwise = telegram_error(401, "Unauthorized");
  put(ana, "m0 a");
  put(ana, "m0 b");
  put(ben, "m0 c");
  start_lane(ana);
  start_lane(ben);
  pass(5min, 250ms);
  EXPECT_LE(sent().size(), 45u);
  EXPECT_EQ(errors.size(), 6u) << "one a minute";
  EXPECT_EQ(errors[0].where, "telegram:7");
  EXPECT_EQ(errors[0].code, "unauthorized");
  EXPECT_EQ(waiting(ana) + waiting(ben), 3u);
  EXPECT_EQ(dead(), 0u);
  const auto before = sent().size();
  post().otherwise = telegram_ok();
  pass(20s);
  EXPECT_EQ(sent().size(), before + 3);
  EXPECT_EQ(waiting(ana) + waiting(ben), 0u);
}

TEST_F(TelegramCarrier, TellsTheLaneWhatWillNeverWork) {
  post().answers
    = {telegram_error(403, "Forbidden: bot was blocked by the user")};
  put(ana, "m0 a");
  put(ana, "m0 b");
  start_lane(ana);
  EXPECT_EQ(sent(), (strings{"a", "b"}));
  EXPECT_EQ(dead(), 1u);
}

TEST_F(TelegramCarrier, MakesOneCallOfADeliveryThatIsAskedForTwice) {
  post().otherwise.reset();
  auto first = hand_over(1, ana, "m0 a");
  auto second = hand_over(1, ana, "m0 a");
  EXPECT_EQ(sent(), strings{"a"});
  answer(telegram_ok("7"));
  for (auto* pending : {&first, &second}) {
    const auto got = take<http_answer>(*pending);
    ASSERT_TRUE(got);
    EXPECT_NE(got->body.find("7"), std::string::npos);
    EXPECT_EQ(got->shared_by, 1u);
  }
}

TEST_F(TelegramCarrier, CountsAsDoneWhatHasNothingToDo) {
  parts.render = [](const auto&) -> rendering {
    return nothing_to_do{"the button is gone"};
  };
  restart();
  auto pending = hand_over(1, ana, "");
  const auto got = take<http_answer>(pending);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->detail, "the button is gone");
  EXPECT_EQ(channel.judge(*got).outcome, channels::delivery_outcome::delivered);
  EXPECT_TRUE(post().calls.empty());
}

TEST_F(TelegramCarrier, SendsBackWhatCanNotBeRenderedYet) {
  parts.render = [](const auto&) -> rendering {
    return not_now{"the card was not sent yet", 3s};
  };
  restart();
  auto pending = hand_over(1, ana, "");
  const auto got = take<http_answer>(pending);
  ASSERT_TRUE(got);
  const auto verdict = channel.judge(*got);
  EXPECT_EQ(verdict.outcome, channels::delivery_outcome::retry_later);
  EXPECT_EQ(verdict.retry_after, 3s);
}

TEST_F(TelegramCarrier, SurvivesADeliveryThatCanNotBeRead) {
  parts.render = [](const persistence::delivery& d) -> rendering {
    if (d.payload.empty())
      throw std::runtime_error{"no payload"};
    return render(d);
  };
  restart();
  put(ana, "m0 a");
  put(ana, "m0 ");
  put(ana, "m0 b");
  put(ana, "");
  start_lane(ana);
  EXPECT_EQ(sent(), (strings{"a", "b"}));
  EXPECT_EQ(dead(), 2u);
  EXPECT_EQ(waiting(ana), 0u);
}

TEST_F(TelegramCarrier, RefusesWhatCanNotBePrepared) {
  parts.prepare = [](const auto&, const auto&) { /* the handler is dropped */ };
  restart();
  put(ana, "m0 a");
  put(ana, "m0 b");
  start_lane(ana);
  EXPECT_EQ(dead(), 2u);
  EXPECT_TRUE(sent().empty());
}

TEST_F(TelegramCarrier, SendsWhatIsSoWhenItLeaves) {
  parts.render = [this](const persistence::delivery& d) -> rendering {
    if (gone.contains(d.payload))
      return nothing_to_do{"it was deleted"};
    auto changed = d;
    changed.payload += edit;
    return render(changed);
  };
  restart();
  post().answers = {telegram_slow_down(60)};
  for (const auto* text : {"m1 a", "m1 b", "m1 c", "m2 d", "m3 e"})
    put(ana, text);
  start_lane(ana);
  advance(30s);
  edit = "!";
  gone = {"m1 b", "m2 d"};
  pass(60s);
  EXPECT_EQ(sent(), (strings{"a", "a!\\nc!", "e!"}));
  EXPECT_EQ(waiting(ana), 0u);
  EXPECT_EQ(dead(), 0u);
}

// -- best effort --------------------------------------------------------------

class BestEffort : public TelegramCarrier {
protected:
  void say(const std::string& words) {
    self->send(carrier, outgoing{channels::telegram::answer_callback_query{
                                   "1", words, false},
                                 channels::telegram::urgency::customer, 0});
    sched.run();
  }
};

TEST_F(BestEffort, CallsAreMadeOnce) {
  post().answers = {telegram_error(500, "Internal Server Error"),
                    telegram_slow_down(5), telegram_error(401, "Unauthorized")};
  say("one");
  pass(60s, 1s);
  say("two");
  pass(60s, 1s);
  say("three");
  pass(60s, 1s);
  say("four");
  EXPECT_EQ(sent(), (strings{"one", "two", "three", "four"}));
}

TEST_F(BestEffort, CallsDoNotGatherWithoutEnd) {
  parts.policy.best_effort_max = 10;
  restart();
  post().otherwise.reset();
  for (int i = 0; i < 20; ++i)
    say("x");
  EXPECT_EQ(sent().size(), 10u);
  post().otherwise = telegram_ok();
  for (int i = 0; i < 10; ++i)
    answer(telegram_ok());
  say("y");
  EXPECT_EQ(sent().back(), "y");
}

TEST_F(BestEffort, CallsWithAFaultAreDropped) {
  self->send(carrier, outgoing{channels::telegram::send_message{}, {}, 0});
  sched.run();
  EXPECT_TRUE(post().calls.empty());
}

} // namespace
} // namespace switchboard::actors
