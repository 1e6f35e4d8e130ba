// What was told of messages since: reactions, deletions, deliveries.
#include "persistence/keys.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/records.hpp"
#include "persistence/session_views.hpp"
#include "persistence/ticket_views.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <rocksdb/db.h>

namespace switchboard::persistence::testing {
namespace {

using domain::delivery_state;
using domain::message_sequence;

constexpr message_sequence first{1};
constexpr message_sequence second{2};

/// Counts the looks at marks.
class counting_rows final : public row_reader {
public:
  explicit counting_rows(const row_reader& rows) : rows_{rows} {}

  bool get(family where, std::string_view key,
           std::string& value) const override {
    count(where);
    return rows_.get(where, key, value);
  }

  void
  scan(family where, std::string_view from, std::string_view to,
       const std::function<bool(std::string_view, std::string_view)>& visit)
    const override {
    count(where);
    rows_.scan(where, from, to, visit);
  }

  void scan_back(family where, std::string_view from, std::string_view to,
                 const std::function<bool(std::string_view, std::string_view)>&
                   visit) const override {
    count(where);
    rows_.scan_back(where, from, to, visit);
  }

  mutable std::size_t marks = 0;
  mutable std::size_t others = 0;

private:
  void count(family where) const {
    ++(where == family::marks ? marks : others);
  }

  const row_reader& rows_;
};

class Marks : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(is_committed(commit(journal_, story_.create())));
    ASSERT_TRUE(
      is_committed(commit(journal_, story_.say("more", "cloud:1:a"))));
    ASSERT_TRUE(is_committed(commit(journal_, ticket_story{8}.create())));
  }

  void run(const domain::ticket_command& what) {
    ASSERT_TRUE(is_committed(commit(journal_, story_.step(what))));
  }

  void react(const std::string& by, const std::string& emoji) {
    run(domain::react_to_message{first, by, "Name of " + by, emoji});
  }

  void report(std::uint32_t part, delivery_state to,
              const std::string& external_id = {},
              const std::string& reason = {}) {
    run(domain::report_delivery{second, part, to, "whatsapp:cloud", external_id,
                                reason});
  }

  [[nodiscard]] std::optional<delivery_state> state() const {
    const auto found = views_.of(id(), second).delivery;
    return found ? std::optional{found->state} : std::nullopt;
  }

  [[nodiscard]] domain::ticket_id id() const {
    return story_.state().id;
  }

  memory_journal journal_;
  ticket_story story_{7};
  mark_views views_{journal_.rows()};
  ticket_views tickets_{journal_.rows()};
};

TEST_F(Marks, AreNoneAtFirst) {
  EXPECT_EQ(views_.of(id(), first), message_marks{});
  EXPECT_FALSE(story_.state().is_marked);
  EXPECT_TRUE(views_.of_range(id(), first, message_sequence{~0U}).empty());
}

TEST_F(Marks, HoldOneReactionOfEachPerson) {
  react("b", "👍");
  react("a", "❤️");
  react("b", "🎉");
  const auto found = views_.of(id(), first).reactions;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].by, "a");
  EXPECT_EQ(found[0].by_name, "Name of a");
  EXPECT_EQ(found[1].emoji, "🎉") << "the newest last";
  react("a", "");
  EXPECT_EQ(views_.of(id(), first).reactions.size(), 1U);
  EXPECT_TRUE(views_.of(id(), second).reactions.empty());
}

TEST_F(Marks, TakeTheFarthestReportInAnyOrder) {
  EXPECT_FALSE(state());
  report(0, delivery_state::read, "cloud:1:x");
  report(0, delivery_state::sent, "cloud:1:x");
  EXPECT_EQ(state(), delivery_state::read);
  report(0, delivery_state::failed, "cloud:1:x", "no");
  EXPECT_EQ(state(), delivery_state::read);
}

