// Attempts by lane, dead letters by lane, deleted lanes, and the bytes of it.
#include "persistence/deliveries.hpp"
#include "persistence/keys.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include "persistence/schema/journal.pb.h"

namespace switchboard::persistence::testing {
namespace {

using std::chrono::days;
using std::chrono::seconds;

const std::string hook = "webhook:0199";
const std::string neighbour = "webhook:0199a";

class DeliveryLists : public ::testing::Test {
protected:
  void done(changes what) {
    ASSERT_TRUE(is_committed(commit(journal_, std::move(what))));
  }

  delivery put(const std::string& lane, const std::string& payload) {
    auto what = hook_call(payload, lane);
    what.message_id = "msg_" + payload;
    what.sequence = domain::sequence{7};
    done(only_delivery(std::move(what)));
    return views_.read(lane, {}, 1).at(0);
  }

  static attempt try_of(const delivery& what, const char* outcome,
                        seconds after = {}) {
    return {
      .number = next_attempt(what), .at = start + after, .outcome = outcome};
  }

  void deliver(const delivery& what, seconds after) {
    done(settle_delivered(what, try_of(what, "delivered", after),
                          attempt_listing::by_lane));
  }

  memory_journal journal_;
  delivery_views views_{journal_.rows()};
};

TEST_F(DeliveryLists, ADeliveryKeepsItsNameAndSequence) {
  const auto what = put(hook, "a");
  EXPECT_EQ(what.message_id, "msg_a");
  EXPECT_EQ(what.sequence, domain::sequence{7});
  EXPECT_EQ(views_.find(hook, what.id), what);
  EXPECT_FALSE(views_.find(neighbour, what.id));
}

TEST_F(DeliveryLists, ListAttemptsOfALaneNewestFirst) {
  const auto what = put(hook, "a");
  done(settle_retry(what, try_of(what, "retry_later"), start + seconds{5},
                    attempt_listing::by_lane));
  deliver(views_.find(hook, what.id).value(), seconds{5});
  const auto listed = views_.lane_attempts(hook, std::nullopt, 10);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].tried.outcome, "delivered");
  EXPECT_EQ(listed[0].tried.number, 2U);
  EXPECT_EQ(listed[0].message_id, "msg_a");
  EXPECT_EQ(listed[0].kind, "ticket.created");
  EXPECT_EQ(listed[0].group, "group");
  EXPECT_EQ(listed[0].sequence, domain::sequence{7});
  EXPECT_EQ(listed[0].created_at, start);
  EXPECT_EQ(listed[0].delivery, what.id);
  EXPECT_EQ(listed[1].tried.outcome, "retry_later");
}

TEST_F(DeliveryLists, PageThroughAttemptsWithoutLossOrRepetition) {
  for (int i = 0; i < 5; ++i) {
    const auto what = put(hook, std::to_string(i));
    deliver(what, seconds{i / 2}); // Some fall on one moment.
  }
  std::vector<std::string> seen;
  std::optional<attempt_position> place;
  for (auto page = views_.lane_attempts(hook, place, 2); !page.empty();
       page = views_.lane_attempts(hook, place, 2)) {
    for (const auto& one : page)
      seen.push_back(one.message_id);
    const auto& last = page.back();
    place = {last.tried.at, last.delivery, last.tried.number};
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"msg_4", "msg_3", "msg_2", "msg_1",
                                            "msg_0"}));
}

TEST_F(DeliveryLists, KeepTheAttemptsOfLanesApart) {
  deliver(put(hook, "a"), {});
  deliver(put(neighbour, "b"), {});
  ASSERT_EQ(views_.lane_attempts(hook, std::nullopt, 10).size(), 1U);
  EXPECT_EQ(views_.lane_attempts(hook, std::nullopt, 10)[0].message_id,
            "msg_a");
  EXPECT_TRUE(views_.lane_attempts("webhook:", std::nullopt, 10).empty());
}

