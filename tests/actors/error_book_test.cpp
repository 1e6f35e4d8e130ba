#include "actors/error_book.hpp"

#include "persistence/deliveries.hpp"
#include "persistence/memory_journal.hpp"
#include "tests/support/actor_test.hpp"

namespace switchboard::actors {
namespace {

using namespace std::chrono_literals;
using persistence::commit_failure;
using persistence::error_record;

class ErrorBook : public test::actor_test {
protected:
  error_book_actor start() {
    return spawn(error_book, world);
  }

  error_note note(std::string where = "webhook:1", std::string code = "gone") {
    return {std::move(where), std::move(code), "HTTP 410", std::nullopt, wall};
  }

  void tell(const error_book_actor& book, error_note what) {
    self->send(book, std::move(what));
    sched.run();
  }

  std::optional<error_record> record(std::string_view where = "webhook:1",
                                     std::string_view code = "gone") {
    return views().find(persistence::error_id(where, code));
  }

  std::uint64_t count(std::string_view where = "webhook:1",
                      std::string_view code = "gone") {
    const auto found = record(where, code);
    return found ? found->count : 0;
  }

  persistence::error_views views() {
    return persistence::error_views{journal.rows()};
  }

  std::size_t events() {
    return journal.read_events({}, 10'000).size();
  }

  /// The books' committed contents, all in all.
  std::uint64_t total() {
    std::uint64_t sum = 0;
    for (const auto& one : views().all())
      sum += one.count;
    return sum;
  }

  persistence::memory_journal journal{[this] { return wall; }};
  error_book_world_ptr world = std::make_shared<error_book_world>(
    journal, [this] { return wall; }, error_planner{});
};

TEST_F(ErrorBook, KeepsTheFirstOneAtOnce) {
  auto book = start();
  auto what = note();
  what.ticket = domain::ticket_id{domain::uuid{{1, 2, 3}}};
  tell(book, what);
  const auto found = record();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->where, "webhook:1");
  EXPECT_EQ(found->code, "gone");
  EXPECT_EQ(found->message, "HTTP 410");
  EXPECT_EQ(found->count, 1u);
  EXPECT_EQ(found->first_seen, wall);
  EXPECT_EQ(found->ticket, what.ticket);
}

TEST_F(ErrorBook, GathersWhatComesWithinAMoment) {
  auto book = start();
  const auto began = wall;
  tell(book, note());
  for (auto i = 0; i < 50; ++i) {
    advance(1ms);
    tell(book, note());
  }
  EXPECT_EQ(events(), 1u);
  advance(150ms);
  EXPECT_EQ(events(), 2u);
  const auto found = record();
  EXPECT_EQ(found->count, 51u);
  EXPECT_EQ(found->first_seen, began);
  EXPECT_EQ(found->last_seen, began + 50ms);
  const auto stored = journal.read_events(domain::offset{1}, 1);
  const auto event = persistence::decode_error_event(stored.at(0).bytes);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->count, 50u);
  EXPECT_EQ(event->first_at, began + 1ms);
}

TEST_F(ErrorBook, GathersWhileACommitIsInFlight) {
  auto book = start();
  journal.hold();
  tell(book, note());
  tell(book, note());
  advance(1s);
  tell(book, note("elsewhere"));
  EXPECT_EQ(journal.held(), 1u);
  journal.release();
  sched.run();
  EXPECT_EQ(count(), 2u);
  EXPECT_EQ(count("elsewhere"), 1u);
}

TEST_F(ErrorBook, IsQuietWhenNothingHappens) {
  auto book = start();
  tell(book, note());
  advance(1h);
  EXPECT_EQ(events(), 1u);
}

TEST_F(ErrorBook, ASuccessorGoesOnCounting) {
  auto first = start();
  tell(first, note());
  self->send_exit(first, caf::exit_reason::kill);
  sched.run();
  auto second = start();
  tell(second, note());
  EXPECT_EQ(count(), 2u);
}

TEST_F(ErrorBook, CommitsWhatHasGatheredWhenItEnds) {
  auto book = start();
  tell(book, note());
  tell(book, note());
  EXPECT_EQ(count(), 1u);
  self->send_exit(book, caf::exit_reason::user_shutdown);
  sched.run();
  EXPECT_EQ(count(), 2u);
}

TEST_F(ErrorBook, ARefusedCommitIsAskedForAgain) {
  auto book = start();
  journal.fail_next(commit_failure::no_room);
  journal.fail_next(commit_failure::no_room);
  tell(book, note());
  tell(book, note());
  EXPECT_EQ(events(), 0u);
  for (auto i = 0; i < 10; ++i)
    advance(1s);
  EXPECT_EQ(count(), 2u);
}

TEST_F(ErrorBook, AnAnswerThatWasLostIsNotCountedTwice) {
  auto book = start();
  journal.lose_next_answer();
  tell(book, note());
  advance(10s);
  tell(book, note());
  advance(10s);
  EXPECT_EQ(count(), 2u);
  EXPECT_EQ(events(), 2u);
}

TEST_F(ErrorBook, AWriterThatWasFasterIsReloaded) {
  auto book = start();
  tell(book, note());
  const auto before = record();
  persistence::error_event other;
  other.id = before->id;
  other.where = "webhook:1";
  other.code = "gone";
  other.number = domain::sequence{2};
  other.at = wall;
  other.first_at = wall;
  other.count = 10;
  journal.commit(persistence::error_changes(before, other), [](const auto&) {});
  advance(1s);
  tell(book, note());
  for (auto i = 0; i < 10; ++i)
    advance(1s);
  EXPECT_EQ(count(), 12u);
}

TEST_F(ErrorBook, TellsNoMoreKindsApartThanItsLimit) {
  auto book = start();
  const auto kinds = persistence::error_kinds_max;
  for (std::size_t i = 0; i < kinds + 50; ++i)
    self->send(book, note("place:" + std::to_string(i)));
  sched.run();
  advance(1s);
  EXPECT_EQ(views().all().size(), kinds + 1);
  EXPECT_EQ(count("other", "other"), 50u);
  EXPECT_EQ(record("other", "other")->message, "place:1049: gone: HTTP 410");
  EXPECT_EQ(total(), kinds + 50);
  // Known ones are told apart all the same, also by a successor.
  self->send_exit(book, caf::exit_reason::kill);
  sched.run();
  auto next = start();
  tell(next, note("place:7"));
  tell(next, note("place:new"));
  advance(1s);
  EXPECT_EQ(count("place:7"), 2u);
  EXPECT_EQ(count("other", "other"), 51u);
}

TEST_F(ErrorBook, CountsNotesThatWereTooMany) {
  world->options.notes_max = 10;
  auto book = start();
  for (auto i = 0; i < 25; ++i)
    send_note(*world, book, note());
  sched.run();
  advance(1s);
  EXPECT_EQ(count(), 10u);
  EXPECT_EQ(count("error_book", "overflow"), 15u);
  send_note(*world, book, note());
  sched.run();
  advance(1s);
  EXPECT_EQ(count(), 11u);
}

TEST_F(ErrorBook, SendsOutWhatIsPlanned) {
  world->plan_deliveries
    = [](const error_record& after, const persistence::error_event& what) {
        return std::vector<persistence::new_delivery>{
          {"n8n:errors", std::string{after.id.view()}, "error.occurred",
           after.where + "/" + std::to_string(after.count), what.at, "msg",
           what.number}};
      };
  auto book = start();
  tell(book, note());
  const auto waiting
    = persistence::delivery_views{journal.rows()}.read("n8n:errors", {}, 10);
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].payload, "webhook:1/1");
}

} // namespace
} // namespace switchboard::actors
