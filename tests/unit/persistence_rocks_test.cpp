// What only the journal on disk can do: last, recover, refuse, and run out.
#include "persistence/backup.hpp"
#include "persistence/claims.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/ticket_views.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace switchboard::persistence::testing {
namespace {

namespace fs = std::filesystem;

/// A data folder with some tickets in it, closed.
class RocksJournal : public ::testing::Test {
protected:
  void fill(std::uint64_t tickets) {
    auto journal = open_journal(folder_.path());
    ASSERT_TRUE(journal);
    for (std::uint64_t i = 1; i <= tickets; ++i) {
      stories_.emplace_back(i);
      auto what = stories_.back().create();
      what.deliveries.push_back(hook_call());
      ASSERT_TRUE(is_committed(commit(*journal, std::move(what))));
    }
  }

  [[nodiscard]] std::vector<fs::path>
  files(const std::string& extension) const {
    std::vector<fs::path> found;
    for (const auto& entry :
         fs::directory_iterator{journal_folder(folder_.path())})
      if (entry.path().extension() == extension)
        found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }

  /// The text with which opening is refused.
  [[nodiscard]] std::string refusal() const {
    rocks_journal_options options;
    options.path = folder_.path();
    auto opened = rocks_journal::open(options);
    return opened ? "" : opened.error().detail;
  }

  scratch_folder folder_;
  std::vector<ticket_story> stories_;
};

TEST_F(RocksJournal, KeepsEverythingOverARestart) {
  fill(50);
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->last_offset(), domain::offset{100});
  const ticket_views views{journal->rows()};
  for (const auto& story : stories_)
    EXPECT_EQ(views.load(story.state().id), story.state());
  EXPECT_EQ(views.last_number(), domain::ticket_number{50});
  EXPECT_EQ(journal->read_events({}, 1000).size(), 100U);
  EXPECT_TRUE(verify(journal->rows()).ok());
}

TEST_F(RocksJournal, GoesOnCountingAfterARestart) {
  fill(3);
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  auto what = ticket_story{99}.create();
  what.deliveries.push_back(hook_call());
  const auto done = std::get<committed>(commit(*journal, what));
  EXPECT_EQ(done.first, domain::offset{7});
  EXPECT_EQ(done.deliveries.front(), delivery_id{4});
  EXPECT_TRUE(is_failure(commit(*journal, ticket_story{1}.create()),
                         commit_failure::stale));
}

TEST_F(RocksJournal, CutsOffATornTailAndSaysSo) {
  fill(20);
  const auto log = files(".log").back();
  const auto bytes = read_file(log);
  ASSERT_GT(bytes.size(), 20U);
  write_file(log, bytes.substr(0, bytes.size() - 11));
  std::vector<std::string> warnings;
  std::mutex mutex;
  auto journal = open_journal(folder_.path(),
                              {.log = [&](log_level, std::string_view text) {
                                const std::lock_guard lock{mutex};
                                warnings.emplace_back(text);
                              }});
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->last_offset(), domain::offset{38});
  EXPECT_TRUE(verify(journal->rows()).ok());
  const std::lock_guard lock{mutex};
  ASSERT_FALSE(warnings.empty());
  EXPECT_NE(warnings.back().find("torn record"), std::string::npos);
}

TEST_F(RocksJournal, OpensWithAGarbledTail) {
  fill(20);
  const auto log = files(".log").back();
  auto bytes = read_file(log);
  bytes[bytes.size() - 40] = static_cast<char>(bytes[bytes.size() - 40] ^ 0x55);
  write_file(log, bytes);
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->last_offset(), domain::offset{38});
  ASSERT_TRUE(is_committed(commit(*journal, ticket_story{99}.create())));
  journal.reset();
  journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->last_offset(), domain::offset{40});
}

TEST_F(RocksJournal, RefusesADamagedLog) {
  fill(20);
  const auto log = files(".log").back();
  auto bytes = read_file(log);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
  write_file(log, bytes);
  const auto text = refusal();
  EXPECT_NE(text.find("is damaged"), std::string::npos) << text;
  EXPECT_NE(text.find("restore a backup"), std::string::npos) << text;
  EXPECT_NE(text.find(folder_.path().string()), std::string::npos) << text;
}