TEST_F(DeliveryLists, AttemptsOfOtherLanesAreNotListed) {
  const auto what = put(hook, "a");
  done(settle_delivered(what, try_of(what, "delivered")));
  EXPECT_TRUE(views_.lane_attempts(hook, std::nullopt, 10).empty());
  EXPECT_EQ(views_.attempts(what.id).size(), 1U);
}

TEST_F(DeliveryLists, FindADeliveryThatIsGoneByItsId) {
  const auto what = put(hook, "a");
  deliver(what, seconds{3});
  EXPECT_FALSE(views_.find(hook, what.id));
  const auto found = views_.find_lane_attempt(hook, what.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message_id, "msg_a");
  EXPECT_EQ(found->tried.at, start + seconds{3});
  EXPECT_FALSE(views_.find_lane_attempt(neighbour, what.id));
  EXPECT_FALSE(views_.find_lane_attempt(hook, delivery_id{999}));
}

TEST_F(DeliveryLists, BothRowsOfAnAttemptExpireTogether) {
  const auto what = put(hook, "a");
  const auto made = settle_delivered(what, try_of(what, "delivered"),
                                     attempt_listing::by_lane);
  ASSERT_EQ(made.rows.size(), 3U);
  for (const auto& row : {made.rows[1], made.rows[2]}) {
    EXPECT_EQ(row.where, family::attempts);
    EXPECT_FALSE(keys::has_expired(*row.value, start + days{6}));
    EXPECT_TRUE(keys::has_expired(*row.value, start + days{7}));
  }
}

TEST_F(DeliveryLists, AListedAttemptWhoseRecordWasSweptIsLeftOut) {
  const auto what = put(hook, "a");
  deliver(what, {});
  changes sweep;
  sweep.rows.push_back(
    {family::attempts, keys::attempt(what.id, 1), std::nullopt});
  done(std::move(sweep));
  EXPECT_TRUE(views_.lane_attempts(hook, std::nullopt, 10).empty());
}

TEST_F(DeliveryLists, DeadLettersAreListedByLane) {
  for (const auto& lane : {hook, neighbour, hook}) {
    const auto what = put(lane, lane);
    done(settle_dead(what, try_of(what, "gone"), "HTTP 410", start,
                     attempt_listing::by_lane));
  }
  const auto letters = views_.dead_letters_of(hook, {}, 10);
  ASSERT_EQ(letters.size(), 2U);
  EXPECT_EQ(letters[0].what.lane, hook);
  EXPECT_EQ(letters[0].what.message_id, "msg_" + hook);
  EXPECT_EQ(views_.dead_letters_of(hook, letters[0].what.id, 10).size(), 1U);
  EXPECT_EQ(views_.dead_letters_of(hook, {}, 1).size(), 1U);
  EXPECT_TRUE(views_.dead_letters_of("webhook:", {}, 10).empty());
}

TEST_F(DeliveryLists, AReplayKeepsTheName) {
  const auto what = put(hook, "a");
  done(settle_dead(what, try_of(what, "gone"), "HTTP 410", start));
  done(replay(views_.find_dead_letter(what.id).value(), start + seconds{1}));
  EXPECT_EQ(views_.find(hook, what.id)->message_id, "msg_a");
  EXPECT_EQ(views_.find(hook, what.id)->sequence, domain::sequence{7});
}

TEST_F(DeliveryLists, ADeletedLaneIsPurgedInSteps) {
  for (int i = 0; i < 5; ++i)
    put(hook, std::to_string(i));
  put(neighbour, "stays");
  std::size_t steps = 0;
  for (auto what = purge_lane(journal_.rows(), hook, 2); !what.rows.empty();
       what = purge_lane(journal_.rows(), hook, 2)) {
    EXPECT_LE(what.rows.size(), 2U);
    done(std::move(what));
    ++steps;
  }
  EXPECT_EQ(steps, 3U);
  EXPECT_EQ(views_.lanes(), std::vector<std::string>{neighbour});
}

