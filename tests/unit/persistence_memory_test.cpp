#include "tests/unit/persistence_fixtures.hpp"

namespace switchboard::persistence::testing {
namespace {

class MemoryJournal : public ::testing::Test {
protected:
  void send(changes what) {
    journal_.commit(std::move(what), [this](commit_outcome outcome) {
      answers_.push_back(std::move(outcome));
    });
  }

  memory_journal journal_;
  std::vector<commit_outcome> answers_;
};

changes claim(std::string id, std::string result) {
  changes out;
  out.claims.push_back(
    {"test", std::move(id), std::move(result), std::nullopt});
  return out;
}

TEST_F(MemoryJournal, AnswersAtOnce) {
  send(claim("a", "1"));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_TRUE(is_committed(answers_[0]));
}

TEST_F(MemoryJournal, HoldsCommitsUntilTheirRelease) {
  journal_.hold();
  send(claim("a", "1"));
  send(claim("b", "2"));
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(journal_.held(), 2U);
  journal_.release();
  EXPECT_EQ(answers_.size(), 2U);
}

TEST_F(MemoryJournal, ReleasesOneBatchAtATime) {
  journal_.hold();
  send(claim("a", "1"));
  journal_.release_batch();
  send(claim("b", "2"));
  EXPECT_EQ(answers_.size(), 1U);
  EXPECT_EQ(journal_.held(), 1U);
}

TEST_F(MemoryJournal, FindsConflictsWithinABatch) {
  journal_.hold();
  send(claim("a", "1"));
  send(claim("a", "2"));
  ticket_story story{1};
  const auto creation = story.create();
  send(creation);
  send(creation);
  send(story.say("more"));
  journal_.release();
  ASSERT_EQ(answers_.size(), 5U);
  EXPECT_TRUE(is_committed(answers_[0]));
  EXPECT_EQ(std::get<conflict>(answers_[1]).result, "1");
  EXPECT_TRUE(is_committed(answers_[2]));
  EXPECT_TRUE(is_failure(answers_[3], commit_failure::stale));
  EXPECT_TRUE(is_committed(answers_[4]));
}

TEST_F(MemoryJournal, FailsAsItIsTold) {
  journal_.fail_next(commit_failure::fenced);
  journal_.fail_next(commit_failure::unknown);
  send(claim("a", "1"));
  send(claim("a", "1"));
  send(claim("a", "1"));
  EXPECT_TRUE(is_failure(answers_[0], commit_failure::fenced));
  EXPECT_TRUE(is_failure(answers_[1], commit_failure::unknown));
  EXPECT_TRUE(is_committed(answers_[2]));
}

TEST_F(MemoryJournal, LosesAnAnswerButNotTheWrite) {
  journal_.lose_next_answer();
  send(claim("a", "1"));
  send(claim("a", "2"));
  EXPECT_TRUE(is_failure(answers_[0], commit_failure::unknown));
  EXPECT_EQ(std::get<conflict>(answers_[1]).result, "1");
}

TEST_F(MemoryJournal, NamesItsObstacle) {
  journal_.obstruct(commit_failure::no_room, "the disk is full");
  send(claim("a", "1"));
  EXPECT_TRUE(is_failure(answers_[0], commit_failure::no_room));
  EXPECT_EQ(journal_.write_obstacle(), "the disk is full");
  journal_.recover();
  send(claim("a", "1"));
  EXPECT_TRUE(is_committed(answers_[1]));
  EXPECT_FALSE(journal_.write_obstacle());
}

} // namespace
} // namespace switchboard::persistence::testing