TEST_F(RocksJournal, RefusesADamagedManifest) {
  fill(5);
  for (const auto& entry :
       fs::directory_iterator{journal_folder(folder_.path())})
    if (entry.path().filename().string().starts_with("MANIFEST")) {
      auto bytes = read_file(entry.path());
      bytes[bytes.size() / 2]
        = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
      write_file(entry.path(), bytes);
    }
  EXPECT_NE(refusal().find("restore a backup"), std::string::npos);
}

TEST_F(RocksJournal, RefusesASortedFileThatIsCutOrGone) {
  fill(5);
  open_journal(folder_.path()).reset(); // recovery writes sorted files
  ASSERT_FALSE(files(".sst").empty());
  const auto file = files(".sst").back();
  const auto bytes = read_file(file);
  write_file(file, bytes.substr(0, bytes.size() / 2));
  EXPECT_NE(refusal().find("restore a backup"), std::string::npos);
  fs::remove(file);
  EXPECT_NE(refusal().find("restore a backup"), std::string::npos);
  write_file(file, bytes);
  EXPECT_EQ(refusal(), "");
}

TEST_F(RocksJournal, RefusesToStartAfreshOverRemains) {
  fill(5);
  fs::remove(journal_folder(folder_.path()) / "CURRENT");
  EXPECT_NE(refusal().find("CURRENT is missing"), std::string::npos);
}

TEST_F(RocksJournal, RefusesAFolderThatIsInUse) {
  fill(1);
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  EXPECT_NE(refusal().find("in use"), std::string::npos) << refusal();
}

TEST_F(RocksJournal, RefusesASchemaOfTheFuture) {
  {
    auto journal = open_journal(folder_.path());
    changes what;
    what.rows.push_back(
      {family::meta, "schema_version", std::string{"\0\0\0\0\0\0\0\x09", 8}});
    ASSERT_TRUE(is_committed(commit(*journal, what)));
  }
  EXPECT_NE(refusal().find("schema version 9"), std::string::npos) << refusal();
}

TEST_F(RocksJournal, RefusesAFolderThatCannotBeMade) {
  write_file(folder_.path() / "file", "");
  rocks_journal_options options;
  options.path = folder_.path() / "file" / "data";
  const auto opened = rocks_journal::open(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, domain::errc::storage_unavailable);
}

TEST_F(RocksJournal, FindsDecayWithinASortedFile) {
  fill(200);
  open_journal(folder_.path()).reset();
  const auto all = files(".sst");
  const auto file = *std::max_element(
    all.begin(), all.end(), [](const fs::path& a, const fs::path& b) {
      return fs::file_size(a) < fs::file_size(b);
    });
  auto bytes = read_file(file);
  bytes[10] = static_cast<char>(bytes[10] ^ 0x55);
  write_file(file, bytes);
  auto journal
    = open_journal(folder_.path(), {.fatal = [](const std::string&) {}});
  ASSERT_TRUE(journal);
  EXPECT_TRUE(journal->check_files());
}

TEST_F(RocksJournal, EndsTheProcessRatherThanReadWrongly) {
  fill(200);
  open_journal(folder_.path()).reset();
  for (const auto& file : files(".sst")) {
    auto bytes = read_file(file);
    bytes[10] = static_cast<char>(bytes[10] ^ 0x55);
    write_file(file, bytes);
  }
  std::atomic<int> ends{0};
  rocks_journal_options options;
  options.path = folder_.path();
  auto opened = rocks_journal::open(
    options, {.fatal = [&](const std::string&) { ++ends; }});
  if (opened)
    (void)ticket_views{opened.value()->rows()}.load(stories_[0].state().id);
  EXPECT_TRUE(!opened || ends > 0);
}

// -- room ---------------------------------------------------------------------

