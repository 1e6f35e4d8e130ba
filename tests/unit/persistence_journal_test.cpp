// What every journal promises, held against each of them.
#include "persistence/claims.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/keys.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/ticket_views.hpp"
#include "persistence/timers.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace switchboard::persistence::testing {
namespace {

struct in_memory {
  std::atomic<std::int64_t> shift_ms{0};
  std::unique_ptr<journal> journal_{std::make_unique<memory_journal>(
    [this] { return start + std::chrono::milliseconds{shift_ms.load()}; })};
};

struct on_disk {
  std::atomic<std::int64_t> shift_ms{0};
  scratch_folder folder;
  std::unique_ptr<journal> journal_{
    open_journal(folder.path(), {.now = [this] {
                   return start + std::chrono::milliseconds{shift_ms.load()};
                 }})};
};

template <class World>
class Journal : public ::testing::Test {
protected:
  journal& it() {
    return *world_.journal_;
  }

  void pass(std::chrono::milliseconds time) {
    world_.shift_ms += time.count();
  }

  World world_;
};

using worlds = ::testing::Types<in_memory, on_disk>;
TYPED_TEST_SUITE(Journal, worlds);

changes claim(std::string id, std::string result,
              std::optional<domain::timestamp> expires = {}) {
  changes out;
  out.claims.push_back({"test", std::move(id), std::move(result), expires});
  return out;
}

TYPED_TEST(Journal, IsEmptyAtFirst) {
  EXPECT_EQ(this->it().last_offset(), domain::offset{0});
  EXPECT_TRUE(this->it().read_events({}, 10).empty());
  EXPECT_FALSE(this->it().write_obstacle());
}

TYPED_TEST(Journal, MakesATicketReadable) {
  ticket_story story{1};
  ASSERT_TRUE(is_committed(commit(this->it(), story.create())));
  const ticket_views views{this->it().rows()};
  EXPECT_EQ(views.load(story.state().id), story.state());
}

TYPED_TEST(Journal, NumbersEventsFromOneWithoutGaps) {
  ticket_story one{1};
  ticket_story two{2};
  const auto first = std::get<committed>(commit(this->it(), one.create()));
  const auto second = std::get<committed>(commit(this->it(), two.create()));
  EXPECT_EQ(first.first, domain::offset{1});
  EXPECT_EQ(first.event_count, 2U);
  EXPECT_EQ(second.first, domain::offset{3});
  EXPECT_EQ(this->it().last_offset(), domain::offset{4});
}

TYPED_TEST(Journal, FeedsFromAnyOffset) {
  for (std::uint64_t i = 1; i <= 20; ++i)
    ASSERT_TRUE(is_committed(commit(this->it(), ticket_story{i}.create())));
  for (std::uint64_t after = 0; after <= 41; ++after)
    for (const std::size_t max : {0U, 1U, 3U, 100U}) {
      const auto events = this->it().read_events(domain::offset{after}, max);
      const std::size_t left = after >= 40 ? 0 : 40 - after;
      ASSERT_EQ(events.size(), std::min<std::size_t>(left, max));
      for (std::size_t i = 0; i < events.size(); ++i) {
        ASSERT_EQ(events[i].at, domain::offset{after + 1 + i});
        ASSERT_TRUE(decode_event(events[i].bytes));
      }
    }
  EXPECT_TRUE(
    this->it().read_events(domain::offset{~std::uint64_t{0}}, 1).empty());
}

TYPED_TEST(Journal, RefusesAStaleSequence) {
  ticket_story story{1};
  const auto creation = story.create();
  ASSERT_TRUE(is_committed(commit(this->it(), creation)));
  EXPECT_TRUE(is_failure(commit(this->it(), creation), commit_failure::stale));
  auto ahead = story.say("second");
  ahead.entity->expected = domain::sequence{7};
  ahead.entity->next = domain::sequence{8};
  EXPECT_TRUE(is_failure(commit(this->it(), ahead), commit_failure::stale));
  EXPECT_EQ(this->it().last_offset(), domain::offset{2});
}

TYPED_TEST(Journal, AnswersATakenClaimWithItsResult) {
  ASSERT_TRUE(is_committed(commit(this->it(), claim("a", "first"))));
  const auto outcome = commit(this->it(), claim("a", "second"));
  ASSERT_TRUE(std::holds_alternative<conflict>(outcome));
  EXPECT_EQ(std::get<conflict>(outcome).scope, "test");
  EXPECT_EQ(std::get<conflict>(outcome).id, "a");
  EXPECT_EQ(std::get<conflict>(outcome).result, "first");
}

TYPED_TEST(Journal, WritesNothingOfARefusedCommit) {
  ASSERT_TRUE(is_committed(commit(this->it(), claim("a", "first"))));
  ticket_story story{1};
  auto what = story.create();
  what.claims.push_back({"test", "a", "second", std::nullopt});
  what.claims.push_back({"test", "b", "second", std::nullopt});
  what.deliveries.push_back(hook_call());
  ASSERT_TRUE(std::holds_alternative<conflict>(commit(this->it(), what)));
  const auto& rows = this->it().rows();
  EXPECT_FALSE(ticket_views{rows}.load(story.state().id));
  EXPECT_FALSE(find_claim(rows, "test", "b", start));
  EXPECT_TRUE(delivery_views{rows}.lanes().empty());
  EXPECT_EQ(this->it().last_offset(), domain::offset{0});
}

TYPED_TEST(Journal, FreesAnExpiredClaim) {
  using std::chrono::minutes;
  ASSERT_TRUE(
    is_committed(commit(this->it(), claim("a", "first", start + minutes{5}))));
  this->pass(minutes{4});
  EXPECT_FALSE(is_committed(commit(this->it(), claim("a", "second"))));
  this->pass(minutes{1});
  EXPECT_TRUE(
    is_committed(commit(this->it(), claim("a", "third", start + minutes{50}))));
  EXPECT_EQ(find_claim(this->it().rows(), "test", "a", start + minutes{6}),
            "third");
  EXPECT_FALSE(find_claim(this->it().rows(), "test", "a", start + minutes{50}));
}

TYPED_TEST(Journal, KeepsIdsWithAnyBytesApart) {
  const std::string odd{"\0\xff", 2};
  ASSERT_TRUE(is_committed(commit(this->it(), claim(odd, "odd"))));
  ASSERT_TRUE(is_committed(commit(this->it(), claim({}, "empty"))));
  EXPECT_EQ(find_claim(this->it().rows(), "test", odd, start), "odd");
  EXPECT_EQ(find_claim(this->it().rows(), "test", {}, start), "empty");
}

TYPED_TEST(Journal, ClaimsTheRefAndTheExternalId) {
  ticket_story one{1};
  ASSERT_TRUE(is_committed(commit(this->it(), one.create())));
  ASSERT_TRUE(is_committed(commit(this->it(), one.say("hello", "wamid.1"))));
  ticket_story two{2};
  ASSERT_TRUE(is_committed(commit(this->it(), two.create())));
  const auto outcome = commit(this->it(), two.say("hello again", "wamid.1"));
  ASSERT_TRUE(std::holds_alternative<conflict>(outcome));
  const auto messages = ticket_views{this->it().rows()}.messages(
    one.state().id, domain::message_sequence{1}, 1);
  ASSERT_EQ(messages.size(), 1U);
  auto place = std::string{one.state().id.value.view()};
  place += messages.front().message.id.value.view();
  EXPECT_EQ(std::get<conflict>(outcome).result, place);
}

TYPED_TEST(Journal, GivesDeliveriesGrowingIds) {
  changes what;
  what.deliveries = {hook_call("a"), hook_call("b", "webhook:1")};
  const auto first = std::get<committed>(commit(this->it(), what));
  const auto second = std::get<committed>(commit(this->it(), what));
  ASSERT_EQ(first.deliveries.size(), 2U);
  EXPECT_LT(first.deliveries[0], first.deliveries[1]);
  EXPECT_LT(first.deliveries[1], second.deliveries[0]);
  const delivery_views views{this->it().rows()};
  EXPECT_EQ(views.lanes(),
            (std::vector<std::string>{"n8n:ticket-created", "webhook:1"}));
  const auto waiting = views.read("n8n:ticket-created", first.deliveries[0], 9);
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting.front().id, second.deliveries[0]);
  EXPECT_EQ(waiting.front().payload, "a");
}

