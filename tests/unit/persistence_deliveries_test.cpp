#include "persistence/deliveries.hpp"
#include "tests/unit/persistence_fixtures.hpp"

namespace switchboard::persistence::testing {
namespace {

using std::chrono::seconds;
const std::string lane = "n8n:ticket-created";

class Deliveries : public ::testing::Test {
protected:
  void SetUp() override {
    done(only_delivery(hook_call("first")));
    done(only_delivery(hook_call("second")));
  }

  void done(changes what) {
    ASSERT_TRUE(is_committed(commit(journal_, std::move(what))));
  }

  [[nodiscard]] delivery front() const {
    return views_.read(lane, {}, 1).at(0);
  }

  [[nodiscard]] static attempt try_of(const delivery& what,
                                      const char* outcome) {
    return {.number = next_attempt(what), .at = start, .outcome = outcome};
  }

  memory_journal journal_;
  delivery_views views_{journal_.rows()};
};

TEST_F(Deliveries, WaitInTheOrderOfTheirCommits) {
  const auto waiting = views_.read(lane, {}, 10);
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].payload, "first");
  EXPECT_EQ(waiting[0].next_at, start);
  EXPECT_EQ(waiting[0].attempts, 0U);
  EXPECT_EQ(waiting[1].payload, "second");
}

TEST_F(Deliveries, AreCountedByLane) {
  const auto backlog = views_.backlog(lane, 100);
  EXPECT_EQ(backlog.depth, 2U);
  EXPECT_EQ(backlog.oldest, start);
  EXPECT_EQ(views_.backlog(lane, 1).depth, 1U);
  EXPECT_EQ(views_.backlog("n8n:ticket", 100).depth, 0U);
}

TEST_F(Deliveries, LeaveTheOutboxWhenDelivered) {
  const auto what = front();
  done(settle_delivered(what, try_of(what, "delivered")));
  EXPECT_EQ(front().payload, "second");
  ASSERT_EQ(views_.attempts(what.id).size(), 1U);
  EXPECT_EQ(views_.attempts(what.id)[0].outcome, "delivered");
}

TEST_F(Deliveries, StayInTheirPlaceForARetry) {
  const auto what = front();
  done(settle_retry(what, try_of(what, "retry"), start + seconds{4}));
  EXPECT_EQ(front().id, what.id);
  EXPECT_EQ(front().attempts, 1U);
  EXPECT_EQ(front().next_at, start + seconds{4});
  EXPECT_EQ(front().payload, "first");
}

TEST_F(Deliveries, DieAndComeBackToLife) {
  auto what = front();
  done(settle_retry(what, try_of(what, "retry"), start));
  what = front();
  done(settle_dead(what, try_of(what, "refused"), "404", start + seconds{9}));
  EXPECT_EQ(front().payload, "second");
  const auto letters = views_.dead_letters({}, 10);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].reason, "404");
  EXPECT_EQ(letters[0].what.attempts, 2U);
  EXPECT_EQ(letters[0].what.lane, lane);
  EXPECT_TRUE(views_.dead_letters(what.id, 10).empty());

  done(replay(letters[0], start + seconds{20}));
  EXPECT_FALSE(views_.find_dead_letter(what.id));
  const auto again = front();
  EXPECT_EQ(again.id, what.id);
  EXPECT_EQ(again.attempts, 0U);
  EXPECT_EQ(again.next_at, start + seconds{20});
  EXPECT_EQ(next_attempt(again), 3U);
  done(settle_delivered(again, try_of(again, "delivered")));
  const auto attempts = views_.attempts(what.id);
  ASSERT_EQ(attempts.size(), 3U);
  EXPECT_EQ(attempts[1].outcome, "refused");
  EXPECT_EQ(attempts[2].outcome, "delivered");
}

TEST_F(Deliveries, KeepLanesApartWhoseNamesBeginAlike) {
  done(only_delivery(hook_call("x", "n8n")));
  done(only_delivery(hook_call("y", "n8n:ticket-created:b")));
  EXPECT_EQ(views_.lanes(),
            (std::vector<std::string>{"n8n", lane, "n8n:ticket-created:b"}));
  EXPECT_EQ(views_.read("n8n", {}, 10).size(), 1U);
  EXPECT_EQ(views_.read(lane, {}, 10).size(), 2U);
}

TEST_F(Deliveries, CarryAnyBytesAsTheirPayload) {
  const std::string bytes{"\0\xff\x80", 3};
  done(only_delivery(hook_call(bytes, "raw")));
  EXPECT_EQ(views_.read("raw", {}, 1).at(0).payload, bytes);
}

} // namespace
} // namespace switchboard::persistence::testing
