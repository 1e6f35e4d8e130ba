// Goal: show that a question from a coroutine always ends, by the answer or by
// what happened instead. Method: actors that answer, refuse, keep silent or
// die, asked from coroutines on an io_runtime with one thread and with three.

#include "net/ask.hpp"

#include "net/io_runtime.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::net {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Answers words in many ways.
caf::behavior oracle(caf::event_based_actor* self) {
  return {
    [self](const std::string& word) -> caf::result<std::string> {
      if (word == "refuse")
        return caf::make_error(caf::sec::invalid_argument);
      if (word == "die")
        self->quit();
      return word + "!";
    },
    [self](caf::ok_atom) { return self->make_response_promise<std::string>(); },
    [](int) {},
    [](double x) { return x; },
  };
}

class Ask : public testing::TestWithParam<std::size_t> {
protected:
  Ask() {
    restart_asker();
  }
  ~Ask() override {
    on_executor([this] { asker_.reset(); });
    caf::anon_send_exit(oracle_, caf::exit_reason::user_shutdown);
    oracle_ = nullptr;
    runtime_.stop();
  }

  void restart_asker() {
    on_executor([this] {
      asker_.emplace(runtime_.actors(), timer_wheel::of(runtime_.io()),
                     executor_);
    });
  }

  void on_executor(const std::function<void()>& work) {
    std::promise<void> done;
    asio::post(executor_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  /// The outcome as text: the answer, or `error: <name>`.
  template <class Reply, class... Ts>
  static asio::awaitable<std::string>
  question(asker& who, caf::actor whom, std::chrono::milliseconds deadline,
           Ts... xs) {
    auto answer
      = co_await net::ask<Reply>(who, whom, deadline, std::move(xs)...);
    if (!answer)
      co_return "error: "
        + to_string(static_cast<caf::sec>(answer.error().code()));
    if constexpr (std::is_same_v<Reply, std::string>)
      co_return *answer;
    else
      co_return "something";
  }

  template <class Reply = std::string, class... Ts>
  std::future<std::string>
  start(const caf::actor& whom, std::chrono::milliseconds deadline, Ts... xs) {
    return asio::co_spawn(
      executor_, question<Reply>(*asker_, whom, deadline, std::move(xs)...),
      asio::use_future);
  }

  static std::string outcome(std::future<std::string> coming) {
    if (coming.wait_for(10s) != std::future_status::ready)
      return "never came";
    return coming.get();
  }

  caf::actor_system_config config_;
  io_runtime runtime_{config_, GetParam()};
  asio::any_io_executor executor_ = runtime_.make_executor();
  std::optional<asker> asker_;
  caf::actor oracle_ = runtime_.actors().spawn(oracle);
};

TEST_P(Ask, GetsTheAnswer) {
  EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"yes"})), "yes!");
}

TEST_P(Ask, GetsTheErrorThatWasAnswered) {
  EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"refuse"})),
            "error: invalid_argument");
}

TEST_P(Ask, GetsAnAnswerWithoutContent) {
  EXPECT_EQ(outcome(start<caf::unit_t>(oracle_, 5s, 1)), "something");
}

TEST_P(Ask, RefusesAnAnswerOfAnotherType) {
  EXPECT_EQ(outcome(start(oracle_, 5s, 1.5)), "error: unexpected_response");
}

TEST_P(Ask, EndsAtTheDeadline) {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  EXPECT_EQ(outcome(start(oracle_, 150ms, caf::ok_atom_v)),
            "error: request_timeout");
  EXPECT_GE(clock::now() - begin, 150ms);
}

TEST_P(Ask, EndsEachAtItsOwnDeadline) {
  auto slow = start(oracle_, 400ms, caf::ok_atom_v);
  auto quick = start(oracle_, 100ms, caf::ok_atom_v);
  EXPECT_EQ(outcome(std::move(quick)), "error: request_timeout");
  EXPECT_EQ(slow.wait_for(0ms), std::future_status::timeout);
  EXPECT_EQ(outcome(std::move(slow)), "error: request_timeout");
}

TEST_P(Ask, LearnsThatTheActorIsDead) {
  EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"die"})), "die!");
  EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"there?"})),
            "error: request_receiver_down");
}

TEST_P(Ask, LearnsThatThereIsNoActor) {
  EXPECT_EQ(outcome(start(caf::actor{}, 5s, 1)),
            "error: request_receiver_down");
}

