#include "bench/answer_parser.hpp"

#include <gtest/gtest.h>

namespace switchboard::bench {
namespace {

constexpr std::string_view created
  = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
    "content-LENGTH: 11\r\n\r\n{\"ok\":true}";

TEST(AnswerParser, ReadsStatusAndBody) {
  auto result = parse_answer(created);
  ASSERT_EQ(result.state, parse_state::complete);
  EXPECT_EQ(result.parsed.status, 201U);
  EXPECT_EQ(result.parsed.body, R"({"ok":true})");
  EXPECT_FALSE(result.parsed.closes);
  EXPECT_EQ(result.bytes, created.size());
}

TEST(AnswerParser, WantsMoreAtEveryCutAndNeverTooMuch) {
  for (std::size_t cut = 0; cut < created.size(); ++cut) {
    auto result = parse_answer(created.substr(0, cut));
    ASSERT_EQ(result.state, parse_state::needs_more) << cut;
    EXPECT_GT(result.bytes, cut);
    EXPECT_LE(result.bytes, created.size());
  }
}

TEST(AnswerParser, StopsAtTheEndOfTheFirstAnswer) {
  auto two = std::string{created} + std::string{created};
  auto result = parse_answer(two);
  ASSERT_EQ(result.state, parse_state::complete);
  EXPECT_EQ(result.bytes, created.size());
}

TEST(AnswerParser, SeesThatTheServerCloses) {
  auto result = parse_answer(
    "HTTP/1.1 503 Busy\r\nconnection: Close\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(result.state, parse_state::complete);
  EXPECT_EQ(result.parsed.status, 503U);
  EXPECT_TRUE(result.parsed.closes);
}

TEST(AnswerParser, TakesAnAnswerWithoutALengthAsEmpty) {
  auto result = parse_answer("HTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_EQ(result.state, parse_state::complete);
  EXPECT_EQ(result.parsed.body, "");
}

TEST(AnswerParser, RefusesWhatItCannotFrame) {
  for (std::string_view text : {
         "HTTP/1.0 200 OK\r\n\r\n",
         "SSH-2.0-x\r\n",
         "HTTP/1.1 20x OK\r\n\r\n",
         "HTTP/1.1 100 Continue\r\n\r\n",
         "HTTP/1.1 200 OK\n\n",
         "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
         "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
         "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
       })
    EXPECT_EQ(parse_answer(text).state, parse_state::malformed) << text;
}

TEST(AnswerParser, RefusesAnEndlessHead) {
  auto text = "HTTP/1.1 200 OK\r\nx: " + std::string(20'000, 'x');
  EXPECT_EQ(parse_answer(text).state, parse_state::malformed);
}

TEST(FindJsonString, FindsTheValueOfAMember) {
  constexpr std::string_view json
    = R"({"x":"ticketRef","ticketRefs":"no","ticketRef" : "T-1","n":1})";
  EXPECT_EQ(find_json_string(json, "ticketRef"), "T-1");
  EXPECT_EQ(find_json_string(json, "n"), "");
  EXPECT_EQ(find_json_string(json, "missing"), "");
  EXPECT_EQ(find_json_string(R"({"ticketRef":"cut)", "ticketRef"), "");
}

} // namespace
} // namespace switchboard::bench