TEST_F(RocksJournal, RefusesBelowItsReserveAndRecovers) {
  std::atomic<std::uint64_t> free{1'000'000'000};
  auto journal
    = open_journal(folder_.path(), {.free_bytes = [&] { return free.load(); }});
  ASSERT_TRUE(journal);
  ticket_story story{1};
  ASSERT_TRUE(is_committed(commit(*journal, story.create())));
  free = 1000;
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!journal->write_obstacle() && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  ASSERT_TRUE(journal->write_obstacle());
  EXPECT_TRUE(is_failure(commit(*journal, ticket_story{2}.create()),
                         commit_failure::no_room));
  EXPECT_EQ(ticket_views{journal->rows()}.load(story.state().id),
            story.state());
  // Just at the reserve is not enough: it must not flap.
  free = rocks_journal_options{}.reserve_bytes + 1;
  EXPECT_TRUE(is_failure(commit(*journal, ticket_story{2}.create()),
                         commit_failure::no_room));
  free = 1'000'000'000;
  while (journal->write_obstacle() && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_TRUE(is_committed(commit(*journal, ticket_story{2}.create())));
}

// -- the queue ----------------------------------------------------------------

/// Keeps the writer in a handler, so that commits have to wait.
class gate {
public:
  void pass() {
    std::unique_lock lock{mutex_};
    entered_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, patience, [this] { return open_; });
  }

  void wait_until_entered() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [this] { return entered_; });
  }

  void open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool entered_ = false;
  bool open_ = false;
};

TEST_F(RocksJournal, RefusesMoreThanItsQueueHolds) {
  rocks_journal_options options;
  options.queue_max = 4;
  auto journal = open_journal(folder_.path(), {}, options);
  ASSERT_TRUE(journal);
  gate gate;
  journal->commit({}, [&](const commit_outcome&) { gate.pass(); });
  gate.wait_until_entered();
  std::atomic<int> overloaded{0};
  std::atomic<int> written{0};
  for (int i = 0; i < 10; ++i)
    journal->commit({}, [&](const commit_outcome& outcome) {
      overloaded += is_failure(outcome, commit_failure::overloaded) ? 1 : 0;
      written += is_committed(outcome) ? 1 : 0;
    });
  EXPECT_EQ(overloaded, 6);
  EXPECT_EQ(journal->queue_depth(), 4U);
  gate.open();
  journal->close();
  EXPECT_EQ(written, 4);
}

TEST_F(RocksJournal, FindsConflictsWithinABatch) {
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  gate gate;
  journal->commit({}, [&](const commit_outcome&) { gate.pass(); });
  gate.wait_until_entered();
  ticket_story story{1};
  const auto creation = story.create();
  std::vector<commit_outcome> outcomes;
  const auto keep
    = [&](commit_outcome outcome) { outcomes.push_back(std::move(outcome)); };
  auto twin = ticket_story{2}.create();
  twin.claims[0].id = creation.claims[0].id;
  journal->commit(creation, keep);
  journal->commit(creation, keep);
  journal->commit(twin, keep);
  journal->commit(story.say("more"), keep);
  gate.open();
  journal->close();
  ASSERT_EQ(outcomes.size(), 4U);
  EXPECT_TRUE(is_committed(outcomes[0]));
  EXPECT_TRUE(is_failure(outcomes[1], commit_failure::stale));
  EXPECT_EQ(std::get<conflict>(outcomes[2]).result,
            story.state().id.value.view());
  EXPECT_TRUE(is_committed(outcomes[3]));
  EXPECT_TRUE(verify(journal->rows()).ok());
}

TEST_F(RocksJournal, CutsBatchesAtTheirLimit) {
  struct counting final : journal_observer {
    void batch_committed(std::size_t, std::size_t commits, std::size_t,
                         std::chrono::nanoseconds) override {
      largest = std::max(largest, commits);
      all += commits;
    }
    void queue_depth(std::size_t) override {}
    void refused(commit_failure) override {}
    std::size_t largest = 0;
    std::size_t all = 0;
  } counts;
  rocks_journal_options options;
  options.batch_commits_max = 8;
  auto journal = open_journal(folder_.path(), {.observer = &counts}, options);
  ASSERT_TRUE(journal);
  gate gate;
  journal->commit({}, [&](const commit_outcome&) { gate.pass(); });
  gate.wait_until_entered();
  for (int i = 0; i < 30; ++i)
    journal->commit({}, [](const commit_outcome&) {});
  gate.open();
  journal->close();
  EXPECT_EQ(counts.largest, 8U);
  EXPECT_EQ(counts.all, 31U);
}

