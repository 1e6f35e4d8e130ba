#include "actors/statistician.hpp"

#include "persistence/memory_journal.hpp"
#include "persistence/ticket_changes.hpp"
#include "tests/support/actor_test.hpp"

#include <map>
#include <random>
#include <set>

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;
using domain::status;
using persistence::commit_failure;
using persistence::statistics_row;

class Statistician : public test::actor_test {
protected:
  Statistician() {
    journal.on_batch([this](const auto&) { ring(); });
  }

  statistician_world_ptr make_world(std::size_t slice_max = 1000) {
    statistician_options options;
    options.slice_max = slice_max;
    return std::make_shared<statistician_world>(
      journal, [this] { return wall; }, options);
  }

  /// As the engine does it.
  void ring() {
    if (handle && world->ring())
      caf::anon_send(handle, poll_atom_v);
  }

  void start(statistician_world_ptr where) {
    world = std::move(where);
    handle = spawn(statistician, world);
  }

  void start() {
    start(make_world());
  }

  void end(caf::exit_reason why = caf::exit_reason::user_shutdown) {
    self->send_exit(handle, why);
    sched.run();
    handle = nullptr;
  }

  void open(std::uint64_t number, std::string assignee = {}) {
    domain::create_ticket cmd;
    cmd.id = domain::ticket_id{domain::uuid_of_number(number)};
    cmd.number = domain::ticket_number{number};
    cmd.ref = "T-" + std::to_string(number);
    cmd.assignee = std::move(assignee);
    run(number, cmd);
  }

  void run(std::uint64_t number, const domain::ticket_command& command) {
    auto& state = tickets[number];
    const auto events = domain::decide(state, command, {wall, 72h});
    ASSERT_TRUE(events) << events.error().detail;
    const auto before = state;
    for (const auto& event : events.value())
      domain::apply(state, event);
    if (!events.value().empty())
      journal.commit(
        persistence::ticket_changes(before, *state, events.value()),
        [](const auto&) {});
  }

  void say(std::uint64_t number, domain::sender_role role) {
    domain::message_draft message;
    message.role = role;
    message.body = "hello";
    run(number, domain::add_message{std::move(message)});
  }

  /// Anything that may happen to one of a few tickets.
  void happen(std::mt19937& random) {
    wall += std::chrono::seconds{random() % 1000};
    const std::uint64_t number = 1 + random() % 20;
    const auto& state = tickets[number];
    if (!state) {
      open(number, random() % 2 == 0 ? "5" : "");
      return;
    }
    if (random() % 3 == 0) {
      say(number, domain::sender_role::agent);
      return;
    }
    domain::update_ticket cmd;
    const auto moves = domain::legal_moves(state->state);
    if (random() % 2 == 0)
      cmd.state = moves[random() % moves.size()];
    else
      cmd.assignee = random() % 4 == 0 ? "" : std::to_string(1 + random() % 9);
    run(number, cmd);
  }

  statistics_row seen() {
    sched.run();
    return *world->latest();
  }

  std::uint64_t total() {
    return seen().figures.total();
  }

  std::optional<statistics_row> stored() {
    std::string bytes;
    if (!journal.rows().get(persistence::family::meta,
                            persistence::statistics_key, bytes))
      return std::nullopt;
    return persistence::decode_statistics(bytes);
  }

  void put_row(std::string bytes) {
    persistence::changes what;
    what.rows.push_back({persistence::family::meta,
                         std::string{persistence::statistics_key},
                         std::move(bytes)});
    journal.commit(std::move(what), [](const auto&) {});
  }

  persistence::memory_journal journal{[this] { return wall; }};
  std::map<std::uint64_t, std::optional<domain::ticket>> tickets;
  statistician_world_ptr world;
  statistician_actor handle;
};

TEST_F(Statistician, KnowsNothingOfAnEmptyJournal) {
  start();
  EXPECT_EQ(seen(), statistics_row{});
}

TEST_F(Statistician, CountsWhatHappenedBeforeItsStart) {
  open(1);
  open(2, "7");
  start();
  EXPECT_EQ(total(), 2U);
  EXPECT_EQ(seen().last, journal.last_offset());
}

TEST_F(Statistician, ShowsTheFirstNewsAtOnceAndLaterOnesAfterAPause) {
  start();
  advance(100ms);
  open(1);
  EXPECT_EQ(total(), 1U);
  open(2);
  open(3);
  EXPECT_EQ(total(), 1U);
  advance(99ms);
  EXPECT_EQ(total(), 1U);
  advance(1ms);
  EXPECT_EQ(total(), 3U);
}

