// The row of the figures against protoc's code and noise; tickets of the past.
#include "persistence/statistics.hpp"
#include "persistence/wire.hpp"
#include "tests/unit/persistence_desk.hpp"

#include "persistence/schema/journal.pb.h"

namespace switchboard::persistence::testing {
namespace {

statistics_row some_row() {
  desk d;
  for (int i = 0; i < 60; ++i) {
    d.now += 11h;
    const auto which = d.open(static_cast<priority>(1 + i % 4),
                              static_cast<domain::channel>(1 + i % 5),
                              i % 3 == 0 ? std::to_string(i + 1) : "");
    d.now += std::chrono::seconds{i * i};
    d.say(which, domain::sender_role::agent);
    d.now += std::chrono::minutes{i};
    if (i % 2 == 0)
      d.move(which, status::resolved);
  }
  d.figures.add({"webhook", 998, 12, 2});
  d.figures.add({"n8n", 1, 0, 0});
  return {domain::offset{90211}, d.figures};
}

TEST(StatisticsRow, ReadsWhatItWrites) {
  const auto row = some_row();
  EXPECT_EQ(decode_statistics(encode_statistics(row)), row);
  const statistics_row nothing;
  EXPECT_EQ(decode_statistics(encode_statistics(nothing)), nothing);
}

TEST(StatisticsRow, HasTheBytesThatProtobufWrites) {
  const auto bytes = encode_statistics(some_row());
  schema::Statistics message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.SerializeAsString(), bytes);
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes);
  EXPECT_EQ(message.last_offset(), 90211U);
  EXPECT_EQ(message.agents_size(), 20);
  EXPECT_EQ(message.deliveries(1).failed_attempts(), 12U);
  EXPECT_GT(message.days(message.days_size() - 1).first_response_size(), 0);
}

TEST(StatisticsRow, HasNoMoreHoursAndDaysThanItsWindows) {
  desk d;
  for (int hour = 0; hour < 1000; ++hour) {
    d.open();
    d.now += 1h;
  }
  schema::Statistics message;
  ASSERT_TRUE(message.ParseFromString(encode_statistics({{}, d.figures})));
  EXPECT_EQ(message.hours_size(), 48);
  EXPECT_EQ(message.days_size(), 30);
}

TEST(StatisticsRow, IsRefusedWhenTheFoldWasAnother) {
  auto bytes = encode_statistics(some_row());
  wire_writer{bytes}.number(1, 2);
  EXPECT_FALSE(decode_statistics(bytes));
  EXPECT_FALSE(decode_statistics({}));
}

TEST(StatisticsRow, IsRefusedWithCountersThatDoNotExist) {
  for (const std::uint32_t field : {3U, 4U, 5U}) {
    for (const std::uint64_t index : {0U, 8U}) {
      auto bytes = encode_statistics(some_row());
      wire_writer{bytes}.nested(field, [&](wire_writer& in) {
        in.number(1, index);
        in.number(2, 1);
      });
      EXPECT_FALSE(decode_statistics(bytes)) << field << ' ' << index;
    }
  }
}

TEST(StatisticsRow, IsRefusedWithAgentsOutOfOrder) {
  auto bytes = encode_statistics(some_row());
  wire_writer{bytes}.nested(6, [](wire_writer& in) { in.number(1, 1); });
  EXPECT_FALSE(decode_statistics(bytes));
}

TEST(StatisticsRow, SurvivesAFewWrongBytes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  const auto whole = encode_statistics(some_row());
  for (int round = 0; round < 5000; ++round) {
    auto bytes = whole;
    for (int flips = 0; flips < 3; ++flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0)
      bytes.resize(random() % bytes.size());
    // Whatever it is, it can be asked and written again.
    if (const auto row = decode_statistics(bytes)) {
      (void)row->figures.resolution(start).percentile(0.5);
      (void)row->figures.days(start);
      EXPECT_EQ(decode_statistics(encode_statistics(*row)), row);
    }
  }
}

// -- events at a glance
// --------------------------------------------------------

struct glance {
  std::string what;
  domain::ticket_fact fact;
  bool counts;
};

domain::message_added message_of(domain::sender_role role) {
  domain::message_draft draft;
  draft.role = role;
  draft.body = "hello";
  return {domain::message_sequence{1}, draft};
}

TEST(MayCount, IsSoForWhatChangesTheFigures) {
  using domain::sender_role;
  const std::vector<glance> events{
    {"created", domain::ticket_created{}, true},
    {"customer's message", message_of(sender_role::customer), false},
    {"bot's message", message_of(sender_role::bot), false},
    {"agent's message", message_of(sender_role::agent), true},
    {"manager's message", message_of(sender_role::manager), true},
    {"status", domain::status_changed{}, true},
    {"assignee", domain::assignee_changed{"7", "", ""}, true},
    {"priority", domain::priority_changed{}, true},
    {"edit", domain::ticket_edited{}, false},
    {"note", domain::note_added{"n", "7"}, false},
    {"mention", domain::user_mentioned{"7", "", "", ""}, false},
  };
  for (const auto& one : events) {
    const auto bytes
      = encode_event(domain::ticket_id{domain::uuid_of_number(1)},
                     {domain::sequence{1}, start, one.fact});
    EXPECT_EQ(may_count(bytes), one.counts) << one.what;
  }
  EXPECT_FALSE(may_count(""));
  EXPECT_FALSE(may_count("noise"));
}

// -- tickets of the past ------------------------------------------------------

TEST(TicketAsOf, IsWhatTheTicketWasThen) {
  memory_journal journal;
  ticket_story story{1};
  std::vector<domain::ticket> past;
  const auto keep = [&](changes what) {
    EXPECT_TRUE(is_committed(commit(journal, std::move(what))));
    past.push_back(story.state());
  };
  keep(story.create());
  keep(story.step(domain::assign_ticket{"7", "", "1"}));
  keep(story.move_to(status::in_progress));
  keep(story.say("more"));
  for (int i = 0; i < 100; ++i)
    keep(story.step(domain::add_note{"a note", "7"}));
  keep(story.step(domain::assign_ticket{"9", "", "1"}));
  keep(story.move_to(status::resolved));
  keep(story.move_to(status::closed));
  const ticket_views views{journal.rows()};
  for (const auto& then : past) {
    const auto found = ticket_as_of(views, then.id, then.last_event);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->state, then.state);
    EXPECT_EQ(found->assignee, then.assignee);
    EXPECT_EQ(found->created_at, then.created_at);
  }
  EXPECT_FALSE(ticket_as_of(
    views, domain::ticket_id{domain::uuid_of_number(99)}, domain::sequence{1}));
}

} // namespace
} // namespace switchboard::persistence::testing