TEST_F(RocksJournal, AnswersClosedAfterItsEnd) {
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  journal->close();
  journal->close();
  EXPECT_TRUE(is_failure(commit(*journal, {}), commit_failure::closed));
  EXPECT_TRUE(journal->write_obstacle());
}

TEST_F(RocksJournal, RemembersMoreEntitiesThanItsCacheHas) {
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  std::vector<ticket_story> stories;
  std::atomic<int> refused{0};
  const auto count = [&](const commit_outcome& outcome) {
    refused += is_committed(outcome) ? 0 : 1;
  };
  constexpr std::uint64_t crowd = 40'000;
  for (std::uint64_t i = 1; i <= crowd; ++i) {
    changes what;
    domain::uuid id{};
    for (std::size_t b = 0; b < 8; ++b)
      id.bytes[8 + b]
        = static_cast<std::uint8_t>((i * 0x9E3779B97F4A7C15U) >> (8 * b));
    std::string state = "\x09";
    state += std::string{"\x01\0\0\0\0\0\0\0", 8};
    what.entity = changes::subject{
      domain::entity_kind::ticket, id, {}, domain::sequence{1}, state};
    while (journal->queue_depth() > 10'000)
      std::this_thread::yield();
    journal->commit(what, count);
    what.entity->expected = domain::sequence{1};
    journal->commit(std::move(what), count);
  }
  journal->close();
  EXPECT_EQ(refused, 0);
}

// -- expiry -------------------------------------------------------------------

TEST_F(RocksJournal, ReadsAnExpiredClaimAsFreeAfterARestart) {
  const auto claim = [](std::string result) {
    changes out;
    out.claims.push_back(
      {"test", "a", std::move(result), start + std::chrono::hours{1}});
    return out;
  };
  {
    auto journal = open_journal(folder_.path(), {.now = [] { return start; }});
    ASSERT_TRUE(is_committed(commit(*journal, claim("old"))));
  }
  auto journal = open_journal(
    folder_.path(), {.now = [] { return start + std::chrono::hours{2}; }});
  ASSERT_TRUE(journal);
  EXPECT_TRUE(is_committed(commit(*journal, claim("new"))));
}

// -- backup -------------------------------------------------------------------

TEST_F(RocksJournal, IsBackedUpWhileItWrites) {
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  for (std::uint64_t i = 1; i <= 100; ++i)
    ASSERT_TRUE(is_committed(commit(*journal, ticket_story{i}.create())));
  std::atomic<bool> stop{false};
  std::thread writer{[&] {
    for (std::uint64_t i = 101; !stop; ++i)
      (void)commit(*journal, ticket_story{i}.create());
  }};
  scratch_folder other;
  fs::create_directory(folder_.path() / "secrets");
  write_file(folder_.path() / "secrets" / "key", "secret");
  const auto made
    = backup(*journal, other.path() / "backup", folder_.path() / "secrets");
  stop = true;
  writer.join();
  ASSERT_TRUE(made) << made.error().detail;

  const auto data = other.path() / "data";
  const auto restored = restore(other.path() / "backup", data);
  ASSERT_TRUE(restored) << restored.error().detail;
  EXPECT_EQ(read_file(data / "secrets" / "key"), "secret");
  auto copy = open_journal(data);
  ASSERT_TRUE(copy);
  EXPECT_GE(copy->last_offset(), domain::offset{200});
  EXPECT_TRUE(verify(copy->rows()).ok());
}

TEST_F(RocksJournal, IsNotBackedUpOverSomethingElse) {
  auto journal = open_journal(folder_.path());
  ASSERT_TRUE(journal);
  scratch_folder other;
  write_file(other.path() / "precious", "x");
  EXPECT_FALSE(backup(*journal, other.path()));
  EXPECT_FALSE(restore(folder_.path(), other.path()));
  EXPECT_EQ(read_file(other.path() / "precious"), "x");
}

TEST_F(RocksJournal, IsNotRestoredFromNothing) {
  scratch_folder other;
  const auto restored = restore(other.path(), folder_.path() / "data");
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, domain::errc::invalid);
}

} // namespace
} // namespace switchboard::persistence::testing
