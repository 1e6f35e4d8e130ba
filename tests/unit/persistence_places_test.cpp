// What messages at Telegram show: kept with the commit that made them, found
// both ways.
#include "persistence/places.hpp"

#include "tests/unit/persistence_fixtures.hpp"

#include "persistence/schema/journal.pb.h"

#include <limits>

namespace switchboard::persistence::testing {
namespace {

domain::ticket_id ticket(std::uint64_t seed) {
  return {domain::make_uuid7(start, 1, seed)};
}

placed some_place(std::int32_t message, std::uint32_t number = 0,
                  std::uint32_t part = 0) {
  placed out;
  out.at = {123'456'789'012, -1001234567890, message};
  out.what.ticket = ticket(1);
  out.what.what = shown::message;
  out.what.message = domain::message_sequence{number};
  out.what.part = part;
  return out;
}

class Places : public ::testing::Test {
protected:
  void change(std::vector<row_change> rows) {
    changes what;
    what.rows = std::move(rows);
    ASSERT_TRUE(is_committed(commit(journal_, std::move(what))));
  }

  memory_journal journal_;
  place_views views_{journal_.rows()};
};

TEST_F(Places, AreFoundByWhereTheyAre) {
  auto card = some_place(5);
  card.what.what = shown::executor_card;
  card.what.since = start;
  change(show_rows(card));
  auto shared = some_place(6, 3, 2);
  shared.what.shared = true;
  change(show_rows(shared));
  EXPECT_EQ(views_.find(card.at), card.what);
  EXPECT_EQ(views_.find(shared.at), shared.what);
  EXPECT_FALSE(views_.find({card.at.bot, card.at.chat, 7}));
  EXPECT_FALSE(views_.find({card.at.bot + 1, card.at.chat, 5}));
}

TEST_F(Places, AreListedByTicketInTheOrderOfItsMessages) {
  for (const auto& one : {some_place(9, 2, 1), some_place(3, 2, 0),
                          some_place(4, 1, 0), some_place(2, 300, 0)})
    change(show_rows(one));
  auto other = some_place(8, 1);
  other.what.ticket = ticket(2);
  change(show_rows(other));
  std::vector<std::int32_t> order;
  for (const auto& one : views_.of(ticket(1), shown::message))
    order.push_back(one.at.message);
  EXPECT_EQ(order, (std::vector<std::int32_t>{4, 3, 9, 2}));
  EXPECT_EQ(views_.of(ticket(1), shown::message, 2).size(), 2U);
  const auto second
    = views_.of(ticket(1), shown::message, domain::message_sequence{2});
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0], some_place(3, 2, 0));
  EXPECT_TRUE(views_.of(ticket(1), shown::card).empty());
  EXPECT_TRUE(views_.of(ticket(3), shown::message).empty());
}

TEST_F(Places, AreGoneFromBothSides) {
  const auto one = some_place(5, 1);
  change(show_rows(one));
  change(unshow_rows(one));
  EXPECT_FALSE(views_.find(one.at));
  EXPECT_TRUE(views_.of(ticket(1), shown::message).empty());
}

TEST_F(Places, KeepEveryNumber) {
  auto one = some_place(std::numeric_limits<std::int32_t>::max(),
                        std::numeric_limits<std::uint32_t>::max(),
                        std::numeric_limits<std::uint32_t>::max());
  one.at.chat = std::numeric_limits<std::int64_t>::min();
  one.what.what = shown::prompt;
  change(show_rows(one));
  EXPECT_EQ(views_.of(ticket(1), shown::prompt).at(0), one);
}

TEST(PlaceRow, IsWhatProtocWrites) {
  auto one = some_place(5, 3, 2);
  one.what.shared = true;
  one.what.since = start;
  const auto bytes = show_rows(one).front().value.value();
  schema::PlaceRow message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes);
  EXPECT_EQ(decode_place_row(bytes), one.what);
  EXPECT_FALSE(decode_place_row(""));
  EXPECT_FALSE(decode_place_row(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(is_place_key(""));
  EXPECT_FALSE(is_place_key("x"));
}

} // namespace
} // namespace switchboard::persistence::testing
