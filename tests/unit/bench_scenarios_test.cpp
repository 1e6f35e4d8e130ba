#include "bench/create_scenario.hpp"
#include "bench/mixed_scenario.hpp"
#include "bench/read_scenario.hpp"
#include "bench/website_requests.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

namespace switchboard::bench {
namespace {

answer reply_of(unsigned status, std::string_view body) {
  return {.status = status, .body = body, .closes = false};
}

TEST(TicketForm, IsOfARealisticSize) {
  std::set<std::string> different;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    auto json = to_json(make_ticket_form(1, i));
    EXPECT_GE(json.size(), 250U) << json;
    EXPECT_LE(json.size(), 520U) << json;
    different.insert(json);
  }
  EXPECT_EQ(different.size(), 1'000U);
}

TEST(TextList, KeepsTextsInAFile) {
  text_list list;
  list.append("T-1");
  list.append("T-22");
  auto path = std::filesystem::temp_directory_path()
              / ("switchboard-refs-" + std::to_string(::getpid()));
  list.save(path);
  auto loaded = text_list::load(path);
  std::filesystem::remove(path);
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_EQ(loaded[0], "T-1");
  EXPECT_EQ(loaded[1], "T-22");
  EXPECT_THROW(text_list::load(path), std::runtime_error);
}

TEST(CreateScenario, GathersTheRefsOfRightAnswers) {
  text_list refs;
  create_scenario work{"h", 1, &refs};
  EXPECT_TRUE(work.next().bytes.starts_with("POST /api/ticket HTTP/1.1\r\n"));
  EXPECT_TRUE(work.accept(0, reply_of(201, R"({"ticketRef":"T-9"})")));
  EXPECT_FALSE(work.accept(0, reply_of(201, R"({"ok":true})")));
  EXPECT_FALSE(work.accept(0, reply_of(429, R"({"ticketRef":"T-8"})")));
  ASSERT_EQ(refs.size(), 1U);
  EXPECT_EQ(refs[0], "T-9");
}

TEST(ReadScenario, WantsTheTicketThatItAskedFor) {
  text_list refs;
  refs.append("T-1");
  read_scenario work{"h", 1, refs};
  auto request = work.next();
  EXPECT_EQ(request.bytes, "GET /api/ticket/T-1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(work.accept(request.token, reply_of(200, R"("T-1")")));
  EXPECT_FALSE(work.accept(request.token, reply_of(200, R"("T-2")")));
  EXPECT_FALSE(work.accept(request.token, reply_of(404, R"("T-1")")));
}

/// Plays a server that keeps each ticket's thread.
class MixedScenario : public ::testing::Test {
protected:
  [[nodiscard]] mixed_options options() const {
    mixed_options result;
    result.host = "h";
    result.inbound_key = "secret";
    result.agent_phone = "+4915550000";
    result.conversations = 3;
    return result;
  }

  std::string answer_body(std::string_view request) {
    auto body = request.substr(request.find("\r\n\r\n") + 4);
    if (request.starts_with("POST /api/ticket ")) {
      auto ref = "T-" + std::to_string(threads.size());
      threads[ref] = ref + std::string{body};
      return R"({"ticketRef":")" + ref + "\"}";
    }
    if (request.starts_with("GET /api/ticket/")) {
      auto rest = request.substr(16);
      return threads.at(std::string{rest.substr(0, rest.find(' '))});
    }
    EXPECT_NE(request.find("x-api-key: secret\r\n"), std::string_view::npos);
    auto ref = std::string{find_json_string(body, "ticketRef")};
    threads.at(ref) += body;
    senders.insert(std::string{find_json_string(body, "from")});
    EXPECT_TRUE(
      ids.insert(std::string{find_json_string(body, "externalId")}).second);
    return R"({"ok":true})";
  }

  static unsigned status_of(const outgoing& request) {
    return request.kind == 0 ? 201 : 200;
  }

  std::map<std::string, std::string> threads;
  std::set<std::string> senders;
  std::set<std::string> ids;
};

TEST_F(MixedScenario, LeadsConversationsToTheirEnd) {
  mixed_scenario work{options()};
  std::map<std::uint32_t, int> kinds;
  for (int i = 0; i < 240; ++i) {
    auto request = work.next();
    ++kinds[request.kind];
    auto body = answer_body(request.bytes);
    ASSERT_TRUE(work.accept(request.token, reply_of(status_of(request), body)));
  }
  EXPECT_GE(work.finished(), 27U);
  EXPECT_NEAR(kinds[1], 120, 4);
  EXPECT_NEAR(kinds[2], 90, 4);
  EXPECT_TRUE(senders.contains("+4915550000"));
  EXPECT_GT(senders.size(), 10U);
}

TEST_F(MixedScenario, NoticesAThreadWithoutTheLastMessage) {
  mixed_scenario work{options()};
  while (true) {
    auto request = work.next();
    if (request.kind == 1) {
      EXPECT_FALSE(work.accept(request.token, reply_of(200, "{}")));
      return;
    }
    auto body = answer_body(request.bytes);
    ASSERT_TRUE(work.accept(request.token, reply_of(status_of(request), body)));
  }
}

TEST_F(MixedScenario, BeginsMoreConversationsWhenAllWait) {
  mixed_scenario work{options()};
  std::set<std::uint32_t> tokens;
  for (int i = 0; i < 5; ++i) {
    auto request = work.next();
    EXPECT_EQ(request.kind, 0U);
    tokens.insert(request.token);
  }
  EXPECT_EQ(tokens.size(), 5U);
  work.lose(*tokens.begin());
  EXPECT_EQ(work.next().token, *tokens.begin());
}

} // namespace
} // namespace switchboard::bench
