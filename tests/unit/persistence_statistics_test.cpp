// What the figures become by tickets' events, and their windows and bounds.
#include "persistence/statistics.hpp"
#include "tests/unit/persistence_desk.hpp"

namespace switchboard::persistence::testing {
namespace {

std::vector<agent_count> agents_of(const statistics& figures) {
  return {figures.agents().begin(), figures.agents().end()};
}

agent_count agent(std::uint64_t id, std::uint64_t open, std::uint64_t total) {
  return {domain::user_id{id}, open, total};
}

flow_count sum(const std::vector<flow_bucket>& buckets) {
  flow_count out;
  for (const auto& bucket : buckets) {
    out.created += bucket.count.created;
    out.resolved += bucket.count.resolved;
  }
  return out;
}

TEST(Statistics, CountsNewTicketsByWhatTheyAre) {
  desk d;
  d.open(priority::low, domain::channel::web);
  d.open(priority::urgent, domain::channel::telegram);
  d.open(priority::urgent, domain::channel::api, "7");
  EXPECT_EQ(d.figures.total(), 3U);
  EXPECT_EQ(d.figures.open(), 3U);
  EXPECT_EQ(d.figures.tickets(status::pending), 2U);
  EXPECT_EQ(d.figures.tickets(status::assigned), 1U);
  EXPECT_EQ(d.figures.tickets(priority::low), 1U);
  EXPECT_EQ(d.figures.tickets(priority::urgent), 2U);
  EXPECT_EQ(d.figures.tickets(domain::channel::web), 1U);
  EXPECT_EQ(d.figures.tickets(domain::channel::telegram), 1U);
  EXPECT_EQ(d.figures.tickets(domain::channel::api), 1U);
  EXPECT_EQ(agents_of(d.figures), std::vector{agent(7, 1, 1)});
}

/// One step of a ticket that agent 7 holds, and what becomes of the figures.
struct step {
  std::string what;
  std::function<void(desk&)> run;
  std::uint64_t open;
  std::vector<agent_count> agents;
  std::uint64_t resolved; ///< how often, so far
};

TEST(Statistics, FollowTheLifeOfATicket) {
  desk d;
  d.open(priority::medium, domain::channel::web, "7");
  const std::vector<step> life{
    {"works",
     [](desk& x) { x.move(0, status::in_progress); },
     1,
     {agent(7, 1, 1)},
     0},
    {"resolves",
     [](desk& x) { x.move(0, status::resolved); },
     0,
     {agent(7, 0, 1)},
     1},
    {"the customer reopens",
     [](desk& x) { x.say(0, domain::sender_role::customer); },
     1,
     {agent(7, 1, 1)},
     1},
    {"resolves again",
     [](desk& x) { x.move(0, status::resolved); },
     0,
     {agent(7, 0, 1)},
     2},
    {"closes what is resolved",
     [](desk& x) { x.move(0, status::closed); },
     0,
     {agent(7, 0, 1)},
     2},
    {"puts it back into the queue",
     [](desk& x) { x.move(0, status::pending); },
     1,
     {},
     2},
    {"gives it to another",
     [](desk& x) { x.assign(0, "9"); },
     1,
     {agent(9, 1, 1)},
     2},
    {"gives it to a third",
     [](desk& x) { x.assign(0, "3"); },
     1,
     {agent(3, 1, 1)},
     2},
    {"closes at once",
     [](desk& x) { x.move(0, status::closed); },
     0,
     {agent(3, 0, 1)},
     3},
    {"takes a closed one away",
     [](desk& x) {
       domain::update_ticket cmd;
       cmd.assignee = "";
       x.run(0, cmd);
     },
     0,
     {},
     3},
  };
  for (const auto& one : life) {
    SCOPED_TRACE(one.what);
    d.now += 1min;
    one.run(d);
    EXPECT_EQ(d.figures.open(), one.open);
    EXPECT_EQ(d.figures.total(), 1U);
    EXPECT_EQ(agents_of(d.figures), one.agents);
    EXPECT_EQ(sum(d.figures.hours(d.now)).resolved, one.resolved);
    EXPECT_EQ(sum(d.figures.days(d.now)).resolved, one.resolved);
    EXPECT_EQ(d.figures.resolution(d.now).count(), one.resolved);
  }
}

TEST(Statistics, CountPrioritiesAsTheyAreNow) {
  desk d;
  d.open(priority::low);
  d.run(0, domain::change_priority{priority::urgent, "7"});
  EXPECT_EQ(d.figures.tickets(priority::low), 0U);
  EXPECT_EQ(d.figures.tickets(priority::urgent), 1U);
}

TEST(Statistics, TakeTheTimeToTheFirstAnswerAlone) {
  desk d;
  d.open();
  d.now += 10s;
  d.say(0, domain::sender_role::customer);
  d.now += 10s;
  d.say(0, domain::sender_role::bot);
  d.now += 40s;
  d.say(0, domain::sender_role::agent);
  d.now += 1h;
  d.say(0, domain::sender_role::manager);
  const auto times = d.figures.first_response(d.now);
  EXPECT_EQ(times.count(), 1U);
  EXPECT_NEAR(times.percentile(0.5).value(), 60, 60 * 0.032);
}

TEST(Statistics, TakeTheTimeToEachResolution) {
  desk d;
  d.open();
  d.now += 100s;
  d.move(0, status::resolved);
  d.now += 900s;
  d.say(0, domain::sender_role::customer);
  d.move(0, status::resolved);
  const auto times = d.figures.resolution(d.now);
  EXPECT_EQ(times.count(), 2U);
  EXPECT_NEAR(times.percentile(0).value(), 100, 3.2);
  EXPECT_NEAR(times.percentile(1).value(), 1000, 32);
}

TEST(Statistics, AgreeWithTheTicketsAfterAnyHistory) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  desk d;
  for (int round = 0; round < 5000; ++round) {
    d.now += std::chrono::seconds{random() % 100};
    const auto count = static_cast<std::size_t>(d.figures.total());
    if (count < 100 && random() % 10 == 0) {
      d.open(static_cast<priority>(1 + random() % 4), domain::channel::web,
             random() % 2 == 0 ? "5" : "");
      continue;
    }
    if (count == 0)
      continue;
    const auto which = random() % count;
    domain::update_ticket cmd;
    if (random() % 2 == 0)
      cmd.urgency = static_cast<priority>(1 + random() % 4);
    const auto moves = domain::legal_moves(d.ticket(which).state);
    if (random() % 2 == 0)
      cmd.state = moves[random() % moves.size()];
    else
      cmd.assignee = random() % 4 == 0 ? "" : std::to_string(1 + random() % 9);
    d.run(which, cmd);
  }
  d.expect_true_counts();
}

// -- windows ------------------------------------------------------------------

TEST(Statistics, GiveEveryHourOfTwoDaysAndEveryDayOfThirty) {
  const statistics nothing;
  const auto now = start + 12min;
  const auto hours = nothing.hours(now);
  const auto days = nothing.days(now);
  ASSERT_EQ(hours.size(), 48U);
  ASSERT_EQ(days.size(), 30U);
  EXPECT_EQ(hours.back().start, std::chrono::floor<std::chrono::hours>(now));
  EXPECT_EQ(days.back().start, std::chrono::floor<std::chrono::days>(now));
  for (std::size_t i = 1; i < hours.size(); ++i)
    EXPECT_EQ(hours[i].start - hours[i - 1].start, 1h);
  for (std::size_t i = 1; i < days.size(); ++i)
    EXPECT_EQ(days[i].start - days[i - 1].start, 24h);
}

TEST(Statistics, MoveTheirWindowsWithTheTime) {
  desk d;
  d.now = std::chrono::floor<std::chrono::days>(start) + 23h + 59min;
  d.open();
  d.now += 2min; // another hour, another day
  d.open();
  d.open();
  d.move(1, status::closed);
  auto hours = d.figures.hours(d.now);
  EXPECT_EQ(hours[47].count, (flow_count{2, 1}));
  EXPECT_EQ(hours[46].count, (flow_count{1, 0}));
  auto days = d.figures.days(d.now);
  EXPECT_EQ(days[29].count, (flow_count{2, 1}));
  EXPECT_EQ(days[28].count, (flow_count{1, 0}));
  // The first hour leaves the window, then the second; the days stay.
  EXPECT_EQ(sum(d.figures.hours(d.now + 46h)), (flow_count{3, 1}));
  EXPECT_EQ(sum(d.figures.hours(d.now + 47h)), (flow_count{2, 1}));
  EXPECT_EQ(sum(d.figures.hours(d.now + 48h)), (flow_count{0, 0}));
  EXPECT_EQ(sum(d.figures.days(d.now + 48h)), (flow_count{3, 1}));
  EXPECT_EQ(sum(d.figures.days(d.now + 29 * 24h)), (flow_count{2, 1}));
  EXPECT_EQ(d.figures.resolution(d.now + 29 * 24h).count(), 1U);
  EXPECT_EQ(d.figures.resolution(d.now + 30 * 24h).count(), 0U);
  EXPECT_EQ(d.figures.total(), 3U);
}

TEST(Statistics, ForgetWhatHasLeftTheWindows) {
  desk d;
  for (int day = 0; day < 400; ++day) {
    d.now += 24h;
    d.open();
  }
  const auto size = encode_statistics({{}, d.figures}).size();
  for (int day = 0; day < 400; ++day) {
    d.now += 24h;
    d.open();
  }
  EXPECT_LT(encode_statistics({{}, d.figures}).size(), size + 10);
  EXPECT_EQ(sum(d.figures.days(d.now)).created, 30U);
  EXPECT_EQ(sum(d.figures.hours(d.now)).created, 2U);
}

TEST(Statistics, RecoverFromAClockThatWasWrong) {
  desk d;
  const auto right = d.now;
  d.now += 24h * 365 * 50;
  d.open();
  d.now = right;
  for (int i = 0; i < 3; ++i)
    d.open();
  EXPECT_EQ(sum(d.figures.hours(right)), (flow_count{3, 0}));
  EXPECT_EQ(sum(d.figures.days(right)), (flow_count{3, 0}));
  EXPECT_EQ(sum(d.figures.days(right + 24h * 365 * 50)), flow_count{});
  EXPECT_EQ(d.figures.total(), 4U);
}

TEST(Statistics, TakeATicketOfTheFutureForAnsweredAtOnce) {
  desk d;
  d.open();
  d.now -= 1h;
  d.say(0, domain::sender_role::agent);
  EXPECT_EQ(d.figures.first_response(d.now).percentile(1), 0.0);
}

// -- bounds -------------------------------------------------------------------

TEST(Statistics, TellNoMoreAgentsApartThanTheirLimit) {
  desk d;
  for (std::size_t i = 1; i <= counted_agents_max + 5; ++i)
    d.open(priority::low, domain::channel::web, std::to_string(i));
  EXPECT_EQ(d.figures.agents().size(), counted_agents_max);
  d.move(counted_agents_max + 1, status::closed); // of one beyond
  EXPECT_EQ(d.figures.agents().size(), counted_agents_max);
  d.assign(0, std::to_string(counted_agents_max));
  EXPECT_EQ(d.figures.agents().size(), counted_agents_max - 1);
  EXPECT_EQ(d.figures.agents().back(), agent(counted_agents_max, 2, 2));
}

TEST(Statistics, TakeNoHolderForAnAgentWhoIsNoUser) {
  desk d;
  for (const auto* holder : {"grace", "7x", "0", "-1", "99999999999999999999"})
    d.open(priority::low, domain::channel::web, holder);
  EXPECT_TRUE(d.figures.agents().empty());
  EXPECT_EQ(d.figures.tickets(status::assigned), 5U);
}

TEST(Statistics, NeverCountBelowNothing) {
  statistics figures;
  const std::vector<domain::ticket_fact> facts{
    domain::status_changed{status::resolved, status::pending, "", ""},
    domain::priority_changed{priority::low, priority::high, ""},
    domain::assignee_changed{"", "", "", "7"}};
  for (const auto& fact : facts)
    figures.apply({domain::sequence{2}, start, fact}, nullptr);
  EXPECT_EQ(figures.tickets(status::resolved), 0U);
  EXPECT_EQ(figures.tickets(priority::low), 0U);
  EXPECT_TRUE(figures.agents().empty());
}

TEST(Statistics, AddUpDeliveriesByKind) {
  statistics figures;
  figures.add({"webhook", 2, 1, 0});
  figures.add({"n8n", 1, 0, 0});
  figures.add({"webhook", 1, 0, 1});
  const std::vector<delivery_count> expected{{"n8n", 1, 0, 0},
                                             {"webhook", 3, 1, 1}};
  EXPECT_TRUE(std::ranges::equal(figures.deliveries(), expected));
}

TEST(Statistics, TellNoMoreKindsApartThanTheirLimit) {
  statistics figures;
  for (int i = 0; i < 100; ++i)
    figures.add({"kind" + std::to_string(i), 1, 0, 0});
  EXPECT_EQ(figures.deliveries().size(), counted_kinds_max);
  const auto other = std::ranges::find(figures.deliveries(), other_kinds,
                                       &delivery_count::kind);
  ASSERT_NE(other, figures.deliveries().end());
  EXPECT_EQ(other->delivered, 100 - (counted_kinds_max - 1));
}

} // namespace
} // namespace switchboard::persistence::testing
