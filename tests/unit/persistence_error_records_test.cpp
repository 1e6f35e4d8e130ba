#include "persistence/error_records.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include "persistence/schema/journal.pb.h"

namespace switchboard::persistence::testing {
namespace {

using std::chrono::seconds;

const domain::ticket_id some_ticket{
  {{0x01, 0x99, 0x2a, 0xbc, 0xde, 0xf0, 0x70, 0x01, 0x80, 0x02, 0x03, 0x04,
    0x05, 0x06, 0x07, 0x08}}};

error_event some_error(const std::string& where = "webhook:0199",
                       seconds after = {}) {
  error_event out;
  out.where = where;
  out.code = "gone";
  out.message = "HTTP 410 – für immer";
  out.ticket = some_ticket;
  out.id = error_id(out.where, out.code);
  out.number = domain::sequence{1};
  out.at = start + after;
  out.first_at = out.at;
  return out;
}

class ErrorRecords : public ::testing::Test {
protected:
  void happen(error_event what) {
    const auto before = views_.find(what.id);
    what.number = domain::sequence{
      before ? static_cast<std::uint64_t>(before->last_event) + 1 : 1};
    ASSERT_TRUE(is_committed(commit(journal_, error_changes(before, what))));
  }

  std::vector<std::string> places(const std::optional<error_position>& after,
                                  std::size_t max) const {
    std::vector<std::string> out;
    for (const auto& record : views_.list(after, max))
      out.push_back(record.where);
    return out;
  }

  memory_journal journal_;
  error_views views_{journal_.rows()};
};

TEST_F(ErrorRecords, CountHowOftenAndSince) {
  happen(some_error());
  auto again = some_error("webhook:0199", seconds{60});
  again.count = 4;
  again.first_at = start + seconds{50};
  again.message = "the last one";
  again.ticket.reset();
  happen(again);
  const auto record = views_.find(again.id);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->count, 5U);
  EXPECT_EQ(record->first_seen, start);
  EXPECT_EQ(record->last_seen, start + seconds{60});
  EXPECT_EQ(record->message, "the last one");
  EXPECT_FALSE(record->ticket);
  EXPECT_EQ(record->last_event, domain::sequence{2});
}

TEST_F(ErrorRecords, AreEventsOfTheFeed) {
  happen(some_error());
  const auto events = journal_.read_events({}, 10);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(decode_error_event(events[0].bytes), some_error());
}

TEST_F(ErrorRecords, AreListedTheLastSeenFirst) {
  for (int i = 0; i < 5; ++i)
    happen(some_error("place:" + std::to_string(i), seconds{i}));
  happen(some_error("place:1", seconds{9}));
  EXPECT_EQ(places(std::nullopt, 10),
            (std::vector<std::string>{"place:1", "place:4", "place:3",
                                      "place:2", "place:0"}));
  const auto page = views_.list(std::nullopt, 2);
  ASSERT_EQ(page.size(), 2U);
  const error_position place{page.back().last_seen, page.back().id};
  EXPECT_EQ(places(place, 10),
            (std::vector<std::string>{"place:3", "place:2", "place:0"}));
}

TEST_F(ErrorRecords, OfOneMomentArePagedWithoutLossOrRepetition) {
  for (int i = 0; i < 7; ++i)
    happen(some_error("place:" + std::to_string(i)));
  std::vector<domain::uuid> seen;
  std::optional<error_position> place;
  for (auto page = views_.list(place, 3); !page.empty();
       page = views_.list(place, 3)) {
    for (const auto& record : page)
      seen.push_back(record.id);
    place = {page.back().last_seen, page.back().id};
  }
  EXPECT_EQ(seen.size(), 7U);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end());
}

