// What is projected from a ticket's events, and read back by all its names.
#include "persistence/claims.hpp"
#include "persistence/keys.hpp"
#include "persistence/ticket_views.hpp"
#include "tests/unit/persistence_fixtures.hpp"

namespace switchboard::persistence::testing {
namespace {

std::vector<std::string> rows_of(const changes& what, family where, bool put) {
  std::vector<std::string> keys;
  for (const auto& row : what.rows)
    if (row.where == where && row.value.has_value() == put)
      keys.push_back(row.key);
  return keys;
}

TEST(TicketChanges, NamesANewTicketInEveryView) {
  ticket_story story{7};
  const auto what = story.create();
  const auto& ticket = story.state();
  ASSERT_TRUE(what.entity);
  EXPECT_EQ(what.entity->id, ticket.id.value);
  EXPECT_EQ(what.entity->expected, domain::sequence{0});
  EXPECT_EQ(what.entity->next, domain::sequence{2});
  EXPECT_EQ(decode_ticket(ticket.id, what.entity->state), ticket);
  EXPECT_EQ(what.events.size(), 2U);
  EXPECT_EQ(rows_of(what, family::index, true),
            (std::vector<std::string>{
              keys::number(ticket.number),
              keys::queue(ticket.state, ticket.urgency, ticket.id),
              keys::waiting(ticket.state, ticket.urgency, ticket.created_at,
                            ticket.id)}));
  EXPECT_EQ(rows_of(what, family::messages, true),
            (std::vector<std::string>{
              keys::message(ticket.id, domain::message_sequence{1})}));
  ASSERT_EQ(what.claims.size(), 1U);
  EXPECT_EQ(what.claims[0].scope, "ref");
  EXPECT_EQ(what.claims[0].id, ticket.ref);
  EXPECT_EQ(what.claims[0].result, ticket.id.value.view());
  EXPECT_FALSE(what.claims[0].expires);
}

TEST(TicketChanges, MoveATicketWithinTheQueue) {
  ticket_story story{7};
  (void)story.create();
  const auto what = story.move_to(domain::status::escalated);
  const auto& t = story.state();
  using domain::status;
  EXPECT_EQ(
    rows_of(what, family::index, false),
    (std::vector<std::string>{
      keys::queue(status::pending, t.urgency, t.id),
      keys::waiting(status::pending, t.urgency, t.created_at, t.id)}));
  EXPECT_EQ(
    rows_of(what, family::index, true),
    (std::vector<std::string>{
      keys::queue(status::escalated, t.urgency, t.id),
      keys::waiting(status::escalated, t.urgency, t.created_at, t.id)}));
}

TEST(TicketChanges, LeaveTheQueueAloneForAMessage) {
  ticket_story story{7};
  (void)story.create();
  const auto what = story.say("more", "wamid.1");
  EXPECT_TRUE(rows_of(what, family::index, true).empty());
  EXPECT_TRUE(rows_of(what, family::index, false).empty());
  ASSERT_EQ(what.claims.size(), 1U);
  EXPECT_EQ(what.claims[0].scope, "message:whatsapp");
  EXPECT_EQ(what.claims[0].id, "wamid.1");
  EXPECT_EQ(what.claims[0].expires,
            story.state().updated_at + message_claim_life);
}

TEST(Keys, SortTheQueueByUrgencyThenAge) {
  using domain::priority;
  const auto at = [](priority p, int ms) {
    return keys::queue(domain::status::pending, p,
                       domain::ticket_id{domain::make_uuid7(
                         start + std::chrono::milliseconds{ms}, 0, 1)});
  };
  EXPECT_LT(at(priority::urgent, 9), at(priority::high, 1));
  EXPECT_LT(at(priority::high, 1), at(priority::high, 2));
  EXPECT_LT(at(priority::medium, 9), at(priority::low, 1));
}

TEST(Keys, ReadTimersBack) {
  const timer_change timer{start, domain::entity_kind::ticket,
                           domain::make_uuid7(start, 1, 2), "claim", true};
  EXPECT_EQ(keys::parse_timer(keys::timer(timer)), timer);
  EXPECT_FALSE(keys::parse_timer("short"));
}

TEST(Keys, ReadOutboxKeysBackWhateverTheIdIs) {
  for (const std::uint64_t id : {0ULL, 1ULL, 0x6100000000000000ULL, ~0ULL}) {
    const auto key = keys::outbox("n8n:x", delivery_id{id});
    const auto parsed = keys::parse_outbox(key);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->lane, "n8n:x");
    EXPECT_EQ(parsed->id, delivery_id{id});
  }
  EXPECT_FALSE(keys::parse_outbox("no id"));
  EXPECT_FALSE(keys::parse_outbox(""));
}

TEST(Keys, EndAPrefix) {
  EXPECT_EQ(keys::after_prefix("ab"), "ac");
  EXPECT_EQ(keys::after_prefix("a\xff"), "b");
  EXPECT_EQ(keys::after_prefix("\xff\xff"), "");
}

TEST(Keys, KnowWordsThatMayStandInThem) {
  EXPECT_TRUE(keys::is_key_word("n8n:x"));
  EXPECT_FALSE(keys::is_key_word(""));
  EXPECT_FALSE(keys::is_key_word(std::string_view{"a\0b", 3}));
}

class TicketViews : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(is_committed(commit(journal_, story_.create())));
    ASSERT_TRUE(is_committed(commit(journal_, ticket_story{8}.create())));
  }

  [[nodiscard]] const domain::ticket& ticket() const {
    return story_.state();
  }

  memory_journal journal_;
  ticket_story story_{7};
  ticket_views views_{journal_.rows()};
};

