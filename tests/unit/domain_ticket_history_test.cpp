// Whatever people do to a ticket, in whatever order: its history must stay
// whole. Method: seeded random commands against the rules, with the invariants
// checked after each of them.

#include "domain/match.hpp"
#include "domain/ticket.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <random>
#include <vector>

namespace switchboard::domain {
namespace {

using namespace std::chrono_literals;

constexpr int tickets_per_run = 300;
constexpr int commands_per_ticket = 120;

unsigned seed_of_this_run() {
  if (const char* given = std::getenv("SWITCHBOARD_TEST_SEED"))
    return static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  return std::random_device{}();
}

class people {
public:
  explicit people(unsigned seed) : random_{seed} {}

  ticket_command next() {
    switch (pick(18)) {
      case 0: return create();
      case 1: return release_ticket{"tired", name()};
      case 2: return claim_ticket{name()};
      case 3: return assign_ticket{name(), "best for it", "boss"};
      case 4:
        return change_priority{static_cast<priority>(1 + pick(4)), name()};
      case 5:
        return change_status{static_cast<status>(1 + pick(7)), "", name()};
      case 6: return update();
      case 7: return add_note{"note", name()};
      case 8: return mention_user{name(), "Ann", "", name()};
      case 9: return pass_ticket{name()};
      case 10:
        return remind_unclaimed{pick(2) == 0 ? message() : message_draft{}};
      case 11: return report_progress{"half done", name()};
      case 12: return edit_message{some_message(), timestamp{1ms}, message()};
      case 13:
        return react_to_message{some_message(), name(), "Ann",
                                pick(2) == 0 ? "" : "+"};
      case 14: return delete_message{some_message(), name()};
      case 15:
        return report_delivery{
          some_message(), 0,  static_cast<delivery_state>(1 + pick(5)),
          "somehow",      "", ""};
      case 16:
        return remind_customer{pick(2) == 0 ? message() : message_draft{}};
      default: return add_message{message()};
    }
  }

  update_ticket update() {
    update_ticket u;
    if (pick(2) == 0)
      u.edits.subject = name();
    if (pick(2) == 0)
      u.edits.tags = std::vector{name()};
    if (pick(2) == 0)
      u.urgency = static_cast<priority>(1 + pick(4));
    if (pick(2) == 0)
      u.assignee = pick(3) == 0 ? "" : name();
    if (pick(2) == 0)
      u.state = static_cast<status>(1 + pick(7));
    u.actor = name();
    return u;
  }

  create_ticket create() {
    create_ticket c;
    c.id = ticket_id{make_uuid7(timestamp{1ms}, 0, random_())};
    c.number = ticket_number{1};
    c.ref = "T-19700101-ABCD";
    c.subject = "subject";
    c.first_message = message();
    return c;
  }

