// The parts of the desk's bench on their own: what plays the Bot API, what
// reads streams, and the book that says whether messages arrived.
#include "bench/bot_api.hpp"
#include "bench/event_streams.hpp"
#include "bench/json_text.hpp"
#include "bench/light_server.hpp"
#include "bench/plain_caller.hpp"
#include "bench/trip_book.hpp"
#include "bench/trip_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::bench {
namespace {

using namespace std::chrono_literals;
using marks = std::vector<std::uint64_t>;

endpoint at(std::uint16_t port) {
  endpoint out;
  out.port = port;
  return out;
}

marks marks_of(std::string_view text) {
  marks out;
  each_mark(text, "trip-", [&](std::uint64_t one) { out.push_back(one); });
  return out;
}

TEST(JsonNumber, IsTheFirstOfItsName) {
  EXPECT_EQ(find_json_number(R"({"chat_id":-100,"id":7})", "chat_id"), -100);
  EXPECT_EQ(find_json_number(R"({"chat_id":-100,"id":7})", "id"), 7);
  EXPECT_EQ(find_json_number(R"({"id":"x","a":{"id":9}})", "id"), 9);
  EXPECT_EQ(find_json_number(R"({"id":null})", "id"), 0);
}

TEST(Marks, AreFoundWhereverTheyStand) {
  EXPECT_EQ(marks_of(R"({"text":"trip-3. Hi\ntrip-40. trip-x. trip-5"})"),
            (marks{3, 40}));
  EXPECT_EQ(marks_of("trip-"), marks{});
}

TEST(TripBook, KnowsWhatIsLostRepeatedAndAstray) {
  trip_book trips{2};
  trips.begin(0, 7);
  trips.open_window();
  const auto text = trips.begin(1, 8);
  EXPECT_EQ(marks_of(text), marks{1});
  EXPECT_EQ(trips.problem(), "2 of 2 messages did not arrive");
  trips.arrive(0, 7);
  trips.arrive(1, 8);
  EXPECT_TRUE(trips.all_arrived());
  EXPECT_EQ(trips.problem(), "");
  EXPECT_EQ(trips.figures(0).arrived, 1U);
  EXPECT_EQ(trips.figures(0).latency.count(), 0U); // before the window
  EXPECT_EQ(trips.figures(1).latency.count(), 1U);
  trips.arrive(1, 8);
  EXPECT_EQ(trips.problem(), "1 messages arrived again");
  trips.arrive_if(0, 1, 99); // no concern of the first kind
  EXPECT_EQ(trips.problem(), "1 messages arrived again");
  trip_book other{1};
  other.begin(0, 7);
  other.arrive(0, 8);
  EXPECT_FALSE(wait_for_trips(other, 0s));
  other.arrive(0, 7);
  EXPECT_EQ(other.problem(), "1 messages arrived at somebody else's");
}

TEST(BotApi, AgreesToEverything) {
  std::vector<std::pair<std::string, std::int32_t>> seen;
  bot_api bot{0, [&](const bot_call& call) {
                seen.emplace_back(
                  std::string{call.method} + "@" + std::to_string(call.chat),
                  call.message);
              }};
  plain_caller caller{at(bot.port()), {}};
  const auto call = [&](const std::string& method, std::string_view body) {
    return caller.call("POST", "/bot42:x/" + method, body, 200);
  };
  EXPECT_EQ(find_json_number(call("getMe", "{}"), "id"), 4200);
  const auto sent = call("sendMessage", R"({"chat_id":-5,"text":"Hi"})");
  EXPECT_EQ(find_json_number(sent, "message_id"), 1);
  call("sendMessage", R"({"chat_id":9,"text":"Hi"})");
  call("editMessageText", R"({"chat_id":-5,"message_id":1,"text":"Ha"})");
  EXPECT_EQ(call("answerCallbackQuery", R"({"callback_query_id":"1"})"),
            R"({"ok":true,"result":true})");
  bot.stop();
  EXPECT_EQ(bot.calls(), 5U);
  using list = decltype(seen);
  EXPECT_EQ(seen, (list{{"getMe@0", 0},
                        {"sendMessage@-5", 1},
                        {"sendMessage@9", 2},
                        {"editMessageText@-5", 1},
                        {"answerCallbackQuery@0", 0}}));
}

TEST(EventStreams, FindTripsInWhatComes) {
  // What a stream sends is the body of an answer, as far as a reader sees it.
  light_server server{0, [](const light_call& call, light_answer& answer) {
                        answer.body = R"(data: {"body":"trip-)"
                                      + std::string{call.target.substr(1)}
                                      + ". Hi trip-99. \"}\n\ntrip-";
                      }};
  event_streams streams{at(server.port())};
  for (const auto* target : {"/10", "/11", "/12"})
    streams.open(target, "");
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> seen;
  streams.start(
    [&](std::uint32_t stream, std::uint64_t trip) {
      const std::lock_guard lock{mutex};
      seen.emplace_back(stream, trip);
      changed.notify_all();
    },
    10s);
  std::unique_lock lock{mutex};
  EXPECT_TRUE(changed.wait_for(lock, 10s, [&] { return seen.size() == 6; }));
  lock.unlock();
  streams.stop();
  std::ranges::sort(seen);
  using list = decltype(seen);
  EXPECT_EQ(seen, (list{{0, 10}, {0, 99}, {1, 11}, {1, 99}, {2, 12}, {2, 99}}));
}

} // namespace
} // namespace switchboard::bench
