// Goal: show that deadlines fire once, not early, and not much later than a
// tick. Method: a wheel on an io_context that a thread runs; waits have
// deadlines of their own.

#include "net/timer_wheel.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace switchboard::net {
namespace {

using namespace std::chrono_literals;
using clock = timer_wheel::clock;

/// Counts its expiries and remembers when the last was.
class waiter {
public:
  explicit waiter(timer_wheel& wheel) : entry{wheel, this, &waiter::expired} {}

  bool wait_for_count(int wanted) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 10s, [&] { return count_ >= wanted; });
  }
  int count() {
    const std::lock_guard lock{mutex_};
    return count_;
  }
  clock::time_point last() {
    const std::lock_guard lock{mutex_};
    return last_;
  }

  clock::duration again{}; ///< fires once more after this, when not zero

private:
  static timer_wheel::time_point expired(void* self) noexcept {
    auto& me = *static_cast<waiter*>(self);
    const std::lock_guard lock{me.mutex_};
    me.last_ = clock::now();
    ++me.count_;
    me.changed_.notify_all();
    if (me.again == clock::duration::zero())
      return timer_wheel::never;
    return me.last_ + std::exchange(me.again, clock::duration::zero());
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  clock::time_point last_;

public:
  timer_wheel::entry entry; ///< last, so that it goes first
};

class TimerWheel : public testing::Test {
protected:
  TimerWheel() : thread_{[this] { io_.run(); }} {}
  ~TimerWheel() override {
    work_.reset();
    io_.stop();
    thread_.join();
  }

  /// Runs what the wheel would have fired by now.
  void wait_ticks(int count) {
    waiter probe{wheel_};
    probe.entry.set(clock::now() + timer_wheel::tick * count);
    ASSERT_TRUE(probe.wait_for_count(1));
  }

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
    work_{io_.get_executor()};
  timer_wheel& wheel_ = timer_wheel::of(io_);
  std::thread thread_;
};

TEST_F(TimerWheel, FiresOnceAndNotEarly) {
  waiter one{wheel_};
  const auto deadline = clock::now() + 150ms;
  one.entry.set(deadline);
  ASSERT_TRUE(one.wait_for_count(1));
  EXPECT_GE(one.last(), deadline);
  wait_ticks(3);
  EXPECT_EQ(one.count(), 1);
}

TEST_F(TimerWheel, FiresWhatIsOverAlready) {
  waiter one{wheel_};
  one.entry.set(clock::now() - 1h);
  EXPECT_TRUE(one.wait_for_count(1));
}

TEST_F(TimerWheel, FiresBeyondItsSlots) {
  waiter one{wheel_};
  const auto deadline = clock::now() + 1'900ms;
  one.entry.set(deadline);
  ASSERT_TRUE(one.wait_for_count(1));
  EXPECT_GE(one.last(), deadline);
}

TEST_F(TimerWheel, FollowsADeadlineThatMovesAway) {
  waiter one{wheel_};
  one.entry.set(clock::now() + 100ms);
  const auto deadline = clock::now() + 500ms;
  one.entry.set(deadline);
  ASSERT_TRUE(one.wait_for_count(1));
  EXPECT_GE(one.last(), deadline);
}

TEST_F(TimerWheel, FollowsADeadlineThatComesNearer) {
  waiter one{wheel_};
  one.entry.set(clock::now() + 1h);
  one.entry.set(clock::now() + 100ms);
  EXPECT_TRUE(one.wait_for_count(1));
}

TEST_F(TimerWheel, ForgetsADeadlineThatIsTakenBack) {
  waiter one{wheel_};
  one.entry.set(clock::now() + 100ms);
  one.entry.set(timer_wheel::never);
  wait_ticks(4);
  EXPECT_EQ(one.count(), 0);
}

TEST_F(TimerWheel, TakesTheNextDeadlineFromTheExpired) {
  waiter one{wheel_};
  one.again = 200ms;
  one.entry.set(clock::now() + 100ms);
  ASSERT_TRUE(one.wait_for_count(2));
  wait_ticks(3);
  EXPECT_EQ(one.count(), 2);
}

TEST_F(TimerWheel, ForgetsAnEntryThatIsDestroyed) {
  {
    waiter one{wheel_};
    one.entry.set(clock::now() + 100ms);
  }
  wait_ticks(4);
  EXPECT_EQ(wheel_.filed_count(), 0u);
}

TEST_F(TimerWheel, KeepsThousandsAndEmptiesAgain) {
  std::vector<std::unique_ptr<waiter>> all;
  const auto start = clock::now();
  for (int i = 0; i < 5'000; ++i) {
    all.push_back(std::make_unique<waiter>(wheel_));
    all.back()->entry.set(start + std::chrono::milliseconds{i % 400});
  }
  for (auto& one : all)
    ASSERT_TRUE(one->wait_for_count(1));
  wait_ticks(1);
  EXPECT_EQ(wheel_.filed_count(), 0u);
}

// Owners set deadlines without the lock while the wheel files and drops their
// entries; none may get lost on the way.
TEST_F(TimerWheel, LosesNoDeadlineToARace) {
  constexpr int rounds = 40;
  std::array<std::atomic<int>, 4> done{};
  std::vector<std::thread> owners;
  for (auto& own : done)
    owners.emplace_back([this, &own] {
      waiter one{wheel_};
      for (int round = 1; round <= rounds; ++round) {
        one.entry.set(timer_wheel::never);
        one.entry.set(clock::now() + 1ms * (round % 7));
        if (!one.wait_for_count(round))
          return;
        ++own;
      }
    });
  for (auto& one : owners)
    one.join();
  for (const auto& count : done)
    EXPECT_EQ(count, rounds);
}

} // namespace
} // namespace switchboard::net
