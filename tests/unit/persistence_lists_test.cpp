// Lists of tickets: filters, order, pages.
#include "persistence/ticket_changes.hpp"
#include "persistence/ticket_lists.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <set>

namespace switchboard::persistence::testing {
namespace {

using domain::priority;
using domain::status;

class TicketLists : public ::testing::Test {
protected:
  /// A ticket that is made `number` minutes after the start.
  domain::ticket_id add(std::uint64_t number, status state, priority urgency,
                        const std::string& assignee = {},
                        const std::string& category = {},
                        std::vector<std::string> tags = {}) {
    const auto at = start + std::chrono::minutes{number};
    domain::create_ticket c;
    c.id = domain::ticket_id{domain::make_uuid7(at, 0, number)};
    c.number = domain::ticket_number{number};
    c.ref = domain::make_ticket_ref(
      at, 8,
      {static_cast<std::uint8_t>(number),
       static_cast<std::uint8_t>(number >> 8U), 3, 4, 5});
    c.from.name = "Jane Number" + std::to_string(number);
    c.subject = "subject";
    c.urgency = urgency;
    c.category = category;
    c.tags = std::move(tags);
    c.assignee = assignee;
    std::optional<domain::ticket> ticket;
    run(ticket, c, at);
    if (ticket->state != state)
      run(ticket, domain::change_status{state, "", ""}, at);
    return c.id;
  }

  void run(std::optional<domain::ticket>& ticket,
           const domain::ticket_command& command, domain::timestamp at) {
    const auto events = domain::decide(ticket, command, {at}).value();
    const auto before = ticket;
    for (const auto& event : events)
      domain::apply(ticket, event);
    ASSERT_TRUE(
      is_committed(commit(journal_, ticket_changes(before, *ticket, events))));
  }

  std::vector<std::uint64_t> numbers(const ticket_filter& filter,
                                     std::size_t page_size = 3) {
    std::vector<std::uint64_t> out;
    std::optional<domain::ticket_id> before;
    for (;;) {
      const auto page
        = list_tickets(journal_.rows(), filter, before, page_size);
      EXPECT_LE(page.tickets.size(), page_size);
      for (const auto& ticket : page.tickets)
        out.push_back(static_cast<std::uint64_t>(ticket.number));
      if (!page.next)
        return out;
      before = page.next;
    }
  }

  void fill() {
    add(1, status::pending, priority::low, "", "billing", {"vip"});
    add(2, status::assigned, priority::high, "7", "billing");
    add(3, status::pending, priority::urgent);
    add(4, status::closed, priority::high, "7", "", {"vip", "late"});
    add(5, status::assigned, priority::low, "8", "shipping");
  }

  memory_journal journal_;
};

using numbers_t = std::vector<std::uint64_t>;

TEST_F(TicketLists, ShowTheNewestFirst) {
  fill();
  EXPECT_EQ(numbers({}), (numbers_t{5, 4, 3, 2, 1}));
  EXPECT_EQ(numbers({}, 1), (numbers_t{5, 4, 3, 2, 1}));
  EXPECT_EQ(numbers({}, 5), (numbers_t{5, 4, 3, 2, 1}));
}

TEST_F(TicketLists, AreNarrowedByEachFilter) {
  fill();
  ticket_filter by_state;
  by_state.states = {status::pending, status::assigned};
  EXPECT_EQ(numbers(by_state), (numbers_t{5, 3, 2, 1}));
  ticket_filter by_urgency;
  by_urgency.urgencies = {priority::high, priority::low};
  EXPECT_EQ(numbers(by_urgency), (numbers_t{5, 4, 2, 1}));
  ticket_filter by_agent;
  by_agent.assignee = "7";
  EXPECT_EQ(numbers(by_agent), (numbers_t{4, 2}));
  ticket_filter nobodys;
  nobodys.assignee = "";
  EXPECT_EQ(numbers(nobodys), (numbers_t{3, 1}));
  ticket_filter by_category;
  by_category.category = "billing";
  EXPECT_EQ(numbers(by_category), (numbers_t{2, 1}));
  ticket_filter by_tag;
  by_tag.tag = "vip";
  EXPECT_EQ(numbers(by_tag), (numbers_t{4, 1}));
  ticket_filter by_text;
  by_text.text = "jane number4";
  EXPECT_EQ(numbers(by_text), (numbers_t{4}));
  ticket_filter by_time;
  by_time.created_from = start + std::chrono::minutes{2};
  by_time.created_until = start + std::chrono::minutes{5};
  EXPECT_EQ(numbers(by_time), (numbers_t{4, 3, 2}));
  ticket_filter by_channel;
  by_channel.via = domain::channel::telegram;
  EXPECT_EQ(numbers(by_channel), numbers_t{});
}

TEST_F(TicketLists, CombineFilters) {
  fill();
  ticket_filter filter;
  filter.tag = "vip";
  filter.states = {status::pending};
  EXPECT_EQ(numbers(filter), (numbers_t{1}));
  filter.category = "shipping";
  EXPECT_EQ(numbers(filter), numbers_t{});
}

TEST_F(TicketLists, FollowATicketThatIsRelabelled) {
  fill();
  std::optional<domain::ticket> ticket
    = list_tickets(journal_.rows(), {}, std::nullopt, 1).tickets.at(0);
  domain::update_ticket update;
  update.assignee = "9";
  update.edits.category = "";
  update.edits.tags = std::vector<std::string>{"new"};
  run(ticket, update, start + std::chrono::hours{1});
  ticket_filter old_agent;
  old_agent.assignee = "8";
  EXPECT_EQ(numbers(old_agent), numbers_t{});
  ticket_filter new_tag;
  new_tag.tag = "new";
  new_tag.assignee = "9";
  EXPECT_EQ(numbers(new_tag), (numbers_t{5}));
}

TEST_F(TicketLists, LookAtABoundedNumberForOnePage) {
  for (std::uint64_t i = 1; i <= list_looks_max + 10; ++i)
    add(i, status::pending, priority::low);
  ticket_filter filter;
  filter.text = "Number1";
  filter.via = domain::channel::web;
  const auto page = list_tickets(journal_.rows(), filter, std::nullopt, 200);
  EXPECT_TRUE(page.next);
  const auto all = numbers(filter, 200);
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
  EXPECT_EQ(all.back(), 1U);
}

} // namespace
} // namespace switchboard::persistence::testing