TEST_F(Statistician, IsQuietWhenNothingHappens) {
  start();
  open(1);
  for (int i = 0; i < 300; ++i)
    advance(100ms);
  const auto last = world->latest();
  for (int i = 0; i < 300; ++i)
    advance(100ms);
  EXPECT_EQ(world->latest(), last);
  EXPECT_TRUE(world->ring()); // so it waits for a ring
}

TEST_F(Statistician, NeedsNoRingWhileItLooks) {
  start();
  EXPECT_FALSE(world->ring());
  open(1); // rings in vain
  advance(100ms);
  EXPECT_EQ(total(), 1U);
}

TEST_F(Statistician, WantsOneMessageForManyRings) {
  start();
  advance(100ms);
  EXPECT_TRUE(world->ring());
  EXPECT_FALSE(world->ring());
}

TEST_F(Statistician, CountsTheSameInSlicesAndAfterRestartsAndAtOnce) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  start(make_world(7));
  for (int i = 0; i < 1000; ++i) {
    happen(random);
    if (random() % 5 == 0)
      advance(100ms);
    if (random() % 50 == 0) {
      end(random() % 2 == 0 ? caf::exit_reason::kill
                            : caf::exit_reason::user_shutdown);
      start(make_world(1 + random() % 20));
    }
  }
  advance(1s);
  const auto live = seen();
  EXPECT_EQ(live.last, journal.last_offset());
  end();
  // Now the tickets have moved on long since.
  put_row({});
  start();
  EXPECT_EQ(seen(), live);
  std::uint64_t held = 0;
  for (const auto& [number, ticket] : tickets)
    if (ticket && !ticket->assignee.empty())
      ++held;
  for (const auto& agent : live.figures.agents())
    held -= agent.total;
  EXPECT_EQ(held, 0U);
}

TEST_F(Statistician, ReadsALongHistoryInTurns) {
  for (std::uint64_t i = 1; i <= 50; ++i)
    open(i);
  world = make_world(10);
  handle = sys.spawn(statistician, world);
  spawned.push_back(caf::actor_cast<caf::actor>(handle));
  std::size_t turns = 0;
  while (sched.try_run_once())
    ++turns;
  EXPECT_GE(turns, 5U);
  EXPECT_EQ(total(), 50U);
}

TEST_F(Statistician, ShowsHowFarItIsInALongHistory) {
  for (std::uint64_t i = 1; i <= 30; ++i)
    open(i);
  world = make_world(10);
  handle = sys.spawn(statistician, world);
  spawned.push_back(caf::actor_cast<caf::actor>(handle));
  std::set<std::uint64_t> totals;
  do {
    wall += 1s;
    totals.insert(world->latest()->figures.total());
  } while (sched.try_run_once());
  EXPECT_GE(totals.size(), 3U);
  EXPECT_EQ(*totals.rbegin(), 30U);
}

// -- the row ------------------------------------------------------------------

TEST_F(Statistician, StoresWhatItCountedAfterAWhile) {
  start();
  advance(100ms);
  open(1);
  sched.run();
  advance(9s);
  EXPECT_FALSE(stored());
  advance(1s);
  EXPECT_EQ(stored(), seen());
  // Its own row is no news.
  const auto row = stored();
  for (int i = 0; i < 100; ++i)
    advance(1s);
  EXPECT_EQ(stored(), row);
}

TEST_F(Statistician, StoresWhatItCountedWhenItEnds) {
  start();
  advance(100ms);
  open(1);
  sched.run();
  world->count("webhook", delivery_result::delivered);
  end();
  ASSERT_TRUE(stored());
  EXPECT_EQ(stored()->figures.total(), 1U);
  EXPECT_EQ(stored()->figures.deliveries().size(), 1U);
}

TEST_F(Statistician, DoesNotStoreWhatItHasReadThere) {
  open(1);
  start();
  end();
  journal.obstruct(commit_failure::no_room, "full");
  start();
  EXPECT_EQ(total(), 1U);
  end();
  start();
  advance(1min);
  EXPECT_EQ(total(), 1U);
}

TEST_F(Statistician, TriesAgainWhenTheJournalRefuses) {
  start();
  advance(100ms);
  open(1);
  sched.run();
  journal.fail_next(commit_failure::no_room);
  journal.lose_next_answer();
  advance(10s);
  EXPECT_FALSE(stored());
  advance(10s);
  EXPECT_EQ(stored(), seen());
  advance(10s);
  EXPECT_EQ(stored(), seen());
}

