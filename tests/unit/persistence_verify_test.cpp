// Plants damage of every kind and expects that it is found.
#include "persistence/deliveries.hpp"
#include "persistence/event_block.hpp"
#include "persistence/export.hpp"
#include "persistence/keys.hpp"
#include "persistence/places.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include <boost/json/parse.hpp>

namespace switchboard::persistence::testing {
namespace {

class Verify : public ::testing::Test {
protected:
  void SetUp() override {
    for (auto& story : stories_) {
      auto what = story.create();
      what.deliveries.push_back(hook_call());
      ASSERT_TRUE(is_committed(commit(journal_, std::move(what))));
      ASSERT_TRUE(is_committed(
        commit(journal_, story.say("more", "x" + std::to_string(next_++)))));
      ASSERT_TRUE(is_committed(
        commit(journal_, story.move_to(domain::status::assigned))));
    }
    copy_rows(journal_.rows(), rows_);
  }

  [[nodiscard]] const domain::ticket& ticket() const {
    return stories_[1].state();
  }

  /// Expects exactly one problem that says `text`.
  void expect_problem(const std::string& text) {
    const auto report = verify(rows_);
    ASSERT_EQ(report.problem_count, 1U) << report.problems.size();
    EXPECT_NE(report.problems[0].find(text), std::string::npos)
      << report.problems[0];
  }

