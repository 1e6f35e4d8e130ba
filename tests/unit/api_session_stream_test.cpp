// What a visitor's stream says, and when.
#include "api/session_hub.hpp"
#include "api/session_stream.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_changes.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace switchboard::api {
namespace {

const domain::timestamp start{std::chrono::hours{24 * 365 * 56}};
const domain::session_id mine{domain::uuid_of_number(100)};
const domain::session_id other{domain::uuid_of_number(200)};

class SessionStream : public testing::Test {
protected:
  struct conversation {
    std::optional<domain::ticket> ticket;
  };

  SessionStream() {
    journal.on_batch([this](const auto&) { bell.ring(); });
  }

  void commit(persistence::changes what) {
    bool done = false;
    journal.commit(std::move(what), [&](const auto& outcome) {
      done = std::holds_alternative<persistence::committed>(outcome);
    });
    EXPECT_TRUE(done);
  }

  void run(conversation& of, const domain::ticket_command& command) {
    const auto before = of.ticket;
    const auto events = domain::decide(of.ticket, command, {start, {}});
    ASSERT_TRUE(events) << events.error().detail;
    for (const auto& event : events.value())
      domain::apply(of.ticket, event);
    commit(persistence::ticket_changes(before, *of.ticket, events.value()));
  }

  conversation open(std::uint64_t number, domain::session_place place) {
    domain::create_ticket create;
    create.id = domain::ticket_id{domain::uuid_of_number(number)};
    create.number = domain::ticket_number{number};
    create.ref = "T-20260131-000" + std::to_string(number);
    create.session = place;
    create.first_message = draft("hello " + std::to_string(number));
    conversation out;
    run(out, create);
    return out;
  }