TEST_F(Marks, TellOfTheLeastFarPart) {
  report(0, delivery_state::read);
  report(1, delivery_state::sent);
  EXPECT_EQ(state(), delivery_state::sent);
  report(1, delivery_state::delivered);
  EXPECT_EQ(state(), delivery_state::delivered);
  report(2, delivery_state::failed, {}, "it is too large");
  const auto found = views_.of(id(), second).delivery;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, delivery_state::failed);
  EXPECT_EQ(found->reason, "it is too large");
  EXPECT_EQ(found->via, "whatsapp:cloud");
  report(2, delivery_state::delivered);
  EXPECT_EQ(state(), delivery_state::delivered);
}

TEST_F(Marks, AreFoundForARangeOfMessages) {
  react("a", "👍");
  report(0, delivery_state::sent);
  run(domain::delete_message{second, "Ada"});
  const auto found = views_.of_range(id(), first, second);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].first, first);
  EXPECT_EQ(found[1].first, second);
  EXPECT_EQ(found[0].second, views_.of(id(), first));
  EXPECT_TRUE(found[1].second.deleted_at);
  EXPECT_EQ(views_.of_range(id(), second, second).size(), 1U);
  EXPECT_TRUE(views_.of_range(id(), message_sequence{3}, first).empty());
}

TEST_F(Marks, FindMessagesByTheirExternalIds) {
  report(3, delivery_state::sent, "cloud:1:out");
  EXPECT_EQ(views_.find_external("cloud:1:a"),
            (external_message{id(), second, 0, false}));
  EXPECT_EQ(views_.find_external("cloud:1:out"),
            (external_message{id(), second, 3, true}));
  EXPECT_FALSE(views_.find_external("cloud:1:ou"));
  EXPECT_FALSE(views_.find_external(""));
}

TEST_F(Marks, KnowTheCopiesThatWereSent) {
  report(1, delivery_state::sent, "cloud:1:p1");
  report(0, delivery_state::queued, "cloud:1:p0");
  report(0, delivery_state::delivered, "cloud:1:p0");
  report(2, delivery_state::failed, "cloud:1:p2", "no");
  report(3, delivery_state::queued);
  EXPECT_EQ(views_.external_ids_of(id(), second),
            (std::vector<std::string>{"cloud:1:p0", "cloud:1:p1"}));
  // Sent once more, by another way.
  report(0, delivery_state::sent, "baileys::p0");
  const auto copies = views_.copies_of(id(), second);
  ASSERT_EQ(copies.size(), 3U);
  EXPECT_EQ(copies[0].external_id, "cloud:1:p0");
  EXPECT_EQ(copies[1], (sent_copy{0, "whatsapp:cloud", "baileys::p0"}));
  EXPECT_EQ(copies[2].part, 1U);
  EXPECT_TRUE(views_.copies_of(id(), first).empty());
}

TEST_F(Marks, StandInTheMessagesOfTheTicket) {
  react("a", "👍");
  report(0, delivery_state::sent);
  for (const auto& rows : {tickets_.messages(id(), {}, 9),
                           tickets_.messages(story_.state(), {}, 9)}) {
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].marks, views_.of(id(), first));
    EXPECT_EQ(rows[1].marks, views_.of(id(), second));
    EXPECT_EQ(rows[1].message.body, "more");
  }
  const auto last = tickets_.messages(story_.state(), first, 1);
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].marks, views_.of(id(), second));
}

TEST_F(Marks, TakeTheWordsOfDeletedMessages) {
  auto message = story_.state().id.value;
  domain::add_message add;
  add.message.id = domain::message_id{message};
  add.message.body = "secret";
  add.message.media_url = "https://example.org/a.png";
  add.message.attachments
    = {{domain::attachment_id{message}, "a.png", "image/png", 9}};
  run(add);
  run(domain::delete_message{message_sequence{3}, "Ada"});
  for (const auto& rows : {tickets_.messages(id(), second, 9),
                           tickets_.messages(story_.state(), second, 9)}) {
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_TRUE(rows[0].marks.deleted_at);
    EXPECT_EQ(rows[0].message.id.value, message);
    EXPECT_EQ(rows[0].message.body, "");
    EXPECT_EQ(rows[0].message.media_url, "");
    EXPECT_TRUE(rows[0].message.attachments.empty());
  }
  const auto stays = tickets_.messages(id(), first, 1);
  EXPECT_EQ(stays.at(0).message.body, "more");
}