  int next_ = 0;
  std::vector<ticket_story> stories_{ticket_story{1}, ticket_story{2},
                                     ticket_story{3}};
  memory_journal journal_;
  memory_rows rows_;
};

TEST_F(Verify, IsContentWithWhatTheJournalWrote) {
  const auto report = verify(rows_);
  EXPECT_TRUE(report.ok()) << report.problems.front();
  EXPECT_EQ(report.tickets, 3U);
  EXPECT_EQ(report.events, 12U);
  EXPECT_EQ(report.messages, 6U);
  EXPECT_EQ(report.deliveries, 3U);
}

TEST_F(Verify, FindsAMissingStateRow) {
  rows_.remove(family::entities, keys::ticket(ticket().id));
  expect_problem("its state row is missing");
}

TEST_F(Verify, FindsAWrongStateRow) {
  auto wrong = ticket();
  wrong.subject = "another";
  rows_.put(family::entities, keys::ticket(ticket().id), encode_ticket(wrong));
  expect_problem("not what its events make");
}

TEST_F(Verify, FindsAStateRowWithoutEvents) {
  const domain::ticket_id stranger{domain::make_uuid7(start, 9, 9)};
  rows_.put(family::entities, keys::ticket(stranger), encode_ticket(ticket()));
  expect_problem("has no events");
}

TEST_F(Verify, FindsAMissingMessage) {
  rows_.remove(family::messages,
               keys::message(ticket().id, domain::message_sequence{2}));
  expect_problem("message 2 is missing");
}

TEST_F(Verify, FindsAWrongMessage) {
  rows_.put(family::messages,
            keys::message(ticket().id, domain::message_sequence{2}),
            encode_message_row(start, {}));
  expect_problem("message 2 is wrong");
}

TEST_F(Verify, FindsAMessageTooMany) {
  rows_.put(family::messages,
            keys::message(ticket().id, domain::message_sequence{3}),
            encode_message_row(start, {}));
  expect_problem("message 3 has no event");
}

/// The first message of the first ticket is edited twice.
class VerifyEdits : public Verify {
protected:
  void SetUp() override {
    Verify::SetUp();
    for (const auto* words : {"It has not come!", "It has come."}) {
      domain::edit_message edit{domain::message_sequence{1}, start, {}};
      edit.message.body = words;
      ASSERT_TRUE(is_committed(commit(journal_, stories_[0].step(edit))));
    }
    copy_rows(journal_.rows(), rows_);
  }
};

TEST_F(VerifyEdits, AreFollowed) {
  const auto report = verify(rows_);
  EXPECT_TRUE(report.ok()) << report.problems.front();
  EXPECT_EQ(report.messages, 6U) << "an edit adds none";
}

TEST_F(VerifyEdits, AreMissedWhenTheRowIsStillTheOldOne) {
  domain::message_draft old;
  old.body = "It has not come!";
  rows_.put(family::messages,
            keys::message(stories_[0].state().id, domain::message_sequence{1}),
            encode_message_row(start, old, start));
  expect_problem("message 1 is wrong");
}

TEST_F(Verify, KnowsThePlacesOfTickets) {
  placed where{{4200, -100, 7}, {ticket().id, shown::card}};
  for (const auto& row : show_rows(where))
    rows_.put(row.where, row.key, *row.value);
  EXPECT_TRUE(verify(rows_).ok());
  where.what.ticket = domain::ticket_id{domain::make_uuid7(start, 9, 9)};
  rows_.put(family::places, show_rows(where)[0].key,
            *show_rows(where)[0].value);
  expect_problem("shows a ticket that is not there");
  rows_.put(family::places, show_rows(where)[0].key, "\xff");
  expect_problem("a place at Telegram cannot be read");
}

TEST_F(Verify, ForgivesStateRowsThatAreOlderThanAField) {
  auto old = stories_[0].state();
  old.waiting_since.reset();
  old.assigned_at.reset();
  rows_.put(family::entities, keys::ticket(old.id), encode_ticket(old));
  EXPECT_TRUE(verify(rows_).ok());
}

TEST_F(Verify, FindsAMissingNumber) {
  rows_.remove(family::index, keys::number(ticket().number));
  expect_problem("an index row of it is missing");
}

TEST_F(Verify, FindsANumberTooMany) {
  rows_.put(family::index, keys::number(domain::ticket_number{77}),
            ticket().id.value.view());
  expect_problem("an index row stands where no ticket is");
}

TEST_F(Verify, FindsAMissingQueueRow) {
  rows_.remove(family::index,
               keys::queue(ticket().state, ticket().urgency, ticket().id));
  expect_problem("an index row of it is missing");
}

TEST_F(Verify, FindsAQueueRowTooMany) {
  rows_.put(family::index,
            keys::queue(domain::status::pending, ticket().urgency, ticket().id),
            {});
  expect_problem("an index row stands where no ticket is");
}

TEST_F(Verify, FindsAMissingRef) {
  rows_.remove(family::unique, keys::unique("ref", ticket().ref));
  expect_problem("the claim of its ref is missing");
}

TEST_F(Verify, FindsARefTooMany) {
  std::string value;
  keys::append_expiry(value, std::nullopt);
  value += ticket().id.value.view();
  rows_.put(family::unique, keys::unique("ref", "T-20260922-ZZZZZZZZ"), value);
  expect_problem("a ref names a ticket");
}

TEST_F(Verify, FindsAGapInTheOffsets) {
  // The last block: nothing else depends on it but the rows of its ticket.
  std::string key;
  rows_.scan_back(family::events, {}, {},
                  [&](std::string_view k, std::string_view) {
                    key = k;
                    return false;
                  });
  std::string value;
  ASSERT_TRUE(rows_.get(family::events, key, value));
  const auto block = parse_event_block(value).value();
  event_block_builder moved;
  moved.begin(domain::offset{static_cast<std::uint64_t>(block.first) + 5});
  for (const auto event : block.events)
    moved.add(event);
  rows_.remove(family::events, key);
  rows_.put(family::events,
            keys::event_block(
              domain::offset{static_cast<std::uint64_t>(block.first) + 5}),
            moved.bytes());
  expect_problem("are missing or doubled");
}

TEST_F(Verify, FindsEventsThatCannotBeRead) {
  std::string key;
  rows_.scan(family::events, {}, {}, [&](std::string_view k, std::string_view) {
    key = k;
    return false;
  });
  rows_.put(family::events, key, "noise");
  EXPECT_GT(verify(rows_).problem_count, 0U);
}

TEST_F(Verify, FindsAGapInATicketsHistory) {
  std::vector<std::string> blocks;
  rows_.scan(family::events, {}, {}, [&](std::string_view k, std::string_view) {
    blocks.emplace_back(k);
    return true;
  });
  // The second block holds the first ticket's second message.
  rows_.remove(family::events, blocks.at(1));
  const auto report = verify(rows_);
  EXPECT_FALSE(report.ok());
  bool found = false;
  for (const auto& problem : report.problems)
    found = found || problem.find("does not follow") != std::string::npos;
  EXPECT_TRUE(found);
}

TEST_F(Verify, FindsDeliveriesThatCannotBeRead) {
  rows_.put(family::outbox, keys::outbox("n8n:x", delivery_id{1}), "\x0a\x7f");
  expect_problem("a delivery in the outbox");
}

TEST_F(Verify, FindsADeliveryFromTheFuture) {
  rows_.put(family::outbox, keys::outbox("n8n:x", delivery_id{1000}), {});
  expect_problem("delivery 1000");
}

TEST_F(Verify, FindsATimerThatCannotBeRead) {
  rows_.put(family::timers, "short", {});
  expect_problem("a timer");
}

TEST_F(Verify, TellsOnlySoManyProblemsButCountsAll) {
  for (const auto& story : stories_)
    rows_.remove(family::entities, keys::ticket(story.state().id));
  const auto report = verify(rows_, {.problems_max = 2});
  EXPECT_EQ(report.problem_count, 3U);
  EXPECT_EQ(report.problems.size(), 2U);
}

// -- export -------------------------------------------------------------------

TEST_F(Verify, ExportsEveryEventAsOneLine) {
  std::vector<boost::json::object> lines;
  const auto count = export_events(journal_, {}, [&](std::string_view line) {
    EXPECT_EQ(line.back(), '\n');
    lines.push_back(boost::json::parse(std::string{line}).as_object());
    return true;
  });
  ASSERT_TRUE(count);
  EXPECT_EQ(count.value(), 12U);
  ASSERT_EQ(lines.size(), 12U);
  EXPECT_EQ(lines[0].at("type"), "ticket_created");
  EXPECT_EQ(lines[0].at("offset"), 1);
  EXPECT_EQ(lines[0].at("customer").at("name"), "Ada Lovelace");
  EXPECT_EQ(lines[1].at("message").at("body"), "It has not come.");
  EXPECT_EQ(lines[3].at("to"), "assigned");
}

TEST_F(Verify, ExportsFromAnOffsetOn) {
  int lines = 0;
  const auto count
    = export_events(journal_, domain::offset{10}, [&](std::string_view) {
        ++lines;
        return true;
      });
  EXPECT_EQ(count.value(), 2U);
  EXPECT_EQ(lines, 2);
}

TEST_F(Verify, StopsTheExportWhenItCannotBeWritten) {
  EXPECT_FALSE(
    export_events(journal_, {}, [](std::string_view) { return false; }));
}

} // namespace
} // namespace switchboard::persistence::testing