TEST_F(TicketViews, FindATicketByAllItsNames) {
  const auto id = ticket().id;
  const auto key = domain::ticket_key(id);
  std::string lower = key;
  for (auto& c : lower)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_EQ(views_.find_ref(ticket().ref), id);
  EXPECT_EQ(views_.find_number(domain::ticket_number{7}), id);
  EXPECT_EQ(views_.find_key(key), id);
  for (const auto& name : {domain::to_string(id.value), std::string{"7"},
                           std::string{"#7"}, ticket().ref, key, lower})
    EXPECT_EQ(views_.find_any_name(name), id) << name;
}

TEST_F(TicketViews, FindNothingByNamesThatAreNone) {
  for (const char* name :
       {"", "#", "9", "#99999999999999999999999", "-7", " 7", "7 ", "T-",
        "T-20260922-AAAAAAAA", "TICK-", "TICK--", "TICK-ZZZZZZZZZZ-00000000",
        "TICK-ZZZZZZZZZZZZZZZZZZZ-00000000", "TICK-A-0000000",
        "01992abc-def0-7001-8002-030405060708"})
    EXPECT_FALSE(views_.find_any_name(name)) << name;
}

TEST_F(TicketViews, FindByRefNothingButRefs) {
  EXPECT_FALSE(views_.find_ref("7"));
  EXPECT_FALSE(views_.find_ref(domain::to_string(ticket().id.value)));
}

TEST_F(TicketViews, ReadMessagesInOrder) {
  for (int i = 2; i <= 20; ++i)
    ASSERT_TRUE(is_committed(commit(journal_, story_.say(std::to_string(i)))));
  const auto numbers = [](const std::vector<message_row>& rows) {
    std::vector<std::uint32_t> out;
    for (const auto& row : rows)
      out.push_back(static_cast<std::uint32_t>(row.number));
    return out;
  };
  const domain::message_sequence after{17};
  EXPECT_EQ(numbers(views_.messages(ticket(), after, 99)),
            (std::vector<std::uint32_t>{18, 19, 20}));
  EXPECT_EQ(numbers(views_.messages(ticket().id, after, 2)),
            (std::vector<std::uint32_t>{18, 19}));
  EXPECT_EQ(views_.messages(ticket(), {}, 200).size(), 20U);
  EXPECT_EQ(views_.messages(ticket(), {}, 200),
            views_.messages(ticket().id, {}, 200));
  EXPECT_TRUE(
    views_.messages(ticket(), domain::message_sequence{20}, 9).empty());
  EXPECT_TRUE(
    views_.messages(ticket().id, domain::message_sequence{~0U}, 9).empty());
}

TEST_F(TicketViews, KnowTheHighestNumber) {
  EXPECT_EQ(views_.last_number(), domain::ticket_number{8});
  memory_journal empty;
  EXPECT_EQ(ticket_views{empty.rows()}.last_number(), domain::ticket_number{0});
}

} // namespace
} // namespace switchboard::persistence::testing