TEST_F(Marks, CostNothingWhereThereAreNone) {
  const counting_rows rows{journal_.rows()};
  const ticket_views tickets{rows};
  EXPECT_EQ(tickets.messages(story_.state(), {}, 9).size(), 2U);
  EXPECT_EQ(rows.others, 2U) << "one read a message";
  EXPECT_EQ(tickets.messages(id(), {}, 9).size(), 2U);
  EXPECT_EQ(rows.marks, 0U);
  react("a", "👍");
  EXPECT_EQ(tickets.messages(story_.state(), {}, 9).size(), 2U);
  EXPECT_EQ(rows.marks, 1U) << "one scan for all messages";
}

TEST_F(Marks, AreActivitiesOnlyWhereSomebodyShouldKnow) {
  react("a", "👍");
  report(0, delivery_state::sent);
  EXPECT_TRUE(tickets_.activities(id(), {}, 9).empty());
  report(0, delivery_state::failed, {}, "no");
  run(domain::delete_message{first, "Ada"});
  const auto found = tickets_.activities(id(), {}, 9);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<domain::delivery_reported>(found[0].fact));
  EXPECT_TRUE(std::holds_alternative<domain::message_deleted>(found[1].fact));
}

/// Marks of every kind, and damage to them.
class VerifyMarks : public Marks {
protected:
  void SetUp() override {
    Marks::SetUp();
    react("a", "👍");
    react("b", "👍");
    react("a", "🎉");
    react("b", "");
    report(0, delivery_state::sent, "cloud:1:out");
    report(0, delivery_state::sent, "cloud:1:other");
    run(domain::delete_message{first, "Ada"});
    copy_rows(journal_.rows(), rows_);
    journal_.rows().scan(family::marks, {}, {},
                         [this](std::string_view key, std::string_view) {
                           keys_.emplace_back(key);
                           return true;
                         });
  }

  void expect_problem(const std::string& text) {
    const auto found = verify(rows_);
    ASSERT_EQ(found.problem_count, 1U);
    EXPECT_NE(found.problems[0].find(text), std::string::npos)
      << found.problems[0];
  }

  memory_rows rows_;
  std::vector<std::string> keys_;
};

TEST_F(VerifyMarks, IsContentWithWhatTheEventsMake) {
  const auto found = verify(rows_);
  EXPECT_TRUE(found.ok()) << found.problems.front();
  // A reaction, a deletion, a report and three external ids.
  EXPECT_EQ(keys_.size(), 6U);
}

TEST_F(VerifyMarks, FindsEachRowThatIsMissing) {
  for (const auto& key : keys_) {
    rows_.remove(family::marks, key);
    expect_problem("is missing or wrong");
    std::string value;
    journal_.rows().get(family::marks, key, value);
    rows_.put(family::marks, key, value);
  }
}

TEST_F(VerifyMarks, FindsARowThatSaysSomethingElse) {
  std::string value;
  ASSERT_TRUE(rows_.get(family::marks, keys_[1], value));
  rows_.put(family::marks, keys_[0], value);
  expect_problem("is missing or wrong");
}

TEST_F(VerifyMarks, FindsARowWithoutAnEvent) {
  std::string value;
  ASSERT_TRUE(rows_.get(family::marks, keys_[0], value));
  rows_.put(family::marks, keys_[0] + "x", value);
  const auto name = views_.find_external("cloud:1:a");
  ASSERT_TRUE(name);
  const auto found = verify(rows_);
  ASSERT_EQ(found.problem_count, 1U);
  EXPECT_NE(found.problems[0].find("has no event"), std::string::npos);
}

TEST_F(VerifyMarks, FindsARowThatCannotBeRead) {
  rows_.put(family::marks, "what is this", "");
  expect_problem("cannot be read");
}

TEST_F(VerifyMarks, FindsAReactionThatWasTakenBack) {
  react("c", "👍");
  std::string key;
  journal_.rows().scan(family::marks, {}, {},
                       [&](std::string_view row, std::string_view) {
                         if (row.ends_with("c"))
                           key = row;
                         return true;
                       });
  std::string value;
  ASSERT_TRUE(journal_.rows().get(family::marks, key, value));
  react("c", "");
  copy_rows(journal_.rows(), rows_);
  EXPECT_TRUE(verify(rows_).ok());
  rows_.put(family::marks, key, value);
  expect_problem("is missing or wrong");
}

