#include "persistence/wal_inspection.hpp"
#include "tests/unit/persistence_fixtures.hpp"

namespace switchboard::persistence::testing {
namespace {

/// A log as RocksDB writes it, by committing `bodies` as messages.
class Wal : public ::testing::Test {
protected:
  void SetUp() override {
    auto journal = open_journal(folder_.path());
    for (int i = 0; i < 40; ++i) {
      changes what;
      what.rows.push_back({family::index, "k" + std::to_string(i),
                           std::string(5000, static_cast<char>('a' + i % 26))});
      sizes_.push_back(log().size());
      ASSERT_TRUE(is_committed(commit(*journal, what)));
    }
    whole_ = log();
  }

  [[nodiscard]] std::string log() const {
    std::string newest;
    for (const auto& entry :
         std::filesystem::directory_iterator{journal_folder(folder_.path())})
      if (entry.path().extension() == ".log")
        newest = std::max(newest, entry.path().string());
    return read_file(newest);
  }

  scratch_folder folder_;
  std::string whole_;
  std::vector<std::size_t> sizes_; ///< of the log before each commit
};

TEST_F(Wal, IsCleanWhenNothingHappened) {
  const auto report = inspect_wal(whole_);
  EXPECT_EQ(report.state, wal_state::clean);
  EXPECT_EQ(report.good_bytes, whole_.size());
}

TEST_F(Wal, IsCleanWithSpaceAllottedAhead) {
  EXPECT_EQ(inspect_wal(whole_ + std::string(100'000, '\0')).state,
            wal_state::clean);
}

TEST_F(Wal, IsTornWhereverItsLastRecordIsCut) {
  for (std::size_t size = sizes_.back() + 1; size < whole_.size(); size += 97) {
    const auto report = inspect_wal(whole_.substr(0, size));
    ASSERT_EQ(report.state, wal_state::torn_tail) << size;
    ASSERT_EQ(report.good_bytes, sizes_.back());
    ASSERT_EQ(report.bad_bytes, size - sizes_.back());
  }
}

TEST_F(Wal, IsTornWhereverItsLastRecordIsGarbled) {
  for (std::size_t at = sizes_.back(); at < whole_.size(); at += 61) {
    auto bytes = whole_;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    ASSERT_EQ(inspect_wal(bytes).state, wal_state::torn_tail) << at;
  }
}

TEST_F(Wal, IsTornWhenTheEndOfItsLastRecordIsZeros) {
  auto bytes = whole_;
  std::fill(bytes.end() - 3000, bytes.end(), '\0');
  EXPECT_EQ(inspect_wal(bytes).state, wal_state::torn_tail);
}

TEST_F(Wal, IsDamagedWhereverAnEarlierRecordIsGarbled) {
  for (std::size_t at = 0; at < sizes_.back(); at += 1999) {
    auto bytes = whole_;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    ASSERT_EQ(inspect_wal(bytes).state, wal_state::damaged) << at;
  }
}

TEST_F(Wal, IsDamagedWithAHoleOfZeros) {
  auto bytes = whole_;
  std::fill(bytes.begin() + 20'000, bytes.begin() + 60'000, '\0');
  EXPECT_EQ(inspect_wal(bytes).state, wal_state::damaged);
}

TEST(WalFolder, MayBeTornOnlyAtItsVeryEnd) {
  scratch_folder source;
  {
    auto journal = open_journal(source.path());
    ASSERT_TRUE(is_committed(commit(*journal, ticket_story{1}.create())));
  }
  std::string log;
  for (const auto& entry :
       std::filesystem::directory_iterator{journal_folder(source.path())})
    if (entry.path().extension() == ".log")
      log = read_file(entry.path());
  scratch_folder folder;
  const auto torn = log.substr(0, log.size() - 3);
  write_file(folder.path() / "000004.log", log);
  write_file(folder.path() / "000009.log", torn);
  EXPECT_EQ(inspect_wals(folder.path()).state, wal_state::torn_tail);
  write_file(folder.path() / "000012.log", "");
  EXPECT_EQ(inspect_wals(folder.path()).state, wal_state::torn_tail);
  write_file(folder.path() / "000012.log", log);
  const auto report = inspect_wals(folder.path());
  EXPECT_EQ(report.state, wal_state::damaged);
  EXPECT_EQ(report.file, "000009.log");
}

} // namespace
} // namespace switchboard::persistence::testing