TEST_F(Statistician, StoresOneRowAtATime) {
  start();
  advance(100ms);
  open(1);
  sched.run();
  journal.hold();
  advance(10s);
  EXPECT_EQ(journal.held(), 1U);
  world->count("n8n", delivery_result::dead);
  ring();
  sched.run();
  for (int i = 0; i < 5; ++i)
    advance(10s);
  EXPECT_EQ(journal.held(), 1U);
  journal.release();
  sched.run();
  for (int i = 0; i < 2; ++i)
    advance(10s);
  EXPECT_EQ(stored(), seen());
  EXPECT_EQ(stored()->figures.deliveries().size(), 1U);
}

TEST_F(Statistician, CountsAnewWhenTheRowCannotBeRead) {
  open(1);
  put_row("no row at all");
  start();
  EXPECT_EQ(total(), 1U);
}

TEST_F(Statistician, CountsAnewWhenTheRowKnowsMoreThanTheJournal) {
  open(1);
  statistics_row other;
  other.last = domain::offset{1000};
  other.figures.add({"webhook", 5, 0, 0});
  put_row(persistence::encode_statistics(other));
  start();
  EXPECT_EQ(total(), 1U);
  EXPECT_TRUE(seen().figures.deliveries().empty());
}

TEST_F(Statistician, StepsOverEventsOfOtherKinds) {
  open(1);
  persistence::changes what;
  what.entity = persistence::changes::subject{domain::entity_kind::user,
                                              domain::uuid_of_number(7),
                                              {},
                                              domain::sequence{1},
                                              std::string(9, '\x09')};
  what.events.push_back({"\x08\x02"});
  journal.commit(std::move(what), [](const auto&) {});
  open(2);
  start();
  EXPECT_EQ(total(), 2U);
  EXPECT_EQ(seen().last, journal.last_offset());
}

TEST_F(Statistician, RunsThroughALongHistory) {
  for (std::uint64_t i = 1; i <= 25'000; ++i) {
    open(i, "7");
    say(i, domain::sender_role::customer);
  }
  start();
  EXPECT_EQ(seen().last, domain::offset{100'000});
  EXPECT_EQ(total(), 25'000U);
  EXPECT_EQ(seen().figures.agents().front().open, 25'000U);
}

// -- deliveries ---------------------------------------------------------------

TEST_F(Statistician, CountsDeliveriesThatAreToldOfWithoutEvents) {
  start();
  advance(100ms);
  world->count("webhook", delivery_result::delivered);
  ring();
  EXPECT_EQ(seen().figures.deliveries().size(), 1U);
  // Told between two looks: the end of the pause finds it.
  world->count("webhook", delivery_result::delivered);
  advance(100ms);
  EXPECT_EQ(seen().figures.deliveries().front().delivered, 2U);
}

struct told final : delivery_observer {
  int count = 0;
  void attempted(std::string_view, std::string_view,
                 std::chrono::nanoseconds) override {
    ++count;
  }
  void delivered(std::string_view, std::chrono::milliseconds) override {
    ++count;
  }
  void gave_up(std::string_view, persistence::delivery_id,
               std::string_view) override {
    ++count;
  }
};

TEST(DeliveryCounter, CountsByKindAndPassesOn) {
  std::map<std::pair<std::string, delivery_result>, int> counts;
  told next;
  const auto count = [&](std::string_view kind, delivery_result result) {
    ++counts[{std::string{kind}, result}];
  };
  delivery_counter counter{count, &next};
  for (const auto* outcome :
       {"delivered", "retry_later", "slow_down", "gone", "refused"})
    counter.attempted("webhook", outcome, 1ms);
  counter.delivered("webhook", 1ms);
  counter.gave_up("n8n:ticket-created", persistence::delivery_id{1}, "404");
  EXPECT_EQ((counts[{"webhook", delivery_result::failed_attempt}]), 3);
  EXPECT_EQ((counts[{"webhook", delivery_result::delivered}]), 1);
  EXPECT_EQ((counts[{"n8n", delivery_result::dead}]), 1);
  EXPECT_EQ(next.count, 7);
  delivery_counter alone{count, nullptr};
  alone.attempted("webhook", "gone", 1ms);
  alone.delivered("webhook", 1ms);
  alone.gave_up("webhook:1", persistence::delivery_id{1}, "410");
  EXPECT_EQ(next.count, 7);
}

} // namespace
} // namespace switchboard::actors