/// Makes the store what it was before there were marks.
void take_marks_away(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  ASSERT_TRUE(
    rocksdb::DB::ListColumnFamilies({}, folder.string(), &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.reserve(names.size());
  for (const auto& name : names)
    families.emplace_back(name, rocksdb::ColumnFamilyOptions{});
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(
    rocksdb::DB::Open({}, folder.string(), families, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db{opened};
  for (auto* handle : handles) {
    const auto name = handle->GetName();
    if (name == to_string(family::marks)) {
      EXPECT_TRUE(db->DropColumnFamily(handle).ok());
    } else if (name == to_string(family::meta)) {
      const rocksdb::Slice key{keys::schema_version.data(),
                               keys::schema_version.size()};
      EXPECT_TRUE(db->Put({}, handle, key, keys::u64(1)).ok());
    }
  }
  for (auto* handle : handles)
    EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
}

TEST(MarksOnDisk, AreAddedToAStoreThatIsOlderThanThem) {
  const scratch_folder folder;
  ticket_story story{1};
  {
    const auto journal = open_journal(folder.path());
    ASSERT_TRUE(journal);
    ASSERT_TRUE(is_committed(commit(*journal, story.create())));
    ASSERT_TRUE(is_committed(commit(*journal, story.say("more", "wamid.1"))));
  }
  take_marks_away(journal_folder(folder.path()));
  const auto journal = open_journal(folder.path());
  ASSERT_TRUE(journal);
  const mark_views views{journal->rows()};
  EXPECT_EQ(views.find_external("wamid.1"),
            (external_message{story.state().id, second, 0, false}));
  ASSERT_TRUE(is_committed(commit(
    *journal, story.step(domain::react_to_message{first, "a", "Ada", "👍"}))));
  EXPECT_EQ(views.of(story.state().id, first).reactions.size(), 1U);
  const auto found = verify(journal->rows());
  EXPECT_TRUE(found.ok()) << found.problems.front();
}

// -- what chats are known by --------------------------------------------------

class Identities : public ::testing::Test {
protected:
  static domain::session chat(std::uint64_t number,
                              std::vector<std::string> identities) {
    domain::session out;
    out.id = domain::session_id{domain::make_uuid7(start, 1, number)};
    out.via = domain::channel::whatsapp;
    out.identities = std::move(identities);
    out.created_at = out.updated_at = start;
    return out;
  }

  commit_outcome put(const domain::session& session) {
    return commit(journal_, save(views_.find(session.id), session, start));
  }

  memory_journal journal_;
  record_views views_{journal_.rows()};
};

TEST_F(Identities, FindTheirSession) {
  const auto one = chat(1, {"phone:+15551234567", "lid:7", "lid:7"});
  ASSERT_TRUE(is_committed(put(one)));
  EXPECT_EQ(views_.find_session("phone:+15551234567"), one.id);
  EXPECT_EQ(views_.find_session("lid:7"), one.id);
  EXPECT_FALSE(views_.find_session("lid:70"));
  ASSERT_TRUE(is_committed(put(one))) << "nothing new is no conflict";
}

TEST_F(Identities, BelongToOneSessionAtATime) {
  auto one = chat(1, {"phone:+15551234567", "lid:7"});
  const auto other = chat(2, {"lid:7"});
  ASSERT_TRUE(is_committed(put(one)));
  const auto outcome = put(other);
  const auto* taken = std::get_if<conflict>(&outcome);
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->scope, session_identity_scope);
  EXPECT_EQ(taken->result, one.id.value.view());
  one.identities.pop_back();
  ASSERT_TRUE(is_committed(put(one)));
  EXPECT_FALSE(views_.find_session("lid:7"));
  ASSERT_TRUE(is_committed(put(other)));
  EXPECT_EQ(views_.find_session("lid:7"), other.id);
}

} // namespace
} // namespace switchboard::persistence::testing