TYPED_TEST(Journal, KeepsTimersInTheOrderOfTheirTime) {
  using std::chrono::minutes;
  const auto timer = [](minutes due, const char* name) {
    return timer_change{
      start + due, domain::entity_kind::ticket, {}, name, true};
  };
  changes what;
  what.timers = {timer(minutes{3}, "late"), timer(minutes{1}, "soon"),
                 timer(minutes{2}, "then")};
  ASSERT_TRUE(is_committed(commit(this->it(), what)));
  const timer_views views{this->it().rows()};
  EXPECT_EQ(views.next_due(), start + minutes{1});
  const auto due = views.due(start + minutes{2}, 10);
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].name, "soon");
  EXPECT_EQ(due[1].name, "then");
  changes back;
  back.timers = due;
  for (auto& t : back.timers)
    t.set = false;
  ASSERT_TRUE(is_committed(commit(this->it(), back)));
  EXPECT_EQ(views.next_due(), start + minutes{3});
}

TYPED_TEST(Journal, TellsTheBatchHandlerBeforeTheCommitter) {
  std::mutex mutex;
  std::vector<std::string> told;
  this->it().on_batch([&](const batch_summary& batch) {
    const std::lock_guard lock{mutex};
    for (const auto& lane : batch.lanes)
      told.push_back(lane);
  });
  changes what;
  what.deliveries = {hook_call(), hook_call(), hook_call("{}", "webhook:1")};
  ASSERT_TRUE(is_committed(commit(this->it(), what)));
  const std::lock_guard lock{mutex};
  EXPECT_EQ(told,
            (std::vector<std::string>{"n8n:ticket-created", "webhook:1"}));
}

