#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <mutex>
#include <set>

namespace switchboard::test {
namespace {

class Idempotency : public shared_server_test<Idempotency> {};

header_list with_key(const std::string& key) {
  return joined(json_type, {{"Idempotency-Key", key}});
}

TEST_F(Idempotency, AnswersTheFirstResultAgain) {
  const auto first = server().create(ticket_body(), with_key("again-1"));
  EXPECT_EQ(first.status, 201);
  const auto second = server().create(ticket_body(), with_key("again-1"));
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
}

TEST_F(Idempotency, RefusesAnotherBodyUnderTheSameKey) {
  const auto first = server().create(ticket_body(), with_key("other-1"));
  auto body = ticket_body();
  body["subject"] = "Something else";
  EXPECT_TRUE(
    is_error(server().create(body, with_key("other-1")), 409, "conflict"));
  // The first one still holds.
  EXPECT_EQ(server().create(ticket_body(), with_key("other-1")).body,
            first.body);
}

TEST_F(Idempotency, TellsKeysApart) {
  const auto a = server().create(ticket_body(), with_key("key-a"));
  const auto b = server().create(ticket_body(), with_key("key-A"));
  const auto none = server().create_ticket();
  EXPECT_EQ(b.status, 201);
  EXPECT_NE(a.body, b.body);
  EXPECT_NE(text_at(parsed(a), "/ticketRef"), none.ref);
}

TEST_F(Idempotency, RefusesKeysThatCannotBeUsed) {
  const std::string longest(200, 'k');
  EXPECT_EQ(server().create(ticket_body(), with_key(longest)).status, 201);
  for (const auto& key : {longest + "k", std::string{}, std::string{"a b"},
                          std::string{"\xC3\xBC"}}) {
    const auto reply = server().create(ticket_body(), with_key(key));
    EXPECT_TRUE(is_error(reply, 400, "validation_failed")) << key;
    EXPECT_EQ(wrong_fields(reply), std::vector<std::string>{"Idempotency-Key"});
  }
  const auto twice = joined(with_key("twice"), {{"idempotency-key", "twice"}});
  EXPECT_TRUE(
    is_error(server().create(ticket_body(), twice), 400, "validation_failed"));
}

TEST_F(Idempotency, SpendsNoKeyOnARefusedRequest) {
  EXPECT_EQ(server().create({}, with_key("spend")).status, 400);
  EXPECT_EQ(server().create(ticket_body(), with_key("spend")).status, 201);
}

TEST(IdempotencyAlone, CreatesOneTicketThoughManyAskAtOnce) {
  test_server server;
  std::mutex mutex;
  std::set<std::string> answers;
  in_parallel(8, [&](std::size_t) {
    for (int i = 0; i < 4; ++i) {
      const auto reply
        = server.create(ticket_body(), with_key("crowd-" + std::to_string(i)));
      EXPECT_EQ(reply.status, 201) << reply.body;
      const std::lock_guard lock{mutex};
      answers.insert(reply.body);
    }
  });
  EXPECT_EQ(answers.size(), 4U);
  ASSERT_EQ(server.process().terminate(), 0);
  const auto events = exported(server.data());
  EXPECT_EQ(count_events(events, "ticket_created"), 4U);
  EXPECT_EQ(count_events(events, "message_added"), 4U);
}

TEST(IdempotencyAlone, HoldsAfterARestart) {
  test_server server{{{"BASE_URL", "https://support.example.com"}}};
  const auto first = server.create(ticket_body(), with_key("restart"));
  server.restart();
  EXPECT_EQ(server.create(ticket_body(), with_key("restart")).body, first.body);
  server.restart_after_kill();
  EXPECT_EQ(server.create(ticket_body(), with_key("restart")).body, first.body);
}

} // namespace
} // namespace switchboard::test
