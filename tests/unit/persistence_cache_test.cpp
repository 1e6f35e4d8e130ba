#include "persistence/keys.hpp"
#include "persistence/rocks_tuning.hpp"
#include "persistence/row_cache.hpp"
#include "persistence/sequence_cache.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/ticket_views.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <rocksdb/db.h>

#include <atomic>
#include <thread>

namespace switchboard::persistence::testing {
namespace {

constexpr family kept = family::entities;

class RowCache : public ::testing::Test {
protected:
  /// The value, as `cached_rows` finds it.
  std::optional<std::string> read(const std::string& key) {
    std::string value;
    return rows_.get(kept, key, value) ? std::optional{value} : std::nullopt;
  }

  void write(const std::string& key, const std::string& value) {
    store_.put(kept, key, value);
    cache_.update(row_cache::name_of(kept, key), key, value);
  }

  void remove(const std::string& key) {
    store_.remove(kept, key);
    cache_.forget(row_cache::name_of(kept, key));
  }

  memory_rows store_;
  row_cache cache_{std::size_t{1} << 20U};
  cached_rows rows_{store_, cache_};
};

TEST_F(RowCache, KeepsWhatWasRead) {
  store_.put(kept, "a", "1");
  EXPECT_EQ(read("a"), "1");
  store_.remove(kept, "a"); // behind its back
  EXPECT_EQ(read("a"), "1");
}

TEST_F(RowCache, KeepsWhatWasWritten) {
  write("a", "1");
  EXPECT_EQ(read("a"), "1");
  write("a", "2");
  store_.remove(kept, "a"); // behind its back
  EXPECT_EQ(read("a"), "2");
}

TEST_F(RowCache, ForgetsWhatWasRemoved) {
  write("a", "1");
  EXPECT_EQ(read("a"), "1");
  remove("a");
  EXPECT_FALSE(read("a"));
}

TEST_F(RowCache, KeepsNoValueThatWouldFillIt) {
  write("a", "1");
  write("a", std::string(100'000, 'x'));
  EXPECT_EQ(cache_.bytes(), 0U);
  EXPECT_EQ(read("a"), std::string(100'000, 'x'));
}

TEST_F(RowCache, LetsGoOfWhatWasUsedLongestAgo) {
  write("old", "1");
  write("used", "1");
  for (int i = 0; i < 20'000; ++i) {
    write(std::to_string(i), std::string(500, 'x'));
    EXPECT_EQ(read("used"), "1");
  }
  store_.remove(kept, "old"); // behind its back
  store_.remove(kept, "used");
  EXPECT_FALSE(read("old"));
  EXPECT_EQ(read("used"), "1");
}

TEST_F(RowCache, KeepsNoAbsence) {
  EXPECT_FALSE(read("a"));
  store_.put(kept, "a", "1");
  EXPECT_EQ(read("a"), "1");
}

TEST_F(RowCache, TakesNothingThatWasReadBeforeAWrite) {
  const auto name = row_cache::name_of(kept, "a");
  std::string value;
  row_cache::ticket stamp = 0;
  ASSERT_FALSE(cache_.get(name, "a", value, stamp));
  write("a", "new");
  cache_.put(name, "a", "old", stamp);
  EXPECT_EQ(read("a"), "new");
}

TEST_F(RowCache, StaysWithinItsBytes) {
  for (int i = 0; i < 20'000; ++i) {
    write(std::to_string(i), std::string(500, 'x'));
    (void)read(std::to_string(i));
  }
  EXPECT_LE(cache_.bytes(), std::size_t{1} << 20U);
  EXPECT_GT(cache_.bytes(), std::size_t{1} << 19U);
}

TEST_F(RowCache, LeavesOtherFamiliesAlone) {
  std::string value;
  store_.put(family::index, "a", "1");
  ASSERT_TRUE(rows_.get(family::index, "a", value));
  store_.put(family::index, "a", "2");
  ASSERT_TRUE(rows_.get(family::index, "a", value));
  EXPECT_EQ(value, "2");
}

TEST(CachedJournal, ShowsEveryAcknowledgedWrite) {
  scratch_folder folder;
  auto journal = open_journal(folder.path());
  ASSERT_TRUE(journal);
  ticket_story story{1};
  ASSERT_TRUE(is_committed(commit(*journal, story.create())));
  const auto id = story.state().id;
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      const ticket_views views{journal->rows()};
      domain::sequence last{};
      while (!stop) {
        const auto ticket = views.load(id);
        ASSERT_TRUE(ticket);
        ASSERT_GE(ticket->last_event, last);
        last = ticket->last_event;
      }
    });
  const ticket_views views{journal->rows()};
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(is_committed(commit(*journal, story.say("again"))));
    ASSERT_EQ(views.load(id), story.state());
  }
  stop = true;
  for (auto& reader : readers)
    reader.join();
}

TEST(CachedJournal, ShowsNoEventBeforeItsRows) {
  scratch_folder folder;
  auto journal = open_journal(folder.path());
  ASSERT_TRUE(journal);
  ticket_story story{1};
  ASSERT_TRUE(is_committed(commit(*journal, story.create())));
  const auto id = story.state().id;
  std::atomic<bool> stop{false};
  std::vector<std::thread> followers;
  for (int i = 0; i < 3; ++i)
    followers.emplace_back([&] {
      const ticket_views views{journal->rows()};
      domain::offset last{};
      while (!stop)
        for (const auto& event : journal->read_events(last, 100)) {
          last = event.at;
          const auto told = decode_event(event.bytes);
          ASSERT_TRUE(told);
          const auto ticket = views.load(id);
          ASSERT_TRUE(ticket);
          ASSERT_GE(ticket->last_event, told->event.number);
        }
    });
  for (int i = 0; i < 2'000; ++i)
    ASSERT_TRUE(is_committed(commit(*journal, story.say("again"))));
  stop = true;
  for (auto& follower : followers)
    follower.join();
}

TEST(SequenceCache, ForgetsNothingOfTheRunningBatch) {
  sequence_cache cache{2}; // four places
  const auto id = [](std::uint8_t i) {
    domain::uuid u;
    u.bytes[15] = i;
    return u;
  };
  const auto kind = domain::entity_kind::ticket;
  for (std::uint8_t i = 0; i < 100; ++i)
    cache.put(kind, id(i), domain::sequence{i + 1U});
  for (std::uint8_t i = 0; i < 100; ++i)
    EXPECT_EQ(cache.find(kind, id(i)), domain::sequence{i + 1U});
  cache.end_batch();
  int left = 0;
  for (std::uint8_t i = 0; i < 100; ++i)
    left += cache.find(kind, id(i)) ? 1 : 0;
  EXPECT_EQ(left, 4);
}

TEST(Expiry, LetsCompactionDropWhatHasPassed) {
  scratch_folder folder;
  rocks_journal_options options;
  options.path = folder.path();
  rocks_journal_hooks hooks;
  hooks.now = [] { return start; };
  auto db_options = database_options(options, hooks);
  db_options.create_if_missing = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(db_options, folder.path().string(),
                                family_descriptors(options, hooks), &handles,
                                &opened)
                .ok());
  const std::unique_ptr<rocksdb::DB> db{opened};
  const auto value = [](std::optional<domain::timestamp> expires) {
    std::string bytes;
    keys::append_expiry(bytes, expires);
    return bytes + "result";
  };
  for (const auto f : {family::unique, family::attempts}) {
    auto* const handle = handles[static_cast<std::size_t>(f)];
    (void)db->Put({}, handle, "past", value(start));
    (void)db->Put({}, handle, "later", value(start + std::chrono::hours{1}));
    (void)db->Put({}, handle, "never", value(std::nullopt));
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction
      = rocksdb::BottommostLevelCompaction::kForce;
    ASSERT_TRUE(db->CompactRange(all, handle, nullptr, nullptr).ok());
    std::string found;
    EXPECT_TRUE(db->Get({}, handle, "past", &found).IsNotFound());
    EXPECT_TRUE(db->Get({}, handle, "later", &found).ok());
    EXPECT_TRUE(db->Get({}, handle, "never", &found).ok());
  }
  for (auto* handle : handles)
    db->DestroyColumnFamilyHandle(handle);
}

} // namespace
} // namespace switchboard::persistence::testing