  std::chrono::milliseconds pause() {
    // Now and then the reopening window passes, and the clock steps back.
    switch (pick(20)) {
      case 0: return 73h;
      case 1: return -5s;
      default: return std::chrono::milliseconds{pick(60'000)};
    }
  }

private:
  int pick(int n) {
    return std::uniform_int_distribution<int>{0, n - 1}(random_);
  }

  std::string name() {
    return pick(2) == 0 ? "ann" : "bob";
  }

  message_sequence some_message() {
    return message_sequence{static_cast<std::uint32_t>(pick(9))};
  }

  message_draft message() {
    message_draft m;
    m.role = static_cast<sender_role>(1 + pick(5));
    m.sender_name = name();
    m.body = "text";
    return m;
  }

  std::mt19937_64 random_;
};

void check_known(message_sequence number, std::uint32_t last) {
  ASSERT_GE(static_cast<std::uint32_t>(number), 1U);
  ASSERT_LE(static_cast<std::uint32_t>(number), last);
}

void check_facts(const std::optional<ticket>& before,
                 const std::vector<ticket_event>& events) {
  auto next = before ? static_cast<std::uint64_t>(before->last_event) : 0;
  auto at = before ? before->updated_at : timestamp::min();
  auto state = before ? before->state : status::pending;
  auto holder = before ? before->assignee : std::string{};
  auto last = before ? static_cast<std::uint32_t>(before->last_message) : 0;
  for (const auto& e : events) {
    ASSERT_EQ(static_cast<std::uint64_t>(e.number), ++next);
    ASSERT_GE(e.at, at);
    at = e.at;
    match(
      e.fact, [](const ticket_created&) {}, [](const priority_changed&) {},
      [](const ticket_edited& edited) {
        ASSERT_NE(edited.edits, ticket_edits{});
      },
      [](const note_added&) {}, [](const user_mentioned&) {},
      [](const progress_reported&) {},
      [&](const ticket_passed&) { ASSERT_TRUE(holder.empty()); },
      [&](const claim_overdue&) { ASSERT_EQ(state, status::pending); },
      [&](const customer_reminded&) {
        ASSERT_EQ(state, status::waiting_customer);
      },
      [&](const message_edited& m) { check_known(m.number, last); },
      [&](const message_reacted& m) { check_known(m.number, last); },
      [&](const message_deleted& m) { check_known(m.number, last); },
      [&](const delivery_reported& m) { check_known(m.number, last); },
      [&](const assignee_changed& a) {
        ASSERT_EQ(a.previous, holder);
        holder = a.agent;
      },
      [&](const message_added& m) {
        ASSERT_EQ(static_cast<std::uint32_t>(m.number), ++last);
      },
      [&](const status_changed& s) {
        ASSERT_EQ(s.from, state);
        ASSERT_TRUE(may_move(s.from, s.to))
          << to_string(s.from) << " to " << to_string(s.to);
        state = s.to;
      });
  }
}

void check_state(const ticket& t) {
  if (t.state == status::pending) {
    ASSERT_TRUE(t.assignee.empty());
  }
  ASSERT_EQ(t.waiting_since.has_value(), t.state == status::pending);
  ASSERT_EQ(t.assigned_at.has_value(), !t.assignee.empty());
  if (t.is_overdue) {
    ASSERT_EQ(t.state, status::pending);
  }
  ASSERT_EQ(t.awaiting_since.has_value(), t.state == status::waiting_customer);
  if (t.is_reminded) {
    ASSERT_EQ(t.state, status::waiting_customer);
  }
  if (t.state == status::resolved) {
    ASSERT_TRUE(t.resolved_at);
  }
  ASSERT_EQ(t.closed_at.has_value(), t.state == status::closed);
  ASSERT_GE(t.updated_at, t.created_at);
  ASSERT_GE(static_cast<std::uint32_t>(t.last_message), 1U);
}

void live_through(people& crowd) {
  std::optional<ticket> state;
  std::vector<ticket_event> all;
  context ctx{timestamp{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}},
              72h};
  for (int i = 0; i < commands_per_ticket; ++i) {
    ctx.now += crowd.pause();
    const auto before = state;
    const auto events = decide(
      state, i == 0 ? ticket_command{crowd.create()} : crowd.next(), ctx);
    ASSERT_EQ(state, before) << "decide changed the state";
    if (!events)
      continue;
    check_facts(before, events.value());
    for (const auto& e : events.value()) {
      apply(state, e);
      all.push_back(e);
    }
    check_state(*state);
    if (testing::Test::HasFatalFailure())
      return;
  }
  std::optional<ticket> replayed;
  for (const auto& e : all)
    apply(replayed, e);
  ASSERT_EQ(replayed, state) << "the state is not the fold of its events";
}

TEST(TicketHistory, StaysWholeWhateverPeopleDo) {
  const auto seed = seed_of_this_run();
  SCOPED_TRACE("SWITCHBOARD_TEST_SEED=" + std::to_string(seed));
  RecordProperty("seed", std::to_string(seed));
  people crowd{seed};
  for (int i = 0; i < tickets_per_run && !HasFatalFailure(); ++i)
    live_through(crowd);
}

} // namespace
} // namespace switchboard::domain
