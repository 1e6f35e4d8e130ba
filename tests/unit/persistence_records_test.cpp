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

domain::prompt some_prompt() {
  domain::prompt p;
  p.id = domain::prompt_id{domain::make_uuid7(start, 5, 5)};
  p.user = domain::user_id{7};
  p.ticket = domain::ticket_id{domain::make_uuid7(start, 1, 1)};
  p.bot = 123'456'789'012;
  p.chat = -5;
  p.answer = "half done";
  p.created_at = start;
  p.expires_at = start + std::chrono::minutes{15};
  p.updated_at = start + std::chrono::minutes{1};
  return p;
}

domain::attachment some_attachment() {
  domain::attachment a;
  a.id = domain::attachment_id{domain::make_uuid7(start, 6, 6)};
  a.name = "a.jpg";
  a.mime_type = "image/jpeg";
  a.size = 1'234;
  a.created_at = start;
  a.updated_at = start + std::chrono::minutes{1};
  return a;
}

domain::group some_group() {
  return {domain::group_id{3}, "Second level", -100987654321, start, start};
}

domain::message_draft some_message() {
  domain::message_draft out;
  out.id = domain::message_id{domain::make_uuid7(start, 2, 2)};
  out.sender_name = "Jane";
  out.body = "Where is it?";
  out.attachments
    = {{domain::attachment_id{domain::make_uuid7(start, 3, 3)}, "a.jpg",
        "image/jpeg", 1'234},
       {domain::attachment_id{domain::make_uuid7(start, 4, 4)}, "b", "", 0}};
  return out;
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
  for (const auto state :
       {domain::prompt_state::awaiting_input, domain::prompt_state::completed,
        domain::prompt_state::cancelled, domain::prompt_state::expired}) {
    auto prompt = some_prompt();
    prompt.state = state;
    expect_kept<schema::Prompt>(prompt);
  }
}

TEST(RecordCodec, KeepsAttachmentsOfEachOrigin) {
  auto attachment = some_attachment();
  attachment.sha256 = std::string(32, '\x7F');
  attachment.session
    = domain::session_id{domain::make_uuid7(start, 7, 7)};
  expect_kept<schema::Attachment>(attachment);
  attachment = some_attachment();
  attachment.ticket = domain::ticket_id{domain::make_uuid7(start, 1, 1)};
  attachment.source = domain::telegram_file{123'456'789, "BQAC-id"};
  attachment.state = domain::attachment_state::failed;
  attachment.failure = "it is too large";
  expect_kept<schema::Attachment>(attachment);
  attachment = some_attachment();
  attachment.provider_source = domain::provider_file{"cloud", "1234567"};
  expect_kept<schema::Attachment>(attachment);
}

TEST(RecordCodec, KeepsSessionsOfVisitorsAndChats) {
  domain::session session;
  session.id = domain::session_id{domain::make_uuid7(start, 8, 8)};
  session.locale = "de-AT";
  session.contact.name = "Jane";
  session.created_at = session.updated_at = start;
  expect_kept<schema::Session>(session);
  session.via = domain::channel::whatsapp;
  session.lines = {{"baileys", "", "15551234567@s.whatsapp.net"},
                   {"cloud", "1", "15551234567"}};
  session.identities = {"phone:+15551234567", "lid:225"};
  session.is_group = true;
  expect_kept<schema::Session>(session);
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
    domain::message_edited{domain::message_sequence{3}, start, some_message()},
    domain::ticket_passed{"8"},
    domain::claim_overdue{},
    domain::progress_reported{"half done", "8"},
    domain::message_reacted{domain::message_sequence{3}, "7", "", ""},
    domain::message_deleted{domain::message_sequence{3}, ""},
    domain::delivery_reported{domain::message_sequence{3}, 0,
                              domain::delivery_state::sent, "", "", ""},
    domain::customer_reminded{},
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

TEST_F(Records, HoldOneOpenPromptOfEachUser) {
  ASSERT_TRUE(is_committed(put(some_prompt())));
  EXPECT_EQ(views_.find_open_prompt(domain::user_id{7}), some_prompt().id);
  EXPECT_FALSE(views_.find_open_prompt(domain::user_id{8}));
  auto second = some_prompt();
  second.id = domain::prompt_id{domain::make_uuid7(start, 8, 8)};
  const auto outcome = put(second);
  const auto* taken = std::get_if<conflict>(&outcome);
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->scope, open_prompt_scope);
  for (const auto end :
       {domain::prompt_state::completed, domain::prompt_state::cancelled,
        domain::prompt_state::expired}) {
    auto ended = some_prompt();
    ended.state = end;
    ASSERT_TRUE(is_committed(put(ended)));
    EXPECT_FALSE(views_.find_open_prompt(domain::user_id{7}));
    EXPECT_EQ(views_.find(ended.id)->value, ended);
  }
  EXPECT_TRUE(is_committed(put(second)));
  EXPECT_EQ(views_.find_open_prompt(domain::user_id{7}), second.id);
}

TEST_F(Records, ListPromptsInBothOrders) {
  std::vector<domain::prompt_id> ids;
  for (std::uint16_t i = 0; i < 5; ++i) {
    auto prompt = some_prompt();
    prompt.id = domain::prompt_id{domain::make_uuid7(start, i, i)};
    prompt.user = domain::user_id{i + 1U};
    ids.push_back(prompt.id);
    ASSERT_TRUE(is_committed(put(prompt)));
  }
  const auto older = views_.prompts_before(ids[3], 2);
  ASSERT_EQ(older.size(), 2U);
  EXPECT_EQ(older[0].id, ids[2]);
  EXPECT_EQ(older[1].id, ids[1]);
  EXPECT_EQ(views_.prompts_before(std::nullopt, 1).at(0).id, ids[4]);
  EXPECT_TRUE(views_.prompts_before(ids[0], 1).empty());
  const auto newer = views_.prompts(ids[3], 2);
  ASSERT_EQ(newer.size(), 1U);
  EXPECT_EQ(newer[0].id, ids[4]);
}

TEST_F(Records, StandUpToVerification) {
  ASSERT_TRUE(is_committed(put(some_prompt())));
  ASSERT_TRUE(is_committed(put(some_attachment())));
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