TEST_F(DeliveryLists, AreFoundRightByVerify) {
  const auto what = put(hook, "a");
  deliver(what, {});
  EXPECT_EQ(verify(journal_.rows(), {}).problem_count, 0U);
  changes damage;
  damage.rows.push_back({family::attempts,
                         keys::lane_attempt(hook, start, what.id, 1),
                         std::string(8, '\0') + "\x0a\xff"});
  done(std::move(damage));
  EXPECT_EQ(verify(journal_.rows(), {}).problem_count, 1U);
}

TEST(LaneAttemptKeys, AreReadBack) {
  const auto key = keys::lane_attempt(hook, start, delivery_id{77}, 3);
  const auto parsed = keys::parse_lane_attempt(key);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->lane, hook);
  EXPECT_EQ(parsed->at, start);
  EXPECT_EQ(parsed->id, delivery_id{77});
  EXPECT_EQ(parsed->number, 3U);
  EXPECT_FALSE(keys::parse_lane_attempt(keys::attempt(delivery_id{77}, 3)));
  for (std::size_t size = 0; size < key.size(); ++size)
    EXPECT_FALSE(keys::parse_lane_attempt(key.substr(0, size)));
}

// -- bytes --------------------------------------------------------------------

delivery named_delivery() {
  return {delivery_id{5},
          hook,
          "group",
          "ticket.created",
          R"({"type":"ticket.created"})",
          start,
          2,
          start + seconds{4},
          3,
          "msg_0199",
          domain::sequence{300}};
}

lane_attempt listed_attempt() {
  const auto what = named_delivery();
  return {what.id,       what.group,      what.kind, what.message_id,
          what.sequence, what.created_at, {}};
}

std::string golden_bytes(const std::string& name, const std::string& bytes) {
  const auto path = std::filesystem::path{SWITCHBOARD_SOURCE_DIR}
                    / "tests/golden/persistence" / ("v1_" + name + ".bin");
  if (std::getenv("SWITCHBOARD_WRITE_GOLDEN") != nullptr
      && !std::filesystem::exists(path))
    write_file(path, bytes);
  return read_file(path);
}

TEST(DeliveryBytes, OfANamedDeliveryStayAsTheyAre) {
  const auto bytes = encode_outbox_row(named_delivery());
  EXPECT_EQ(golden_bytes("outbox_row_named", bytes), bytes);
  EXPECT_EQ(decode_outbox_row(hook, delivery_id{5}, bytes), named_delivery());
  schema::OutboxRow message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.message_id(), "msg_0199");
  EXPECT_EQ(message.sequence(), 300U);
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes);
}

TEST(DeliveryBytes, OfANewDeliveryAreThoseOfOneThatWasNeverTried) {
  auto what = named_delivery();
  what.attempts = 0;
  what.attempts_before = 0;
  what.next_at = what.created_at;
  std::string bytes;
  append_outbox_row(bytes, {what.lane, what.group, what.kind, what.payload,
                            what.created_at, what.message_id, what.sequence});
  EXPECT_EQ(bytes, encode_outbox_row(what));
}

TEST(DeliveryBytes, OfAListedAttemptStayAsTheyAre) {
  const auto bytes = encode_lane_attempt_row(named_delivery());
  EXPECT_EQ(golden_bytes("lane_attempt_row", bytes), bytes);
  EXPECT_EQ(decode_lane_attempt_row(delivery_id{5}, bytes), listed_attempt());
  schema::LaneAttemptRow message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes);
}

TEST(DeliveryBytes, OfAListedAttemptMayBeNoise) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  const auto good = encode_lane_attempt_row(named_delivery());
  for (int round = 0; round < 5'000; ++round) {
    auto bytes = good;
    for (int flips = 0; flips < 3; ++flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    (void)decode_lane_attempt_row(delivery_id{5}, bytes);
    (void)lane_of_dead_letter(bytes);
    (void)keys::parse_lane_attempt(bytes);
  }
}

} // namespace
} // namespace switchboard::persistence::testing
