#include "bench/queue_scenario.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace switchboard::bench {
namespace {

std::string page(std::size_t urgent, std::size_t low,
                 std::string_view next = "null") {
  std::string out = R"({"data":[)";
  for (std::size_t i = 0; i < urgent; ++i)
    out += R"({"priority":"urgent"},)";
  for (std::size_t i = 0; i < low; ++i)
    out += R"({"priority":"low"},)";
  out += R"({}],"next_cursor":)";
  return out.append(next) + '}';
}

answer reply_of(std::string_view body, unsigned status = 200) {
  return {.status = status, .body = body, .closes = false};
}

TEST(QueueScenario, AsksForTheFirstAndForTheNextPageInTurns) {
  queue_scenario work{"h", "key"};
  const auto full = page(20, 30, R"("abc")");
  const auto first = work.next();
  EXPECT_EQ(first.bytes,
            "GET /api/tickets/queue?limit=50 HTTP/1.1\r\nHost: h\r\n"
            "Authorization: Bearer key\r\n\r\n");
  EXPECT_TRUE(work.accept(first.token, reply_of(full)));
  const auto second = work.next();
  EXPECT_TRUE(second.bytes.starts_with(
    "GET /api/tickets/queue?limit=50&cursor=abc HTTP/1.1\r\n"));
  EXPECT_TRUE(work.accept(second.token, reply_of(page(0, 50, R"("def")"))));
  // The first page says nothing of how far the other reader has come.
  EXPECT_TRUE(work.accept(work.next().token, reply_of(full)));
  const auto third = work.next();
  EXPECT_NE(third.bytes.find("&cursor=def "), std::string_view::npos);
  EXPECT_TRUE(work.accept(third.token, reply_of(page(0, 7))));
  work.next();
  EXPECT_EQ(work.next().bytes.find("cursor"), std::string_view::npos);
}

TEST(QueueScenario, WantsFullPagesWithTheMostUrgentFirst) {
  queue_scenario work{"h", "key"};
  const auto wrong_order = R"({"data":[{"priority":"low"},)"
                           R"({"priority":"urgent"}],"next_cursor":null})";
  EXPECT_FALSE(work.accept(0, reply_of(wrong_order)));
  EXPECT_FALSE(work.accept(0, reply_of(page(20, 29, R"("abc")"))));
  EXPECT_FALSE(work.accept(0, reply_of(page(0, 0))));
  EXPECT_FALSE(work.accept(0, reply_of(page(20, 30), 403)));
  EXPECT_FALSE(work.accept(0, reply_of(R"({"ok":true})")));
  EXPECT_TRUE(work.accept(0, reply_of(page(20, 29))));
}

} // namespace
} // namespace switchboard::bench
