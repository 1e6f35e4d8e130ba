// The agents' queue: order, pages, and stores that are older than its rows.
#include "persistence/keys.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/ticket_queue.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <limits>
#include <map>

namespace switchboard::persistence::testing {
namespace {

using domain::priority;
using domain::status;
using numbers_t = std::vector<std::uint64_t>;
using std::chrono::minutes;

class TicketQueue : public ::testing::Test {
protected:
  /// A ticket that is made `number` minutes after the start.
  domain::create_ticket creation(std::uint64_t number, priority urgency) {
    const auto at = start + minutes{number};
    domain::create_ticket c;
    c.id = domain::ticket_id{domain::make_uuid7(at, 0, number)};
    c.number = domain::ticket_number{number};
    c.ref = domain::make_ticket_ref(
      at, 8,
      {static_cast<std::uint8_t>(number),
       static_cast<std::uint8_t>(number >> 8U), 3, 4, 5});
    c.subject = "subject";
    c.urgency = urgency;
    return c;
  }

  void add(domain::create_ticket c) {
    const auto number = static_cast<std::uint64_t>(c.number);
    run(number, c, start + minutes{number});
  }
  void add(std::uint64_t number, priority urgency) {
    add(creation(number, urgency));
  }

  void run(std::uint64_t number, const domain::ticket_command& command,
           domain::timestamp at) {
    auto& ticket = tickets_[number];
    const auto events = domain::decide(ticket, command, {at}).value();
    const auto before = ticket;
    for (const auto& event : events)
      domain::apply(ticket, event);
    ASSERT_TRUE(
      is_committed(commit(journal_, ticket_changes(before, *ticket, events))));
  }

  void move(std::uint64_t number, status to, minutes at) {
    run(number, domain::change_status{to, {}, "7"}, start + at);
  }

  [[nodiscard]] numbers_t numbers(const ticket_filter& filter = {},
                                  std::size_t page_size = 3,
                                  status waits = status::pending) const {
    numbers_t out;
    std::optional<queue_place> after;
    for (;;) {
      const auto page
        = list_queue(journal_.rows(), waits, filter, after, page_size);
      EXPECT_LE(page.tickets.size(), page_size);
      for (const auto& ticket : page.tickets)
        out.push_back(static_cast<std::uint64_t>(ticket.number));
      if (!page.next)
        return out;
      after = page.next;
    }
  }

