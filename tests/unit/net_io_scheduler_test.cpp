// Goal: show that actors live on an io_context as they do on CAF's own
// scheduler. Method: small actors on an io_runtime with one thread and with
// three; answers come out through promises that are waited for with deadlines.

#include "net/io_runtime.hpp"

#include <boost/asio/post.hpp>

#include <caf/actor_ostream.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace switchboard::net {
namespace {

using namespace std::chrono_literals;

// ThreadSanitizer does not see into CAF's library and weighs each message for
// milliseconds before it drops its report.
#ifdef __SANITIZE_THREAD__
constexpr int many = 200;
#else
constexpr int many = 5'000;
#endif

caf::behavior doubler(caf::event_based_actor* self) {
  return {
    [](int x) { return 2 * x; },
    [self](caf::ok_atom) { self->quit(); },
  };
}

class IoScheduler : public testing::TestWithParam<std::size_t> {
protected:
  caf::actor_system& actors() {
    return runtime_.actors();
  }

  int ask(const caf::actor& whom, int x) {
    caf::scoped_actor self{actors()};
    int answer = -1;
    self->request(whom, 10s, x)
      .receive([&](int y) { answer = y; }, [](caf::error&) {});
    return answer;
  }

  void end(const caf::actor& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
  }

  caf::actor_system_config config_;
  io_runtime runtime_{config_, GetParam()};
};

TEST_P(IoScheduler, AnswersAThreadFromOutside) {
  const auto one = actors().spawn(doubler);
  EXPECT_EQ(ask(one, 21), 42);
  end(one);
}

TEST_P(IoScheduler, RunsActorsOnTheThreadsOfTheLoop) {
  std::promise<std::thread::id> from_actor;
  actors().spawn([&](caf::event_based_actor*) {
    from_actor.set_value(std::this_thread::get_id());
  });
  auto seen = from_actor.get_future();
  ASSERT_EQ(seen.wait_for(10s), std::future_status::ready);
  const auto id = seen.get();
  EXPECT_NE(id, std::this_thread::get_id());
  if (GetParam() == 1) {
    std::promise<std::thread::id> from_loop;
    boost::asio::post(runtime_.io(),
                      [&] { from_loop.set_value(std::this_thread::get_id()); });
    EXPECT_EQ(from_loop.get_future().get(), id);
  }
}

TEST_P(IoScheduler, PassesMessagesBetweenActors) {
  struct counter {
    std::promise<void> done;
  };
  auto state = std::make_shared<counter>();
  auto bounce = [state](caf::event_based_actor* self) -> caf::behavior {
    return {[self, state](int left, const caf::actor& other) {
      if (left == 0) {
        self->send_exit(other, caf::exit_reason::user_shutdown);
        self->quit();
        state->done.set_value();
      } else {
        self->send(other, left - 1, caf::actor{self});
      }
    }};
  };
  const auto ping = actors().spawn(bounce);
  const auto pong = actors().spawn(bounce);
  caf::anon_send(ping, 20 * many, pong);
  EXPECT_EQ(state->done.get_future().wait_for(20s), std::future_status::ready);
}

TEST_P(IoScheduler, RunsThousandsOfActors) {
  constexpr int count = many;
  std::vector<caf::actor> all;
  for (int i = 0; i < count; ++i)
    all.push_back(actors().spawn(doubler));
  long sum = 0;
  for (int i = 0; i < count; ++i)
    sum += ask(all[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(sum, long{count} * (count - 1));
  for (const auto& one : all)
    caf::anon_send(one, caf::ok_atom_v);
}

TEST_P(IoScheduler, TakesMessagesFromManyThreads) {
  std::atomic<int> received{0};
  std::promise<void> all_received;
  constexpr int threads = 4;
  constexpr int each = many;
  const auto sink
    = actors().spawn([&](caf::event_based_actor* self) -> caf::behavior {
        return {[&, self](int) {
          if (++received == threads * each) {
            self->quit();
            all_received.set_value();
          }
        }};
      });
  std::vector<std::thread> senders;
  for (int i = 0; i < threads; ++i)
    senders.emplace_back([&sink] {
      for (int n = 0; n < each; ++n)
        caf::anon_send(sink, n);
    });
  for (auto& one : senders)
    one.join();
  EXPECT_EQ(all_received.get_future().wait_for(20s), std::future_status::ready);
}

TEST_P(IoScheduler, DeliversDelayedMessagesInOrderAndNotEarly) {
  using clock = std::chrono::steady_clock;
  std::promise<std::vector<int>> order;
  const auto start = clock::now();
  actors().spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 120ms, 2);
    self->delayed_send(self, 40ms, 1);
    auto seen = std::make_shared<std::vector<int>>();
    return {[&order, self, seen](int x) {
      seen->push_back(x);
      if (seen->size() == 2) {
        self->quit();
        order.set_value(*seen);
      }
    }};
  });
  auto result = order.get_future();
  ASSERT_EQ(result.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(result.get(), (std::vector<int>{1, 2}));
  EXPECT_GE(clock::now() - start, 120ms);
}

TEST_P(IoScheduler, TimesRequestsOut) {
  std::promise<caf::error> outcome;
  const auto silent
    = actors().spawn([](caf::event_based_actor* self) -> caf::behavior {
        return {[self](int) { return self->make_response_promise<int>(); }};
      });
  actors().spawn([&, silent](caf::event_based_actor* self) {
    self->request(silent, 30ms, 1)
      .then([](int) {},
            [&outcome](caf::error& e) { outcome.set_value(std::move(e)); });
  });
  auto result = outcome.get_future();
  ASSERT_EQ(result.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(result.get(), caf::sec::request_timeout);
  end(silent);
}

TEST_P(IoScheduler, CancelsTheTimeoutOfAnAnsweredRequest) {
  std::promise<int> answer;
  const auto one = actors().spawn(doubler);
  actors().spawn([&, one](caf::event_based_actor* self) {
    self->request(one, 3600s, 4).then([&answer](int x) {
      answer.set_value(x);
    });
  });
  EXPECT_EQ(answer.get_future().get(), 8);
  end(one);
}

TEST_P(IoScheduler, EndsWithActorsThatNobodyCanReach) {
  auto left = std::make_shared<int>(0);
  std::weak_ptr<int> watched = left;
  actors().spawn([left = std::move(left)](caf::event_based_actor* self) {
    self->delayed_send(self, 3600s, 1);
    return caf::behavior{[left](int) {}};
  });
  // An actor that only its own timer knows cannot be told to quit.
  actors().await_actors_before_shutdown(false);
  runtime_.stop();
  EXPECT_TRUE(watched.expired());
}

TEST_P(IoScheduler, WaitsForActorsThatStillWork) {
  auto finished = std::make_shared<std::atomic<bool>>(false);
  actors().spawn([finished](caf::event_based_actor* self) {
    self->delayed_send(self, 100ms, 1);
    return caf::behavior{[self, finished](int) {
      *finished = true;
      self->quit();
    }};
  });
  runtime_.stop();
  EXPECT_TRUE(*finished);
}

TEST_P(IoScheduler, DiscardsWhatActorsPrint) {
  std::promise<void> done;
  actors().spawn([&done](caf::event_based_actor* self) {
    caf::aout(self) << "nobody reads this" << std::endl;
    done.set_value();
  });
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

INSTANTIATE_TEST_SUITE_P(Threads, IoScheduler, testing::Values(1, 3),
                         [](const auto& x) {
                           return std::to_string(x.param) + "Threads";
                         });

} // namespace
} // namespace switchboard::net