TEST_P(Ask, LearnsThatTheActorDiesWithTheQuestion) {
  auto waiting = start(oracle_, 5s, caf::ok_atom_v);
  caf::anon_send_exit(oracle_, caf::exit_reason::user_shutdown);
  // CAF loses the promise that the actor held; the deadline ends the wait.
  EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"there?"})),
            "error: request_receiver_down");
  on_executor([this] { asker_->close(); });
  EXPECT_EQ(outcome(std::move(waiting)), "error: request_receiver_down");
}

TEST_P(Ask, EndsWhenTheConnectionCloses) {
  std::vector<std::future<std::string>> waiting;
  for (int i = 0; i < 20; ++i)
    waiting.push_back(start(oracle_, 1h, caf::ok_atom_v));
  // Asked before, so it stands behind them in every queue.
  EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"all asked"})),
            "all asked!");
  on_executor([this] { asker_->close(); });
  for (auto& one : waiting)
    EXPECT_EQ(outcome(std::move(one)), "error: request_receiver_down");
}

TEST_P(Ask, AnswersAtOnceWhenItIsClosed) {
  on_executor([this] { asker_->close(); });
  EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"late"})),
            "error: request_receiver_down");
}

TEST_P(Ask, KeepsManyQuestionsApart) {
  std::vector<std::future<std::string>> coming;
  for (int i = 0; i < 500; ++i)
    coming.push_back(start(oracle_, 10s, std::to_string(i)));
  for (std::size_t i = 0; i < coming.size(); ++i)
    EXPECT_EQ(outcome(std::move(coming[i])), std::to_string(i) + "!");
}

TEST_P(Ask, LeavesNothingBehind) {
  std::weak_ptr<int> watched;
  {
    auto held = std::make_shared<int>(1);
    watched = held;
    auto question = [](asker& who, caf::actor whom,
                       std::shared_ptr<int>) -> asio::awaitable<void> {
      co_await net::ask<std::string>(who, whom, 1h, caf::ok_atom_v);
    };
    auto ended = asio::co_spawn(
      executor_, question(*asker_, oracle_, std::move(held)), asio::use_future);
    EXPECT_EQ(outcome(start(oracle_, 5s, std::string{"asked"})), "asked!");
    on_executor([this] { asker_.reset(); });
    EXPECT_EQ(ended.wait_for(10s), std::future_status::ready);
  }
  // The frame goes after the future is told; the executor orders the two.
  on_executor([] {});
  EXPECT_TRUE(watched.expired());
  restart_asker();
}

TEST_P(Ask, PushesMessagesThatAreNoAnswers) {
  std::promise<std::string> pushed;
  caf::actor address;
  on_executor([&] {
    asker_->on_push([&](const caf::message& m) {
      if (m.match_elements<std::string>())
        pushed.set_value(m.get_as<std::string>(0));
    });
    address = asker_->handle();
  });
  caf::anon_send(address, std::string{"news"});
  auto coming = pushed.get_future();
  ASSERT_EQ(coming.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(coming.get(), "news");
  address = nullptr;
}

TEST_P(Ask, TellsThoseWhoMonitorThatItHasClosed) {
  caf::actor address;
  on_executor([&] { address = asker_->handle(); });
  std::promise<void> noticed;
  const auto watcher
    = runtime_.actors().spawn([&](caf::event_based_actor* self) {
        self->monitor(address);
        self->set_down_handler([self, &noticed](caf::down_msg&) {
          self->quit();
          noticed.set_value();
        });
        return caf::behavior{[](int) {}};
      });
  on_executor([this] { asker_->close(); });
  EXPECT_EQ(noticed.get_future().wait_for(10s), std::future_status::ready);
  address = nullptr;
}

TEST_P(Ask, AnswersNoRequests) {
  caf::actor address;
  on_executor([&] { address = asker_->handle(); });
  caf::error problem;
  {
    caf::scoped_actor self{runtime_.actors()};
    self->request(address, 10s, 1)
      .receive([] {}, [&](caf::error& e) { problem = std::move(e); });
  }
  address = nullptr;
  EXPECT_TRUE(problem);
  EXPECT_NE(problem, caf::sec::request_timeout);
}

INSTANTIATE_TEST_SUITE_P(Threads, Ask, testing::Values(1, 3),
                         [](const auto& x) {
                           return std::to_string(x.param) + "Threads";
                         });

} // namespace
} // namespace switchboard::net