  std::map<std::uint64_t, std::optional<domain::ticket>> tickets_;
  memory_journal journal_;
};

TEST_F(TicketQueue, HoldsTheUrgentFirstThenTheLongestWaiting) {
  add(1, priority::low);
  add(2, priority::medium);
  add(3, priority::urgent);
  add(4, priority::medium);
  add(5, priority::high);
  add(6, priority::urgent);
  const numbers_t order{3, 6, 5, 2, 4, 1};
  for (const std::size_t size : {1U, 2U, 3U, 6U, 50U})
    EXPECT_EQ(numbers({}, size), order) << size;
}

TEST_F(TicketQueue, IsLeftByAClaimAndJoinedAtItsEndByARelease) {
  for (const std::uint64_t i : {1U, 2U, 3U})
    add(i, priority::medium);
  run(1, domain::claim_ticket{"7"}, start + minutes{10});
  EXPECT_EQ(numbers(), (numbers_t{2, 3}));
  run(1, domain::release_ticket{}, start + minutes{11});
  EXPECT_EQ(numbers(), (numbers_t{2, 3, 1}));
}

TEST_F(TicketQueue, FollowsAChangeOfPriority) {
  add(1, priority::medium);
  add(2, priority::medium);
  run(2, domain::change_priority{priority::urgent, "7"}, start + minutes{5});
  EXPECT_EQ(numbers(), (numbers_t{2, 1}));
}

TEST_F(TicketQueue, KeepsTheEscalatedApartByTheirAge) {
  for (const std::uint64_t i : {1U, 2U, 3U})
    add(i, priority::medium);
  move(3, status::escalated, minutes{5});
  move(1, status::escalated, minutes{6});
  EXPECT_EQ(numbers(), numbers_t{2});
  EXPECT_EQ(numbers({}, 3, status::escalated), (numbers_t{1, 3}));
  run(1, domain::assign_ticket{"7", {}, "1"}, start + minutes{7});
  EXPECT_EQ(numbers({}, 3, status::escalated), numbers_t{3});
}

TEST_F(TicketQueue, IsNarrowedByEachFilter) {
  auto odd = creation(1, priority::high);
  odd.category = "billing";
  odd.tags = {"vip"};
  odd.via = domain::channel::whatsapp;
  odd.from.name = "Ana";
  add(odd);
  add(2, priority::medium);
  add(3, priority::low);
  ticket_filter filter;
  filter.urgencies = {priority::low, priority::high};
  EXPECT_EQ(numbers(filter), (numbers_t{1, 3}));
  for (int i = 0; i < 4; ++i) {
    ticket_filter one;
    if (i == 0)
      one.category = "billing";
    else if (i == 1)
      one.tag = "vip";
    else if (i == 2)
      one.via = domain::channel::whatsapp;
    else
      one.text = "ana";
    EXPECT_EQ(numbers(one), numbers_t{1}) << i;
  }
}

TEST_F(TicketQueue, ShowsWhatStaysOnceWhileOthersComeAndGo) {
  for (std::uint64_t i = 1; i <= 6; ++i)
    add(i, priority::medium);
  const auto first = list_queue(journal_.rows(), status::pending, {}, {}, 3);
  ASSERT_TRUE(first.next);
  // The last one shown leaves, an urgent one comes in front.
  run(3, domain::claim_ticket{"7"}, start + minutes{10});
  add(7, priority::urgent);
  const auto next
    = list_queue(journal_.rows(), status::pending, {}, first.next, 3);
  ASSERT_EQ(next.tickets.size(), 3U);
  EXPECT_EQ(next.tickets.front().number, domain::ticket_number{4});
  EXPECT_FALSE(next.next);
}

TEST_F(TicketQueue, LooksAtABoundedNumberForAPage) {
  for (std::uint64_t i = 1; i <= list_looks_max + 20; ++i)
    add(i, priority::medium);
  ticket_filter nothing;
  nothing.category = "none has it";
  const auto page
    = list_queue(journal_.rows(), status::pending, nothing, {}, 10);
  EXPECT_TRUE(page.tickets.empty());
  ASSERT_TRUE(page.next);
  EXPECT_FALSE(
    list_queue(journal_.rows(), status::pending, nothing, page.next, 10).next);
}

TEST_F(TicketQueue, NamesItsPlacesInText) {
  const queue_place place{priority::high, start,
                          domain::ticket_id{domain::make_uuid7(start, 1, 2)}};
  EXPECT_EQ(parse_queue_place(to_string(place)), place);
  const auto id = domain::to_string(place.id.value);
  for (const std::string& text :
       {std::string{}, std::string{"-"}, std::string{"--"}, id, "3-" + id,
        "0-1-" + id, "5-1-" + id, "3--1-" + id, "3-1-" + id + "0", "3-x-" + id,
        "99999999999999999999-1-" + id})
    EXPECT_FALSE(parse_queue_place(text)) << text;
}

TEST_F(TicketQueue, IsHeldAgainstTheEvents) {
  add(1, priority::medium);
  const auto& ticket = *tickets_[1];
  memory_rows rows;
  for (std::size_t i = 0; i < family_count; ++i)
    journal_.rows().scan(static_cast<family>(i), {}, {},
                         [&](std::string_view key, std::string_view value) {
                           rows.put(static_cast<family>(i), key, value);
                           return true;
                         });
  EXPECT_TRUE(verify(rows).ok());
  rows.remove(family::index, *queue_row(ticket));
  EXPECT_EQ(verify(rows).problem_count, 1U);
  rows.put(family::index, *queue_row(ticket), {});
  rows.put(family::index,
           keys::waiting(status::pending, priority::medium, start + minutes{9},
                         ticket.id),
           {});
  EXPECT_EQ(verify(rows).problem_count, 1U);
}

// -- stores of version 1 ------------------------------------------------------

TEST_F(TicketQueue, IsCompletedFromWhatOldStoresHave) {
  add(1, priority::medium);
  add(2, priority::high);
  add(3, priority::medium);
  run(1, domain::claim_ticket{"7"}, start + minutes{10});
  run(1, domain::release_ticket{}, start + minutes{11});
  run(3, domain::claim_ticket{"7"}, start + minutes{12});
  run(3, domain::change_status{status::waiting_customer, {}, "7"},
      start + minutes{13});
  memory_rows rows;
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto where = static_cast<family>(i);
    journal_.rows().scan(where, {}, {},
                         [&](std::string_view key, std::string_view value) {
                           if (where != family::index || key.front() != 'w')
                             rows.put(where, key, value);
                           return true;
                         });
  }
  for (const auto& [number, ticket] : tickets_) {
    auto old = *ticket;
    old.waiting_since.reset();
    old.awaiting_since.reset();
    rows.put(family::entities, keys::ticket(old.id), encode_ticket(old));
  }
  complete_queue(
    rows, [&](row_change&& row) { rows.put(row.where, row.key, *row.value); });
  for (const auto& [number, ticket] : tickets_) {
    std::string value;
    ASSERT_TRUE(rows.get(family::entities, keys::ticket(ticket->id), value));
    EXPECT_EQ(decode_ticket(ticket->id, value), ticket) << number;
  }
  const auto report = verify(rows);
  EXPECT_TRUE(report.ok()) << report.problems.front();
  const auto page = list_queue(rows, status::pending, {}, {}, 10);
  ASSERT_EQ(page.tickets.size(), 2U);
  EXPECT_EQ(page.tickets[0].number, domain::ticket_number{2});
  EXPECT_EQ(page.tickets[1].waiting_since, start + minutes{11});
}

TEST(QueueOfAnOldStore, IsThereAfterOpening) {
  const scratch_folder folder;
  const auto open = [&] {
    rocks_journal_options options;
    options.path = folder.path();
    return rocks_journal::open(options).value();
  };
  constexpr std::uint64_t count = 5'000;
  {
    const auto journal = open();
    for (std::uint64_t i = 1; i <= count; ++i)
      journal->commit(ticket_story{i}.create(), [](const auto&) {});
    changes what;
    what.rows.push_back(
      {family::meta, std::string{keys::schema_version}, keys::u64(1)});
    ASSERT_TRUE(is_committed(commit(*journal, what)));
    changes old;
    journal->rows().scan(
      family::index, "w", "x", [&](std::string_view key, std::string_view) {
        old.rows.push_back({family::index, std::string{key}, std::nullopt});
        return true;
      });
    EXPECT_EQ(old.rows.size(), count);
    ASSERT_TRUE(is_committed(commit(*journal, std::move(old))));
  }
  const auto journal = open();
  std::size_t waiting = 0;
  std::optional<queue_place> after;
  do {
    const auto page
      = list_queue(journal->rows(), status::pending, {}, after, 500);
    waiting += page.tickets.size();
    after = page.next;
  } while (after);
  EXPECT_EQ(waiting, count);
  std::string version;
  ASSERT_TRUE(journal->rows().get(family::meta, keys::schema_version, version));
  EXPECT_EQ(keys::read_u64(version), 2U);
}

} // namespace
} // namespace switchboard::persistence::testing
