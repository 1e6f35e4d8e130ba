// Sessions: kept, listed with their tickets, read as one conversation.
#include "persistence/export.hpp"
#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/records.hpp"
#include "persistence/session_views.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/verify.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include "persistence/schema/journal.pb.h"

namespace switchboard::persistence::testing {
namespace {

const domain::session_id mine{domain::make_uuid7(start, 1, 1)};
const domain::session_id other{domain::make_uuid7(start, 2, 2)};

domain::session some_session() {
  domain::session s;
  s.id = mine;
  s.via = domain::channel::web;
  s.mode = domain::session_mode::bot;
  s.locale = "de-AT";
  s.user_agent = "Mozilla/5.0";
  s.referer = "https://example.com/cart";
  s.contact = {"Ann", "+4915112345678", ""};
  s.created_at = start;
  s.updated_at = start + std::chrono::hours{1};
  return s;
}

TEST(SessionCodec, WritesWhatProtocWrites) {
  const auto bytes = encode_record(some_session());
  domain::session read;
  ASSERT_TRUE(decode_record(bytes, read));
  EXPECT_EQ(read, some_session());
  schema::Session message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes);
  EXPECT_EQ(message.contact().name(), "Ann");
}

TEST(SessionCodec, KeepsTheSessionOfATicket) {
  domain::ticket_created fact;
  fact.id = domain::ticket_id{domain::make_uuid7(start, 3, 3)};
  fact.number = domain::ticket_number{1};
  fact.ref = "T-1";
  fact.session = domain::session_place{mine, 7};
  const domain::ticket_event event{domain::sequence{1}, start, fact};
  const auto bytes = encode_event(fact.id, event);
  const auto read = decode_event(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->event, event);
  schema::EventRecord message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.ticket_created().session().number(), 7U);
  std::optional<domain::ticket> ticket;
  domain::apply(ticket, event);
  const auto row = encode_ticket(*ticket);
  EXPECT_EQ(decode_ticket(fact.id, row), ticket);
  schema::TicketState state;
  ASSERT_TRUE(state.ParseFromString(row));
  EXPECT_EQ(state.session().session(), mine.value.view());
}

class Sessions : public ::testing::Test {
protected:
  commit_outcome open(std::uint64_t number, domain::session_place place,
                      int messages) {
    domain::create_ticket create;
    create.id = domain::ticket_id{domain::uuid_of_number(number)};
    create.number = domain::ticket_number{number};
    create.ref = "T-20260131-000" + std::to_string(number);
    create.session = place;
    std::optional<domain::ticket> state;
    std::vector<domain::ticket_event> all;
    const auto run = [&](const domain::ticket_command& command) {
      auto events = domain::decide(state, command, {start, {}});
      for (auto& event : events.value()) {
        domain::apply(state, event);
        all.push_back(std::move(event));
      }
    };
    run(create);
    for (int i = 0; i < messages; ++i) {
      domain::message_draft draft;
      draft.id = domain::message_id{domain::uuid_of_number(++last_message_)};
      draft.body = std::to_string(last_message_);
      run(domain::add_message{draft});
    }
    return commit(journal_, ticket_changes(std::nullopt, *state, all));
  }

  /// The bodies of what is read.
  [[nodiscard]] std::vector<std::string>
  read(thread_position after, std::size_t max = 100,
       domain::session_id whose = mine) const {
    std::vector<std::string> out;
    for (const auto& one : views_.read(whose, after, max))
      out.push_back(one.row.message.body);
    return out;
  }

  [[nodiscard]] std::optional<thread_position>
  locate(std::uint64_t message, std::size_t looks_max = 100) const {
    return views_.locate(
      mine, domain::message_id{domain::uuid_of_number(message)}, looks_max);
  }

  static thread_position at(std::uint32_t place, std::uint32_t message) {
    return {place, domain::message_sequence{message}};
  }

  std::uint64_t last_message_ = 0;
  memory_journal journal_;
  session_views views_{journal_.rows()};
};

using texts = std::vector<std::string>;