TEST_F(ErrorRecords, DoNotMixWithTickets) {
  ticket_story story{1};
  ASSERT_TRUE(is_committed(commit(journal_, story.create())));
  happen(some_error());
  ticket_story other{2};
  ASSERT_TRUE(is_committed(commit(journal_, other.create())));
  EXPECT_EQ(views_.all().size(), 1U);
  std::size_t tickets = 0;
  for (const auto& stored : journal_.read_events({}, 100)) {
    const auto of_ticket = decode_event(stored.bytes);
    EXPECT_NE(of_ticket.has_value(),
              decode_error_event(stored.bytes).has_value());
    tickets += of_ticket ? 1U : 0U;
  }
  EXPECT_EQ(tickets, 4U);
}

TEST_F(ErrorRecords, AreFoundRightByVerify) {
  happen(some_error());
  happen(some_error("webhook:0199", seconds{1}));
  happen(some_error("elsewhere"));
  EXPECT_EQ(verify(journal_.rows(), {}).problem_count, 0U);
}

TEST_F(ErrorRecords, AStaleOneIsRefused) {
  happen(some_error());
  EXPECT_TRUE(
    is_failure(commit(journal_, error_changes(std::nullopt, some_error())),
               commit_failure::stale));
}

TEST(ErrorIds, TellPlacesAndCodesApart) {
  EXPECT_EQ(error_id("a", "b"), error_id("a", "b"));
  EXPECT_NE(error_id("a", "b"), error_id("b", "a"));
  EXPECT_NE(error_id("ab", "c"), error_id("a", "bc"));
  EXPECT_NE(error_id("", "ab"), error_id("ab", ""));
  const auto text = to_string(error_id("webhook:0199", "gone"));
  EXPECT_EQ(text[14], '8') << text;
  EXPECT_EQ(domain::parse_uuid(text), error_id("webhook:0199", "gone"));
}

TEST(ErrorTexts, AreClippedBetweenCharacters) {
  auto what = some_error();
  what.where.assign(1000, 'w');
  what.message = std::string(error_message_size_max - 1, 'm') + "é";
  what.code = "\xff";
  clip_error(what);
  EXPECT_EQ(what.where.size(), error_where_size_max);
  EXPECT_EQ(what.message, std::string(error_message_size_max - 1, 'm'));
  EXPECT_TRUE(what.code.empty());
}

std::string golden_bytes(const std::string& name, const std::string& bytes) {
  const auto path = std::filesystem::path{SWITCHBOARD_SOURCE_DIR}
                    / "tests/golden/persistence" / ("v1_" + name + ".bin");
  if (std::getenv("SWITCHBOARD_WRITE_GOLDEN") != nullptr
      && !std::filesystem::exists(path))
    write_file(path, bytes);
  return read_file(path);
}

template <class Message>
void expect_same_bytes(const std::string& bytes) {
  Message message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes);
}

TEST(ErrorBytes, OfAnEventStayAsTheyAre) {
  auto what = some_error();
  what.count = 300;
  what.first_at = start - seconds{1};
  const auto bytes = encode_error_event(what);
  EXPECT_EQ(golden_bytes("event_error_occurred", bytes), bytes);
  EXPECT_EQ(decode_error_event(bytes), what);
  expect_same_bytes<schema::EventRecord>(bytes);
}

TEST(ErrorBytes, OfARecordStayAsTheyAre) {
  const auto record = apply_error(std::nullopt, some_error());
  const auto bytes = encode_error_record(record);
  EXPECT_EQ(golden_bytes("problem_state", bytes), bytes);
  EXPECT_EQ(decode_error_record(record.id, bytes), record);
  EXPECT_EQ(last_event_of(bytes), record.last_event);
  expect_same_bytes<schema::ProblemState>(bytes);
}

TEST(ErrorBytes, MayBeNoise) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  const auto event = encode_error_event(some_error());
  const auto record
    = encode_error_record(apply_error(std::nullopt, some_error()));
  for (int round = 0; round < 5'000; ++round)
    for (auto bytes : {event, record}) {
      for (int flips = 0; flips < 3; ++flips)
        bytes[random() % bytes.size()] = static_cast<char>(random());
      (void)decode_error_event(bytes);
      (void)decode_error_record({}, bytes);
      (void)decode_event(bytes);
    }
}

} // namespace
} // namespace switchboard::persistence::testing