  domain::message_draft draft(std::string body) {
    domain::message_draft out;
    out.id = domain::message_id{domain::uuid_of_number(1'000 + ++messages)};
    out.body = std::move(body);
    return out;
  }

  void say(conversation& of, const std::string& body) {
    run(of, domain::add_message{draft(body)});
  }

  std::unique_ptr<net::stream_source>
  follow(domain::session_id session,
         std::optional<persistence::thread_position> after = {}) {
    auto out = follow_session(
      {journal.rows(), hub, session, after, [this] { return is_valid; }});
    out->start([this] { ++wakes; });
    return out;
  }

  /// `event: what it says`, one for each message.
  std::vector<std::string> said_by(net::stream_source& source) {
    std::vector<std::string> out;
    for (auto more = true; more;) {
      std::vector<net::stream_message> some;
      progress = source.take(4'096, some);
      more = progress == net::stream_progress::more;
      for (const auto& one : some) {
        const auto data = boost::json::parse(one.data);
        std::string what = "null";
        if (const auto* object = data.if_object())
          for (const auto* key : {"body", "status", "name", "sender"})
            if (object->contains(key)) {
              what = object->at(key).as_string();
              break;
            }
        out.push_back(one.event + ": " + what);
        last_id = one.id;
      }
    }
    return out;
  }

  void settle() {
    io.restart();
    io.run_for(std::chrono::milliseconds{200});
  }

  using lines = std::vector<std::string>;

  boost::asio::io_context io;
  net::wake_list bell{io, std::chrono::milliseconds{1}};
  persistence::memory_journal journal{[] { return start; }};
  session_hub hub{journal, bell, io};
  std::uint64_t messages = 0;
  int wakes = 0;
  bool is_valid = true;
  net::stream_progress progress{};
  std::string last_id;
};

TEST_F(SessionStream, BeginsWithHowThingsStand) {
  auto nothing = follow(other);
  EXPECT_EQ(said_by(*nothing), (lines{"ticket: null", "agent: null"}));
  EXPECT_EQ(last_id, "0");
  open(1, {mine, 1});
  auto something = follow(mine);
  EXPECT_EQ(said_by(*something), (lines{"ticket: open", "agent: null"}));
  EXPECT_EQ(last_id, domain::to_string(domain::uuid_of_number(1'001)));
  EXPECT_EQ(said_by(*something), lines{});
}

TEST_F(SessionStream, SaysWhatHappensOnce) {
  domain::user ana;
  ana.id = domain::user_id{7};
  ana.name = "Ana";
  commit(persistence::save(std::nullopt, ana, start));
  auto stream = follow(mine);
  said_by(*stream);
  auto first = open(1, {mine, 1});
  EXPECT_EQ(said_by(*stream), (lines{"ticket: open", "message: hello 1"}));
  run(first, domain::claim_ticket{"7"});
  say(first, "more");
  EXPECT_EQ(said_by(*stream),
            (lines{"ticket: claimed", "agent: Ana", "message: more"}));
  run(first, domain::change_status{domain::status::closed, "", "7"});
  EXPECT_EQ(said_by(*stream), (lines{"ticket: closed"}));
  open(2, {mine, 2});
  EXPECT_EQ(said_by(*stream),
            (lines{"ticket: open", "agent: null", "message: hello 2"}));
  EXPECT_EQ(said_by(*stream), lines{});
}

TEST_F(SessionStream, ShowsAgainWhatWasDeletedOrReactedTo) {
  auto one = open(1, {mine, 1});
  say(one, "more");
  auto stream = follow(mine);
  said_by(*stream);
  settle();
  const auto before = wakes;
  run(one, domain::delete_message{domain::message_sequence{1}, "Jane"});
  settle();
  EXPECT_GT(wakes, before);
  EXPECT_EQ(said_by(*stream), lines{"message: "});
  run(one,
      domain::react_to_message{domain::message_sequence{2}, "a", "A", "+"});
  settle();
  EXPECT_EQ(said_by(*stream), lines{"message: more"});
  run(one, domain::report_delivery{domain::message_sequence{2}, 0,
                                   domain::delivery_state::sent, "", "", ""});
  settle();
  EXPECT_EQ(said_by(*stream), lines{});
}

TEST_F(SessionStream, SaysWhichMessageIsAnswered) {
  auto one = open(1, {mine, 1});
  auto reply = draft("yes");
  reply.reply_to = domain::message_sequence{1};
  run(one, domain::add_message{reply});
  const persistence::session_views views{journal.rows()};
  const auto found = views.read(mine, {}, 9);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[0].reply_to);
  EXPECT_EQ(found[1].reply_to, found[0].row.message.id);
}

TEST_F(SessionStream, ResumesAfterAMessage) {
  auto first = open(1, {mine, 1});
  for (int i = 2; i <= 150; ++i)
    say(first, std::to_string(i));
  auto stream = follow(
    mine, persistence::thread_position{1, domain::message_sequence{148}});
  EXPECT_EQ(said_by(*stream), (lines{"ticket: open", "agent: null",
                                     "message: 149", "message: 150"}));
  auto whole = follow(mine, persistence::thread_position{});
  EXPECT_EQ(said_by(*whole).size(), 152U);
}

TEST_F(SessionStream, IsWokenForItsOwnSessionAlone) {
  auto stream = follow(mine);
  EXPECT_EQ(hub.size(), 1U);
  auto foreign = open(1, {other, 1});
  settle();
  EXPECT_EQ(wakes, 0);
  auto own = open(2, {mine, 1});
  settle();
  EXPECT_EQ(wakes, 1);
  say(foreign, "x");
  settle();
  EXPECT_EQ(wakes, 1);
  say(own, "x");
  settle();
  EXPECT_EQ(wakes, 2);
  stream.reset();
  EXPECT_EQ(hub.size(), 0U);
  say(own, "y");
  settle();
  EXPECT_EQ(wakes, 2);
}

TEST_F(SessionStream, PassesTypingOnToTheOthers) {
  auto one = follow(mine);
  auto two = follow(mine);
  auto stranger = follow(other);
  said_by(*one);
  said_by(*two);
  said_by(*stranger);
  one->received(R"({"type":"typing"})");
  one->received(R"({"type":"typing"})");
  two->received("hello");
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(said_by(*one), lines{});
  EXPECT_EQ(said_by(*two), (lines{"typing: visitor"}));
  hub.tell_typing(mine, {domain::sender_role::agent, "Ana"});
  hub.tell_typing(mine, {domain::sender_role::agent, "Ana"});
  EXPECT_EQ(wakes, 3);
  EXPECT_EQ(said_by(*one), (lines{"typing: agent"}));
  EXPECT_EQ(said_by(*two), (lines{"typing: agent"}));
  EXPECT_EQ(said_by(*stranger), lines{});
}

TEST_F(SessionStream, EndsWithItsToken) {
  auto stream = follow(mine);
  said_by(*stream);
  is_valid = false;
  EXPECT_EQ(said_by(*stream), lines{});
  EXPECT_EQ(progress, net::stream_progress::ended);
}

} // namespace
} // namespace switchboard::api