TEST_F(Sessions, AreReadAsOneConversation) {
  ASSERT_TRUE(is_committed(open(1, {mine, 1}, 2)));
  ASSERT_TRUE(is_committed(open(2, {other, 1}, 1)));
  ASSERT_TRUE(is_committed(open(3, {mine, 2}, 2)));
  EXPECT_EQ(read({}), (texts{"1", "2", "4", "5"}));
  EXPECT_EQ(read(at(1, 1)), (texts{"2", "4", "5"}));
  EXPECT_EQ(read(at(1, 2), 1), (texts{"4"}));
  EXPECT_EQ(read(at(2, 2)), texts{});
  EXPECT_EQ(read({}, 100, other), (texts{"3"}));
  EXPECT_EQ(read({}, 100, domain::session_id{}), texts{});
  EXPECT_EQ(views_.last_ticket(mine)->number, domain::ticket_number{3});
  EXPECT_EQ(views_.ticket_at({mine, 1})->number, domain::ticket_number{1});
  EXPECT_FALSE(views_.ticket_at({mine, 3}));
  EXPECT_FALSE(views_.last_ticket(domain::session_id{}));
}

TEST_F(Sessions, FindTheirMessagesFromTheEnd) {
  ASSERT_TRUE(is_committed(open(1, {mine, 1}, 30)));
  ASSERT_TRUE(is_committed(open(2, {mine, 2}, 1)));
  EXPECT_EQ(locate(31), at(2, 1));
  EXPECT_EQ(locate(30), at(1, 30));
  EXPECT_EQ(locate(1), at(1, 1));
  EXPECT_FALSE(locate(1, 30));
  EXPECT_FALSE(locate(32));
  EXPECT_EQ(views_.before_end(mine, 0), at(2, 1));
  EXPECT_EQ(views_.before_end(mine, 1), at(2, 0));
  EXPECT_EQ(views_.before_end(mine, 4), at(1, 27));
  EXPECT_EQ(views_.before_end(mine, 500), thread_position{});
  EXPECT_EQ(read(views_.before_end(mine, 2)), (texts{"30", "31"}));
}

TEST_F(Sessions, GiveEachPlaceOnce) {
  ASSERT_TRUE(is_committed(open(1, {mine, 1}, 1)));
  const auto second = open(2, {mine, 1}, 1);
  const auto* taken = std::get_if<conflict>(&second);
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->scope, session_ticket_scope);
  EXPECT_EQ(taken->result, domain::uuid_of_number(1).view());
}

TEST_F(Sessions, AreVerified) {
  ASSERT_TRUE(
    is_committed(commit(journal_, save(std::nullopt, some_session(), start))));
  ASSERT_TRUE(is_committed(open(1, {mine, 1}, 1)));
  memory_rows rows;
  copy_rows(journal_.rows(), rows);
  const auto good = verify(rows);
  EXPECT_TRUE(good.ok()) << good.problems.front();
  const auto row = keys::unique(session_ticket_scope, place_key({mine, 1}));
  std::string value;
  ASSERT_TRUE(rows.get(family::unique, row, value));
  rows.remove(family::unique, row);
  EXPECT_EQ(verify(rows).problem_count, 1U);
  rows.put(family::unique,
           keys::unique(session_ticket_scope, place_key({mine, 2})), value);
  EXPECT_EQ(verify(rows).problem_count, 2U);
}

TEST_F(Sessions, ChangeAsAWhole) {
  const record_views views{journal_.rows()};
  ASSERT_TRUE(
    is_committed(commit(journal_, save(std::nullopt, some_session(), start))));
  const auto before = views.find(mine);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->value, some_session());
  auto after = before->value;
  after.contact.email = "ann@example.com";
  ASSERT_TRUE(is_committed(commit(journal_, save(before, after, start))));
  EXPECT_EQ(views.find(mine)->value, after);
  EXPECT_TRUE(is_failure(commit(journal_, save(before, after, start)),
                         commit_failure::stale));
  EXPECT_FALSE(views.find(other));
}

TEST_F(Sessions, AreExported) {
  ASSERT_TRUE(
    is_committed(commit(journal_, save(std::nullopt, some_session(), start))));
  ASSERT_TRUE(is_committed(open(1, {mine, 1}, 1)));
  std::string all;
  const auto count
    = export_events(journal_, domain::offset{}, [&](std::string_view line) {
        all += line;
        return true;
      });
  ASSERT_TRUE(count);
  EXPECT_EQ(count.value(), 3U);
  EXPECT_NE(all.find(R"("locale":"de-AT")"), std::string::npos) << all;
  EXPECT_NE(all.find(R"("session":")" + domain::to_string(mine.value)),
            std::string::npos)
    << all;
}

} // namespace
} // namespace switchboard::persistence::testing