TYPED_TEST(Journal, WakesTheLaneOfAReplayedDelivery) {
  const delivery_views views{this->it().rows()};
  ASSERT_TRUE(is_committed(commit(this->it(), only_delivery(hook_call()))));
  const auto waiting = views.read("n8n:ticket-created", {}, 1).at(0);
  ASSERT_TRUE(is_committed(
    commit(this->it(), settle_dead(waiting, {.number = 1}, "404", start))));
  std::mutex mutex;
  std::vector<std::string> told;
  this->it().on_batch([&](const batch_summary& batch) {
    const std::lock_guard lock{mutex};
    told = batch.lanes;
  });
  ASSERT_TRUE(is_committed(commit(
    this->it(), replay(views.find_dead_letter(waiting.id).value(), start))));
  const std::lock_guard lock{mutex};
  EXPECT_EQ(told, std::vector<std::string>{"n8n:ticket-created"});
}

TYPED_TEST(Journal, AnswersAHandlerThatCommitsAgain) {
  auto promise = std::make_shared<std::promise<commit_outcome>>();
  journal& it = this->it();
  it.commit(claim("a", "1"), [&it, promise](const commit_outcome&) {
    it.commit(claim("b", "2"), [promise](commit_outcome outcome) {
      promise->set_value(std::move(outcome));
    });
  });
  auto answer = promise->get_future();
  ASSERT_EQ(answer.wait_for(patience), std::future_status::ready);
  EXPECT_TRUE(is_committed(answer.get()));
}

TYPED_TEST(Journal, LetsOneOfManyThreadsWinEachClaim) {
  constexpr int threads = 8;
  constexpr int claims = 200;
  std::atomic<int> won{0};
  std::atomic<int> answered{0};
  std::vector<std::thread> crowd;
  for (int t = 0; t < threads; ++t)
    crowd.emplace_back([&, t] {
      for (int i = 0; i < claims; ++i)
        this->it().commit(claim(std::to_string(i), std::to_string(t)),
                          [&](const commit_outcome& outcome) {
                            won += is_committed(outcome) ? 1 : 0;
                            ++answered;
                          });
    });
  for (auto& thread : crowd)
    thread.join();
  // The last answer comes after all that were queued before.
  (void)commit(this->it(), {});
  EXPECT_EQ(won, claims);
  EXPECT_EQ(answered, threads * claims);
}

TYPED_TEST(Journal, GivesEveryEventItsOwnOffsetAmongManyThreads) {
  constexpr std::uint64_t threads = 6;
  constexpr std::uint64_t tickets = 150;
  std::mutex mutex;
  std::set<std::uint64_t> offsets;
  std::vector<std::thread> crowd;
  for (std::uint64_t t = 0; t < threads; ++t)
    crowd.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < tickets; ++i)
        this->it().commit(
          ticket_story{1 + t * tickets + i}.create(),
          [&](const commit_outcome& outcome) {
            const auto& done = std::get<committed>(outcome);
            const std::lock_guard lock{mutex};
            for (std::uint32_t e = 0; e < done.event_count; ++e)
              offsets.insert(static_cast<std::uint64_t>(done.first) + e);
          });
    });
  for (auto& thread : crowd)
    thread.join();
  (void)commit(this->it(), {});
  const std::lock_guard lock{mutex};
  EXPECT_EQ(offsets.size(), 2 * threads * tickets);
  EXPECT_EQ(*offsets.begin(), 1U);
  EXPECT_EQ(*offsets.rbegin(), 2 * threads * tickets);
  EXPECT_EQ(this->it().read_events({}, 10'000).size(), 2 * threads * tickets);
}

TYPED_TEST(Journal, ScansBothWaysWithinItsBounds) {
  changes what;
  for (const char* key : {"a", "b", "c", "d"})
    what.rows.push_back({family::index, key, std::string{key} + "!"});
  ASSERT_TRUE(is_committed(commit(this->it(), what)));
  const auto walk = [&](bool back, std::string_view from, std::string_view to) {
    std::string seen;
    const auto visit = [&](std::string_view key, std::string_view value) {
      EXPECT_EQ(value, std::string{key} + "!");
      seen += key;
      return seen.size() < 3;
    };
    if (back)
      this->it().rows().scan_back(family::index, from, to, visit);
    else
      this->it().rows().scan(family::index, from, to, visit);
    return seen;
  };
  EXPECT_EQ(walk(false, "", ""), "abc");
  EXPECT_EQ(walk(false, "b", "d"), "bc");
  EXPECT_EQ(walk(false, "x", ""), "");
  EXPECT_EQ(walk(true, "", ""), "dcb");
  EXPECT_EQ(walk(true, "b", "d"), "cb");
  EXPECT_EQ(walk(true, "", "b"), "a");
  EXPECT_EQ(walk(true, "d", "d"), "");
}

} // namespace
} // namespace switchboard::persistence::testing
