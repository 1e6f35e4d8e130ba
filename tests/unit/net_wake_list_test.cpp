// Goal: show that a bell is heard, not too often, and that none is lost.
// Method: an io_context that the test runs, and one with threads.

#include "net/wake_list.hpp"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace switchboard::net {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

TEST(WakeList, WakesAllWhoListen) {
  asio::io_context io;
  wake_list list{io};
  int first = 0;
  int second = 0;
  auto one = list.subscribe([&first] { ++first; });
  {
    const auto other = list.subscribe([&second] { ++second; });
    EXPECT_EQ(list.size(), 2u);
    list.ring();
    io.run();
  }
  EXPECT_EQ(list.size(), 1u);
  list.ring();
  io.restart();
  io.run();
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 1);
  one = {};
  EXPECT_EQ(list.size(), 0u);
}

TEST(WakeList, DoesNothingWhenNobodyListens) {
  asio::io_context io;
  wake_list list{io};
  list.ring();
  EXPECT_EQ(io.poll(), 0u);
}

TEST(WakeList, AnswersManyRingsByOneMoreWaking) {
  asio::io_context io;
  wake_list list{io, 5ms};
  int woken = 0;
  const auto one = list.subscribe([&woken] { ++woken; });
  list.ring();
  io.poll();
  EXPECT_EQ(woken, 1);
  for (int i = 0; i < 1000; ++i)
    list.ring();
  io.run(); // until the last gap is over
  EXPECT_EQ(woken, 2);
  list.ring();
  io.restart();
  io.poll();
  EXPECT_EQ(woken, 3);
}

TEST(WakeList, KeepsItsListenersWhenTheyMove) {
  asio::io_context io;
  wake_list list{io};
  int woken = 0;
  auto one = list.subscribe([&woken] { ++woken; });
  auto two = std::move(one);
  wake_list::subscription three;
  three = std::move(two);
  list.ring();
  io.run();
  EXPECT_EQ(woken, 1);
}

TEST(WakeList, OutlivesItself) {
  asio::io_context io;
  int woken = 0;
  wake_list::subscription one;
  {
    wake_list list{io};
    one = list.subscribe([&woken] { ++woken; });
    list.ring();
  }
  io.run();
  EXPECT_EQ(woken, 1);
}

// What was written before a ring is seen by some waking after it.
TEST(WakeList, LosesNoRingBetweenThreads) {
  asio::io_context io;
  auto work = asio::make_work_guard(io);
  std::thread loop{[&io] { io.run(); }};
  {
    wake_list list{io, 1ms};
    std::atomic<int> written{0};
    std::atomic<int> seen{0};
    for (int round = 0; round < 20; ++round) {
      const auto one = list.subscribe([&] {
        seen.store(written.load());
        seen.notify_all();
      });
      std::vector<std::thread> ringers;
      for (int i = 0; i < 3; ++i)
        ringers.emplace_back([&] {
          for (int n = 0; n < 500; ++n) {
            ++written;
            list.ring();
          }
        });
      for (auto& ringer : ringers)
        ringer.join();
      const auto until = std::chrono::steady_clock::now() + 10s;
      while (seen.load() != written.load()
             && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
      ASSERT_EQ(seen.load(), written.load());
    }
  }
  work.reset();
  loop.join();
}

} // namespace
} // namespace switchboard::net
