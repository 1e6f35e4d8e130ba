#pragma once

#include "persistence/statistics.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <algorithm>
#include <map>

namespace switchboard::persistence::testing {

using namespace std::chrono_literals;
using domain::priority;
using domain::status;

/// A helpdesk whose tickets and figures move on together.
class desk {
public:
  /// Opens a ticket and gives its place.
  std::size_t open(priority urgency = priority::medium,
                   domain::channel via = domain::channel::web,
                   std::string assignee = {}) {
    domain::create_ticket cmd;
    const auto number = tickets_.size() + 1;
    cmd.id = domain::ticket_id{domain::uuid_of_number(number)};
    cmd.number = domain::ticket_number{number};
    cmd.ref = "T-1";
    cmd.urgency = urgency;
    cmd.via = via;
    cmd.assignee = std::move(assignee);
    tickets_.emplace_back();
    run(number - 1, cmd);
    return number - 1;
  }

  void say(std::size_t which, domain::sender_role role) {
    domain::message_draft message;
    message.role = role;
    message.body = "hello";
    run(which, domain::add_message{std::move(message)});
  }

  void move(std::size_t which, status to) {
    run(which, domain::change_status{to, "", "7"});
  }

  void assign(std::size_t which, std::string agent) {
    run(which, domain::assign_ticket{std::move(agent), "", "1"});
  }

  void run(std::size_t which, const domain::ticket_command& command) {
    auto& state = tickets_[which];
    const auto events = domain::decide(state, command, {now, 72h});
    ASSERT_TRUE(events) << events.error().detail;
    for (const auto& event : events.value()) {
      domain::apply(state, event);
      const bool asks = statistics::needs_ticket(event.fact);
      figures.apply(event, asks ? &*state : nullptr);
    }
  }

  [[nodiscard]] const domain::ticket& ticket(std::size_t which) const {
    return *tickets_[which];
  }

  /// What the figures must be: counted by looking at every ticket.
  void expect_true_counts() const {
    for (int i = 1; i <= static_cast<int>(status::closed); ++i) {
      const auto s = static_cast<status>(i);
      EXPECT_EQ(figures.tickets(s),
                count([&](const auto& t) { return t.state == s; }))
        << domain::to_string(s);
    }
    for (const auto p :
         {priority::low, priority::medium, priority::high, priority::urgent})
      EXPECT_EQ(figures.tickets(p),
                count([&](const auto& t) { return t.urgency == p; }));
    std::map<std::uint64_t, agent_count> agents;
    for (const auto& t : tickets_)
      if (!t->assignee.empty()) {
        const domain::user_id id{std::stoull(t->assignee)};
        auto& one = agents[static_cast<std::uint64_t>(id)];
        one.agent = id;
        ++one.total;
        if (t->state != status::resolved && t->state != status::closed)
          ++one.open;
      }
    std::vector<agent_count> expected;
    for (const auto& [id, one] : agents)
      expected.push_back(one);
    EXPECT_TRUE(std::ranges::equal(figures.agents(), expected));
  }

  domain::timestamp now = start;
  statistics figures;

private:
  template <class Predicate>
  [[nodiscard]] std::uint64_t count(Predicate is_so) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
      tickets_, [&](const auto& t) { return is_so(*t); }));
  }

  std::vector<std::optional<domain::ticket>> tickets_;
};

} // namespace switchboard::persistence::testing
