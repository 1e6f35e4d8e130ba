// Users, groups, keys and webhooks: kept, listed, renamed, removed.
#include "persistence/record_codec.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include "persistence/schema/journal.pb.h"

namespace switchboard::persistence::testing {
namespace {

domain::user some_user() {
  domain::user u;
  u.id = domain::user_id{7};
  u.name = "Ann";
  u.username = "Ann_7";
  u.role = domain::user_role::manager;
  u.telegram_id = -1001234567890;
  u.phone = "+4915112345678";
  u.email = "ann@example.com";
  u.default_group = domain::group_id{3};
  u.skills = {"billing", "german"};
  u.online = true;
  u.created_at = start;
  u.updated_at = start + std::chrono::hours{1};
  return u;
}

domain::webhook some_webhook() {
  domain::webhook w;
  w.id = domain::webhook_id{domain::make_uuid7(start, 1, 1)};
  w.url = "https://example.com/hook";
  w.events = {"ticket.created", "ticket.closed"};
  w.payload_template = "{}";
  w.headers = {{"x-team", "a"}, {"x-empty", ""}};
  w.description = "the CRM";
  w.enabled = false;
  w.disabled_reason = "gone";
  w.secret = "sealed";
  w.previous_secret = "older";
  w.previous_until = start;
  w.created_at = start;
  w.updated_at = start;
  return w;
}

domain::api_key some_key() {
  domain::api_key k;
  k.id = domain::api_key_id{0xFEDCBA9876543210U};
  k.name = "crm";
  k.scopes = {domain::scope::tickets_read, domain::scope::admin};
  k.owner = domain::user_id{7};
  k.expires_at = start;
  k.secret_hash = std::string(32, '\x7F');
  k.created_at = start;
  return k;
}

domain::group some_group() {
  return {domain::group_id{3}, "Second level", -100987654321, start, start};
}

template <class Message, class Record>
void expect_kept(const Record& record) {
  const auto bytes = encode_record(record);
  Record read;
  ASSERT_TRUE(decode_record(bytes, read));
  EXPECT_EQ(read, record);
  Message message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes);
  // Bytes that are cut off anywhere are refused or give something else.
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Record part;
    static_cast<void>(
      decode_record(std::string_view{bytes}.substr(0, i), part));
  }
}

TEST(RecordCodec, WritesWhatProtocWrites) {
  expect_kept<schema::User>(some_user());
  expect_kept<schema::Group>(some_group());
  expect_kept<schema::ApiKey>(some_key());
  expect_kept<schema::Webhook>(some_webhook());
}

TEST(RecordCodec, KeepsTheFactsOfTickets) {
  const domain::ticket_id id{domain::make_uuid7(start, 1, 1)};
  domain::ticket_edits edits;
  edits.subject = "new";
  edits.category = "";
  edits.tags = std::vector<std::string>{"a", ""};
  edits.from = domain::customer{"Jane", "", "jane@example.com"};
  const std::vector<domain::ticket_fact> facts{
    domain::ticket_edited{edits, "user:7"},
    domain::ticket_edited{{}, ""},
    domain::note_added{"calls daily", "user:7"},
    domain::user_mentioned{"8", "Bob", "look", "user:7"},
    domain::assignee_changed{"8", "", "user:7", "7"},
  };
  for (const auto& fact : facts) {
    const domain::ticket_event event{domain::sequence{4}, start, fact};
    const auto bytes = encode_event(id, event);
    const auto read = decode_event(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->event, event);
    schema::EventRecord message;
    ASSERT_TRUE(message.ParseFromString(bytes));
    EXPECT_EQ(message.SerializeAsString(), bytes);
  }
}

class Records : public ::testing::Test {
protected:
  template <class T>
  commit_outcome put(const T& record) {
    return commit(journal_, save(views_.find(record.id), record, start));
  }

  memory_journal journal_;
  record_views views_{journal_.rows()};
};

TEST_F(Records, AreFoundByIdAndByTheirNames) {
  ASSERT_TRUE(is_committed(put(some_user())));
  ASSERT_TRUE(is_committed(put(some_group())));
  const auto found = views_.find(domain::user_id{7});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, some_user());
  EXPECT_EQ(views_.find_username("aNN_7"), domain::user_id{7});
  EXPECT_EQ(views_.find_telegram_user(-1001234567890), domain::user_id{7});
  EXPECT_EQ(views_.find_phone("+4915112345678"), domain::user_id{7});
  EXPECT_EQ(views_.find_telegram_group(-100987654321), domain::group_id{3});
  EXPECT_FALSE(views_.find(domain::user_id{8}));
  EXPECT_FALSE(views_.find_username("bob"));
  EXPECT_EQ(views_.last_user(), domain::user_id{7});
}

TEST_F(Records, ShareNoName) {
  ASSERT_TRUE(is_committed(put(some_user())));
  auto other = some_user();
  other.id = domain::user_id{8};
  other.username = "ANN_7";
  const auto outcome = put(other);
  const auto* taken = std::get_if<conflict>(&outcome);
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->scope, username_scope);
  EXPECT_FALSE(views_.find(domain::user_id{8}));
}

TEST_F(Records, GiveBackTheNamesThatTheyDrop) {
  ASSERT_TRUE(is_committed(put(some_user())));
  auto renamed = some_user();
  renamed.username = "annie";
  ASSERT_TRUE(is_committed(put(renamed)));
  EXPECT_FALSE(views_.find_username("ann_7"));
  EXPECT_EQ(views_.find_username("annie"), domain::user_id{7});
  ASSERT_TRUE(is_committed(
    commit(journal_, remove(*views_.find(domain::user_id{7}), start))));
  EXPECT_FALSE(views_.find(domain::user_id{7}));
  EXPECT_FALSE(views_.find_username("annie"));
  EXPECT_TRUE(views_.users(domain::user_id{}, 10).empty());
  EXPECT_EQ(views_.last_user(), domain::user_id{7}) << "ids come back";
}

TEST_F(Records, AreNotChangedFromAnOldVersion) {
  ASSERT_TRUE(is_committed(put(some_user())));
  const auto before = views_.find(domain::user_id{7});
  ASSERT_TRUE(is_committed(put(some_user())));
  const auto outcome = commit(journal_, save(before, some_user(), start));
  ASSERT_TRUE(std::holds_alternative<commit_failure>(outcome));
  EXPECT_EQ(std::get<commit_failure>(outcome), commit_failure::stale);
}

TEST_F(Records, AreListedInPages) {
  for (std::uint64_t i = 1; i <= 5; ++i) {
    domain::user user;
    user.id = domain::user_id{i};
    ASSERT_TRUE(is_committed(put(user)));
  }
  const auto page = views_.users(domain::user_id{2}, 2);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].id, domain::user_id{3});
  EXPECT_EQ(page[1].id, domain::user_id{4});
  EXPECT_TRUE(views_.groups(domain::group_id{}, 10).empty());
}

TEST_F(Records, StandUpToVerification) {
  ASSERT_TRUE(is_committed(put(some_user())));
  ASSERT_TRUE(is_committed(put(some_webhook())));
  ASSERT_TRUE(is_committed(put(some_key())));
  ASSERT_TRUE(
    is_committed(commit(journal_, remove(*views_.find(some_key().id), start))));
  const auto report = verify(journal_.rows());
  EXPECT_TRUE(report.ok()) << report.problems.front();
}

} // namespace
} // namespace switchboard::persistence::testing
